// A BMC-side BT driver for the AST2500, written for the tests of inband. It does step by step what our model
// bt-bmc@fixed does.
#include <linux/atomic.h>
#include <linux/bt-bmc.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/mfd/syscon.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/regmap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define BUFFER 256
#define FIFO 64
#define SHORTEST_REQUEST 3
#define SHORTEST_RESPONSE 5
#define IO_BASE 0xe4
#define HOST_IRQ 10

#define CR0 0x00
#define CR0_IO_BASE GENMASK(31, 16)
#define CR0_IRQ GENMASK(15, 12)
#define CR0_EN_CLR_SLV_RDP BIT(3)
#define CR0_EN_CLR_SLV_WRP BIT(2)
#define CR0_ENABLE BIT(0)
#define CR1 0x04
#define CR2 0x08
#define IRQ_H2B BIT(0)
#define IRQ_H_BUSY BIT(6)
#define IRQS (IRQ_H2B | IRQ_H_BUSY)
#define CTRL 0x10
#define CTRL_B_BUSY BIT(7)
#define CTRL_H_BUSY BIT(6)
#define CTRL_SMS_ATN BIT(4)
#define CTRL_B2H_ATN BIT(3)
#define CTRL_H2B_ATN BIT(2)
#define CTRL_CLR_RD_PTR BIT(1)
#define CTRL_CLR_WR_PTR BIT(0)
#define DATA 0x14

struct bt {
	struct regmap *map;
	u32 offset;
	int irq;
	struct miscdevice misc;
	struct kref references;
	struct mutex mutex;
	bool opened;
	bool dead;
	wait_queue_head_t queue;
	struct timer_list timer;
};

// ---- registers: each 1 in CTRL sets, clears or toggles something -----------------------------------

static u8 bt_inb(struct bt *bt, int reg)
{
	u32 value = 0;

	regmap_read(bt->map, bt->offset + reg, &value);
	return value;
}

static void bt_outb(struct bt *bt, int reg, u8 value)
{
	regmap_write(bt->map, bt->offset + reg, value);
}

static void set_b_busy(struct bt *bt, bool busy)
{
	if (!!(bt_inb(bt, CTRL) & CTRL_B_BUSY) != busy)
		bt_outb(bt, CTRL, CTRL_B_BUSY);
}

// ---- waiting ------------------------------------------------------------------------------------

static bool readable(struct bt *bt)
{
	return READ_ONCE(bt->dead) || (bt_inb(bt, CTRL) & CTRL_H2B_ATN);
}

static bool writable(struct bt *bt)
{
	return READ_ONCE(bt->dead) || !(bt_inb(bt, CTRL) & (CTRL_H_BUSY | CTRL_B2H_ATN));
}

static int wait_until(struct bt *bt, bool (*ready)(struct bt *))
{
	DEFINE_WAIT(wait);
	int ret = 0;

	if (ready(bt))
		return 0;
	for (;;) {
		if (!ret)
			prepare_to_wait(&bt->queue, &wait, TASK_INTERRUPTIBLE);
		if (ready(bt)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		schedule();
		if (signal_pending(current))
			ret = -ERESTARTSYS;
	}
	finish_wait(&bt->queue, &wait);
	return ret;
}

// ---- file operations ----------------------------------------------------------------------------

static struct bt *bt_of(struct file *file)
{
	return container_of(file->private_data, struct bt, misc);
}

static void free_bt(struct kref *references)
{
	kfree(container_of(references, struct bt, references));
}

static int bt_open(struct inode *inode, struct file *file)
{
	struct bt *bt = bt_of(file);
	int ret = 0;

	kref_get(&bt->references);
	mutex_lock(&bt->mutex);
	if (bt->dead) {
		ret = -ENODEV;
	} else if (bt->opened) {
		ret = -EBUSY;
	} else {
		bt->opened = true;
		set_b_busy(bt, false);
	}
	mutex_unlock(&bt->mutex);
	if (ret)
		kref_put(&bt->references, free_bt);
	return ret;
}

static int bt_release(struct inode *inode, struct file *file)
{
	struct bt *bt = bt_of(file);

	mutex_lock(&bt->mutex);
	bt->opened = false;
	if (!bt->dead)
		set_b_busy(bt, true);
	mutex_unlock(&bt->mutex);
	kref_put(&bt->references, free_bt);
	return 0;
}

// Under the mutex. H2B_ATN stays set until the request is in user space: so long the host leaves the FIFO alone.
static ssize_t read_request(struct bt *bt, char __user *buf, size_t count)
{
	u8 message[BUFFER];
	ssize_t ret;
	u8 len;

	if (!(bt_inb(bt, CTRL) & CTRL_H2B_ATN))
		return -EAGAIN;

	set_b_busy(bt, true);
	bt_outb(bt, CTRL, CTRL_CLR_RD_PTR);
	len = bt_inb(bt, DATA);
	if (len < SHORTEST_REQUEST || len >= FIFO) {
		bt_outb(bt, CTRL, CTRL_H2B_ATN);
		ret = -EAGAIN;
	} else if (len + 1 > count) {
		ret = -EMSGSIZE;
	} else {
		message[0] = len;
		for (int i = 1; i <= len; i++)
			message[i] = bt_inb(bt, DATA);
		ret = len + 1;
		if (copy_to_user(buf, message, ret))
			ret = -EFAULT;
		else
			bt_outb(bt, CTRL, CTRL_H2B_ATN);
	}
	set_b_busy(bt, false);
	return ret;
}

static ssize_t bt_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct bt *bt = bt_of(file);
	bool block = !(file->f_flags & O_NONBLOCK);
	ssize_t ret;

	do {
		if (block && wait_until(bt, readable))
			return -ERESTARTSYS;
		mutex_lock(&bt->mutex);
		ret = bt->dead ? -ENODEV : read_request(bt, buf, count);
		mutex_unlock(&bt->mutex);
	} while (ret == -EAGAIN && block);
	return ret;
}

// Under the mutex.
static ssize_t write_response(struct bt *bt, const u8 *message, size_t count)
{
	if (bt_inb(bt, CTRL) & (CTRL_H_BUSY | CTRL_B2H_ATN))
		return -EAGAIN;
	bt_outb(bt, CTRL, CTRL_CLR_WR_PTR);
	for (int i = 0; i < count; i++)
		bt_outb(bt, DATA, message[i]);
	bt_outb(bt, CTRL, CTRL_B2H_ATN);
	return count;
}

static ssize_t bt_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct bt *bt = bt_of(file);
	bool block = !(file->f_flags & O_NONBLOCK);
	u8 message[BUFFER];
	ssize_t ret;

	if (count < SHORTEST_RESPONSE)
		return -EINVAL;
	if (count > FIFO)
		return -EMSGSIZE;
	if (copy_from_user(message, buf, count))
		return -EFAULT;
	if (message[0] != count - 1)
		return -EINVAL;
	do {
		if (block && wait_until(bt, writable))
			return -ERESTARTSYS;
		mutex_lock(&bt->mutex);
		ret = bt->dead ? -ENODEV : write_response(bt, message, count);
		mutex_unlock(&bt->mutex);
	} while (ret == -EAGAIN && block);
	return ret;
}

static __poll_t bt_poll(struct file *file, poll_table *wait)
{
	struct bt *bt = bt_of(file);
	__poll_t mask = 0;
	u8 ctrl;

	poll_wait(file, &bt->queue, wait);
	ctrl = bt_inb(bt, CTRL);
	if (ctrl & CTRL_H2B_ATN)
		mask |= EPOLLIN;
	if (!(ctrl & (CTRL_H_BUSY | CTRL_B2H_ATN)))
		mask |= EPOLLOUT;
	return READ_ONCE(bt->dead) ? EPOLLERR | EPOLLHUP : mask;
}

static long bt_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case BT_BMC_IOCTL_SMS_ATN:
		bt_outb(bt_of(file), CTRL, CTRL_SMS_ATN);
		return 0;
	}
	return -EINVAL;
}

static const struct file_operations bt_fops = {
	.owner = THIS_MODULE,
	.open = bt_open,
	.read = bt_read,
	.write = bt_write,
	.poll = bt_poll,
	.unlocked_ioctl = bt_ioctl,
	.release = bt_release,
};

// ---- interrupt and timer ------------------------------------------------------------------------

static irqreturn_t bt_irq(int irq, void *arg)
{
	struct bt *bt = arg;
	u8 status = bt_inb(bt, CR2) & IRQS;

	if (!status)
		return IRQ_NONE;
	bt_outb(bt, CR2, status);
	wake_up(&bt->queue);
	return IRQ_HANDLED;
}

static void bt_timeout(struct timer_list *timer)
{
	struct bt *bt = timer_container_of(bt, timer, timer);

	wake_up(&bt->queue);
	mod_timer(&bt->timer, jiffies + msecs_to_jiffies(500));
}

// ---- device -------------------------------------------------------------------------------------

static int bt_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct bt *bt;
	int rc;

	bt = kzalloc(sizeof(*bt), GFP_KERNEL);
	if (!bt)
		return -ENOMEM;
	bt->map = syscon_node_to_regmap(dev->parent->of_node);
	rc = of_property_read_u32(dev->of_node, "reg", &bt->offset);
	if (rc)
		return rc;
	mutex_init(&bt->mutex);
	init_waitqueue_head(&bt->queue);
	kref_init(&bt->references);
	timer_setup(&bt->timer, bt_timeout, 0);
	platform_set_drvdata(pdev, bt);
	bt->misc.minor = MISC_DYNAMIC_MINOR;
	bt->misc.name = "ipmi-bt-host";
	bt->misc.fops = &bt_fops;
	rc = misc_register(&bt->misc);
	if (rc)
		return rc;

	bt->irq = platform_get_irq_optional(pdev, 0);
	if (bt->irq > 0) {
		rc = devm_request_irq(dev, bt->irq, bt_irq, IRQF_SHARED, "ipmi-bt-host", bt);
		if (rc)
			return rc;
		regmap_update_bits(bt->map, bt->offset + CR1, IRQS, IRQS);
	} else {
		mod_timer(&bt->timer, jiffies + msecs_to_jiffies(10));
	}
	regmap_write(bt->map, bt->offset + CR0,
		     FIELD_PREP(CR0_IO_BASE, IO_BASE) | FIELD_PREP(CR0_IRQ, HOST_IRQ) | CR0_EN_CLR_SLV_RDP | CR0_EN_CLR_SLV_WRP | CR0_ENABLE);
	set_b_busy(bt, true); // nobody can serve the host yet
	return 0;
}

static void bt_remove(struct platform_device *pdev)
{
	struct bt *bt = platform_get_drvdata(pdev);

	misc_deregister(&bt->misc);
	if (bt->irq > 0)
		devm_free_irq(&pdev->dev, bt->irq, bt);
	else
		timer_delete_sync(&bt->timer);
	mutex_lock(&bt->mutex);
	WRITE_ONCE(bt->dead, true);
	regmap_update_bits(bt->map, bt->offset + CR1, IRQS, 0);
	set_b_busy(bt, true);
	mutex_unlock(&bt->mutex);
	wake_up(&bt->queue);
	kref_put(&bt->references, free_bt);
}

static const struct of_device_id bt_match[] = {
	{ .compatible = "aspeed,ast2500-ibt-bmc" },
	{ }
};
MODULE_DEVICE_TABLE(of, bt_match);

static struct platform_driver bt_driver = {
	.driver = { .name = "inband-bt", .of_match_table = bt_match },
	.probe = bt_probe,
	.remove = bt_remove,
};
module_platform_driver(bt_driver);

MODULE_LICENSE("MIT");
