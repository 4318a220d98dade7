// A bus driver for one I2C engine of the AST2500, as a target, written for the tests of inband. It does step by step
// what our model i2c-aspeed@fixed does; it is no controller.
#include <linux/i2c.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define FUN_CTRL 0x00
#define FUN_MASTER_EN BIT(0)
#define FUN_SLAVE_EN BIT(1)
#define FUN_MULTI_MASTER_DIS BIT(15)
#define AC_TIMING1 0x04
#define AC_TIMING1_KEPT GENMASK(31, 20)
#define AC_TIMING1_100_KHZ ((15 << 16) | (14 << 12) | 3)
#define AC_TIMING2 0x08
#define INTR_CTRL 0x0c
#define INTR_STS 0x10
#define INTR_TX_ACK BIT(0)
#define INTR_TX_NAK BIT(1)
#define INTR_RX_DONE BIT(2)
#define INTR_ARBIT_LOSS BIT(3)
#define INTR_NORMAL_STOP BIT(4)
#define INTR_ABNORMAL BIT(5)
#define INTR_SCL_TIMEOUT BIT(6)
#define INTR_SLAVE_MATCH BIT(7)
#define INTR_BUS_RECOVER_DONE BIT(13)
#define INTR_SDA_DL_TIMEOUT BIT(14)
#define INTR_MASTER_ERRORS (INTR_SDA_DL_TIMEOUT | INTR_SCL_TIMEOUT | INTR_ABNORMAL | INTR_ARBIT_LOSS)
#define INTR_ALL (INTR_MASTER_ERRORS | INTR_BUS_RECOVER_DONE | INTR_NORMAL_STOP | INTR_RX_DONE | INTR_TX_NAK | INTR_TX_ACK)
#define CMD 0x14
#define CMD_S_TX BIT(2)
#define CMD_RX_LAST BIT(4)
#define CMD_COMMANDS GENMASK(5, 0)
#define DEV_ADDR 0x18
#define BYTE_BUF 0x20

enum state { INACTIVE, START, SENDS, RECEIVES };

struct bus {
	struct i2c_adapter adapter;
	void __iomem *base;
	spinlock_t lock;
	struct i2c_client *slave;
	enum state state;
	bool nak_armed; // RX_CMD_LAST is set: the next byte is NAKed, if one comes
	u32 unacked; // bits of the status that are still to be acknowledged
	u8 value;
};

static void event(struct bus *bus, enum i2c_slave_event event)
{
	i2c_slave_event(bus->slave, event, &bus->value);
}

static u8 received(struct bus *bus)
{
	return readl(bus->base + BYTE_BUF) >> 8;
}

static void acknowledge(struct bus *bus, u32 bits)
{
	writel(bits, bus->base + INTR_STS);
	readl(bus->base + INTR_STS); // it has arrived
}

// The next byte of a read. TX_ACK of the one before is acknowledged before S_TX lets this one go.
static void send_byte(struct bus *bus)
{
	writel(bus->value, bus->base + BYTE_BUF);
	if (bus->unacked & INTR_TX_ACK) {
		bus->unacked &= ~INTR_TX_ACK;
		acknowledge(bus, INTR_TX_ACK);
	}
	writel(CMD_S_TX, bus->base + CMD);
}

// The address was ACKed by the hardware; the next byte is the first that can be NAKed.
static void write_requested(struct bus *bus)
{
	if (i2c_slave_event(bus->slave, I2C_SLAVE_WRITE_REQUESTED, &bus->value) >= 0)
		return;
	bus->nak_armed = true;
	writel(CMD_RX_LAST, bus->base + CMD);
}

// RX_CMD_LAST without a byte must not hit the first one of the next transfer.
static void disarm(struct bus *bus)
{
	u32 command;

	if (!bus->nak_armed)
		return;
	bus->nak_armed = false;
	command = readl(bus->base + CMD);
	writel(command & CMD_COMMANDS & ~CMD_RX_LAST, bus->base + CMD);
}

// One word may tell of the end of a transfer and of the start of the next: last byte, STOP, address, in this order.
static u32 slave_irq(struct bus *bus, u32 status)
{
	bool match = status & INTR_SLAVE_MATCH;
	bool ended = status & (INTR_NORMAL_STOP | INTR_ABNORMAL);
	u32 handled = 0;

	if (!bus->slave)
		return 0;

	if (!match && (status & INTR_RX_DONE) && bus->state == RECEIVES) {
		handled |= INTR_RX_DONE;
		bus->value = received(bus);
		if (!bus->nak_armed)
			event(bus, I2C_SLAVE_WRITE_RECEIVED);
		bus->nak_armed = false;
	}

	handled |= status & (INTR_NORMAL_STOP | INTR_ABNORMAL);
	if (bus->state == SENDS) {
		handled |= status & (INTR_TX_NAK | INTR_TX_ACK);
		ended |= !!(status & INTR_TX_NAK);
	}
	if (ended && bus->state != INACTIVE) {
		disarm(bus);
		event(bus, I2C_SLAVE_STOP);
		bus->state = INACTIVE;
	}

	if (match) {
		handled |= status & (INTR_SLAVE_MATCH | INTR_TX_ACK);
		disarm(bus);
		bus->state = START;
	}

	if (bus->state == START && (status & INTR_RX_DONE)) {
		handled |= INTR_RX_DONE;
		bus->value = received(bus);
		if (bus->value & 1) {
			bus->state = SENDS;
			event(bus, I2C_SLAVE_READ_REQUESTED);
			send_byte(bus);
		} else {
			bus->state = RECEIVES;
			write_requested(bus);
		}
	} else if (bus->state == SENDS && (status & INTR_TX_ACK)) {
		event(bus, I2C_SLAVE_READ_PROCESSED);
		send_byte(bus);
	}
	return handled;
}

static irqreturn_t bus_irq(int irq, void *arg)
{
	struct bus *bus = arg;
	u32 status, handled;

	spin_lock(&bus->lock);
	status = readl(bus->base + INTR_STS);
	bus->unacked = status & (INTR_RX_DONE | INTR_TX_ACK);
	if (status != bus->unacked)
		acknowledge(bus, status & ~bus->unacked);
	status &= 0xf000ffff;
	handled = slave_irq(bus, status);
	handled |= status & ~handled & (INTR_BUS_RECOVER_DONE | INTR_MASTER_ERRORS);

	if (bus->unacked)
		acknowledge(bus, bus->unacked);
	spin_unlock(&bus->lock);
	return status & ~handled ? IRQ_NONE : IRQ_HANDLED;
}

static int reg_slave(struct i2c_client *client)
{
	struct bus *bus = i2c_get_adapdata(client->adapter);
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&bus->lock, flags);
	if (bus->slave) {
		ret = -EINVAL;
	} else {
		writel(client->addr & 0x7f, bus->base + DEV_ADDR);
		writel(readl(bus->base + FUN_CTRL) | FUN_SLAVE_EN, bus->base + FUN_CTRL);
		bus->state = INACTIVE;
		bus->slave = client;
	}
	spin_unlock_irqrestore(&bus->lock, flags);
	return ret;
}

static int unreg_slave(struct i2c_client *client)
{
	struct bus *bus = i2c_get_adapdata(client->adapter);
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&bus->lock, flags);
	if (!bus->slave) {
		ret = -EINVAL;
	} else {
		writel(readl(bus->base + FUN_CTRL) & ~FUN_SLAVE_EN, bus->base + FUN_CTRL);
		bus->slave = NULL;
	}
	spin_unlock_irqrestore(&bus->lock, flags);
	return ret;
}

static u32 functionality(struct i2c_adapter *adapter)
{
	return I2C_FUNC_SLAVE;
}

static const struct i2c_algorithm algorithm = {
	.functionality = functionality,
	.reg_slave = reg_slave,
	.unreg_slave = unreg_slave,
};

static int bus_probe(struct platform_device *pdev)
{
	struct bus *bus;
	int rc;

	bus = devm_kzalloc(&pdev->dev, sizeof(*bus), GFP_KERNEL);
	if (!bus)
		return -ENOMEM;
	bus->base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(bus->base))
		return PTR_ERR(bus->base);
	spin_lock_init(&bus->lock);
	bus->adapter.owner = THIS_MODULE;
	bus->adapter.algo = &algorithm;
	bus->adapter.dev.parent = &pdev->dev;
	i2c_set_adapdata(&bus->adapter, bus);

	writel(0, bus->base + INTR_CTRL);
	writel(0xffffffff, bus->base + INTR_STS);
	writel(0, bus->base + FUN_CTRL);
	writel((readl(bus->base + AC_TIMING1) & AC_TIMING1_KEPT) | AC_TIMING1_100_KHZ, bus->base + AC_TIMING1);
	writel(0, bus->base + AC_TIMING2);
	writel(readl(bus->base + FUN_CTRL) | FUN_MASTER_EN | FUN_MULTI_MASTER_DIS, bus->base + FUN_CTRL);
	writel(INTR_ALL, bus->base + INTR_CTRL);
	rc = devm_request_irq(&pdev->dev, platform_get_irq(pdev, 0), bus_irq, 0, "inband-i2c", bus);
	return rc ? rc : i2c_add_adapter(&bus->adapter);
}

static const struct of_device_id bus_match[] = {
	{ .compatible = "aspeed,ast2500-i2c-bus" },
	{ }
};
MODULE_DEVICE_TABLE(of, bus_match);

static struct platform_driver bus_driver = {
	.driver = { .name = "inband-i2c", .of_match_table = bus_match },
	.probe = bus_probe,
};
module_platform_driver(bus_driver);

MODULE_LICENSE("MIT");
