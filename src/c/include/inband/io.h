/* io.h, iopoll.h, regmap.h, mfd/syscon.h, clk.h, reset.h: addresses are those of the chip. */
#ifndef INBAND_IO_H
#define INBAND_IO_H
/**
 * Registers: each access is a step, and takes the time of the bus. What has no register ends the run with an Oops.
 * Addresses are those of the AST2500, and mapping changes them not.
 */
u32 __inband_read(const volatile void *address);
void __inband_write(u32 value, volatile void *address);
#define readl(a) __inband_read(a)
#define readw(a) ((u16)__inband_read(a))
#define readb(a) ((u8)__inband_read(a))
#define ioread32 readl
#define ioread16 readw
#define ioread8 readb
#define readl_relaxed readl
#define readb_relaxed readb
#define writel(v, a) __inband_write(v, a)
#define writew(v, a) __inband_write((u16)(v), a)
#define writeb(v, a) __inband_write((u8)(v), a)
#define iowrite32 writel
#define iowrite16 writew
#define iowrite8 writeb
#define writel_relaxed writel
#define writeb_relaxed writeb
#define readw_relaxed readw
#define writew_relaxed writew
#define __raw_readl readl
#define __raw_writel writel
#define ioread8_rep(a, p, n) do { u8 *__p = (void *)(p); for (size_t __n = (n); __n; __n--) *__p++ = ioread8(a); } while (0)
#define iowrite8_rep(a, p, n) do { const u8 *__p = (const void *)(p); for (size_t __n = (n); __n; __n--) iowrite8(*__p++, a); } while (0)
u32 __inband_base(void);
u32 __inband_size(void);
#define ioremap(start, size) ((void __iomem *)(start))
#define iounmap(p) do { } while (0)
#define devm_ioremap(dev, start, size) ioremap(start, size)
#define devm_ioremap_resource(dev, res) ((void __iomem *)(res)->start)
#define devm_platform_ioremap_resource(pdev, index) ((void __iomem *)__inband_base())
#define devm_platform_get_and_ioremap_resource(pdev, index, res) ({ struct resource **__res = (res); if (__res) *__res = platform_get_resource(pdev, IORESOURCE_MEM, index); \
	(void __iomem *)__inband_base(); })
#define devm_platform_ioremap_resource_byname(pdev, name) ((void __iomem *)__inband_base())
#define resource_size(res) ((res)->end - (res)->start + 1)
#define of_iomap(np, index) ((void __iomem *)__inband_base())

/**
 * Regmap: an access is one step; an update reads, and writes if that changes a bit (`regmap_write_bits()` always): two
 * steps, during which the map's spin lock is held: nothing of this CPU comes between, and no access to the map by another CPU, only
 * the host's. No cache, no ranges.
 */
struct regmap;
struct regmap_config { const char *name; int reg_bits, val_bits, reg_stride; unsigned int max_register; bool fast_io; int cache_type; };
int regmap_read(struct regmap *map, unsigned int reg, unsigned int *value);
int regmap_write(struct regmap *map, unsigned int reg, unsigned int value);
int regmap_update_bits(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int value);
int regmap_write_bits(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int value);
int regmap_update_bits_check(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int value, bool *changed);
#define regmap_test_bits(map, reg, bits) ({ unsigned int __v = 0; regmap_read(map, reg, &__v); (__v & (bits)) == (bits); })
#define regmap_get_device(map) NULL
#define regmap_set_bits(map, reg, bits) regmap_update_bits(map, reg, bits, bits)
#define regmap_clear_bits(map, reg, bits) regmap_update_bits(map, reg, bits, 0)
u32 __inband_syscon(void);
#define syscon_node_to_regmap(np) ((struct regmap *)__inband_syscon())
#define device_node_to_regmap syscon_node_to_regmap
#define syscon_regmap_lookup_by_phandle(np, name) ((struct regmap *)__inband_syscon())
#define syscon_regmap_lookup_by_compatible(name) ((struct regmap *)__inband_syscon())
#define dev_get_regmap(dev, name) ((struct regmap *)__inband_syscon())
#define devm_regmap_init_mmio(dev, base, config) ((struct regmap *)(base))
#define regmap_init_mmio devm_regmap_init_mmio

/**
 * Polling a register: a step for each look; the atomic ones delay, the others sleep. A time-out of 0 is none; after one
 * they look once more.
 */
#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, before, args...) ({ \
	unsigned long __most = (timeout_us), __delay = (delay_us), __waited = 0; \
	if ((before) && __delay) { \
		udelay(__delay); \
		__waited += __delay; \
	} \
	for (;;) { \
		(val) = op(args); \
		if (cond) break; \
		if (__most && __waited > __most) { (val) = op(args); break; } \
		if (__delay) udelay(__delay); else cpu_relax(); \
		__waited += __delay ? __delay : 1; \
	} \
	(cond) ? 0 : -ETIMEDOUT; })
#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, before, args...) ({ \
	unsigned long __until = jiffies + usecs_to_jiffies(timeout_us) + 1; \
	if ((before) && (sleep_us)) usleep_range(sleep_us, sleep_us); \
	for (;;) { \
		(val) = op(args); \
		if (cond) break; \
		if ((timeout_us) && time_after(jiffies, __until)) { (val) = op(args); break; } \
		if (sleep_us) usleep_range(sleep_us, sleep_us); else cpu_relax(); \
	} \
	(cond) ? 0 : -ETIMEDOUT; })
#define readx_poll_timeout(op, addr, val, cond, sleep, timeout) read_poll_timeout(op, val, cond, sleep, timeout, false, addr)
#define readl_poll_timeout(addr, val, cond, sleep, timeout) readx_poll_timeout(readl, addr, val, cond, sleep, timeout)
#define readl_poll_timeout_atomic(addr, val, cond, delay, timeout) readx_poll_timeout_atomic(readl, addr, val, cond, delay, timeout)
#define regmap_read_poll_timeout(map, reg, val, cond, sleep, timeout) ({ int __e; \
	int __r = read_poll_timeout(regmap_read, __e, __e || (cond), sleep, timeout, false, map, reg, &(val)); __e ? __e : __r; })
#define regmap_read_poll_timeout_atomic(map, reg, val, cond, delay, timeout) ({ int __e; \
	int __r = read_poll_timeout_atomic(regmap_read, __e, __e || (cond), delay, timeout, false, map, reg, &(val)); __e ? __e : __r; })
#define readx_poll_timeout_atomic(op, addr, val, cond, delay, timeout) read_poll_timeout_atomic(op, val, cond, delay, timeout, false, addr)

/** Clocks and resets: a clock of 24.75 MHz that always runs, a reset that is never asserted. */
/* A clock of the APB's rate that always runs, and a reset that is never asserted. */
struct clk { int raw; };
#define devm_clk_get(dev, id) ((struct clk *)__inband_base())
#define devm_clk_get_enabled devm_clk_get
#define devm_clk_get_optional devm_clk_get
#define clk_get devm_clk_get
#define clk_put(c) do { } while (0)
#define devm_clk_put(dev, c) do { } while (0)
#define clk_prepare_enable(c) ((void)(c), 0)
#define clk_disable_unprepare(c) ((void)(c))
#define clk_enable(c) ((void)(c), 0)
#define clk_disable(c) ((void)(c))
#define clk_get_rate(c) ((void)(c), 24750000ul)
struct reset_control { int raw; };
#define devm_reset_control_get_exclusive(dev, id) ((struct reset_control *)__inband_base())
#define devm_reset_control_get devm_reset_control_get_exclusive
#define devm_reset_control_get_shared devm_reset_control_get_exclusive
#define devm_reset_control_get_optional_exclusive devm_reset_control_get_exclusive
#define reset_control_deassert(r) ((void)(r), 0)
#define reset_control_assert(r) ((void)(r), 0)
#endif
