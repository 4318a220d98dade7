/* spinlock.h, mutex.h, wait.h, completion.h, interrupt.h, timer.h, jiffies.h: each call of a lock is a step. */
#ifndef INBAND_LOCK_H
#define INBAND_LOCK_H

typedef struct spinlock { unsigned int raw; } spinlock_t, raw_spinlock_t;
#define __SPIN_LOCK_UNLOCKED(name) { 0 }
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
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
#define raw_spin_lock spin_lock
#define raw_spin_unlock spin_unlock
#define raw_spin_lock_irqsave spin_lock_irqsave
#define raw_spin_unlock_irqrestore spin_unlock_irqrestore
#define lockdep_assert_held(lock) do { } while (0)

struct mutex { unsigned int raw; };
#define DEFINE_MUTEX(name) struct mutex name = { 0 }
void __inband_mutex_init(struct mutex *lock, const char *name);
#define mutex_init(lock) __inband_mutex_init(lock, #lock)
#define mutex_destroy(lock) do { } while (0)
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

typedef struct wait_queue_head { unsigned int raw; } wait_queue_head_t;
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { 0 }
void __inband_init_waitqueue_head(wait_queue_head_t *q, const char *name);
#define init_waitqueue_head(q) __inband_init_waitqueue_head(q, #q)
void __wake_up(wait_queue_head_t *q);
#define wake_up(q) __wake_up(q)
#define wake_up_all(q) __wake_up(q)
#define wake_up_interruptible(q) __wake_up(q)
#define wake_up_interruptible_all(q) __wake_up(q)
void __inband_prepare_to_wait(wait_queue_head_t *q);
int __inband_schedule_interruptible(wait_queue_head_t *q);
void __inband_finish_wait(wait_queue_head_t *q);
/* The condition is looked at again between getting on the queue and sleeping, or each wake-up there would be lost. */
#define wait_event_interruptible(q, condition) ({ \
	int __ret = 0; \
	if (!(condition)) { \
		for (;;) { \
			__inband_prepare_to_wait(&(q)); \
			if (condition) break; \
			__ret = __inband_schedule_interruptible(&(q)); \
			if (__ret || (condition)) break; \
		} \
		__inband_finish_wait(&(q)); \
	} \
	__ret; })

enum irqreturn { IRQ_NONE = 0, IRQ_HANDLED = 1 };
typedef enum irqreturn irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int, void *);
#define IRQ_RETVAL(x) ((x) ? IRQ_HANDLED : IRQ_NONE)
#define IRQF_SHARED 0x80
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
int __inband_request_irq(unsigned int irq, irq_handler_t handler, const char *name, void *dev);
void free_irq(unsigned int irq, void *dev);
#define request_irq(irq, handler, flags, name, dev) __inband_request_irq(irq, handler, name, dev)

struct timer_list { void (*function)(struct timer_list *); unsigned long expires; };
void __inband_timer_setup(struct timer_list *t, void (*f)(struct timer_list *), const char *name);
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
#define timer_shutdown_sync timer_delete_sync
unsigned long __inband_jiffies(void);
unsigned long __inband_hz(void);
#define jiffies __inband_jiffies()
#define HZ __inband_hz()
#define msecs_to_jiffies(ms) (((unsigned long)(ms) * HZ + 999) / 1000)
#define usecs_to_jiffies(us) (((unsigned long)(us) * HZ + 999999) / 1000000)
#define jiffies_to_msecs(j) ((j) * 1000 / HZ)
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_is_before_jiffies(a) time_after(jiffies, a)
void udelay(unsigned long us);
void __inband_msleep_us(unsigned long us);
#define ndelay(ns) udelay(1)
#define mdelay(ms) udelay((ms) * 1000)
#define msleep(ms) __inband_msleep_us((ms) * 1000)
#define usleep_range(lo, hi) __inband_msleep_us(lo)
#define fsleep(us) __inband_msleep_us(us)
#define cpu_relax() barrier()
#define might_sleep() do { } while (0)
#endif
