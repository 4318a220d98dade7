/* spinlock.h, mutex.h, interrupt.h, timer.h, jiffies.h, delay.h: each call of a lock is a step. */
#ifndef INBAND_LOCK_H
#define INBAND_LOCK_H

/* What is initialised statically is told to the kernel before the module is loaded: its name, and that it is there. */
struct __inband_static { unsigned int kind; const void *object; const void *function; const char *name; };
#define __INBAND_STATIC(type, var, number, f) \
	static const struct __inband_static __inband_static_##var __attribute__((section("inband_statics"), used)) = { number, &var, (const void *)(f), #var }

/**
 * Spin locks: each call is a step. Interrupts are off on this CPU under the `_irq` and `_irqsave` forms, and what
 * `spin_unlock_irqrestore()` makes of them is what the flags say that it is given. Taking a lock that its own CPU holds
 * is reported as `deadlock`, sleeping under one as `sleep-in-atomic`; a second CPU spins. A raw spin lock is the same.
 * `lockdep_assert_held()` asserts nothing.
 */
typedef struct spinlock { unsigned int raw; } spinlock_t, raw_spinlock_t;
#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }; __INBAND_STATIC(spinlock_t, name, 1, 0)
#define DEFINE_RAW_SPINLOCK DEFINE_SPINLOCK
void __inband_spin_lock_init(spinlock_t *lock, const char *name);
#define spin_lock_init(lock) __inband_spin_lock_init(lock, #lock)
#define raw_spin_lock_init spin_lock_init
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
void spin_lock_irq(spinlock_t *lock);
void spin_unlock_irq(spinlock_t *lock);
unsigned long __inband_spin_lock_irqsave(spinlock_t *lock);
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags);
#define spin_lock_irqsave(lock, flags) ((flags) = __inband_spin_lock_irqsave(lock))
int spin_trylock(spinlock_t *lock);
int __inband_spin_trylock_irqsave(spinlock_t *lock);
/* 0, or 1 and the flags: those of interrupts that were off are bit 7, as in the CPSR of ARM. */
#define spin_trylock_irqsave(lock, flags) ({ int __got = __inband_spin_trylock_irqsave(lock); (flags) = __got & 0x80; __got & 1; })
int spin_is_locked(spinlock_t *lock);
#define raw_spin_lock_irq spin_lock_irq
#define raw_spin_unlock_irq spin_unlock_irq
#define raw_spin_trylock spin_trylock
#define assert_spin_locked(lock) do { } while (0)
#define raw_spin_lock spin_lock
#define raw_spin_unlock spin_unlock
#define raw_spin_lock_irqsave spin_lock_irqsave
#define raw_spin_unlock_irqrestore spin_unlock_irqrestore
#define lockdep_assert_held(lock) do { } while (0)

/**
 * Mutexes: each call is a step; who finds it locked sleeps, first come first served. Not from an interrupt (`sleep-in-
 * atomic`). A signal ends `mutex_lock_interruptible()` with -EINTR; no signal kills.
 */
struct mutex { unsigned int raw; };
#define DEFINE_MUTEX(name) struct mutex name = { 0 }; __INBAND_STATIC(struct mutex, name, 2, 0)
void __inband_mutex_init(struct mutex *lock, const char *name);
#define mutex_init(lock) __inband_mutex_init(lock, #lock)
#define mutex_destroy(lock) do { } while (0)
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
int mutex_trylock(struct mutex *lock);
int __must_check mutex_lock_interruptible(struct mutex *lock);
int mutex_is_locked(struct mutex *lock);
/* No signal here kills: nothing ends the wait. */
#define mutex_lock_killable(lock) (mutex_lock(lock), 0)
#define mutex_lock_nested(lock, subclass) mutex_lock(lock)

/**
 * Interrupts: the handler runs with interrupts off, when the line is high, not masked and the CPU takes interrupts;
 * the thread of a threaded one is a task of its own, and with `IRQF_ONESHOT` the line stays masked until it has ended.
 * `disable_irq()` and `synchronize_irq()` wait for a handler that runs, and its thread: not from where nothing may sleep
 * (`sleep-in-atomic`). With `IRQF_NO_AUTOEN` the line is off until `enable_irq()`; one that was called too often does
 * nothing, and is not reported. A line is shared by those who all give `IRQF_SHARED`. Trigger types are taken from the
 * hardware, not from the flags.
 */
enum irqreturn { IRQ_NONE = 0, IRQ_HANDLED = 1, IRQ_WAKE_THREAD = 2 };
typedef enum irqreturn irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int, void *);
#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)
#define IRQF_SHARED 0x80
#define IRQF_ONESHOT 0x2000
#define IRQF_NO_AUTOEN 0x80000
#define IRQF_TRIGGER_MASK 15
#define IRQF_TRIGGER_RISING 1
#define IRQF_TRIGGER_FALLING 2
#define IRQF_TRIGGER_NONE 0
#define IRQF_TRIGGER_HIGH 4
#define IRQF_TRIGGER_LOW 8
#define IRQ_TYPE_NONE 0
#define IRQ_TYPE_EDGE_RISING 1
#define IRQ_TYPE_EDGE_FALLING 2
#define IRQ_TYPE_EDGE_BOTH 3
#define IRQ_TYPE_LEVEL_HIGH 4
#define IRQ_TYPE_LEVEL_LOW 8
#define IRQ_TYPE_LEVEL_MASK 12
int __inband_request_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread, unsigned long flags, const char *name, void *dev);
void disable_irq(unsigned int irq);
void disable_irq_nosync(unsigned int irq);
void enable_irq(unsigned int irq);
void synchronize_irq(unsigned int irq);
void free_irq(unsigned int irq, void *dev);
#define request_irq(irq, handler, flags, name, dev) __inband_request_irq(irq, handler, NULL, flags, name, dev)
#define request_threaded_irq(irq, handler, thread, flags, name, dev) __inband_request_irq(irq, handler, thread, flags, name, dev)

/**
 * Timers: fire in interrupt context, a jiffy after the time at the latest. `timer_delete_sync()` waits for a callback
 * that runs; after `timer_shutdown_sync()` nothing sets the timer until `timer_setup()`. A timer in memory that was freed
 * is reported as `use-after-free`.
 */
struct timer_list { void (*function)(struct timer_list *); unsigned long expires; };
void __inband_timer_setup(struct timer_list *t, void (*f)(struct timer_list *), const char *name);
#define DEFINE_TIMER(name, f) struct timer_list name = { .function = f }; __INBAND_STATIC(struct timer_list, name, 7, f)
#define timer_setup(t, f, flags) ((t)->function = (f), __inband_timer_setup(t, f, #t))
#define from_timer(var, t, field) container_of(t, typeof(*var), field)
#define timer_container_of from_timer
int mod_timer(struct timer_list *t, unsigned long expires);
#define add_timer(t) mod_timer(t, (t)->expires)
int timer_pending(const struct timer_list *t);
int timer_delete(struct timer_list *t);
int timer_delete_sync(struct timer_list *t);
#define del_timer timer_delete
#define del_timer_sync timer_delete_sync
int timer_shutdown_sync(struct timer_list *t);
/**
 * Time: `jiffies` counts simulated time at HZ (100) from 0: it is not about to wrap, as it is in the kernel in the
 * first minutes.
 */
unsigned long __inband_jiffies(void);
unsigned long __inband_hz(void);
#define jiffies __inband_jiffies()
#define HZ __inband_hz()
/* Without a product that wraps. What is below 0 as an int is for ever: MAX_JIFFY_OFFSET. */
static inline unsigned long __inband_to_jiffies(unsigned int n, unsigned int second)
{
	return second == 1000 && (int)n < 0 ? 0x3ffffffe : (unsigned long)(((u64)n * HZ + second - 1) / second);
}
#define msecs_to_jiffies(ms) __inband_to_jiffies(ms, 1000)
#define usecs_to_jiffies(us) __inband_to_jiffies(us, 1000000)
#define msecs_to_jiffies_timeout(ms) (msecs_to_jiffies(ms) + 1)
#define jiffies_to_usecs(j) ((unsigned int)((unsigned long)(j) * (1000000 / HZ)))
#define jiffies_to_msecs(j) ((unsigned int)((u64)(unsigned long)(j) * 1000 / HZ))
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_in_range(a, b, c) (time_after_eq(a, b) && time_before_eq(a, c))
#define time_is_after_jiffies(a) time_before(jiffies, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
/**
 * Delays: `udelay()` takes its time with the CPU kept; `msleep()` and its like sleep (`sleep-in-atomic` where that is
 * forbidden), `usleep_range()` for the least of its two. `cpu_relax()` takes a microsecond, or a hundredth of what its
 * loop has waited already, and interrupts come meanwhile; after 20 s without an end, the time of the watchdog for
 * soft lockups, it is reported as `hang`.
 */
void udelay(unsigned long us);
void __inband_msleep_us(unsigned long us);
#define ndelay(ns) udelay(1)
#define mdelay(ms) udelay((ms) * 1000)
#define msleep(ms) __inband_msleep_us((ms) * 1000)
#define usleep_range(lo, hi) __inband_msleep_us(lo)
#define fsleep(us) __inband_msleep_us(us)
void cpu_relax(void);
void __inband_might_sleep(void);
#define might_sleep() __inband_might_sleep()
bool in_interrupt(void);
bool in_hardirq(void);
bool in_atomic(void);
int cond_resched(void);
#endif
