import { describe, expect, it } from 'vitest';
import type { System } from '../../src/scenarios/index.ts';
import type { Violation } from '../../src/sim/index.ts';
import { HAS_CLANG, WITHOUT, driverText, file, scenarioWithC } from './toolchain.ts';

/** Places of the KCS driver at which lines are added, and the text behind which they stand. */
const PLACES = {
  include: '#include <linux/wait.h>\n',
  struct: '	u8 copy[MESSAGE];\n',
  functions: '// ---- registers ----------------------------------------------------------------------------------\n',
  irq: '	irqreturn_t ret = IRQ_NONE;\n	unsigned long flags;\n',
  open: 'static int kcs_open(struct inode *inode, struct file *file)\n{\n	struct kcs *kcs = kcs_of(file);\n	int ret = 0;\n',
  read: '	bool block = !(file->f_flags & O_NONBLOCK);\n	ssize_t ret;\n',
  probe: '	kref_init(&kcs->references);\n',
  remove: '	struct kcs *kcs = platform_get_drvdata(pdev);\n\n	misc_deregister(&kcs->misc);\n',
} as const;

type Added = Partial<Record<keyof typeof PLACES, string>>;

/** The KCS driver with lines added. */
function withLines(added: Added): string {
  let text = driverText('kcs.c');
  for (const [place, lines] of Object.entries(added) as [keyof Added, string][]) {
    expect(text.split(PLACES[place])).toHaveLength(2);
    text = text.replace(PLACES[place], () => `${PLACES[place]}${lines}\n`);
  }
  return text;
}

function systemOf(text: string): System {
  return scenarioWithC('kcs', file('driver.c', text)).build({ settings: {} });
}

/** What is wrong in the nominal run. */
function wrongIn(text: string): readonly Violation[] {
  return systemOf(text).execute().violations;
}

/** The same as `oracle/rule`, and the message. */
function told(text: string): readonly string[] {
  return wrongIn(text).map(({ oracle, rule, message }) => `${oracle}/${rule}: ${message}`);
}

describe.skipIf(!HAS_CLANG)(`what the kernel promises to a driver in C${WITHOUT}`, () => {
  it('copy_from_user() that fails zeroes what it has not copied; get_user() gives 0', () => {
    expect(told(withLines({
      read: `	u8 bytes[8], one = 5;
	memset(bytes, 7, sizeof(bytes));
	BUG_ON(copy_from_user(bytes, (void __user *)16, sizeof(bytes)) != sizeof(bytes));
	for (int i = 0; i < sizeof(bytes); i++) BUG_ON(bytes[i]);
	BUG_ON(get_user(one, (u8 __user *)16) != -EFAULT || one);`,
    }))).toEqual([]);
  });

  it('a file has a position that read() moves, and pread() does not', () => {
    // read() of a request by simple_read_from_buffer(): the first finds it, the second is behind its end.
    const text = driverText('kcs.c')
      .replaceAll('read_request(struct kcs *kcs, char __user *buf, size_t count)', 'read_request(struct kcs *kcs, char __user *buf, size_t count, loff_t *pos)')
      .replace('ret = read_request(kcs, buf, count);', 'ret = read_request(kcs, buf, count, pos);')
      .replace('	if (copy_to_user(buf, kcs->copy, ret))\n		return -EFAULT;\n', '	ret = simple_read_from_buffer(buf, count, pos, kcs->copy, ret);\n	if (ret < 0)\n		return ret;\n');
    const once = text.replace('ret = simple_read', 'loff_t start = *pos;\n	ret = simple_read').replace('	if (ret < 0)\n		return ret;\n\n', '	BUG_ON(start + ret != *pos || (start && ret));\n	if (ret < 0)\n		return ret;\n\n');
    expect(once).not.toBe(text);
    expect(wrongIn(once).map(({ rule }) => rule)).not.toContain('oops');
    expect(wrongIn(once)).not.toEqual([]);
    // Who puts it back reads from the beginning again, as drivers of streams do.
    expect(told(text.replace('ret = simple_read', '*pos = 0;\n	ret = simple_read'))).toEqual([]);
  });

  it('what does not move it finds it at 0', () => {
    expect(told(withLines({ read: '	BUG_ON(*pos || file->f_pos);' }))).toEqual([]);
  });

  it('wake_up_interruptible() wakes nobody who sleeps in wait_event()', () => {
    const waits = (wait: string, wake: string): string => withLines({
      struct: '	wait_queue_head_t other;\n	bool go;', probe: '	init_waitqueue_head(&kcs->other);',
      irq: `	kcs->go = true;\n	${wake}(&kcs->other);`, read: `	WRITE_ONCE(kcs->go, false);\n	${wait}`,
    });
    expect(wrongIn(waits('wait_event(kcs->other, READ_ONCE(kcs->go));', 'wake_up_interruptible'))).not.toEqual([]);
    expect(wrongIn(waits('DEFINE_WAIT(w);\n	prepare_to_wait(&kcs->other, &w, TASK_UNINTERRUPTIBLE);\n	if (!READ_ONCE(kcs->go)) schedule();\n	finish_wait(&kcs->other, &w);', 'wake_up_interruptible'))).not.toEqual([]);
    expect(told(waits('wait_event(kcs->other, READ_ONCE(kcs->go));', 'wake_up'))).toEqual([]);
    expect(told(waits('if (wait_event_interruptible(kcs->other, READ_ONCE(kcs->go))) return -EINTR;', 'wake_up_interruptible'))).toEqual([]);
    expect(told(waits('if (wait_event_interruptible(kcs->other, READ_ONCE(kcs->go))) return -EINTR;', 'wake_up'))).toEqual([]);
  });

  it.each([
    ['wait_event()', 'wait_event(kcs->queue, true);'],
    ['wait_event_interruptible()', 'if (wait_event_interruptible(kcs->queue, true)) return -EINTR;'],
    ['wait_event_timeout()', 'if (!wait_event_timeout(kcs->queue, true, HZ)) return -EIO;'],
    ['wait_event_interruptible_timeout()', 'if (wait_event_interruptible_timeout(kcs->queue, true, HZ) < 0) return -EINTR;'],
  ])('%s may sleep, even if its condition holds', (_name, wait) => {
    expect(wrongIn(withLines({ read: `	spin_lock_irq(&kcs->lock);\n	${wait}\n	spin_unlock_irq(&kcs->lock);` })).map(({ oracle, rule }) => `${oracle}/${rule}`))
      .toContain('sleep-in-atomic/schedule-in-atomic-context');
    expect(told(withLines({ read: `	${wait}` }))).toEqual([]);
  });
});
