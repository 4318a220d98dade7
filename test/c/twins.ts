/** What a broken twin of a driver does instead, as replacements of its text; and who notices. */
export interface Twin {
  readonly name: string;
  readonly why: string;
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** One of these oracles reports it. */
  readonly oracles: readonly string[];
  /** It shows only where memory accesses are steps. */
  readonly fine?: true;
  /** It is judged by the oracle `data-race`, which no hunt asks for by itself. */
  readonly racing?: true;
}

const LOCKED_COPY = `		memcpy(kcs->copy, kcs->in, ret);
	}
	spin_unlock_irq(&kcs->lock);

	if (ret < 0)
		return ret;
	if (copy_to_user(buf, kcs->copy, ret))
		return -EFAULT;

	spin_lock_irq(&kcs->lock);
	if (kcs->generation == generation) {`;

const IOCTL = '	long ret = 0;\n\n	spin_lock_irq(&kcs->lock);\n	if (kcs->dead) {\n		ret = -ENODEV;\n	} else {\n		switch (cmd) {';
/** ioctl() that sets and clears SMS_ATN before it takes the lock: the statements in `how` make `attention` of it in STR. */
function attentionUnlocked(how: string): Twin['edits'] {
  return [[IOCTL, IOCTL.replace('	spin_lock_irq', `	if (cmd != IPMI_BMC_IOCTL_FORCE_ABORT && !kcs->dead) {
		unsigned int attention = cmd == IPMI_BMC_IOCTL_SET_SMS_ATN ? STR_SMS_ATN : 0;
${how}
		return 0;
	}
	spin_lock_irq`)]];
}

/** What is no bug: regmap_update_bits() has the lock of its map. */
export const ATTENTION_BY_REGMAP = attentionUnlocked('		regmap_update_bits(kcs->map, kcs->str, STR_SMS_ATN, attention);');

/** read() that notes, in a local, the jiffy in which it begins to sleep, and fails if it was woken too soon after. */
export const KEEPS_JIFFIES: Twin['edits'] = [
  ['#include <linux/kref.h>', '#include <linux/jiffies.h>\n#include <linux/kref.h>'],
  ['#include <linux/poll.h>', '#include <linux/poll.h>\n#include <linux/sched/signal.h>'],
  ['	bool block = !(file->f_flags & O_NONBLOCK);\n	ssize_t ret;\n\n	do {\n		if (block) {\n', '	unsigned long begun = jiffies;\n	bool block = true;\n	ssize_t ret;\n	DEFINE_WAIT(wait);\n\n	do {\n		if (block) {\n'],
  [`			ret = wait_event_interruptible(kcs->queue, READ_ONCE(kcs->in_avail) || READ_ONCE(kcs->dead));
			if (ret)
				return ret;
		}
		mutex_lock(&kcs->mutex);
		ret = read_request(kcs, buf, count);`, `			while (!READ_ONCE(kcs->in_avail) && !READ_ONCE(kcs->dead)) {
				prepare_to_wait(&kcs->queue, &wait, TASK_INTERRUPTIBLE);
				if (!READ_ONCE(kcs->in_avail) && !READ_ONCE(kcs->dead)) {
					begun = jiffies;
					schedule();
				}
				finish_wait(&kcs->queue, &wait);
				if (signal_pending(current))
					return -ERESTARTSYS;
			}
		}
		mutex_lock(&kcs->mutex);
		ret = time_before(jiffies, begun + 3) ? -EFAULT : read_request(kcs, buf, count);`],
];

/** The ways in which a KCS driver is broken, each in a line or two. */
export const KCS_TWINS: readonly Twin[] = [
  {
    name: 'write-unlocked', why: 'kcs_write() without the lock: the host goes on between its look at the phase and its use',
    edits: [
      ['	} else {\n		spin_lock_irq(&kcs->lock);\n		if (kcs->dead) {\n			ret = -ENODEV;\n		} else if (kcs->phase', '	} else {\n		if (kcs->dead) {\n			ret = -ENODEV;\n		} else if (kcs->phase'],
      ['			ret = count;\n		}\n		spin_unlock_irq(&kcs->lock);', '			ret = count;\n		}'],
    ],
    // As a wrong response it shows, too, with each access a step, but needs thousands of executions.
    oracles: ['data-race'],
    racing: true,
  },
  {
    name: 'read-unlocked', why: 'read() takes the request without the lock: what the host writes meanwhile is lost',
    edits: [['	spin_lock_irq(&kcs->lock);\n	if (kcs->generation == generation) {', '	if (kcs->generation == generation) {'],
      ['		ret = -EAGAIN;\n	}\n	spin_unlock_irq(&kcs->lock);\n	return ret;', '		ret = -EAGAIN;\n	}\n	return ret;']],
    oracles: ['lost-request', 'wrong-response', 'torn-message', 'lost-response'],
    fine: true,
  },
  {
    name: 'torn-copy', why: 'copies to user space straight from the buffer that the handler fills',
    edits: [[LOCKED_COPY, LOCKED_COPY.replace('		memcpy(kcs->copy, kcs->in, ret);\n', '').replace('kcs->copy, ret', 'kcs->in, ret').replace('kcs->generation == generation', 'true')]],
    oracles: ['torn-message'],
  },
  {
    name: 'attention-split', why: 'sets SMS_ATN by a read and a write without the lock: the state that the handler sets meanwhile is undone',
    edits: attentionUnlocked(`		unsigned int status;

		regmap_read(kcs->map, kcs->str, &status);
		regmap_write(kcs->map, kcs->str, (status & ~STR_SMS_ATN) | attention);`),
    oracles: ['wrong-response', 'state-mismatch', 'protocol', 'hang'],
  },
  {
    name: 'aba', why: 'takes the request as read because the phase is what it was: it is that of the next request',
    edits: [['kcs->generation == generation', 'kcs->phase == P_WRITE_DONE']],
    oracles: ['wrong-response', 'lost-request'],
  },
  {
    name: 'no-check-after-copy', why: 'takes the request as read whatever has happened during the copy',
    edits: [['kcs->generation == generation', 'true']],
    oracles: ['wrong-response', 'lost-request', 'state-mismatch', 'protocol', 'lost-response'],
  },
  {
    name: 'no-check-before-sleep', why: 'sleeps without another look at the condition: a wake-up in between is lost',
    edits: [['ret = wait_event_interruptible(kcs->queue, READ_ONCE(kcs->in_avail) || READ_ONCE(kcs->dead));', `ret = 0;
			if (!READ_ONCE(kcs->in_avail) && !READ_ONCE(kcs->dead)) {
				__inband_prepare_to_wait(&kcs->queue, TASK_INTERRUPTIBLE);
				ret = __inband_schedule_interruptible(&kcs->queue);
				__inband_finish_wait(&kcs->queue);
			}`]],
    oracles: ['lost-request', 'hang'],
  },
  {
    name: 'no-wake-up', why: 'the handler tells nobody that a request is there',
    edits: [['			wake_up_interruptible(&kcs->queue);\n', '']],
    oracles: ['lost-request', 'hang'],
  },
  {
    name: 'sleep-under-lock', why: 'copies to user space under the spin lock',
    edits: [[LOCKED_COPY, LOCKED_COPY.replace('	}\n	spin_unlock_irq(&kcs->lock);\n', '		if (copy_to_user(buf, kcs->copy, ret))\n			ret = -EFAULT;\n	}\n	spin_unlock_irq(&kcs->lock);\n').replace('	if (copy_to_user(buf, kcs->copy, ret))\n		return -EFAULT;\n\n	spin', '	spin')]],
    oracles: ['sleep-in-atomic'],
  },
  {
    name: 'interruptible-lock', why: 'spin_lock() where the handler takes the same lock: spin_lock_irq() is needed',
    edits: [['	ssize_t ret;\n\n	spin_lock_irq(&kcs->lock);', '	ssize_t ret;\n\n	spin_lock(&kcs->lock);'],
      ['		memcpy(kcs->copy, kcs->in, ret);\n	}\n	spin_unlock_irq(', '		memcpy(kcs->copy, kcs->in, ret);\n	}\n	spin_unlock(']],
    oracles: ['deadlock'],
  },
  {
    name: 'left-locked', why: 'returns from the middle with the lock held',
    edits: [['			ret = -EBUSY;\n		} else {\n			kcs->phase = P_READ;', '			mutex_unlock(&kcs->mutex);\n			return -EBUSY;\n		} else {\n			kcs->phase = P_READ;']],
    oracles: ['sleep-in-atomic', 'deadlock', 'hang', 'lost-request', 'stuck-ibf'],
  },
  {
    name: 'no-mutex', why: 'two readers hand out one request',
    edits: [['		mutex_lock(&kcs->mutex);\n		ret = read_request', '		ret = read_request'], ['kcs, buf, count);\n		mutex_unlock(&kcs->mutex);', 'kcs, buf, count);']],
    oracles: ['duplicate-request', 'torn-message'],
  },
  {
    name: 'beyond-field', why: 'a buffer that is shorter than the check of its index: the members behind it are overwritten',
    edits: [['	u8 in[MESSAGE];', '	u8 in[16];']],
    oracles: ['out-of-bounds'],
  },
  {
    name: 'use-after-free', why: 'an open file holds no reference: the memory is gone when the device is unbound',
    edits: [['	kref_get(&kcs->references);\n', ''], ['	if (ret)\n		kref_put(&kcs->references, free_kcs);\n', ''],
      ['	spin_unlock_irq(&kcs->lock);\n	kref_put(&kcs->references, free_kcs);\n	return 0;', '	spin_unlock_irq(&kcs->lock);\n	return 0;']],
    oracles: ['use-after-free'],
  },
  {
    name: 'null-pointer', why: 'the error path of write() looks where nothing is',
    edits: [['			ret = -EBUSY;\n		} else {', '			ret = READ_ONCE(((struct kcs *)NULL)->in_idx);\n		} else {']],
    oracles: ['out-of-bounds'],
  },
  {
    name: 'wrong-length', why: 'answers one byte less than it was given',
    edits: [['			kcs->out_len = count;', '			kcs->out_len = count - 1;']],
    oracles: ['torn-message', 'wrong-response'],
  },
];

/** The same of an SSIF driver. */
export const SSIF_TWINS: readonly Twin[] = [
  {
    name: 'no-bound', why: 'takes more bytes than a part has: the PEC, the index and then the response are overwritten',
    edits: [['	if (length > BLOCK)\n		return false;\n', '']],
    oracles: ['out-of-bounds'],
  },
  {
    name: 'no-wake-up', why: 'the callback tells nobody that a request is there',
    edits: [['	wake_up_all(&s->queue);\n	mod_timer', '	mod_timer']],
    oracles: ['lost-request', 'hang'],
  },
  {
    name: 'unasked-answer', why: 'takes a response that nobody has asked for',
    edits: [['	} else if (!s->answerable) {', '	} else if (s->responding) {']],
    oracles: ['wrong-response', 'errno', 'torn-message', 'lost-response'],
  },
  {
    name: 'timer-left', why: 'unbinds with the timer set: it fires in memory that is gone',
    edits: [['	timer_delete_sync(&s->timer);\n', '']],
    oracles: ['use-after-free'],
  },
  {
    name: 'part-lost', why: 'a part counts as sent though its host has read but the beginning',
    edits: [['	if (s->asked < s->part.length) {', '	if (!s->part.length) {']],
    oracles: ['lost-response', 'wrong-response', 'torn-message'],
  },
  {
    name: 'sleep-in-callback', why: 'takes a mutex in the interrupt handler of the bus',
    edits: [['	s->request.len = s->assembled;\n', '	mutex_lock(&s->read_mutex);\n	s->request.len = s->assembled;\n	mutex_unlock(&s->read_mutex);\n']],
    oracles: ['sleep-in-atomic'],
  },
];

/** The same of a BT driver. */
export const BT_TWINS: readonly Twin[] = [
  {
    name: 'taken-too-early', why: 'clears H2B_ATN before the request is in user space: the host writes the next one over it, or a fault loses it',
    edits: [['	bt_outb(bt, CTRL, CTRL_CLR_RD_PTR);\n', '	bt_outb(bt, CTRL, CTRL_H2B_ATN);\n	bt_outb(bt, CTRL, CTRL_CLR_RD_PTR);\n'],
      ['		else\n			bt_outb(bt, CTRL, CTRL_H2B_ATN);\n', '']],
    oracles: ['lost-request', 'torn-message', 'wrong-response'],
  },
  {
    name: 'no-mutex', why: 'two readers empty one FIFO',
    edits: [['		mutex_lock(&bt->mutex);\n		ret = bt->dead ? -ENODEV : read_request(bt, buf, count);\n		mutex_unlock(&bt->mutex);', '		ret = bt->dead ? -ENODEV : read_request(bt, buf, count);']],
    oracles: ['torn-message', 'duplicate-request', 'lost-request', 'stuck-busy', 'phantom-request', 'protocol'],
  },
  {
    name: 'no-wake-up', why: 'the handler tells nobody that a request is there',
    edits: [['	bt_outb(bt, CR2, status);\n	wake_up(&bt->queue);', '	bt_outb(bt, CR2, status);']],
    oracles: ['lost-request', 'hang'],
  },
  {
    name: 'short-buffer', why: 'a buffer on the stack that is shorter than the FIFO',
    edits: [['	u8 message[BUFFER];\n	ssize_t ret;\n	u8 len;', '	u8 message[16];\n	ssize_t ret;\n	u8 len;']],
    oracles: ['out-of-bounds'],
  },
  {
    name: 'timer-left', why: 'unbinds with the timer set: it fires in memory that is gone',
    edits: [['		timer_delete_sync(&bt->timer);\n', '		timer_pending(&bt->timer);\n']],
    oracles: ['use-after-free'],
  },
];

/** The same of a raw KCS driver. */
export const RAW_TWINS: readonly Twin[] = [
  {
    name: 'overwrites', why: 'reads IDR while a byte is held: that one is lost',
    edits: [['		if (!raw->readable) {\n			raw->byte', '		{\n			raw->byte']],
    oracles: ['lost-byte', 'hang'],
  },
  {
    name: 'gone-with-a-fault', why: 'the byte is taken, whether it has come to user space or not',
    edits: [['		if (rc > 0) {\n			spin_lock_irq', '		if (rc > 0 || rc == -EFAULT) {\n			spin_lock_irq']],
    oracles: ['lost-byte', 'hang', 'lost-request'],
  },
  {
    name: 'no-wake-up', why: 'the handler tells nobody that a byte is there',
    edits: [['			raw->readable = true;\n		}\n		wake_up_locked(&raw->queue);', '			raw->readable = true;\n		}']],
    oracles: ['hang', 'lost-request', 'lost-response'],
  },
  {
    name: 'interrupts-on', why: 'wait_event_interruptible_locked() comes back with interrupts on, and the handler takes the same lock',
    edits: [['wait_event_interruptible_locked_irq(raw->queue, raw->readable', 'wait_event_interruptible_locked(raw->queue, raw->readable']],
    oracles: ['deadlock'],
  },
  {
    name: 'sleep-under-lock', why: 'copies to user space under the lock of the queue',
    edits: [['	spin_unlock_irq(&raw->queue.lock);\n\n	if (!rc)\n		rc = copy_to_user(buf, bytes, count) ? -EFAULT : count;', '	if (!rc)\n		rc = copy_to_user(buf, bytes, count) ? -EFAULT : count;\n	spin_unlock_irq(&raw->queue.lock);']],
    oracles: ['sleep-in-atomic'],
  },
];

/** The same of a bus driver. */
export const I2C_TWINS: readonly Twin[] = [
  {
    name: 'hidden-stop', why: 'a STOP that comes together with the next START is not told',
    edits: [['	if (ended && bus->state != INACTIVE) {', '	if (ended && !match && bus->state != INACTIVE) {']],
    oracles: ['lost-request', 'torn-message', 'lost-response', 'wrong-response', 'phantom-request'],
  },
  {
    name: 'early-acknowledge', why: 'RX_DONE is acknowledged before the byte is read: SCL is let go, and the next byte overwrites it',
    edits: [['	bus->unacked = status & (INTR_RX_DONE | INTR_TX_ACK);', '	bus->unacked = 0;']],
    oracles: ['torn-message', 'lost-request', 'lost-response', 'wrong-response', 'irq-storm', 'state-mismatch'],
  },
  {
    name: 'deaf-after-read', why: 'after a read that its host ends the driver waits for a STOP that it takes for handled',
    edits: [['		ended |= !!(status & INTR_TX_NAK);\n', ''], ['	bool ended = status & (INTR_NORMAL_STOP | INTR_ABNORMAL);', '	bool ended = (status & INTR_NORMAL_STOP) && bus->state != SENDS;']],
    oracles: ['lost-request', 'torn-message', 'lost-response', 'wrong-response', 'phantom-request', 'state-mismatch'],
  },
];

/** The text of a twin. Throws if the original is not what it was. */
export function twinOf(original: string, { name, edits }: Pick<Twin, 'name' | 'edits'>): string {
  return edits.reduce((text, [from, to]) => {
    const at = text.indexOf(from);
    if (at < 0) throw new Error(`${name}: the driver has no ${JSON.stringify(from)}`);
    return text.slice(0, at) + to + text.slice(at + from.length);
  }, original);
}
