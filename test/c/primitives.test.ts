import { describe, expect, it } from 'vitest';
import { NOMINAL } from '../../src/sim/index.ts';
import { HAS_CLANG, WITHOUT, driverText, file, huntIn, scenarioWithC } from './toolchain.ts';

/** What a driver does beside what the one of these tests does, by the place in it. */
type Additions = Partial<Record<keyof typeof AFTER, string>>;

/** Behind which text of test/c/drivers/kcs.c each place is. */
const AFTER = {
  struct: '	u8 copy[MESSAGE];\n',
  globals: '// ---- registers ----------------------------------------------------------------------------------\n',
  irq: '	irqreturn_t ret = IRQ_NONE;\n	unsigned long flags;\n',
  read: '	bool block = !(file->f_flags & O_NONBLOCK);\n	ssize_t ret;\n',
  probe: '	kref_init(&kcs->references);\n',
} as const;

const REQUEST = 'devm_request_irq(dev, irq, kcs_irq, IRQF_SHARED, "kcs", kcs)';

interface Case {
  readonly what: string;
  readonly add: Additions;
  /** How the interrupt is requested instead. */
  readonly request?: string;
  /** What its nominal run breaks; each BUG_ON() in it says what the kernel would do. */
  readonly breaks?: readonly string[];
  readonly fine?: true;
}

const LOCKS: Additions = { struct: '	spinlock_t a, b;\n', probe: '	spin_lock_init(&kcs->a);\n	spin_lock_init(&kcs->b);\n' };
const SLEEPS = ['sleep-in-atomic/schedule-in-atomic-context', 'sleep-in-atomic/mutex_lock-in-atomic-context'];

/** Documentation/locking/spinlocks.rst; include/linux/spinlock.h */
const SPIN_LOCKS: readonly Case[] = [
  {
    what: 'flags belong to the CPU: a lock may be handed over to another that was taken without them',
    add: { ...LOCKS, read: `	unsigned long f;
	spin_lock_irqsave(&kcs->a, f);
	spin_lock(&kcs->b);
	spin_unlock(&kcs->a);
	spin_unlock_irqrestore(&kcs->b, f);
` },
  },
  {
    what: 'flags that a second spin_lock_irqsave() overwrites leave interrupts off',
    add: { ...LOCKS, read: `	unsigned long f;
	spin_lock_irqsave(&kcs->a, f);
	spin_lock_irqsave(&kcs->b, f);
	spin_unlock_irqrestore(&kcs->b, f);
	spin_unlock_irqrestore(&kcs->a, f);
` },
    breaks: SLEEPS,
  },
  {
    what: 'the same with spin_trylock_irqsave()',
    add: { ...LOCKS, read: `	unsigned long f;
	spin_lock_irqsave(&kcs->a, f);
	BUG_ON(!spin_trylock_irqsave(&kcs->b, f));
	spin_unlock_irqrestore(&kcs->b, f);
	spin_unlock_irqrestore(&kcs->a, f);
` },
    breaks: SLEEPS,
  },
  {
    what: 'flags of its own for each: nested sections are left one by one',
    add: { ...LOCKS, read: `	unsigned long f, g;
	spin_lock_irqsave(&kcs->a, f);
	BUG_ON(!spin_trylock_irqsave(&kcs->b, g));
	BUG_ON(spin_trylock_irqsave(&kcs->b, flags_of_nobody));
	spin_unlock_irqrestore(&kcs->b, g);
	spin_unlock_irqrestore(&kcs->a, f);
`, globals: 'static unsigned long flags_of_nobody;\n' },
  },
];

const WORK: Additions = {
  struct: '	struct work_struct work;\n',
  globals: 'static int runs;\nstatic void work_fn(struct work_struct *work) { msleep(20); runs++; }\n',
  probe: '	INIT_WORK(&kcs->work, work_fn);\n	runs = 0;\n',
};

/** kernel/workqueue.c */
const WORKS: readonly Case[] = [
  {
    what: 'schedule_work() says whether it was queued; until its worker begins it is pending',
    add: { ...WORK, read: `	spin_lock_irq(&kcs->lock);
	BUG_ON(!schedule_work(&kcs->work));
	BUG_ON(schedule_work(&kcs->work));
	BUG_ON(!work_pending(&kcs->work));
	spin_unlock_irq(&kcs->lock);
	msleep(50);
	BUG_ON(work_pending(&kcs->work));
	BUG_ON(runs != 1);
	runs = 0;
` },
  },
  {
    what: 'cancel_work_sync() of what has not begun: it was pending, and never runs',
    add: { ...WORK, read: `	schedule_work(&kcs->work);
	BUG_ON(!cancel_work_sync(&kcs->work));
	msleep(50);
	BUG_ON(runs);
	BUG_ON(cancel_work_sync(&kcs->work));
	schedule_work(&kcs->work);
	BUG_ON(!cancel_work(&kcs->work));
	BUG_ON(cancel_work(&kcs->work));
	msleep(50);
	BUG_ON(runs);
` },
  },
  {
    what: 'cancel_work_sync() waits for the work that runs, which is not pending',
    add: { ...WORK, read: `	schedule_work(&kcs->work);
	msleep(10);
	BUG_ON(cancel_work_sync(&kcs->work));
	BUG_ON(runs != 1);
	runs = 0;
` },
  },
  {
    what: 'flush_work() waits for the instance that was queued last, and says whether it has waited',
    add: { ...WORK, read: `	schedule_work(&kcs->work);
	msleep(10);
	BUG_ON(!schedule_work(&kcs->work));
	BUG_ON(!flush_work(&kcs->work));
	BUG_ON(runs != 2);
	BUG_ON(flush_work(&kcs->work));
	runs = 0;
` },
  },
  {
    what: 'a delayed work is pending while its timer runs',
    add: {
      ...WORK,
      struct: '	struct delayed_work work;\n',
      probe: '	INIT_DELAYED_WORK(&kcs->work, work_fn);\n	runs = 0;\n',
      read: `	BUG_ON(!schedule_delayed_work(&kcs->work, HZ));
	BUG_ON(schedule_delayed_work(&kcs->work, 0));
	BUG_ON(!mod_delayed_work(system_wq, &kcs->work, 2 * HZ));
	BUG_ON(!cancel_delayed_work(&kcs->work));
	BUG_ON(cancel_delayed_work(&kcs->work));
	BUG_ON(mod_delayed_work(system_wq, &kcs->work, HZ));
	BUG_ON(!cancel_delayed_work_sync(&kcs->work));
	BUG_ON(cancel_delayed_work_sync(&kcs->work));
	BUG_ON(flush_delayed_work(&kcs->work));
	BUG_ON(runs);
	schedule_delayed_work(&kcs->work, HZ);
	BUG_ON(!flush_delayed_work(&kcs->work));
	BUG_ON(runs != 1 || delayed_work_pending(&kcs->work));
	runs = 0;
`,
    },
  },
];

const TIMER: Additions = {
  struct: '	struct timer_list timer;\n',
  globals: 'static int ticks;\nstatic void tick(struct timer_list *t) { ticks++; }\n',
  probe: '	timer_setup(&kcs->timer, tick, 0);\n	ticks = 0;\n',
};

/** kernel/time/timer.c */
const TIMERS: readonly Case[] = [
  {
    what: 'who sets or deletes it is told whether it was pending',
    add: { ...TIMER, read: `	BUG_ON(mod_timer(&kcs->timer, jiffies + 100 * HZ));
	BUG_ON(!mod_timer(&kcs->timer, jiffies + 200 * HZ));
	BUG_ON(!timer_pending(&kcs->timer));
	BUG_ON(!timer_delete_sync(&kcs->timer));
	BUG_ON(timer_delete_sync(&kcs->timer));
	mod_timer(&kcs->timer, jiffies + 100 * HZ);
	BUG_ON(!timer_delete(&kcs->timer));
	BUG_ON(timer_delete(&kcs->timer));
` },
  },
  {
    what: 'mod_timer() leaves in the struct when it expires',
    add: { ...TIMER, read: `	mod_timer(&kcs->timer, jiffies + 7);
	BUG_ON(kcs->timer.expires != jiffies + 7);
	timer_delete(&kcs->timer);
` },
  },
  {
    what: 'after timer_shutdown_sync() nothing sets it until it is set up again',
    add: { ...TIMER, read: `	mod_timer(&kcs->timer, jiffies + HZ);
	BUG_ON(!timer_shutdown_sync(&kcs->timer));
	BUG_ON(mod_timer(&kcs->timer, jiffies));
	BUG_ON(timer_pending(&kcs->timer));
	msleep(50);
	BUG_ON(ticks);
	timer_setup(&kcs->timer, tick, 0);
	mod_timer(&kcs->timer, jiffies);
	msleep(50);
	BUG_ON(ticks != 1);
	ticks = 0;
` },
  },
];

/** kernel/irq/manage.c */
const INTERRUPTS: readonly Case[] = [
  {
    what: 'IRQF_NO_AUTOEN: the line is off until the driver turns it on',
    add: {
      struct: '	bool armed;\n	int line;\n', probe: '	kcs->line = irq;\n', irq: '	BUG_ON(!kcs->armed);\n',
      globals: 'struct kcs;\nstatic void arm(struct kcs *kcs);\n',
      read: '	msleep(2);\n	arm(kcs);\n', // the host has begun by then
    },
    request: 'devm_request_irq(dev, irq, kcs_irq, IRQF_NO_AUTOEN, "kcs", kcs)',
  },
  { what: 'no handler, no thread: -EINVAL', add: { probe: '	BUG_ON(request_threaded_irq(irq, NULL, NULL, IRQF_SHARED, "kcs", kcs) != -EINVAL);\n' } },
  {
    what: 'a thread without a handler must keep its line masked: -EINVAL without IRQF_ONESHOT',
    add: { probe: '	BUG_ON(request_threaded_irq(irq, NULL, kcs_irq, 0, "kcs", kcs) != -EINVAL);\n', globals: 'static irqreturn_t kcs_irq(int irq, void *arg);\n' },
  },
  {
    what: 'a line that is shared says what it is called with, and is not left off',
    add: { probe: `	BUG_ON(request_irq(irq, kcs_irq, IRQF_SHARED, "kcs", NULL) != -EINVAL);
	BUG_ON(request_irq(irq, kcs_irq, IRQF_SHARED | IRQF_NO_AUTOEN, "kcs", kcs) != -EINVAL);
`, globals: 'static irqreturn_t kcs_irq(int irq, void *arg);\n' },
  },
  {
    what: 'a line is shared only by those who all say so: -EBUSY',
    add: { probe: `	BUG_ON(request_irq(irq, nobody, 0, "one", kcs));
	BUG_ON(request_irq(irq, nobody, 0, "two", dev) != -EBUSY);
	BUG_ON(request_irq(irq, nobody, IRQF_SHARED, "two", dev) != -EBUSY);
	free_irq(irq, kcs);
	BUG_ON(request_irq(irq, nobody, IRQF_SHARED, "two", dev));
	free_irq(irq, dev);
`, globals: 'static irqreturn_t nobody(int irq, void *arg) { return IRQ_NONE; }\n' },
  },
  {
    what: 'disable_irq() waits for handlers, and so may sleep',
    add: { read: `	spin_lock_irq(&kcs->lock);
	disable_irq(platform_get_irq(NULL, 0));
	enable_irq(platform_get_irq(NULL, 0));
	spin_unlock_irq(&kcs->lock);
` },
    breaks: ['sleep-in-atomic/disable_irq-in-atomic-context'],
  },
  {
    what: 'so does synchronize_irq()',
    add: { read: '	spin_lock_irq(&kcs->lock);\n	synchronize_irq(platform_get_irq(NULL, 0));\n	spin_unlock_irq(&kcs->lock);\n' },
    breaks: ['sleep-in-atomic/synchronize_irq-in-atomic-context'],
  },
  {
    what: 'disable_irq_nosync() does not',
    add: { read: `	spin_lock_irq(&kcs->lock);
	disable_irq_nosync(platform_get_irq(NULL, 0));
	enable_irq(platform_get_irq(NULL, 0));
	spin_unlock_irq(&kcs->lock);
	disable_irq(platform_get_irq(NULL, 0));
	enable_irq(platform_get_irq(NULL, 0));
` },
  },
  {
    what: 'in_hardirq() and in_interrupt() are about handlers, in_atomic() about sleeping',
    add: {
      struct: '	struct timer_list timer;\n', globals: 'static void tick(struct timer_list *t) { BUG_ON(in_hardirq() || !in_interrupt()); }\n',
      probe: '	timer_setup(&kcs->timer, tick, 0);\n',
      irq: '	BUG_ON(!in_hardirq() || !in_interrupt() || !in_atomic());\n',
      read: `	BUG_ON(in_hardirq() || in_interrupt() || in_atomic());
	spin_lock_irq(&kcs->lock);
	BUG_ON(in_hardirq() || in_interrupt() || !in_atomic());
	spin_unlock_irq(&kcs->lock);
	mod_timer(&kcs->timer, jiffies);
	msleep(50);
`,
    },
  },
];

const SPIN: Additions = {
  struct: '	bool seen;\n', irq: '	WRITE_ONCE(kcs->seen, true);\n',
  read: '	WRITE_ONCE(kcs->seen, false);\n	while (!READ_ONCE(kcs->seen))\n		cpu_relax();\n',
};

/** Documentation/process/volatile-considered-harmful.rst; include/linux/iopoll.h */
const BUSY: readonly Case[] = [
  {
    what: 'waiting for an interrupt',
    add: SPIN,
  },
  {
    what: 'waiting for an interrupt, where memory accesses are steps',
    add: SPIN,
    fine: true,
  },
  {
    what: 'waiting for a time',
    add: { read: '	unsigned long end = jiffies + 2;\n	while (time_before(jiffies, end))\n		cpu_relax();\n	BUG_ON(jiffies != end);\n' },
  },
  {
    what: 'waiting for a second',
    add: { read: '	unsigned long end = jiffies + HZ;\n	while (time_before(jiffies, end))\n		cpu_relax();\n	BUG_ON(jiffies != end);\n' },
  },
  {
    what: 'waiting for a work, which another task has to do: cond_resched() lets it',
    add: { ...WORK, read: '	schedule_work(&kcs->work);\n	while (READ_ONCE(runs) == 0) {\n		cpu_relax();\n		cond_resched();\n	}\n	runs = 0;\n' },
  },
  { what: 'schedule() of a task that runs lets others run', add: { read: '	schedule();\n	BUG_ON(schedule_timeout(5) != 5);\n' } },
  {
    what: 'not for ever: the function and the line are told',
    add: { read: '	while (!READ_ONCE(kcs->dead))\n		cpu_relax();\n' },
    breaks: ['lost-request/never-delivered', 'hang/endless-loop'],
  },
  {
    what: 'nor in a loop that does nothing',
    add: { read: '	while (!READ_ONCE(kcs->dead))\n		barrier();\n' },
    breaks: ['hang/endless-loop'],
  },
  {
    what: 'read_poll_timeout_atomic() with a time-out of 0 never times out',
    add: { read: `	u32 value;
	int looks = 0;
	BUG_ON(regmap_read_poll_timeout_atomic(kcs->map, kcs->str, value, ++looks >= 200, 1, 0));
	BUG_ON(looks < 200);
` },
  },
  {
    what: 'read_poll_timeout_atomic() looks once more when the time is over',
    add: { globals: 'static int looks;\nstatic int look(void) { return ++looks; }\n', read: `	int value;
	looks = 0;
	BUG_ON(read_poll_timeout_atomic(look, value, false, 10, 100, false) != -ETIMEDOUT);
	BUG_ON(value != 13);
	BUG_ON(read_poll_timeout_atomic(look, value, value == 26, 10, 100, false));
	BUG_ON(read_poll_timeout_atomic(look, value, value == 27, 10, 0, true));
	BUG_ON(read_poll_timeout(look, value, value == 32, 10, 0, false));
	BUG_ON(read_poll_timeout(look, value, false, 0, 50, false) != -ETIMEDOUT);
` },
  },
];

function driverOf({ add, request }: Case): string {
  let text = driverText('kcs.c');
  for (const [place, lines] of Object.entries(add)) {
    const after = AFTER[place as keyof typeof AFTER];
    if (!text.includes(after)) throw new Error(`there is no ${place} in kcs.c`);
    text = text.replace(after, () => after + lines);
  }
  if (request === undefined) return text;
  return text.replace(REQUEST, () => request).replace('static int kcs_probe(', () => `static void arm(struct kcs *kcs)
{
	if (!kcs->armed) {
		kcs->armed = true;
		enable_irq(kcs->line);
	}
}

static int kcs_probe(`);
}

describe.skipIf(!HAS_CLANG).each([
  ['spin locks', SPIN_LOCKS], ['works', WORKS], ['timers', TIMERS], ['interrupts', INTERRUPTS], ['a busy wait', BUSY],
] as const)(`%s of C drivers${WITHOUT}`, (title, cases) => {
  it.each(cases)('$what', (one) => {
    const name = `${title.replaceAll(' ', '-')}-${cases.indexOf(one)}.c`;
    const text = driverOf(one);
    const { violations } = scenarioWithC('kcs', file(name, text), one.fine).build({ settings: {} }).execute(NOMINAL);
    const told = violations.map(({ oracle, rule, message }) => [`${oracle}/${rule}`, message] as const);
    expect(told.map(([rule]) => rule), told.map(([, message]) => message).join('\n')).toEqual(one.breaks ?? []);
    for (const [rule, message] of told) if (rule === 'hang/endless-loop') expect(message).toMatch(/kcs_read\(\)/);
  });
});

describe.skipIf(!HAS_CLANG)(`busy waits of C drivers under a hunt${WITHOUT}`, () => {
  it('the three jiffies of a read() are not too long for any schedule', () => {
    const path = file('three-jiffies.c', driverOf({ what: '', add: { read: '	unsigned long end = jiffies + 2;\n	while (time_before(jiffies, end))\n		cpu_relax();\n' } }));
    expect(huntIn(scenarioWithC('kcs', path), 60).findings).toEqual([]);
  });
});
