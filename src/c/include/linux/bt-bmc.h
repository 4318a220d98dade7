/** linux/bt-bmc.h: the ioctl() number of /dev/ipmi-bt-host; a tree's own is found first by `--include`. */
#ifndef _UAPI_LINUX_BT_BMC_H
#define _UAPI_LINUX_BT_BMC_H
#include <inband/kernel.h>
#define __BT_BMC_IOCTL_MAGIC 0xb1
#define BT_BMC_IOCTL_SMS_ATN _IO(__BT_BMC_IOCTL_MAGIC, 0x00)
#endif
