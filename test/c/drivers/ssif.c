// A BMC-side SSIF driver (IPMI 2.0 section 12), written for the tests of inband. It does step by step what our model
// ssif-bmc@fixed does: a request is put together in a buffer of its own and published whole.
#include <linux/i2c.h>
#include <linux/ipmi_ssif_bmc.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define BLOCK 32
#define FIRST_DATA 30
#define NEXT_DATA 31
#define LAST_BLOCK 0xff
#define SHORTEST 2
#define RESPONSE_TIMEOUT 500 // ms

enum smbus_cmd { SINGLE_WRITE = 2, READ_START = 3, WRITE_START = 6, WRITE_MIDDLE = 7, WRITE_END = 8, READ_MIDDLE = 9 };

enum ssif_state { READY, STARTED, COMMAND, RECEIVING, SENDING, ABORTING };

struct part {
	u8 address;
	u8 cmd;
	u8 length;
	u8 payload[BLOCK];
	u8 pec;
	u8 index;
};

struct ssif {
	struct i2c_client *client;
	struct miscdevice misc;
	struct kref references;
	spinlock_t lock;
	struct mutex read_mutex;
	wait_queue_head_t queue;
	struct timer_list timer;

	enum ssif_state state;
	bool running;
	bool dead;
	bool busy;
	bool available; // a request waits for read()
	bool answerable; // it was read
	bool late; // it was given up after it had been read
	unsigned int generation;

	bool pec_support;
	bool assembling;
	unsigned int assembled;
	u8 assembly[IPMI_SSIF_PAYLOAD_MAX];

	bool responding;
	bool sending;
	bool single;
	size_t asked; // bytes of the part that the bus has asked for
	u8 sent, left, block;
	u8 saved_sent, saved_left, saved_block;

	struct part part;
	struct ipmi_ssif_msg response;
	struct ipmi_ssif_msg request;
};

static void free_ssif(struct kref *references)
{
	kfree(container_of(references, struct ssif, references));
}

// The request, read or not, will not be answered any more.
static void give_up(struct ssif *s)
{
	if (s->answerable)
		s->late = true;
	s->answerable = false;
	s->generation++;
	s->available = false;
	s->busy = false;
}

static void response_timeout(struct timer_list *t)
{
	struct ssif *s = from_timer(s, t, timer);
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	// Set again already: it is for a later request.
	if (s->busy && !timer_pending(&s->timer))
		give_up(s);
	spin_unlock_irqrestore(&s->lock, flags);
}

// ---- file operations ----------------------------------------------------------------------------

static struct ssif *ssif_of(struct file *file)
{
	return container_of(file->private_data, struct ssif, misc);
}

static int ssif_open(struct inode *inode, struct file *file)
{
	struct ssif *s = ssif_of(file);
	int ret = 0;

	kref_get(&s->references);
	spin_lock_irq(&s->lock);
	if (s->dead)
		ret = -ENODEV;
	else if (s->running)
		ret = -EBUSY;
	else
		s->running = true;
	spin_unlock_irq(&s->lock);
	if (ret)
		kref_put(&s->references, free_ssif);
	return ret;
}

static int ssif_release(struct inode *inode, struct file *file)
{
	struct ssif *s = ssif_of(file);

	spin_lock_irq(&s->lock);
	s->running = false;
	del_timer(&s->timer);
	give_up(s);
	s->late = false;
	spin_unlock_irq(&s->lock);
	kref_put(&s->references, free_ssif);
	return 0;
}

static __poll_t ssif_poll(struct file *file, poll_table *wait)
{
	struct ssif *s = ssif_of(file);
	__poll_t mask = 0;

	poll_wait(file, &s->queue, wait);
	spin_lock_irq(&s->lock);
	if (s->dead)
		mask = EPOLLERR | EPOLLHUP;
	else if (s->available)
		mask = EPOLLIN;
	spin_unlock_irq(&s->lock);
	return mask;
}

static ssize_t read_request(struct ssif *s, char __user *buf)
{
	struct ipmi_ssif_msg msg;
	unsigned int generation;
	unsigned long flags;
	ssize_t ret;

	spin_lock_irqsave(&s->lock, flags);
	generation = s->generation;
	ret = sizeof(msg.len) + s->request.len;
	if (s->dead)
		ret = -ENODEV;
	else if (!s->available)
		ret = -EAGAIN;
	else
		memcpy(&msg, &s->request, ret);
	spin_unlock_irqrestore(&s->lock, flags);

	if (ret < 0)
		return ret;
	if (copy_to_user(buf, &msg, ret))
		return -EFAULT;

	spin_lock_irqsave(&s->lock, flags);
	if (s->generation == generation) {
		s->available = false;
		s->answerable = true;
		s->late = false;
	} else {
		ret = -EAGAIN;
	}
	spin_unlock_irqrestore(&s->lock, flags);
	return ret;
}

static ssize_t ssif_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct ssif *s = ssif_of(file);
	bool block = !(file->f_flags & O_NONBLOCK);
	ssize_t ret;

	if (count < sizeof(struct ipmi_ssif_msg))
		return -EINVAL;
	do {
		if (block) {
			ret = wait_event_interruptible(s->queue, READ_ONCE(s->available) || READ_ONCE(s->dead));
			if (ret)
				return ret;
		}
		mutex_lock(&s->read_mutex);
		ret = read_request(s, buf);
		mutex_unlock(&s->read_mutex);
	} while (ret == -EAGAIN && block);
	return ret;
}

static ssize_t ssif_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct ssif *s = ssif_of(file);
	struct ipmi_ssif_msg msg;
	unsigned long flags;
	ssize_t ret = count;

	if (count < sizeof(msg.len) || count > sizeof(msg))
		return -EINVAL;
	if (copy_from_user(&msg, buf, count))
		return -EFAULT;
	if (!msg.len || msg.len > IPMI_SSIF_PAYLOAD_MAX || count < sizeof(msg.len) + msg.len)
		return -EINVAL;

	spin_lock_irqsave(&s->lock, flags);
	if (s->dead) {
		ret = -ENODEV;
	} else if (!s->answerable) {
		ret = s->late ? -ETIMEDOUT : -ENODATA;
		s->late = false;
	} else {
		del_timer(&s->timer);
		memcpy(&s->response, &msg, count);
		s->single = msg.len <= BLOCK;
		s->sent = 0;
		s->block = 0;
		s->responding = true;
		s->busy = false;
		s->answerable = false;
	}
	spin_unlock_irqrestore(&s->lock, flags);
	return ret;
}

static const struct file_operations ssif_fops = {
	.owner = THIS_MODULE,
	.open = ssif_open,
	.release = ssif_release,
	.read = ssif_read,
	.write = ssif_write,
	.poll = ssif_poll,
};

// ---- interrupt, with the lock held --------------------------------------------------------------

static void response_sent(struct ssif *s)
{
	s->response.len = 0;
	s->responding = false;
	s->sent = 0;
}

static void request_complete(struct ssif *s)
{
	give_up(s);
	response_sent(s);
	s->request.len = s->assembled;
	memcpy(s->request.payload, s->assembly, s->assembled);
	s->busy = true;
	s->available = true;
	wake_up_all(&s->queue);
	mod_timer(&s->timer, jiffies + msecs_to_jiffies(RESPONSE_TIMEOUT));
}

static u8 payload_pec(struct ssif *s, u8 pec)
{
	return i2c_smbus_pec(pec, s->part.payload, s->part.length);
}

static bool part_valid(struct ssif *s)
{
	struct part *p = &s->part;
	u8 header[3] = { s->client->addr << 1, p->cmd, p->length };

	if (p->index < p->length)
		return false;
	s->pec_support = p->index > p->length;
	return !s->pec_support || payload_pec(s, i2c_smbus_pec(0, header, sizeof(header))) == p->pec;
}

// Adds the part to the request that is put together; true if that is complete.
static bool assemble(struct ssif *s)
{
	struct part *p = &s->part;

	if (p->cmd == SINGLE_WRITE || p->cmd == WRITE_START)
		s->assembled = 0;
	s->assembling = p->cmd == WRITE_START || p->cmd == WRITE_MIDDLE;
	if (s->assembled + p->length > IPMI_SSIF_PAYLOAD_MAX) {
		s->assembling = false;
		return false;
	}
	memcpy(s->assembly + s->assembled, p->payload, p->length);
	s->assembled += p->length;
	return !s->assembling && s->assembled >= SHORTEST;
}

static bool part_allowed(struct ssif *s, u8 cmd, u8 length)
{
	if (length > BLOCK)
		return false;
	switch (cmd) {
	case SINGLE_WRITE:
	case WRITE_START:
		return length > 0;
	case WRITE_MIDDLE:
		return length > 0 && s->assembling;
	case WRITE_END:
		return s->assembling;
	default:
		return false;
	}
}

static void abort_part(struct ssif *s)
{
	s->state = ABORTING;
	s->assembling = false;
}

// A read is over: on to the next part if all of this one was asked for, and else back to where it was.
static void end_read(struct ssif *s)
{
	if (!s->sending)
		return;
	s->sending = false;
	if (s->asked < s->part.length) {
		s->sent = s->saved_sent;
		s->left = s->saved_left;
		s->block = s->saved_block;
	} else if (s->single || s->block == LAST_BLOCK) {
		response_sent(s);
	}
}

static void write_received(struct ssif *s, u8 value)
{
	struct part *p = &s->part;

	switch (s->state) {
	case STARTED:
		s->state = COMMAND;
		p->cmd = value;
		break;
	case COMMAND:
		if (part_allowed(s, p->cmd, value)) {
			s->state = RECEIVING;
			p->length = value;
			p->index = 0;
		} else {
			abort_part(s);
		}
		break;
	case RECEIVING:
		if (p->index < p->length)
			p->payload[p->index] = value;
		else if (p->index == p->length)
			p->pec = value;
		else
			abort_part(s);
		p->index++;
		break;
	case READY:
	case SENDING:
		s->state = ABORTING;
		break;
	case ABORTING:
		break;
	}
}

static void fill_part(struct ssif *s)
{
	struct part *p = &s->part;
	u8 length;

	p->address = s->client->addr << 1;
	if (s->single) {
		p->length = s->response.len;
		memset(p->payload, 0, BLOCK);
		memcpy(p->payload, s->response.payload, p->length);
		return;
	}
	if (p->cmd == READ_START) {
		s->sent = 0;
		s->block = 0;
		length = FIRST_DATA;
		p->length = BLOCK;
		s->left = s->response.len - length;
		p->payload[0] = 0x00;
		p->payload[1] = 0x01;
		memcpy(&p->payload[2], s->response.payload, length);
	} else {
		if (s->left <= NEXT_DATA) {
			memset(p->payload, 0, BLOCK);
			length = s->left;
			p->length = length + 1;
			s->block = LAST_BLOCK;
			p->payload[0] = s->block;
		} else {
			length = NEXT_DATA;
			p->length = BLOCK;
			p->payload[0] = s->block++;
		}
		s->left -= length;
		memcpy(&p->payload[1], s->response.payload + s->sent, length);
	}
	s->sent += length;
}

static void read_requested(struct ssif *s, u8 *value)
{
	struct part *p = &s->part;
	bool asked = s->state == COMMAND && (p->cmd == READ_START || p->cmd == READ_MIDDLE);
	u8 header[4];

	if (s->state == SENDING)
		end_read(s);
	s->state = asked ? SENDING : ABORTING;
	*value = 0;
	if (!asked || !s->responding)
		return;
	if (p->cmd == READ_MIDDLE && (s->single || !s->sent))
		return;

	s->saved_sent = s->sent;
	s->saved_left = s->left;
	s->saved_block = s->block;
	s->sending = true;
	fill_part(s);
	header[0] = p->address;
	header[1] = p->cmd;
	header[2] = p->address | 1;
	header[3] = p->length;
	p->pec = payload_pec(s, i2c_smbus_pec(0, header, sizeof(header)));
	s->asked = 0;
	p->index = 0;
	*value = p->length;
}

static void read_processed(struct ssif *s, u8 *value)
{
	struct part *p = &s->part;

	*value = 0;
	if (s->state != SENDING) {
		s->state = ABORTING;
		return;
	}
	if (!s->sending || s->asked++ > p->length)
		return;
	if (p->index < p->length)
		*value = p->payload[p->index];
	else if (p->index == p->length && s->pec_support)
		*value = p->pec;
	p->index++;
}

static void stop(struct ssif *s)
{
	if (s->state == SENDING) {
		end_read(s);
	} else if (s->state == RECEIVING) {
		if (!part_valid(s))
			abort_part(s);
		else if (assemble(s))
			request_complete(s);
	}
	s->state = READY;
}

static int ssif_cb(struct i2c_client *client, enum i2c_slave_event event, u8 *value)
{
	struct ssif *s = i2c_get_clientdata(client);
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&s->lock, flags);
	switch (event) {
	case I2C_SLAVE_READ_REQUESTED:
		read_requested(s, value);
		break;
	case I2C_SLAVE_WRITE_REQUESTED:
		if (s->state == SENDING)
			end_read(s); // its STOP was lost
		s->state = STARTED;
		s->part.address = *value;
		break;
	case I2C_SLAVE_READ_PROCESSED:
		read_processed(s, value);
		break;
	case I2C_SLAVE_WRITE_RECEIVED:
		write_received(s, *value);
		break;
	case I2C_SLAVE_STOP:
		stop(s);
		break;
	}
	if (s->busy)
		ret = -EBUSY;
	spin_unlock_irqrestore(&s->lock, flags);
	return ret;
}

// ---- device -------------------------------------------------------------------------------------

static int ssif_probe(struct i2c_client *client)
{
	struct ssif *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int rc;

	if (!s)
		return -ENOMEM;
	s->client = client;
	spin_lock_init(&s->lock);
	mutex_init(&s->read_mutex);
	init_waitqueue_head(&s->queue);
	kref_init(&s->references);
	timer_setup(&s->timer, response_timeout, 0);
	i2c_set_clientdata(client, s);

	s->misc.minor = MISC_DYNAMIC_MINOR;
	s->misc.name = "ipmi-ssif-host";
	s->misc.fops = &ssif_fops;
	rc = misc_register(&s->misc);
	if (rc)
		return rc;
	rc = i2c_slave_register(client, ssif_cb);
	if (rc)
		misc_deregister(&s->misc);
	return rc;
}

static void ssif_remove(struct i2c_client *client)
{
	struct ssif *s = i2c_get_clientdata(client);

	// Nothing arms the timer once the target is gone.
	i2c_slave_unregister(client);
	timer_delete_sync(&s->timer);
	misc_deregister(&s->misc);
	spin_lock_irq(&s->lock);
	s->dead = true;
	give_up(s);
	spin_unlock_irq(&s->lock);
	wake_up_all(&s->queue);
	kref_put(&s->references, free_ssif);
}

static const struct of_device_id ssif_match[] = {
	{ .compatible = "ssif-bmc" },
	{ }
};
MODULE_DEVICE_TABLE(of, ssif_match);

static const struct i2c_device_id ssif_id[] = { { "ssif-bmc" }, { } };

static struct i2c_driver ssif_driver = {
	.driver = { .name = "inband-ssif", .of_match_table = ssif_match },
	.probe = ssif_probe,
	.remove = ssif_remove,
	.id_table = ssif_id,
};
module_i2c_driver(ssif_driver);

MODULE_LICENSE("MIT");
