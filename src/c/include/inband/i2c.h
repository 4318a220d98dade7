/* i2c.h: one client, as a target, below the bus driver of src/drivers. */
#ifndef INBAND_I2C_H
#define INBAND_I2C_H
#define I2C_NAME_SIZE 20
struct i2c_device_id { char name[I2C_NAME_SIZE]; unsigned long driver_data; };
struct i2c_adapter { struct device dev; const char *name; };
struct i2c_client;
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
#define I2C_CLIENT_TEN 0x10
#define I2C_CLIENT_SLAVE 0x20
struct i2c_driver {
	unsigned int class;
	int (*probe)(struct i2c_client *);
	int (*probe_new)(struct i2c_client *);
	void (*remove)(struct i2c_client *);
	struct device_driver driver;
	const struct i2c_device_id *id_table;
};
#define to_i2c_client(d) container_of(d, struct i2c_client, dev)
static inline void *i2c_get_clientdata(const struct i2c_client *c) { return c->dev.driver_data; }
static inline void i2c_set_clientdata(struct i2c_client *c, void *data) { c->dev.driver_data = data; }
int i2c_slave_register(struct i2c_client *client, i2c_slave_cb_t cb);
int i2c_slave_unregister(struct i2c_client *client);
int i2c_add_driver(struct i2c_driver *drv);
void i2c_del_driver(struct i2c_driver *drv);
#define module_i2c_driver(drv) \
	__inband_entry(__inband_init_, drv) int __inband_init_##drv(void) { return i2c_add_driver(&(drv)); } \
	__inband_entry(__inband_exit_, drv) void __inband_exit_##drv(void) { i2c_del_driver(&(drv)); }
static inline u8 i2c_8bit_addr_from_msg_addr(u16 addr) { return addr << 1; }
u8 i2c_smbus_pec(u8 crc, u8 *p, size_t count);
#define I2C_SMBUS_BLOCK_MAX 32
#endif
