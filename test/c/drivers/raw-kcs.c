// A BMC-side raw KCS driver for the AST2500, written for the tests of inband: /dev/raw-kcs, a byte at a time. It has
// the device below and the client above in one, and for its state the lock of the wait queue.
#include <linux/interrupt.h>
#include <linux/iopoll.h>
#include <linux/kref.h>
#include <linux/mfd/syscon.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/regmap.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define STR_OBF BIT(0)
#define STR_IBF BIT(1)
#define HICR0 0x00
#define HICR2 0x08
#define HICR2_IBFIE3 BIT(3)
#define HICR4 0x10
#define LADR3H 0x14
#define LADR3L 0x18
#define HICR5 0x80
#define IRQXE3 BIT(14)
#define SEL3IRQX BIT(15)
#define ID3IRQX GENMASK(23, 20)
// The chip has no interrupt for OBF=0: it is looked for so often.
#define OBE_PERIOD (HZ / 2)

struct raw {
	struct regmap *map;
	u32 idr, odr, str;
	bool upstream;
	int irq;
	struct miscdevice misc;
	struct kref references;
	// Readers, from the look at a byte to its end: a copy that faults leaves the byte where it is.
	struct mutex reading;
	wait_queue_head_t queue;
	struct timer_list obe;
	// Under the lock of the queue.
	bool opened;
	bool listens; // for IBF
	bool waits; // somebody does, for OBF=0
	bool readable;
	bool removed;
	u8 byte;
};

static u8 status(struct raw *raw)
{
	u32 value = 0;

	regmap_read(raw->map, raw->str, &value);
	return value;
}

static u8 read_data(struct raw *raw)
{
	u32 value = 0;

	regmap_read(raw->map, raw->idr, &value);
	return value;
}

static void write_data(struct raw *raw, u8 data)
{
	regmap_write(raw->map, raw->odr, data);
	if (raw->upstream)
		regmap_update_bits(raw->map, HICR5, IRQXE3, IRQXE3);
}

static void listen(struct raw *raw, bool on)
{
	raw->listens = on;
	regmap_update_bits(raw->map, HICR2, HICR2_IBFIE3, on ? HICR2_IBFIE3 : 0);
}

// While a byte is held the next one stays in IDR, and the host waits.
static irqreturn_t raw_irq(int irq, void *arg)
{
	struct raw *raw = arg;
	irqreturn_t ret = IRQ_NONE;
	unsigned long flags;

	spin_lock_irqsave(&raw->queue.lock, flags);
	if (raw->listens && (status(raw) & STR_IBF)) {
		listen(raw, false);
		if (!raw->readable) {
			raw->byte = read_data(raw);
			raw->readable = true;
		}
		wake_up_locked(&raw->queue);
		ret = IRQ_HANDLED;
	}
	spin_unlock_irqrestore(&raw->queue.lock, flags);
	return ret;
}

static void obe_timer(struct timer_list *timer)
{
	struct raw *raw = timer_container_of(raw, timer, obe);
	unsigned long flags;

	spin_lock_irqsave(&raw->queue.lock, flags);
	if (raw->waits) {
		if (status(raw) & STR_OBF) {
			mod_timer(&raw->obe, jiffies + OBE_PERIOD);
		} else {
			raw->waits = false;
			wake_up_locked(&raw->queue);
		}
	}
	spin_unlock_irqrestore(&raw->queue.lock, flags);
}

// Whether OBF=0; if not, the timer will tell.
static bool prepare_obe(struct raw *raw)
{
	raw->waits = true;
	mod_timer(&raw->obe, jiffies + OBE_PERIOD);
	return !(status(raw) & STR_OBF);
}

static struct raw *raw_of(struct file *file)
{
	return container_of(file->private_data, struct raw, misc);
}

static void free_raw(struct kref *references)
{
	kfree(container_of(references, struct raw, references));
}

static int raw_open(struct inode *inode, struct file *file)
{
	struct raw *raw = raw_of(file);
	int rc = 0;

	spin_lock_irq(&raw->queue.lock);
	if (raw->opened) {
		rc = -EBUSY;
	} else {
		raw->opened = true;
		kref_get(&raw->references);
		listen(raw, true);
	}
	spin_unlock_irq(&raw->queue.lock);
	return rc;
}

static int raw_release(struct inode *inode, struct file *file)
{
	struct raw *raw = raw_of(file);

	spin_lock_irq(&raw->queue.lock);
	raw->opened = false;
	raw->waits = false;
	if (!raw->removed)
		listen(raw, false);
	spin_unlock_irq(&raw->queue.lock);
	kref_put(&raw->references, free_raw);
	return 0;
}

// Listens for OBF=0 only if the caller wants to write.
static __poll_t raw_poll(struct file *file, poll_table *wait)
{
	struct raw *raw = raw_of(file);
	__poll_t events = 0;

	poll_wait(file, &raw->queue, wait);
	spin_lock_irq(&raw->queue.lock);
	if (raw->removed) {
		events = EPOLLERR | EPOLLHUP;
	} else {
		if ((poll_requested_events(wait) & EPOLLOUT) && prepare_obe(raw))
			events |= EPOLLOUT;
		if (raw->readable || (status(raw) & STR_IBF))
			events |= EPOLLIN;
	}
	spin_unlock_irq(&raw->queue.lock);
	return events;
}

// Holds a byte; under the lock, and the mutex of the readers except while it sleeps.
static int wait_for_byte(struct raw *raw, bool block)
{
	for (;;) {
		int rc;

		if (raw->removed)
			return -ENODEV;
		if (raw->readable)
			return 0;
		if (status(raw) & STR_IBF) {
			listen(raw, false);
			raw->byte = read_data(raw);
			raw->readable = true;
			return 0;
		}
		if (!block)
			return -EAGAIN;
		listen(raw, true);
		spin_unlock_irq(&raw->queue.lock);
		mutex_unlock(&raw->reading);
		spin_lock_irq(&raw->queue.lock);
		rc = wait_event_interruptible_locked_irq(raw->queue, raw->readable || raw->removed);
		spin_unlock_irq(&raw->queue.lock);
		mutex_lock(&raw->reading);
		spin_lock_irq(&raw->queue.lock);
		if (rc && !raw->readable)
			return rc;
	}
}

static ssize_t raw_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct raw *raw = raw_of(file);
	bool data = *pos == 0, str = *pos == 1 || count == 2;
	u8 bytes[2];
	int rc;

	if (!count)
		return 0;
	if (count > 2 || *pos > 1 || *pos + count > 2)
		return -EINVAL;
	if (data)
		mutex_lock(&raw->reading);
	spin_lock_irq(&raw->queue.lock);
	rc = raw->removed ? -ENODEV : 0;
	if (data && !rc) {
		rc = wait_for_byte(raw, !(file->f_flags & O_NONBLOCK));
		bytes[0] = raw->byte;
	}
	if (str && !rc)
		bytes[count - 1] = status(raw) | (raw->readable ? STR_IBF : 0);
	spin_unlock_irq(&raw->queue.lock);

	if (!rc)
		rc = copy_to_user(buf, bytes, count) ? -EFAULT : count;
	if (data) {
		if (rc > 0) {
			spin_lock_irq(&raw->queue.lock);
			raw->readable = false;
			if (!raw->removed)
				listen(raw, true);
			spin_unlock_irq(&raw->queue.lock);
		}
		mutex_unlock(&raw->reading);
	}
	return rc;
}

// OBF=0, under the lock. Who is woken looks himself: another writer may have been faster.
static int wait_for_room(struct raw *raw, bool block)
{
	if (!(status(raw) & STR_OBF))
		return 0;
	if (!block)
		return -EAGAIN;
	for (;;) {
		int rc;

		if (prepare_obe(raw))
			return 0;
		rc = wait_event_interruptible_locked_irq(raw->queue, !raw->waits || raw->removed);
		if (raw->removed)
			return -ENODEV;
		if (rc)
			return rc;
	}
}

static ssize_t raw_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct raw *raw = raw_of(file);
	bool data = *pos == 0, str = *pos == 1 || count == 2;
	bool block = !(file->f_flags & O_NONBLOCK), waits;
	u8 bytes[2], value;
	int rc;

	if (!count)
		return 0;
	if (count > 2 || *pos > 1 || *pos + count > 2)
		return -EINVAL;
	if (copy_from_user(bytes, buf, count))
		return -EFAULT;
	// A write of STR with OBF=0 discards what is there: then nobody has to wait for it.
	value = bytes[data && count == 2 ? 1 : 0];
	waits = data && !(str && !(value & STR_OBF));
	if (waits && block && !READ_ONCE(raw->removed)) {
		u8 seen;

		// A host is fast: most often OBF falls before sleeping would pay. Nothing is locked out meanwhile.
		readx_poll_timeout_atomic(status, raw, seen, !(seen & STR_OBF), 1, 100);
	}
	spin_lock_irq(&raw->queue.lock);
	rc = raw->removed ? -ENODEV : 0;
	if (!rc && waits)
		rc = wait_for_room(raw, block);
	if (!rc) {
		// STR before ODR: the write of ODR makes the SerIRQ.
		if (str)
			regmap_write(raw->map, raw->str, value);
		if (data)
			write_data(raw, bytes[0]);
	}
	spin_unlock_irq(&raw->queue.lock);
	return rc ? rc : count;
}

static const struct file_operations raw_fops = {
	.owner = THIS_MODULE,
	.open = raw_open,
	.read = raw_read,
	.write = raw_write,
	.poll = raw_poll,
	.release = raw_release,
};

static int raw_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	u32 address, serirq[2];
	struct raw *raw;
	int rc;

	raw = kzalloc(sizeof(*raw), GFP_KERNEL);
	if (!raw)
		return -ENOMEM;
	raw->map = syscon_node_to_regmap(dev->parent->of_node);
	raw->idr = be32_to_cpup(of_get_address(dev->of_node, 0, NULL, NULL));
	raw->odr = be32_to_cpup(of_get_address(dev->of_node, 1, NULL, NULL));
	raw->str = be32_to_cpup(of_get_address(dev->of_node, 2, NULL, NULL));
	rc = of_property_read_u32(dev->of_node, "aspeed,lpc-io-reg", &address);
	if (rc)
		goto error;
	mutex_init(&raw->reading);
	init_waitqueue_head(&raw->queue);
	kref_init(&raw->references);
	timer_setup(&raw->obe, obe_timer, 0);
	raw->misc.minor = MISC_DYNAMIC_MINOR;
	raw->misc.name = devm_kasprintf(dev, GFP_KERNEL, "raw-kcs%u", 3);
	raw->misc.fops = &raw_fops;
	platform_set_drvdata(pdev, raw);

	listen(raw, false);
	regmap_write(raw->map, LADR3H, address >> 8);
	regmap_write(raw->map, LADR3L, address & 0xff);
	if (!of_property_read_u32_array(dev->of_node, "aspeed,lpc-interrupts", serirq, 2)) {
		raw->upstream = true;
		regmap_update_bits(raw->map, HICR5, SEL3IRQX | ID3IRQX,
				   FIELD_PREP(ID3IRQX, serirq[0]) | (serirq[1] == IRQ_TYPE_LEVEL_HIGH ? SEL3IRQX : 0));
	}
	raw->irq = platform_get_irq(pdev, 0);
	rc = devm_request_irq(dev, raw->irq, raw_irq, IRQF_SHARED, "inband-raw-kcs", raw);
	if (rc)
		goto error;
	regmap_update_bits(raw->map, HICR0, BIT(7), BIT(7));
	regmap_update_bits(raw->map, HICR4, BIT(2), BIT(2));
	rc = misc_register(&raw->misc);
	if (rc) {
		devm_free_irq(dev, raw->irq, raw);
		goto error;
	}
	return 0;
error:
	kfree(raw);
	return rc;
}

static void raw_remove(struct platform_device *pdev)
{
	struct raw *raw = platform_get_drvdata(pdev);

	misc_deregister(&raw->misc);
	spin_lock_irq(&raw->queue.lock);
	raw->removed = true;
	raw->waits = false;
	listen(raw, false);
	wake_up_locked(&raw->queue);
	spin_unlock_irq(&raw->queue.lock);
	timer_delete_sync(&raw->obe);
	regmap_update_bits(raw->map, HICR0, BIT(7), 0);
	regmap_update_bits(raw->map, HICR4, BIT(2), 0);
	devm_free_irq(&pdev->dev, raw->irq, raw);
	kref_put(&raw->references, free_raw);
}

static const struct of_device_id raw_match[] = {
	{ .compatible = "aspeed,ast2500-kcs-bmc-v2" },
	{ }
};
MODULE_DEVICE_TABLE(of, raw_match);

static struct platform_driver raw_driver = {
	.driver = { .name = "inband-raw-kcs", .of_match_table = raw_match },
	.probe = raw_probe,
	.remove = raw_remove,
};
module_platform_driver(raw_driver);

MODULE_LICENSE("MIT");
