/**
 * The headers of the kernel's slice, below `include/`: each is there under its own name and brings all of it
 * (inband/kernel.h), as headers of the kernel bring more than they are asked for. One that is not in this list is not
 * there, and the compiler says so, with its line.
 */
export const HEADERS: readonly string[] = [
  'asm/byteorder.h', 'asm/io.h', 'asm/unaligned.h', 'asm/bitops.h', 'asm/irq.h', 'asm/errno.h',
  ...[
    'atomic', 'bitfield', 'bitmap', 'bitops', 'bits', 'build_bug', 'bug', 'byteorder/generic', 'cache',  'cleanup', 'clk', 'compiler', 'compiler_attributes', 'completion',
    'container_of', 'delay', 'device', 'device/driver', 'err', 'errno', 'export', 'fs', 'gfp', 'i2c', 'init', 'interrupt', 'io',
    'iopoll', 'ioctl', 'irq', 'irqdomain', 'irqreturn', 'jiffies', 'kconfig', 'kernel', 'kfifo', 'kref', 'limits', 'list', 'math', 'mfd/syscon',
    'minmax', 'miscdevice', 'mod_devicetable', 'module', 'moduleparam', 'mutex', 'of', 'of_address', 'of_device', 'of_irq',
    'of_platform', 'overflow', 'of_graph', 'platform_device', 'pm', 'poll', 'printk', 'property', 'ratelimit', 'refcount', 'regmap', 'reset', 'sched', 'sched/signal', 'signal',
    'slab', 'spinlock', 'stat', 'stddef', 'stringify', 'string', 'sysfs', 'swait', 'timer', 'types', 'uaccess', 'unaligned', 'version', 'wait', 'workqueue', 'workqueue_types',
  ].map((name) => `linux/${name}.h`),
];

/** What such a header says. */
export const HEADER_TEXT = '#include <inband/kernel.h>\n';

/** Files with contents of their own, below `include/`. */
export const SOURCES: readonly string[] = [
  'inband/kernel.h', 'inband/config.h', 'inband/types.h', 'inband/lock.h', 'inband/wait.h', 'inband/work.h', 'inband/memory.h', 'inband/kfifo.h', 'inband/device.h', 'inband/io.h', 'inband/file.h', 'inband/i2c.h',
  'linux/ipmi_bmc.h', 'linux/ipmi_ssif_bmc.h', 'linux/ipmi_msgdefs.h', 'linux/bt-bmc.h',
];

/** What is compiled with each driver. */
export const RUNTIME = 'inband/runtime.c';
