#ifndef INBAND_CONFIG_H
#define INBAND_CONFIG_H
/**
 * Configuration: the options that are set, as those of a BMC with the AST2500. Another is set with `#define`, and is
 * seen by `IS_ENABLED()` and `#ifdef`.
 */
#define CONFIG_ARM 1
#define CONFIG_ARCH_ASPEED 1
#define CONFIG_MACH_ASPEED_G5 1
#define CONFIG_OF 1
#define CONFIG_I2C 1
#define CONFIG_I2C_SLAVE 1
#define CONFIG_REGMAP_MMIO 1
#define CONFIG_MFD_SYSCON 1
#define CONFIG_HAS_IOMEM 1
#define CONFIG_MODULES 1
#endif
