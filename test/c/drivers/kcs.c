// A BMC-side KCS driver for the AST2500, written for the tests of inband. It does step by step what our model
// kcs-bmc@fixed does: one device below, one client above, a lock for each.
#include <linux/interrupt.h>
#include <linux/ipmi_bmc.h>
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
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define MESSAGE 1000

#define STR_OBF BIT(0)
#define STR_IBF BIT(1)
#define STR_SMS_ATN BIT(2)
#define STR_CD BIT(3)
#define STR_STATE GENMASK(7, 6)

#define HICR0 0x00
#define HICR2 0x08
#define HICR4 0x10
#define LADR3H 0x14
#define LADR3L 0x18
#define HICR5 0x80
#define IRQXE3 BIT(14)
#define SEL3IRQX BIT(15)
#define ID3IRQX GENMASK(23, 20)

enum state { IDLE, READ, WRITE, ERROR };
enum command { GET_STATUS_ABORT = 0x60, WRITE_START = 0x61, WRITE_END = 0x62, READ_BYTE = 0x68 };
enum code { NO_ERROR = 0x00, ABORTED = 0x01, ILLEGAL = 0x02, TOO_LONG = 0x06, UNSPECIFIED = 0xff };

enum phase {
	P_IDLE, P_WRITE_START, P_WRITE_DATA, P_WRITE_END, P_WRITE_DONE, P_WAIT_READ, P_READ, P_ABORT1, P_ABORT2, P_ERROR,
};

struct kcs {
	// The device: registers, and whether the client above has it.
	struct device *dev;
	struct regmap *map;
	u32 idr, odr, str;
	bool upstream;
	spinlock_t device_lock;
	bool enabled;

	// The client.
	struct miscdevice misc;
	struct kref references;
	spinlock_t lock;
	enum phase phase;
	enum code error;
	bool in_avail;
	int in_idx;
	int out_idx;
	int out_len;
	bool running;
	bool dead;
	unsigned int generation;
	wait_queue_head_t queue;
	struct mutex mutex;
	u8 in[MESSAGE];
	u8 out[MESSAGE];
	u8 copy[MESSAGE];
};

// ---- registers ----------------------------------------------------------------------------------

static u8 read_data(struct kcs *kcs)
{
	u32 value = 0;

	regmap_read(kcs->map, kcs->idr, &value);
	return value;
}

static void write_data(struct kcs *kcs, u8 data)
{
	regmap_write(kcs->map, kcs->odr, data);
	// The host's read of ODR has dropped the enable of its interrupt.
	if (kcs->upstream)
		regmap_update_bits(kcs->map, HICR5, IRQXE3, IRQXE3);
}

static void set_state(struct kcs *kcs, enum state state)
{
	regmap_update_bits(kcs->map, kcs->str, STR_STATE, FIELD_PREP(STR_STATE, state));
}

static void mask_ibf(struct kcs *kcs, bool enable)
{
	regmap_update_bits(kcs->map, HICR2, BIT(3), enable ? BIT(3) : 0);
}

static void enable_channel(struct kcs *kcs, bool enable)
{
	regmap_update_bits(kcs->map, HICR0, BIT(7), enable ? BIT(7) : 0);
	regmap_update_bits(kcs->map, HICR4, BIT(2), enable ? BIT(2) : 0);
}

// ---- interrupt ----------------------------------------------------------------------------------

static void discard(struct kcs *kcs)
{
	kcs->in_avail = false;
	kcs->in_idx = 0;
	kcs->generation++;
}

// Leaves IDR alone: the handler reads it, once for each event.
static void fail(struct kcs *kcs, enum code error)
{
	set_state(kcs, ERROR);
	write_data(kcs, 0);

	kcs->phase = P_ERROR;
	if (kcs->error == NO_ERROR)
		kcs->error = error;
	discard(kcs);
}

static void handle_data(struct kcs *kcs)
{
	u8 data;

	switch (kcs->phase) {
	case P_WRITE_START:
	case P_WRITE_DATA:
		if (kcs->in_idx < MESSAGE) {
			kcs->phase = P_WRITE_DATA;
			set_state(kcs, WRITE);
			write_data(kcs, 0);
			kcs->in[kcs->in_idx++] = read_data(kcs);
		} else {
			fail(kcs, TOO_LONG);
			read_data(kcs);
		}
		break;

	case P_WRITE_END:
		if (kcs->in_idx > 0 && kcs->in_idx < MESSAGE) {
			set_state(kcs, READ);
			kcs->in[kcs->in_idx++] = read_data(kcs);
			kcs->phase = P_WRITE_DONE;
			kcs->in_avail = true;
			wake_up_interruptible(&kcs->queue);
		} else {
			fail(kcs, TOO_LONG);
			read_data(kcs);
		}
		break;

	case P_READ:
		if (kcs->out_idx == kcs->out_len)
			set_state(kcs, IDLE);
		data = read_data(kcs);
		if (data != READ_BYTE) {
			fail(kcs, ILLEGAL);
		} else if (kcs->out_idx == kcs->out_len) {
			write_data(kcs, 0);
			kcs->phase = P_IDLE;
		} else {
			write_data(kcs, kcs->out[kcs->out_idx++]);
		}
		break;

	case P_ABORT1:
		set_state(kcs, READ);
		read_data(kcs);
		write_data(kcs, kcs->error == NO_ERROR ? ABORTED : kcs->error);
		kcs->phase = P_ABORT2;
		break;

	case P_ABORT2:
		set_state(kcs, IDLE);
		read_data(kcs);
		write_data(kcs, 0);
		kcs->phase = P_IDLE;
		kcs->error = NO_ERROR;
		break;

	default:
		fail(kcs, UNSPECIFIED);
		read_data(kcs);
		break;
	}
}

// While nobody has the file open a WRITE_START finds ERROR; GET_STATUS/ABORT is served.
static void handle_command(struct kcs *kcs)
{
	bool running = kcs->running;

	set_state(kcs, running ? WRITE : ERROR);
	write_data(kcs, 0);

	switch (read_data(kcs)) {
	case WRITE_START:
		kcs->error = NO_ERROR;
		if (!running) {
			fail(kcs, UNSPECIFIED);
			break;
		}
		kcs->phase = P_WRITE_START;
		discard(kcs);
		break;

	case WRITE_END:
		if (kcs->phase == P_WRITE_START || kcs->phase == P_WRITE_DATA)
			kcs->phase = P_WRITE_END;
		else
			fail(kcs, ILLEGAL);
		break;

	case GET_STATUS_ABORT:
		if (!running)
			set_state(kcs, WRITE);
		kcs->phase = P_ABORT1;
		discard(kcs);
		break;

	default:
		fail(kcs, ILLEGAL);
		break;
	}
}

static irqreturn_t handle_event(struct kcs *kcs)
{
	irqreturn_t ret = IRQ_NONE;
	u32 status = 0;

	spin_lock(&kcs->lock);
	regmap_read(kcs->map, kcs->str, &status);
	if (status & STR_IBF) {
		if (status & STR_CD)
			handle_command(kcs);
		else
			handle_data(kcs);
		ret = IRQ_HANDLED;
	}
	spin_unlock(&kcs->lock);
	return ret;
}

static irqreturn_t kcs_irq(int irq, void *arg)
{
	struct kcs *kcs = arg;
	irqreturn_t ret = IRQ_NONE;
	unsigned long flags;

	spin_lock_irqsave(&kcs->device_lock, flags);
	if (kcs->enabled)
		ret = handle_event(kcs);
	spin_unlock_irqrestore(&kcs->device_lock, flags);
	return ret;
}

// ---- file operations ----------------------------------------------------------------------------

static void free_kcs(struct kref *references)
{
	kfree(container_of(references, struct kcs, references));
}

static struct kcs *kcs_of(struct file *file)
{
	return container_of(file->private_data, struct kcs, misc);
}

static int kcs_open(struct inode *inode, struct file *file)
{
	struct kcs *kcs = kcs_of(file);
	int ret = 0;

	kref_get(&kcs->references);
	spin_lock_irq(&kcs->lock);
	if (kcs->dead)
		ret = -ENODEV;
	else if (kcs->running)
		ret = -EBUSY;
	else
		kcs->running = true;
	spin_unlock_irq(&kcs->lock);
	if (ret)
		kref_put(&kcs->references, free_kcs);
	return ret;
}

static __poll_t kcs_poll(struct file *file, poll_table *wait)
{
	struct kcs *kcs = kcs_of(file);
	__poll_t mask = 0;

	poll_wait(file, &kcs->queue, wait);
	spin_lock_irq(&kcs->lock);
	if (kcs->dead)
		mask = EPOLLERR | EPOLLHUP;
	else if (kcs->in_avail)
		mask = EPOLLIN;
	spin_unlock_irq(&kcs->lock);
	return mask;
}

// Hands one request to user space. It stays available until it is there; the generation tells whether the host has
// gone on meanwhile.
static ssize_t read_request(struct kcs *kcs, char __user *buf, size_t count)
{
	unsigned int generation = 0;
	ssize_t ret;

	spin_lock_irq(&kcs->lock);
	if (kcs->dead) {
		ret = -ENODEV;
	} else if (!kcs->in_avail) {
		ret = -EAGAIN;
	} else if (count < kcs->in_idx) {
		fail(kcs, TOO_LONG);
		ret = -EOVERFLOW;
	} else {
		ret = kcs->in_idx;
		generation = kcs->generation;
		memcpy(kcs->copy, kcs->in, ret);
	}
	spin_unlock_irq(&kcs->lock);

	if (ret < 0)
		return ret;
	if (copy_to_user(buf, kcs->copy, ret))
		return -EFAULT;

	spin_lock_irq(&kcs->lock);
	if (kcs->generation == generation) {
		kcs->phase = P_WAIT_READ;
		kcs->in_avail = false;
		kcs->in_idx = 0;
	} else {
		ret = -EAGAIN;
	}
	spin_unlock_irq(&kcs->lock);
	return ret;
}

static ssize_t kcs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct kcs *kcs = kcs_of(file);
	bool block = !(file->f_flags & O_NONBLOCK);
	ssize_t ret;

	do {
		if (block) {
			ret = wait_event_interruptible(kcs->queue, READ_ONCE(kcs->in_avail) || READ_ONCE(kcs->dead));
			if (ret)
				return ret;
		}
		mutex_lock(&kcs->mutex);
		ret = read_request(kcs, buf, count);
		mutex_unlock(&kcs->mutex);
	} while (ret == -EAGAIN && block);
	return ret;
}

static ssize_t kcs_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct kcs *kcs = kcs_of(file);
	ssize_t ret;

	if (count < 3 || count > MESSAGE)
		return -EINVAL;

	mutex_lock(&kcs->mutex);
	if (copy_from_user(kcs->copy, buf, count)) {
		ret = -EFAULT;
	} else {
		spin_lock_irq(&kcs->lock);
		if (kcs->dead) {
			ret = -ENODEV;
		} else if (kcs->phase != P_WAIT_READ) {
			ret = -EBUSY;
		} else {
			kcs->phase = P_READ;
			kcs->out_idx = 1;
			kcs->out_len = count;
			memcpy(kcs->out, kcs->copy, count);
			write_data(kcs, kcs->out[0]);
			ret = count;
		}
		spin_unlock_irq(&kcs->lock);
	}
	mutex_unlock(&kcs->mutex);
	return ret;
}

static long kcs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct kcs *kcs = kcs_of(file);
	long ret = 0;

	spin_lock_irq(&kcs->lock);
	if (kcs->dead) {
		ret = -ENODEV;
	} else {
		switch (cmd) {
		case IPMI_BMC_IOCTL_SET_SMS_ATN:
			regmap_update_bits(kcs->map, kcs->str, STR_SMS_ATN, STR_SMS_ATN);
			break;
		case IPMI_BMC_IOCTL_CLEAR_SMS_ATN:
			regmap_update_bits(kcs->map, kcs->str, STR_SMS_ATN, 0);
			break;
		case IPMI_BMC_IOCTL_FORCE_ABORT:
			fail(kcs, UNSPECIFIED);
			break;
		default:
			ret = -EINVAL;
			break;
		}
	}
	spin_unlock_irq(&kcs->lock);
	return ret;
}

static int kcs_release(struct inode *inode, struct file *file)
{
	struct kcs *kcs = kcs_of(file);

	spin_lock_irq(&kcs->lock);
	kcs->running = false;
	if (!kcs->dead)
		fail(kcs, UNSPECIFIED);
	spin_unlock_irq(&kcs->lock);
	kref_put(&kcs->references, free_kcs);
	return 0;
}

static const struct file_operations kcs_fops = {
	.owner = THIS_MODULE,
	.open = kcs_open,
	.read = kcs_read,
	.write = kcs_write,
	.poll = kcs_poll,
	.unlocked_ioctl = kcs_ioctl,
	.release = kcs_release,
};

// ---- device -------------------------------------------------------------------------------------

static int kcs_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	const __be32 *reg;
	u32 address, serirq[2];
	struct kcs *kcs;
	int irq, rc;

	kcs = kzalloc(sizeof(*kcs), GFP_KERNEL);
	if (!kcs)
		return -ENOMEM;
	kcs->dev = dev;
	kcs->map = syscon_node_to_regmap(dev->parent->of_node);
	reg = of_get_address(dev->of_node, 0, NULL, NULL);
	kcs->idr = be32_to_cpu(*reg);
	reg = of_get_address(dev->of_node, 1, NULL, NULL);
	kcs->odr = be32_to_cpu(*reg);
	reg = of_get_address(dev->of_node, 2, NULL, NULL);
	kcs->str = be32_to_cpu(*reg);
	rc = of_property_read_u32(dev->of_node, "aspeed,lpc-io-reg", &address);
	if (rc)
		return rc;
	irq = platform_get_irq(pdev, 0);

	spin_lock_init(&kcs->device_lock);
	spin_lock_init(&kcs->lock);
	mutex_init(&kcs->mutex);
	init_waitqueue_head(&kcs->queue);
	kref_init(&kcs->references);
	kcs->misc.minor = MISC_DYNAMIC_MINOR;
	kcs->misc.name = devm_kasprintf(dev, GFP_KERNEL, "ipmi-kcs%u", 3);
	kcs->misc.fops = &kcs_fops;

	// After a reset the state bits are 11b, before the host sees the channel.
	regmap_write(kcs->map, kcs->str, FIELD_PREP(STR_STATE, ERROR));
	kcs->phase = P_ERROR;
	kcs->error = UNSPECIFIED;
	mask_ibf(kcs, false);
	regmap_write(kcs->map, LADR3H, address >> 8);
	regmap_write(kcs->map, LADR3L, address & 0xff);
	if (!of_property_read_u32_array(dev->of_node, "aspeed,lpc-interrupts", serirq, 2)) {
		kcs->upstream = true;
		regmap_update_bits(kcs->map, HICR5, SEL3IRQX | ID3IRQX,
				   FIELD_PREP(ID3IRQX, serirq[0]) | (serirq[1] == IRQ_TYPE_LEVEL_HIGH ? SEL3IRQX : 0));
	}
	rc = devm_request_irq(dev, irq, kcs_irq, IRQF_SHARED, "kcs", kcs);
	if (rc)
		return rc;
	enable_channel(kcs, true);

	spin_lock_irq(&kcs->device_lock);
	kcs->enabled = true;
	mask_ibf(kcs, true);
	spin_unlock_irq(&kcs->device_lock);
	platform_set_drvdata(pdev, kcs);
	return misc_register(&kcs->misc);
}

static void kcs_remove(struct platform_device *pdev)
{
	struct kcs *kcs = platform_get_drvdata(pdev);

	misc_deregister(&kcs->misc);
	spin_lock_irq(&kcs->lock);
	kcs->dead = true;
	kcs->running = false;
	fail(kcs, UNSPECIFIED);
	spin_unlock_irq(&kcs->lock);
	wake_up_interruptible(&kcs->queue);

	spin_lock_irq(&kcs->device_lock);
	if (kcs->enabled) {
		mask_ibf(kcs, false);
		kcs->enabled = false;
	}
	spin_unlock_irq(&kcs->device_lock);
	// OBF=0: a host that cannot read ODR any more would be interrupted for ever.
	regmap_write(kcs->map, kcs->str, FIELD_PREP(STR_STATE, ERROR));
	kcs->phase = P_ERROR;

	enable_channel(kcs, false);
	mask_ibf(kcs, false);
	devm_free_irq(&pdev->dev, platform_get_irq(pdev, 0), kcs);
	kref_put(&kcs->references, free_kcs);
}

static const struct of_device_id kcs_match[] = {
	{ .compatible = "aspeed,ast2500-kcs-bmc-v2" },
	{ }
};
MODULE_DEVICE_TABLE(of, kcs_match);

static struct platform_driver kcs_driver = {
	.driver = { .name = "inband-kcs", .of_match_table = kcs_match },
	.probe = kcs_probe,
	.remove = kcs_remove,
};
module_platform_driver(kcs_driver);

MODULE_LICENSE("MIT");
