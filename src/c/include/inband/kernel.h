/* What every header of the kernel is here: all of the slice. Written from documented interfaces. */
#ifndef INBAND_KERNEL_H
#define INBAND_KERNEL_H
#include <inband/types.h>
#include <inband/lock.h>
#include <inband/wait.h>
#include <inband/work.h>
#include <inband/memory.h>
#include <inband/kfifo.h>
#include <inband/device.h>
#include <inband/io.h>
#include <inband/file.h>
#include <inband/i2c.h>
#endif
