/* device.h, module.h, of.h, platform_device.h, printk.h: one device, one node, bound when the module is loaded. */
#ifndef INBAND_DEVICE_H
#define INBAND_DEVICE_H
/** Modules: `module_init()` runs at the start; parameters keep their defaults. */
struct module;
#define THIS_MODULE ((struct module *)0)
#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "driver"
#endif
#define __inband_entry(prefix, name) __attribute__((export_name(#prefix #name)))
#define module_init(f) __inband_entry(__inband_init_, f) int __inband_init_##f(void) { return f(); }
#define module_exit(f) __inband_entry(__inband_exit_, f) void __inband_exit_##f(void) { f(); }
#define MODULE_LICENSE(x)
#define MODULE_AUTHOR(x)
#define MODULE_DESCRIPTION(x)
#define MODULE_ALIAS(x)
#define MODULE_VERSION(x)
#define MODULE_DEVICE_TABLE(t, x)
#define MODULE_IMPORT_NS(x)
#define MODULE_PARM_DESC(n, t)
#define module_param(n, t, p)
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define EXPORT_SYMBOL_NS_GPL(x, y)

/**
 * Messages: nothing is printed; arguments are evaluated. `WARN()` gives its condition and is not reported; `BUG()` is
 * an Oops.
 */
/* Nothing is printed: arguments are evaluated and dropped. */
static inline __printf(1, 2) int __inband_printk(const char *format, ...) { return 0; }
#define KERN_ERR
#define KERN_WARNING
#define KERN_INFO
#define KERN_DEBUG
#define KERN_NOTICE
#define KERN_CRIT
#define KERN_CONT
#define pr_fmt(f) f
#define printk(...) __inband_printk(__VA_ARGS__)
#define pr_err(...) __inband_printk(__VA_ARGS__)
#define pr_warn(...) __inband_printk(__VA_ARGS__)
#define pr_info(...) __inband_printk(__VA_ARGS__)
#define pr_notice(...) __inband_printk(__VA_ARGS__)
#define pr_debug(...) __inband_printk(__VA_ARGS__)
#define dev_err(dev, ...) ((void)(dev), __inband_printk(__VA_ARGS__))
#define dev_warn dev_err
#define dev_notice dev_err
#define dev_info dev_err
#define dev_dbg dev_err
#define dev_vdbg dev_err
#define dev_crit dev_err
#define dev_alert dev_err
#define dev_emerg dev_err
#define dev_info_ratelimited dev_err
#define dev_info_once dev_err
#define dev_err_ratelimited dev_err
#define dev_warn_ratelimited dev_err
#define dev_dbg_ratelimited dev_err
#define dev_err_once dev_err
#define dev_warn_once dev_err
#define pr_crit pr_err
#define pr_warn_once pr_err
#define pr_err_once pr_err
#define pr_info_once pr_err
#define pr_cont pr_err
#define pr_devel pr_err
#define pr_warn_ratelimited pr_err
#define pr_info_ratelimited pr_err
#define printk_ratelimited pr_err
#define printk_once pr_err
#define print_hex_dump_debug(...) do { } while (0)
#define print_hex_dump(...) do { } while (0)
#define dump_stack() do { } while (0)
#define pr_err_ratelimited pr_err
#define dev_err_probe(dev, err, ...) ((void)(dev), __inband_printk(__VA_ARGS__), (err))
#define WARN(c, ...) ({ bool __c = !!(c); __c; })
#define WARN_ON(c) WARN(c)
#define WARN_ON_ONCE(c) WARN(c)
#define WARN_ONCE(c, ...) WARN(c)
#define BUG_ON(c) do { if (c) __builtin_trap(); } while (0)
#define BUG() __builtin_trap()

/**
 * Devices and drivers: one device, bound at the start; the first driver registered whose table matches it is probed.
 * Scenarios that unbind call `remove()`. Power management is left out.
 */
struct device_node { const char *name, *full_name; u32 phandle; struct device_node *parent; };
struct fwnode_handle;
struct dev_pm_ops;
struct attribute_group;
struct bus_type;
struct acpi_device_id;
struct device_driver {
	const char *name;
	struct module *owner;
	const struct of_device_id *of_match_table;
	const struct acpi_device_id *acpi_match_table;
	const void *pm;
	const void **dev_groups;
	bool suppress_bind_attrs;
	int probe_type;
};
#define PROBE_PREFER_ASYNCHRONOUS 1
#define ACPI_PTR(x) NULL
#define pm_ptr(x) NULL
#define pm_sleep_ptr(x) NULL
struct device {
	struct device *parent;
	struct device_node *of_node;
	struct fwnode_handle *fwnode;
	struct device_driver *driver;
	const char *init_name;
	void *platform_data;
	void *driver_data;
	const void *match_data;
	void *release;
};
struct of_device_id { char name[32]; char type[32]; char compatible[128]; const void *data; };
struct resource { resource_size_t start, end; const char *name; unsigned long flags; };
#define IORESOURCE_MEM 0x200
#define IORESOURCE_IRQ 0x400
struct platform_device_id { char name[24]; kernel_ulong_t driver_data; };
struct platform_device { const char *name; int id; struct device dev; unsigned int num_resources; struct resource *resource; };
struct platform_driver {
	int (*probe)(struct platform_device *);
	void (*remove)(struct platform_device *);
	void (*remove_new)(struct platform_device *);
	void (*shutdown)(struct platform_device *);
	struct device_driver driver;
	const struct platform_device_id *id_table;
};
#define to_platform_device(d) container_of(d, struct platform_device, dev)
static inline void *dev_get_drvdata(const struct device *dev) { return dev->driver_data; }
static inline void dev_set_drvdata(struct device *dev, void *data) { dev->driver_data = data; }
static inline void *platform_get_drvdata(const struct platform_device *p) { return p->dev.driver_data; }
static inline void platform_set_drvdata(struct platform_device *p, void *data) { p->dev.driver_data = data; }
static inline const char *dev_name(const struct device *dev) { return dev->init_name; }
static inline struct device *get_device(struct device *dev) { return dev; }
static inline void put_device(struct device *dev) { }
int platform_driver_register(struct platform_driver *drv);
void platform_driver_unregister(struct platform_driver *drv);
#define module_platform_driver(drv) \
	__inband_entry(__inband_init_, drv) int __inband_init_##drv(void) { return platform_driver_register(&(drv)); } \
	__inband_entry(__inband_exit_, drv) void __inband_exit_##drv(void) { platform_driver_unregister(&(drv)); }
#define builtin_platform_driver module_platform_driver
#define module_driver(drv, add, del) \
	__inband_entry(__inband_init_, drv) int __inband_init_##drv(void) { return add(&(drv)); } \
	__inband_entry(__inband_exit_, drv) void __inband_exit_##drv(void) { del(&(drv)); }
#define subsys_initcall module_init
#define device_initcall module_init
#define late_initcall module_init

/* Releases in reverse order after remove(). */
/** Managed resources: released after `remove()`, last first. */
int __inband_devm_add(struct device *dev, void (*release)(void *), void *data);
void *__inband_devm_keep(struct device *dev, void *memory);
int devm_request_threaded_irq(struct device *dev, unsigned int irq, irq_handler_t handler, irq_handler_t thread, unsigned long flags, const char *name, void *id);
#define devm_request_irq(dev, irq, handler, flags, name, id) devm_request_threaded_irq(dev, irq, handler, NULL, flags, name, id)
void devm_free_irq(struct device *dev, unsigned int irq, void *id);
#define devm_kzalloc(dev, size, gfp) __inband_devm_keep(dev, __inband_kzalloc(size))
#define devm_kmalloc devm_kzalloc
#define devm_kcalloc(dev, n, size, gfp) devm_kzalloc(dev, array_size(n, size), gfp)
#define devm_kmalloc_array devm_kcalloc
void devm_kfree(struct device *dev, const void *p);
#define devm_kmemdup(dev, p, n, gfp) ({ size_t __size = (n); void *__p = devm_kzalloc(dev, __size, gfp); if (__p) memcpy(__p, p, __size); __p; })
char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp);
char *kstrdup(const char *s, gfp_t gfp);
char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *format, ...) __printf(3, 4);
char *kasprintf(gfp_t gfp, const char *format, ...) __printf(2, 3);
int snprintf(char *to, size_t n, const char *format, ...) __printf(3, 4);
int scnprintf(char *to, size_t n, const char *format, ...) __printf(3, 4);
#define sprintf(to, ...) snprintf(to, 4096, __VA_ARGS__)
#define sysfs_emit sprintf
#define devm_add_action(dev, f, data) __inband_devm_add(dev, (void (*)(void *))(f), data)
int devm_add_action_or_reset(struct device *dev, void (*f)(void *), void *data);

/** Platform resources and interrupts of the node: one register region, one interrupt, whatever the index or name. */
int platform_get_irq(struct platform_device *p, unsigned int index);
#define platform_get_irq_optional platform_get_irq
#define platform_get_irq_byname(p, name) platform_get_irq(p, 0)
#define irq_of_parse_and_map(np, index) __inband_irq_map()
#define of_irq_get(np, index) __inband_irq_map()
#define irq_dispose_mapping(irq) do { } while (0)
unsigned int __inband_irq_map(void);
struct resource *platform_get_resource(struct platform_device *p, unsigned int type, unsigned int index);
/**
 * Device tree: the node that the interface has (see `--as`); its parent is that of the LPC or I2C controller. There
 * are no strings in it but `compatible`.
 */
int __inband_of_count(const char *name);
u32 __inband_of_cell(const char *name, int index);
int __inband_of_compatible(const char *name);
int of_property_read_u32_index(const struct device_node *np, const char *name, u32 index, u32 *out);
int of_property_read_u32_array(const struct device_node *np, const char *name, u32 *out, size_t n);
int of_property_read_variable_u32_array(const struct device_node *np, const char *name, u32 *out, size_t least, size_t most);
int of_property_read_u8_array(const struct device_node *np, const char *name, u8 *out, size_t n);
int of_property_read_string(const struct device_node *np, const char *name, const char **out);
#define of_property_read_u32(np, name, out) of_property_read_u32_index(np, name, 0, out)
#define of_property_read_u8(np, name, out) of_property_read_u8_array(np, name, out, 1)
#define device_property_read_u32(dev, name, out) of_property_read_u32((dev)->of_node, name, out)
#define device_property_read_u32_array(dev, name, out, n) of_property_read_u32_array((dev)->of_node, name, out, n)
#define device_property_read_string(dev, name, out) of_property_read_string((dev)->of_node, name, out)
#define of_property_count_u32_elems(np, name) __inband_of_count(name)
#define of_property_count_elems_of_size(np, name, size) __inband_of_count(name)
#define of_property_read_bool(np, name) (__inband_of_count(name) >= 0)
#define of_property_present of_property_read_bool
#define device_property_read_bool(dev, name) of_property_read_bool(NULL, name)
#define device_property_present device_property_read_bool
#define of_find_property(np, name, len) (__inband_of_count(name) >= 0 ? (void *)1 : NULL)
int of_device_is_compatible(const struct device_node *np, const char *name);
int __inband_of_parent_compatible(const char *name);
#define of_device_is_available(np) true
#define of_get_parent(np) ((np)->parent)
#define of_node_get(np) (np)
#define of_node_put(np) do { } while (0)
#define dev_of_node(dev) ((dev)->of_node)
#define of_fwnode_handle(np) ((struct fwnode_handle *)(np))
#define dev_fwnode(dev) of_fwnode_handle((dev)->of_node)
#define of_device_get_match_data(dev) ((dev)->match_data)
#define device_get_match_data(dev) ((dev)->match_data)
#define of_match_node(table, np) of_match_device(table, NULL)
#define i2c_get_match_data(client) ((client)->dev.match_data)
#define of_match_ptr(x) (x)
const struct of_device_id *of_match_device(const struct of_device_id *table, const struct device *dev);
const __be32 *of_get_address(struct device_node *np, int index, u64 *size, unsigned int *flags);
#endif
