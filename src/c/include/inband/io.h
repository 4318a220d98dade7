/* io.h, iopoll.h, regmap.h, mfd/syscon.h, clk.h, reset.h: addresses are those of the chip. */
#ifndef INBAND_IO_H
#define INBAND_IO_H
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
u32 __inband_base(void);
u32 __inband_size(void);
#define ioremap(start, size) ((void __iomem *)(start))
#define iounmap(p) do { } while (0)
#define devm_ioremap(dev, start, size) ioremap(start, size)
#define devm_ioremap_resource(dev, res) ((void __iomem *)(res)->start)
#define devm_platform_ioremap_resource(pdev, index) ((void __iomem *)__inband_base())
#define of_iomap(np, index) ((void __iomem *)__inband_base())

struct regmap;
struct regmap_config { int reg_bits, val_bits, reg_stride; unsigned int max_register; bool fast_io; const char *name; };
int regmap_read(struct regmap *map, unsigned int reg, unsigned int *value);
int regmap_write(struct regmap *map, unsigned int reg, unsigned int value);
int regmap_update_bits(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int value);
int regmap_write_bits(struct regmap *map, unsigned int reg, unsigned int mask, unsigned int value);
#define regmap_set_bits(map, reg, bits) regmap_update_bits(map, reg, bits, bits)
#define regmap_clear_bits(map, reg, bits) regmap_update_bits(map, reg, bits, 0)
#define syscon_node_to_regmap(np) ((struct regmap *)__inband_base())
#define syscon_regmap_lookup_by_phandle(np, name) ((struct regmap *)__inband_base())
#define devm_regmap_init_mmio(dev, base, config) ((struct regmap *)(base))

#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, before, args...) ({ \
	unsigned long __left = (timeout_us); \
	if ((before) && (delay_us)) udelay(delay_us); \
	for (;;) { \
		(val) = op(args); \
		if ((cond) || __left < (delay_us) + 1) break; \
		udelay(delay_us ? delay_us : 1); \
		__left -= (delay_us) ? (delay_us) : 1; \
	} \
	(cond) ? 0 : -ETIMEDOUT; })
#define readx_poll_timeout_atomic(op, addr, val, cond, delay, timeout) read_poll_timeout_atomic(op, val, cond, delay, timeout, false, addr)

struct clk { int raw; };
#define devm_clk_get(dev, id) ((struct clk *)NULL)
#define devm_clk_get_enabled(dev, id) ((struct clk *)NULL)
#define clk_prepare_enable(c) 0
#define clk_disable_unprepare(c) do { } while (0)
struct reset_control { int raw; };
#define devm_reset_control_get_exclusive(dev, id) ((struct reset_control *)NULL)
#define reset_control_deassert(r) 0
#define reset_control_assert(r) 0
#endif
