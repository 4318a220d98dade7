/* i2c.h: one client, as a target, below a bus driver of ours; or one adapter below clients of ours. */
#ifndef INBAND_I2C_H
#define INBAND_I2C_H
/**
 * I2C: a client as a target below a bus driver of ours (`--as ssif`), or an adapter below the client of ours (`--as
 * i2c`). The callback runs in the interrupt handler of the bus driver. Transfers as a controller are not asked for:
 * `master_xfer` is never called, and the functions of SMBus there are not but `i2c_smbus_pec()`.
 */
#define I2C_NAME_SIZE 20
struct i2c_device_id { char name[I2C_NAME_SIZE]; unsigned long driver_data; };
struct i2c_client;
struct i2c_adapter;
struct i2c_msg { u16 addr, flags, len; u8 *buf; };
#define I2C_M_RD 0x0001
#define I2C_M_TEN 0x0010
#define I2C_M_RECV_LEN 0x0400
#define I2C_M_NO_RD_ACK 0x0800
#define I2C_M_IGNORE_NAK 0x1000
#define I2C_M_REV_DIR_ADDR 0x2000
#define I2C_M_NOSTART 0x4000
#define I2C_M_STOP 0x8000
#define I2C_FUNC_I2C 0x00000001
#define I2C_FUNC_10BIT_ADDR 0x00000002
#define I2C_FUNC_PROTOCOL_MANGLING 0x00000004
#define I2C_FUNC_SMBUS_PEC 0x00000008
#define I2C_FUNC_SLAVE 0x00000020
#define I2C_FUNC_SMBUS_BLOCK_DATA 0x03000000
#define I2C_FUNC_SMBUS_READ_BLOCK_DATA 0x01000000
#define I2C_FUNC_SMBUS_EMUL 0x0eff0008
#define I2C_FUNC_SMBUS_EMUL_ALL 0x0fff8008
struct i2c_algorithm {
	union { int (*master_xfer)(struct i2c_adapter *, struct i2c_msg *, int); int (*xfer)(struct i2c_adapter *, struct i2c_msg *, int); };
	union { int (*master_xfer_atomic)(struct i2c_adapter *, struct i2c_msg *, int); int (*xfer_atomic)(struct i2c_adapter *, struct i2c_msg *, int); };
	u32 (*functionality)(struct i2c_adapter *);
	union { int (*reg_slave)(struct i2c_client *); int (*reg_target)(struct i2c_client *); };
	union { int (*unreg_slave)(struct i2c_client *); int (*unreg_target)(struct i2c_client *); };
};
struct i2c_bus_recovery_info { int (*recover_bus)(struct i2c_adapter *); };
struct i2c_timings { u32 bus_freq_hz, scl_rise_ns, scl_fall_ns, scl_int_delay_ns, sda_fall_ns, sda_hold_ns; };
struct i2c_adapter {
	struct module *owner;
	unsigned int class;
	const struct i2c_algorithm *algo;
	void *algo_data;
	int timeout;
	int retries;
	struct device dev;
	int nr;
	char name[48];
	struct i2c_bus_recovery_info *bus_recovery_info;
};
#define I2C_CLASS_DEPRECATED 0x100
#define I2C_MAX_STANDARD_MODE_FREQ 100000
#define I2C_MAX_FAST_MODE_FREQ 400000
#define I2C_MAX_FAST_MODE_PLUS_FREQ 1000000
static inline void *i2c_get_adapdata(const struct i2c_adapter *a) { return a->dev.driver_data; }
static inline void i2c_set_adapdata(struct i2c_adapter *a, void *data) { a->dev.driver_data = data; }
int i2c_add_adapter(struct i2c_adapter *adapter);
void i2c_del_adapter(struct i2c_adapter *adapter);
int devm_i2c_add_adapter(struct device *dev, struct i2c_adapter *adapter);
int i2c_recover_bus(struct i2c_adapter *adapter);
void i2c_parse_fw_timings(struct device *dev, struct i2c_timings *t, bool use_defaults);
enum i2c_slave_event {
	I2C_SLAVE_READ_REQUESTED, I2C_SLAVE_WRITE_REQUESTED, I2C_SLAVE_READ_PROCESSED, I2C_SLAVE_WRITE_RECEIVED, I2C_SLAVE_STOP,
};
typedef int (*i2c_slave_cb_t)(struct i2c_client *, enum i2c_slave_event, u8 *);
struct i2c_client {
	unsigned short flags;
	unsigned short addr;
	char name[I2C_NAME_SIZE];
	struct i2c_adapter *adapter;
	struct device dev;
	int irq;
	i2c_slave_cb_t slave_cb;
};
#define I2C_CLIENT_PEC 0x04
#define I2C_CLIENT_TEN 0x10
#define I2C_CLIENT_SLAVE 0x20
struct i2c_driver {
	unsigned int class;
	int (*probe)(struct i2c_client *);
	int (*probe_new)(struct i2c_client *);
	void (*remove)(struct i2c_client *);
	void (*shutdown)(struct i2c_client *);
	struct device_driver driver;
	const struct i2c_device_id *id_table;
};
#define to_i2c_client(d) container_of(d, struct i2c_client, dev)
static inline void *i2c_get_clientdata(const struct i2c_client *c) { return c->dev.driver_data; }
static inline void i2c_set_clientdata(struct i2c_client *c, void *data) { c->dev.driver_data = data; }
int i2c_slave_register(struct i2c_client *client, i2c_slave_cb_t cb);
int i2c_slave_unregister(struct i2c_client *client);
/* What a bus driver calls: the client's callback, or that of the client above it that is ours. */
#define i2c_slave_event(client, event, value) ((client)->slave_cb(client, event, value))
#define i2c_detect_slave_mode(dev) true
int i2c_add_driver(struct i2c_driver *drv);
void i2c_del_driver(struct i2c_driver *drv);
#define i2c_register_driver(owner, drv) i2c_add_driver(drv)
#define module_i2c_driver(drv) \
	__inband_entry(__inband_init_, drv) int __inband_init_##drv(void) { return i2c_add_driver(&(drv)); } \
	__inband_entry(__inband_exit_, drv) void __inband_exit_##drv(void) { i2c_del_driver(&(drv)); }
#define builtin_i2c_driver module_i2c_driver
static inline u8 i2c_8bit_addr_from_msg(const struct i2c_msg *msg) { return (msg->addr << 1) | (msg->flags & I2C_M_RD); }
u8 i2c_smbus_pec(u8 crc, u8 *p, size_t count);
#define I2C_SMBUS_BLOCK_MAX 32
#endif
