import { describe, expect, it } from 'vitest';
import { kcsWith, type Insertions } from './insertions.ts';
import { HAS_CLANG, WITHOUT, file, huntIn, scenarioWithC } from './toolchain.ts';

/** One thing by which the kernel orders two contexts: a driver that relies on it, and one in which it is left out. */
interface Case {
  readonly name: string;
  /** What the kernel promises. */
  readonly why: string;
  readonly correct: Insertions;
  /** What the twin has instead, and that is a race. */
  readonly broken: Insertions;
}

const WORK = 'static int v;\nstatic void work_fn(struct work_struct *work) { v++; }\n';
const WORK_THAT_TELLS = 'static int v;\nstatic bool ran;\nstatic void work_fn(struct work_struct *work) { v++; WRITE_ONCE(ran, true); }\n';
const TIMER = 'static int v;\nstatic void timer_fn(struct timer_list *timer) { v++; }\n';
const thread = (primary: string): string => `static int v;
static irqreturn_t thread_fn(int irq, void *p) { v++; return IRQ_HANDLED; }
static irqreturn_t primary_fn(int irq, void *p) { static bool once; if (once) return IRQ_NONE; once = true; ${primary} }
`;
const REQUEST_THREADED = '	if (devm_request_threaded_irq(dev, irq, primary_fn, thread_fn, IRQF_SHARED, "t", &v)) return -EIO;';
const WITH_WORK = { globals: WORK, struct: '	struct work_struct work; bool once;', probe: '	INIT_WORK(&kcs->work, work_fn);' };
const SCHEDULE_ONCE = '	if (!kcs->once) { kcs->once = true; schedule_work(&kcs->work); }';
const WITH_TIMER = { globals: TIMER, struct: '	struct timer_list timer;', probe: '	timer_setup(&kcs->timer, timer_fn, 0);' };
const WITH_V = { struct: '	int v;' };

const CASES: readonly Case[] = [
  {
    name: 'schedule_work', why: 'what comes before it comes before the function (kernel/workqueue.c: queue_work())',
    correct: { ...WITH_WORK, irq: '	if (!kcs->once) { kcs->once = true; v++; schedule_work(&kcs->work); }' },
    broken: { ...WITH_WORK, irq: '	if (!kcs->once) { kcs->once = true; schedule_work(&kcs->work); v++; }' },
  },
  {
    name: 'flush_work', why: 'the function has returned',
    correct: { ...WITH_WORK, globals: WORK_THAT_TELLS, irq: SCHEDULE_ONCE, freed: '	if (READ_ONCE(ran)) {\n		flush_work(&kcs->work);\n		v++;\n	}' },
    broken: { ...WITH_WORK, globals: WORK_THAT_TELLS, irq: SCHEDULE_ONCE, freed: '	if (READ_ONCE(ran))\n		v++;' },
  },
  {
    name: 'cancel_work_sync', why: 'the function has returned, or will not be called',
    correct: { ...WITH_WORK, irq: SCHEDULE_ONCE, freed: '	cancel_work_sync(&kcs->work);\n	v++;' },
    broken: { ...WITH_WORK, irq: SCHEDULE_ONCE, freed: '	cancel_work(&kcs->work);\n	v++;\n	flush_work(&kcs->work);' },
  },
  {
    name: 'delayed work', why: 'by its timer, and by its work',
    correct: {
      globals: WORK, struct: '	struct delayed_work work;', probe: '	INIT_DELAYED_WORK(&kcs->work, work_fn);',
      read: '	mutex_lock(&kcs->mutex);\n	cancel_delayed_work_sync(&kcs->work);\n	v++;\n	schedule_delayed_work(&kcs->work, 1);\n	mutex_unlock(&kcs->mutex);\n	msleep(15);',
    },
    broken: {
      globals: WORK, struct: '	struct delayed_work work;', probe: '	INIT_DELAYED_WORK(&kcs->work, work_fn);',
      read: '	mutex_lock(&kcs->mutex);\n	cancel_delayed_work(&kcs->work);\n	schedule_delayed_work(&kcs->work, 0);\n	v++;\n	mutex_unlock(&kcs->mutex);\n	msleep(15);',
    },
  },
  {
    name: 'mod_timer and timer_delete_sync', why: 'both take the lock of the timer base, and so does who has called the function (kernel/time/timer.c)',
    correct: { ...WITH_TIMER, read: '	mutex_lock(&kcs->mutex);\n	timer_delete_sync(&kcs->timer);\n	v++;\n	mod_timer(&kcs->timer, jiffies + 1);\n	mutex_unlock(&kcs->mutex);\n	msleep(15);' },
    broken: { ...WITH_TIMER, read: '	mutex_lock(&kcs->mutex);\n	timer_delete_sync(&kcs->timer);\n	mod_timer(&kcs->timer, jiffies + 1);\n	v++;\n	mutex_unlock(&kcs->mutex);\n	msleep(15);' },
  },
  {
    name: 'timer_delete', why: 'it was pending, so that its function is not called',
    correct: { ...WITH_TIMER, read: '	mutex_lock(&kcs->mutex);\n	if (timer_delete(&kcs->timer)) v++;\n	mod_timer(&kcs->timer, jiffies + 1);\n	mutex_unlock(&kcs->mutex);' },
    broken: { ...WITH_TIMER, read: '	mutex_lock(&kcs->mutex);\n	timer_delete(&kcs->timer);\n	v++;\n	mod_timer(&kcs->timer, jiffies + 1);\n	mutex_unlock(&kcs->mutex);\n	msleep(15);' },
  },
  {
    name: 'IRQ_WAKE_THREAD', why: 'what the handler has done comes before its thread (kernel/irq/handle.c: __irq_wake_thread())',
    correct: { globals: thread('v++; return IRQ_WAKE_THREAD;'), probe: REQUEST_THREADED },
    broken: { globals: thread('return IRQ_WAKE_THREAD;'), probe: REQUEST_THREADED, irq: '	v++;' },
  },
  {
    name: 'disable_irq', why: 'the handler is not called, and no call of it is under way',
    correct: { ...WITH_V, irq: '	kcs->v++;', read: '	mutex_lock(&kcs->mutex);\n	disable_irq(platform_get_irq(NULL, 0));\n	kcs->v++;\n	enable_irq(platform_get_irq(NULL, 0));\n	mutex_unlock(&kcs->mutex);' },
    broken: { ...WITH_V, irq: '	kcs->v++;', read: '	mutex_lock(&kcs->mutex);\n	disable_irq(platform_get_irq(NULL, 0));\n	enable_irq(platform_get_irq(NULL, 0));\n	kcs->v++;\n	mutex_unlock(&kcs->mutex);' },
  },
  {
    name: 'free_irq', why: 'the same, for good',
    correct: { ...WITH_V, irq: '	kcs->v++;', freed: '	kcs->v++;' },
    broken: { ...WITH_V, irq: '	kcs->v++;', remove: '	kcs->v++;' },
  },
  {
    name: 'mutex_lock', why: 'whoever waits gets the mutex from who gives it back',
    correct: { ...WITH_V, read: '	mutex_lock(&kcs->mutex);\n	kcs->v++;\n	mutex_unlock(&kcs->mutex);' },
    broken: { ...WITH_V, read: '	mutex_lock(&kcs->mutex);\n	mutex_unlock(&kcs->mutex);\n	kcs->v++;' },
  },
  {
    name: 'mutex_lock_interruptible', why: 'the same, unless a signal comes',
    correct: { ...WITH_V, read: '	if (!mutex_lock_interruptible(&kcs->mutex)) {\n		kcs->v++;\n		mutex_unlock(&kcs->mutex);\n	}' },
    broken: { ...WITH_V, read: '	if (!mutex_lock_interruptible(&kcs->mutex))\n		mutex_unlock(&kcs->mutex);\n	kcs->v++;' },
  },
  {
    name: 'spin_trylock', why: 'a lock that was taken is taken',
    correct: { struct: '	int v;\n	spinlock_t try;', probe: '	spin_lock_init(&kcs->try);', read: '	if (spin_trylock(&kcs->try)) {\n		kcs->v++;\n		spin_unlock(&kcs->try);\n	}' },
    broken: { struct: '	int v;\n	spinlock_t try;', probe: '	spin_lock_init(&kcs->try);', read: '	if (spin_trylock(&kcs->try))\n		spin_unlock(&kcs->try);\n	kcs->v++;' },
  },
  {
    name: 'complete', why: 'what comes before it comes before who has waited for it',
    correct: { struct: '	int v, once;\n	struct completion done;', probe: '	init_completion(&kcs->done);', irq: '	if (!kcs->once) { kcs->once = 1; kcs->v++; complete_all(&kcs->done); }', read: '	wait_for_completion(&kcs->done);\n	if (kcs->v == 7)\n		return -EIO;' },
    broken: { struct: '	int v, once;\n	struct completion done;', probe: '	init_completion(&kcs->done);', irq: '	if (!kcs->once) { kcs->once = 1; complete_all(&kcs->done); kcs->v++; }', read: '	wait_for_completion(&kcs->done);\n	if (kcs->v == 7)\n		return -EIO;' },
  },
  {
    name: 'spin_lock_irq', why: 'the handler takes the lock, too: that interrupts are off keeps away one CPU only',
    correct: { ...WITH_V, irq: '	spin_lock(&kcs->lock);\n	kcs->v++;\n	spin_unlock(&kcs->lock);', read: '	spin_lock_irq(&kcs->lock);\n	kcs->v++;\n	spin_unlock_irq(&kcs->lock);' },
    broken: { ...WITH_V, irq: '	kcs->v++;', read: '	spin_lock_irq(&kcs->lock);\n	kcs->v++;\n	spin_unlock_irq(&kcs->lock);' },
  },
  {
    name: 'test_bit', why: 'it is marked (include/asm-generic/bitops/generic-non-atomic.h), a plain read is not',
    correct: { struct: '	unsigned long bits;', irq: '	set_bit(0, &kcs->bits);', read: '	if (test_bit(0, &kcs->bits))\n		clear_bit(0, &kcs->bits);' },
    broken: { struct: '	unsigned long bits;', irq: '	set_bit(0, &kcs->bits);', read: '	if (kcs->bits & 1)\n		clear_bit(0, &kcs->bits);' },
  },
  {
    name: 'kfifo', why: 'one writer and one reader need no lock (include/linux/kfifo.h), two writers do',
    correct: { struct: '	DECLARE_KFIFO(fifo, u8, 16);', probe: '	INIT_KFIFO(kcs->fifo);', irq: '	kfifo_put(&kcs->fifo, 3);', read: '	u8 byte;\n	mutex_lock(&kcs->mutex);\n	if (!kfifo_is_empty(&kcs->fifo))\n		(void)kfifo_get(&kcs->fifo, &byte);\n	mutex_unlock(&kcs->mutex);' },
    broken: { struct: '	DECLARE_KFIFO(fifo, u8, 16);', probe: '	INIT_KFIFO(kcs->fifo);', irq: '	kfifo_put(&kcs->fifo, 3);', read: '	mutex_lock(&kcs->mutex);\n	kfifo_put(&kcs->fifo, 4);\n	mutex_unlock(&kcs->mutex);' },
  },
  {
    name: 'atomic_inc', why: 'it gives nothing back, and so orders nothing: that takes barriers (Documentation/atomic_t.txt)',
    correct: {
      struct: '	atomic_t n;\n	u32 payload;\n	bool once;', irq: '	if (!kcs->once) {\n		kcs->once = true;\n		kcs->payload = 5;\n		smp_mb__before_atomic();\n		atomic_inc(&kcs->n);\n	}',
      read: '	if (atomic_read(&kcs->n)) {\n		smp_rmb();\n		if (kcs->payload == 7)\n			return -EIO;\n	}',
    },
    broken: {
      struct: '	atomic_t n;\n	u32 payload;\n	bool once;', irq: '	if (!kcs->once) {\n		kcs->once = true;\n		kcs->payload = 5;\n		atomic_inc(&kcs->n);\n	}',
      read: '	if (atomic_read(&kcs->n)) {\n		atomic_dec(&kcs->n);\n		if (kcs->payload == 7)\n			return -EIO;\n	}',
    },
  },
  {
    name: 'atomic_inc_return', why: 'it gives a value back, and so orders',
    correct: {
      struct: '	atomic_t n;\n	u32 payload;\n	bool once;', irq: '	if (!kcs->once) {\n		kcs->once = true;\n		kcs->payload = 5;\n		(void)atomic_inc_return(&kcs->n);\n	}',
      read: '	if (atomic_xchg(&kcs->n, 0) && kcs->payload == 7)\n		return -EIO;',
    },
    broken: {
      struct: '	atomic_t n;\n	u32 payload;\n	bool once;', irq: '	if (!kcs->once) {\n		kcs->once = true;\n		(void)atomic_inc_return(&kcs->n);\n		kcs->payload = 5;\n	}',
      read: '	if (atomic_xchg(&kcs->n, 0) && kcs->payload == 7)\n		return -EIO;',
    },
  },
  {
    name: 'clear_bit_unlock', why: 'gives back what test_and_set_bit_lock() has taken; clear_bit() is not ordered (Documentation/atomic_bitops.txt)',
    correct: {
      struct: '	unsigned long busy;\n	int v;', irq: '	if (!test_and_set_bit_lock(0, &kcs->busy)) {\n		kcs->v++;\n		clear_bit_unlock(0, &kcs->busy);\n	}',
      read: '	if (!test_and_set_bit_lock(0, &kcs->busy)) {\n		kcs->v++;\n		clear_bit_unlock(0, &kcs->busy);\n	}',
    },
    broken: {
      struct: '	unsigned long busy;\n	int v;', irq: '	if (!test_and_set_bit_lock(0, &kcs->busy)) {\n		kcs->v++;\n		clear_bit(0, &kcs->busy);\n	}',
      read: '	if (!test_and_set_bit_lock(0, &kcs->busy)) {\n		kcs->v++;\n		clear_bit(0, &kcs->busy);\n	}',
    },
  },
  {
    name: 'smp_wmb and smp_rmb', why: 'they order by pairs (Documentation/memory-barriers.txt)',
    correct: {
      struct: '	bool ready;\n	u32 payload;', irq: '	if (!READ_ONCE(kcs->ready)) {\n		kcs->payload = 5;\n		smp_wmb();\n		WRITE_ONCE(kcs->ready, true);\n	}',
      read: '	if (READ_ONCE(kcs->ready)) {\n		smp_rmb();\n		if (kcs->payload == 7)\n			return -EIO;\n	}',
    },
    broken: {
      struct: '	bool ready;\n	u32 payload;', irq: '	if (!READ_ONCE(kcs->ready)) {\n		kcs->payload = 5;\n		smp_wmb();\n		WRITE_ONCE(kcs->ready, true);\n	}',
      read: '	if (READ_ONCE(kcs->ready) && kcs->payload == 7)\n		return -EIO;',
    },
  },
  {
    name: 'a timer function without a step', why: 'what comes before the first step of a context counts, too',
    correct: { ...WITH_TIMER, read: '	msleep(30);\n	timer_delete_sync(&kcs->timer);\n	if (v == 7)\n		return -EIO;', probe: `${WITH_TIMER.probe}\n	mod_timer(&kcs->timer, jiffies + 1);` },
    broken: { ...WITH_TIMER, read: '	msleep(30);\n	if (v == 7)\n		return -EIO;', probe: `${WITH_TIMER.probe}\n	mod_timer(&kcs->timer, jiffies + 1);` },
  },
];

/** Executions of each hunt: most races are in the nominal run, a handed-over mutex in the first 70. */
const CLEAN = 100;
const BROKEN = 300;

describe.skipIf(!HAS_CLANG)(`what orders the contexts of a driver in C${WITHOUT}`, () => {
  const racesOf = (name: string, lines: Insertions, budget: number): readonly string[] => {
    const path = file(`${name.replaceAll(/\W/g, '-')}.c`, kcsWith(lines));
    return huntIn(scenarioWithC('kcs', path), budget, ['data-race']).findings.map(({ message }) => message);
  };

  it.each(CASES)('$name: $why', ({ name, correct, broken }) => {
    expect(racesOf(name, correct, CLEAN)).toEqual([]);
    expect(racesOf(`${name} broken`, broken, BROKEN)).toHaveLength(1);
  }, 60_000);
});
