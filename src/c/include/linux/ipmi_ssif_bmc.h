/** linux/ipmi_ssif_bmc.h: what /dev/ipmi-ssif-host carries; a tree's own is found first by `--include`. */
#ifndef _UAPI_LINUX_IPMI_SSIF_BMC_H
#define _UAPI_LINUX_IPMI_SSIF_BMC_H
#include <inband/kernel.h>
#define IPMI_SSIF_PAYLOAD_MAX 254
struct ipmi_ssif_msg {
	unsigned int len;
	u8 payload[IPMI_SSIF_PAYLOAD_MAX];
};
#endif
