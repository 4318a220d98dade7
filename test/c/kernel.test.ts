import { describe, expect, it } from 'vitest';
import { formatTranscript, record } from '../../src/report/index.ts';
import type { System } from '../../src/scenarios/index.ts';
import { NOMINAL, type Violation } from '../../src/sim/index.ts';
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
  return systemOf(text).execute(NOMINAL).violations;
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

/** A function that calls itself without end. */
const RECURSION: readonly (readonly [string, Added])[] = [
  ['directly', { functions: 'static volatile int g;\nstatic noinline int rec(int n) { g++; return rec(n + 1) + g; }\n', read: '	if (rec(1) == 5) return -EIO;' }],
  ['through a pointer', {
    functions: 'static int rec(int n);\nstatic int (*volatile recp)(int) = rec;\nstatic noinline int rec(int n) { return recp(n + 1) + 1; }\n', read: '	if (rec(1) == 5) return -EIO;',
  }],
  ['with steps', {
    functions: 'static noinline int rec(struct kcs *k, int n) { int r; spin_lock_irq(&k->lock); spin_unlock_irq(&k->lock); r = rec(k, n + 1) + 1; return r; }\n',
    read: '	if (rec(kcs, 1) == 5) return -EIO;',
  }],
];

describe.skipIf(!HAS_CLANG)(`what goes wrong in a driver in C${WITHOUT}`, () => {
  it.each([
    ['a null pointer', '	*(volatile int *)8 = 1;', 'write at address 8h, where there is no memory'],
    ['BUG()', '	BUG();', 'BUG()'],
    ['a division by 0', '	{ volatile int z = 0; z = 3 / z; }', 'a division by zero'],
    ['a loop without end', '	for (volatile int i = 0; ; i++) ;', 'a loop that takes no step does not end'],
    ['a wait that keeps the CPU, and nobody ends', '	for (;;) cpu_relax();', 'the loop has waited for 20 s and not slept'],
    ['a wait that nobody ends', '	init_waitqueue_head(&kcs->queue);\n	wait_event(kcs->queue, false);', 'the driver waits in its probe()'],
  ])('in its probe(): %s is told, with its place', (_name, probe, what) => {
    expect(() => systemOf(withLines({ probe }))).toThrow(new RegExp(`driver\\.c:\\d+ kcs_probe.*${what.replaceAll(/[()]/g, '\\$&')}`));
  });

  it('in its probe(), in some runs only: a finding of these', () => {
    const text = withLines({}).replace('	rc = devm_request_irq(', '	BUG_ON(!kcs->upstream);\n	rc = devm_request_irq(');
    const scenario = scenarioWithC('kcs', file('driver.c', text));
    const system = scenario.build({ settings: { hostMode: 'poll' } });
    const { violations, reason } = system.execute(NOMINAL);
    expect({ rules: violations.map(({ rule }) => rule), reason }).toEqual({ rules: ['oops'], reason: 'violation' });
    expect(system.execute(NOMINAL).violations).toHaveLength(1);
  });

  it('a probe() may sleep: no time goes by but in its own eyes', () => {
    expect(told(withLines({
      probe: `	{
		unsigned long before = jiffies;
		msleep(50);
		usleep_range(5000, 6000);
		udelay(5000);
		BUG_ON(jiffies - before != 6);
	}`,
    }))).toEqual([]);
  });

  it('timers that it sets after a sleep in its probe() are on time', () => {
    expect(told(withLines({
      struct: '	struct timer_list timer;\n	unsigned long set, fired;', functions: `static void late(struct timer_list *t);
`, probe: '	msleep(50);\n	timer_setup(&kcs->timer, late, 0);\n	kcs->set = jiffies;\n	mod_timer(&kcs->timer, jiffies);',
      read: '	if (kcs->fired) BUG_ON(kcs->fired - kcs->set != 1);', remove: '	timer_delete_sync(&kcs->timer);',
    }).replace('static int kcs_open(', 'static void late(struct timer_list *t)\n{\n	struct kcs *kcs = container_of(t, struct kcs, timer);\n	WRITE_ONCE(kcs->fired, jiffies);\n}\n\nstatic int kcs_open('))).toEqual([]);
  });

  it('tasks that it makes as it runs are recorded', () => {
    const work = { struct: '	struct work_struct w;', functions: 'static void wf(struct work_struct *w) { }\n', open: '	INIT_WORK(&kcs->w, wf);', irq: '	if (kcs->running) schedule_work(&kcs->w);' };
    const thread = {
      functions: 'static irqreturn_t thr(int irq, void *p) { return IRQ_HANDLED; }\n',
      open: '	if (request_threaded_irq(platform_get_irq(NULL, 0), NULL, thr, IRQF_SHARED | IRQF_ONESHOT, "x", file)) return -EIO;',
    };
    for (const added of [work, thread]) {
      const system = systemOf(withLines(added));
      const first = formatTranscript(record(system, NOMINAL));
      expect(formatTranscript(record(system, NOMINAL))).toBe(first);
    }
  });

  it('more contexts than there are stacks: told', () => {
    const text = withLines({
      struct: '	struct work_struct w[40];', functions: 'static void wf(struct work_struct *w) { }\n',
      probe: '	for (int i = 0; i < 40; i++) INIT_WORK(&kcs->w[i], wf);', irq: '	for (int i = 0; i < 40; i++) schedule_work(&kcs->w[i]);',
    });
    expect(() => wrongIn(text)).toThrow('the driver runs in more than 32 contexts');
  });

  it('more static data than there is memory: told', () => {
    expect(() => systemOf(withLines({ functions: 'static volatile char huge[2 << 20];\n', read: '	huge[count] = 1;' }))).toThrow(/^the driver has 2\d{6} bytes of static data/);
  });

  it.each(RECURSION)('a function that calls itself without end, %s: the stack overflows', (_how, added) => {
    expect(told(withLines(added))).toEqual([expect.stringMatching(/^out-of-bounds\/stack-overflow: driver\.c:\d+ rec\(\): the stack of 8192 bytes does not suffice \(Oops\)$/)]);
  });

  it('one that ends runs', () => {
    expect(told(withLines({
      functions: 'static volatile int g;\nstatic noinline int rec(int n) { g++; return n ? rec(n - 1) + g : 0; }\n', read: '	for (int i = 0; i < 20; i++) if (rec(100) == -5) return -EIO;',
    }))).toEqual([]);
  });

  it.each([
    ['variables that are too large for the stack', '	volatile char b[9000];\n	for (int i = 0; i < 9000; i++) b[i] = i;\n	if (b[77] == 3) return -EIO;',
      'out-of-bounds/stack-overflow: driver.c:LINE kcs_read(): the stack of 8192 bytes does not suffice (Oops)'],
    ['BUG_ON()', '	BUG_ON(count);', 'out-of-bounds/oops: driver.c:LINE kcs_read(): the driver comes to BUG(), or another place that is never reached (Oops)'],
    ['a division by 0', '	volatile int z = 0; z = 3 / z;', 'out-of-bounds/oops: driver.c:LINE kcs_read(): the driver comes to a division by zero (Oops)'],
    ['a 64-bit division by 0', '	volatile u64 z = 0; z = 3 / z;', 'out-of-bounds/oops: driver.c:LINE kcs_read(): the driver comes to a division by zero (Oops)'],
    ['a call through a null pointer', '	void (*volatile f)(void) = NULL; f();',
      'out-of-bounds/oops: driver.c:LINE kcs_read(): the driver comes to a call through the pointer 0, which is no function (Oops)'],
    ['a loop without end', '	for (volatile int i = 0; ; i++) ;', 'hang/endless-loop: driver.c:LINE kcs_read(): a loop that takes no step does not end'],
    ['a register where there is none', '	readl((void __iomem *)64);',
      'out-of-bounds/oops: driver.c:LINE kcs_read(): the driver comes to a register access at 40h, where there is no register (Oops)'],
    ['kfree() of what was never allocated', '	kfree((void *)0x12345678);', 'out-of-bounds/invalid-free: driver.c:LINE kcs_read(): kfree() of 12345678h, where nothing was allocated'],
  ])('%s: told with its place', (_name, read, what) => {
    const text = withLines({ read });
    const from = text.split('\n').indexOf(read.split('\n')[0]) + 1;
    const [first = ''] = told(text);
    const line = Number(/driver\.c:(\d+)/.exec(first)?.[1]);
    expect(first).toBe(what.replace('LINE', String(line)));
    // The first line of a function stands for all of its stack.
    expect(line).toBeGreaterThanOrEqual(from - 4);
    expect(line).toBeLessThanOrEqual(from + read.split('\n').length - 1);
  });
});
