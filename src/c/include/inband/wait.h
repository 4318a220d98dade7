/* wait.h, swait.h, completion.h: each call is a step, and a sleep is one that others go on in. */
#ifndef INBAND_WAIT_H
#define INBAND_WAIT_H
/**
 * Wait queues: getting on, sleeping and waking are steps. Conditions are looked at again after getting on the queue,
 * so that no wake-up is lost by the macro itself; one that the driver misses is found as `lost-request` or `hang`. A
 * signal ends an interruptible sleep with -ERESTARTSYS; no signal kills. All sleepers are woken, by
 * `wake_up_interruptible()` those that a signal may wake: exclusive ones there are none. `swait.h` has no functions of its own.
 */
#define MAX_SCHEDULE_TIMEOUT 0x7fffffffl

/* Its lock is there for those who take it by themselves, and call what ends with _locked. */
typedef struct wait_queue_head { spinlock_t lock; } wait_queue_head_t;
#define DECLARE_WAIT_QUEUE_HEAD(name) wait_queue_head_t name = { { 0 } }; __INBAND_STATIC(wait_queue_head_t, name, 3, 0)
void __inband_init_waitqueue_head(wait_queue_head_t *q, const char *name);
#define init_waitqueue_head(q) __inband_init_waitqueue_head(q, #q)
void __wake_up(wait_queue_head_t *q);
void __inband_wake_up_interruptible(wait_queue_head_t *q);
/* None of those that sleep here is exclusive: all of these wake all, but those of _interruptible none that sleeps uninterruptibly. */
#define wake_up(q) __wake_up(q)
#define wake_up_all(q) __wake_up(q)
#define wake_up_interruptible(q) __inband_wake_up_interruptible(q)
#define wake_up_interruptible_all(q) __inband_wake_up_interruptible(q)
#define wake_up_interruptible_sync(q) __inband_wake_up_interruptible(q)
#define wake_up_interruptible_poll(q, mask) __inband_wake_up_interruptible(q)
#define wake_up_poll(q, mask) __wake_up(q)
void wake_up_locked(wait_queue_head_t *q);
#define wake_up_all_locked wake_up_locked
int waitqueue_active(wait_queue_head_t *q);
#define wq_has_sleeper waitqueue_active
void __inband_prepare_to_wait(wait_queue_head_t *q, int state);
void __inband_might_wait(void);
int __inband_schedule_interruptible(wait_queue_head_t *q);
int __inband_schedule(wait_queue_head_t *q);
/* Jiffies that are left, 0 at the time-out; -ERESTARTSYS if a signal may end it and does. */
long __inband_schedule_timeout(wait_queue_head_t *q, long timeout, int interruptible);
void __inband_finish_wait(wait_queue_head_t *q);
/*
 * The condition is looked at again between getting on the queue and sleeping, or each wake-up there would be lost.
 * `sleep` gives __ret: what ends the wait if it is less than 0.
 */
#define __inband_wait_event(q, condition, state, sleep) ({ \
	int __ret = 0; \
	__inband_might_wait(); \
	if (!(condition)) { \
		for (;;) { \
			__inband_prepare_to_wait(&(q), state); \
			if (condition) break; \
			__ret = sleep(&(q)); \
			if (condition) __ret = 0; \
			else if (!__ret) continue; \
			break; \
		} \
		__inband_finish_wait(&(q)); \
	} \
	__ret; })
#define wait_event_interruptible(q, condition) __inband_wait_event(q, condition, TASK_INTERRUPTIBLE, __inband_schedule_interruptible)
#define wait_event(q, condition) ((void)__inband_wait_event(q, condition, TASK_UNINTERRUPTIBLE, __inband_schedule))
/* No signal here kills. */
#define wait_event_killable(q, condition) __inband_wait_event(q, condition, TASK_KILLABLE, __inband_schedule)
#define wait_event_freezable wait_event_interruptible
#define wait_event_idle wait_event
/* Jiffies that were left when the condition held, at least 1; 0 if the time is over and it does not. */
#define __inband_wait_event_timeout(q, condition, timeout, interruptible) ({ \
	long __left = (timeout); \
	__inband_might_wait(); \
	if (condition) { \
		if (!__left) __left = 1; \
	} else if (__left) { \
		for (;;) { \
			__inband_prepare_to_wait(&(q), (interruptible) ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE); \
			if (condition) break; \
			__left = __inband_schedule_timeout(&(q), __left, interruptible); \
			if (__left <= 0) { \
				if (condition) __left = 1; \
				break; \
			} \
		} \
		__inband_finish_wait(&(q)); \
	} \
	__left; })
/**
 * Waiting with a time-out: jiffies that are left, at least 1 if the condition holds, 0 at the time-out, -ERESTARTSYS
 * at a signal.
 */
#define wait_event_timeout(q, condition, timeout) __inband_wait_event_timeout(q, condition, timeout, 0)
#define wait_event_interruptible_timeout(q, condition, timeout) __inband_wait_event_timeout(q, condition, timeout, 1)
#define wait_event_killable_timeout wait_event_timeout
int __inband_schedule_locked(wait_queue_head_t *q);
/*
 * With the queue's own lock, which is not held while it sleeps. The first knows nothing of interrupts: whoever holds the
 * lock with interrupts off has it back with interrupts on.
 */
#define __inband_wait_event_locked(q, condition, unlock, relock, sleep) ({ \
	int __ret = 0; \
	if (!(condition)) { \
		do { \
			__inband_prepare_to_wait(&(q), TASK_INTERRUPTIBLE); \
			unlock(&(q).lock); \
			__ret = sleep(&(q)); \
			relock(&(q).lock); \
		} while (!__ret && !(condition)); \
		__inband_finish_wait(&(q)); \
		__ret = (condition) ? 0 : -ERESTARTSYS; \
	} \
	__ret; })
/** Waiting with the queue's lock, or another: the lock is given back while the task sleeps. */
#define wait_event_interruptible_locked(q, condition) \
	__inband_wait_event_locked(q, condition, spin_unlock, spin_lock, __inband_schedule_locked)
#define wait_event_interruptible_locked_irq(q, condition) \
	__inband_wait_event_locked(q, condition, spin_unlock_irq, spin_lock_irq, __inband_schedule_interruptible)
/**
 * Waiting by hand: `prepare_to_wait()`, a look at the condition, `schedule()`, `finish_wait()`. Without the first
 * `schedule()` lets others run, and comes back. `current` is there to be asked for signals, and has no fields.
 */
struct task_struct;
#define current ((struct task_struct *)1)
bool __inband_signal_pending(void);
#define signal_pending(task) __inband_signal_pending()
#define fatal_signal_pending(task) false
/* By hand: prepare_to_wait(), a look at the condition, schedule(), signal_pending(); at last finish_wait(). */
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_KILLABLE 2
typedef struct wait_queue_entry { wait_queue_head_t *queue; } wait_queue_entry_t;
#define DEFINE_WAIT(name) wait_queue_entry_t name = { NULL }
#define init_wait(wait) ((wait)->queue = NULL)
#define prepare_to_wait(q, wait, state) ({ int __state = (state); (wait)->queue = (q); __inband_prepare_to_wait((wait)->queue, __state); __inband_sleeps_as(__state); })
void __inband_sleeps_as(int state);
#define finish_wait(q, wait) __inband_finish_wait(q)
void schedule(void);
long schedule_timeout(long timeout);
/* Any lock, which is not held while it sleeps. */
#define wait_event_interruptible_lock_irq(q, condition, lock) ({ \
	int __lr = 0; \
	while (!(condition)) { \
		__inband_prepare_to_wait(&(q), TASK_INTERRUPTIBLE); \
		spin_unlock_irq(&(lock)); \
		__lr = __inband_schedule_interruptible(&(q)); \
		spin_lock_irq(&(lock)); \
		if (__lr) { \
			if (condition) __lr = 0; \
			break; \
		} \
	} \
	__inband_finish_wait(&(q)); \
	__lr; })

/** Completions: counted, as in the kernel; the time-outs are as those of wait queues. */
struct completion { unsigned int done; };
#define DECLARE_COMPLETION(name) struct completion name = { 0 }; __INBAND_STATIC(struct completion, name, 4, 0)
#define DECLARE_COMPLETION_ONSTACK(name) struct completion name = { 0 }; init_completion(&name)
void __inband_init_completion(struct completion *c, const char *name);
#define init_completion(c) __inband_init_completion(c, #c)
void reinit_completion(struct completion *c);
void complete(struct completion *c);
void complete_all(struct completion *c);
bool try_wait_for_completion(struct completion *c);
bool completion_done(struct completion *c);
/* Jiffies that are left, at least 1; 0 at the time-out; -ERESTARTSYS. */
long __inband_wait_for_completion(struct completion *c, long timeout, int interruptible);
#define wait_for_completion(c) ((void)__inband_wait_for_completion(c, MAX_SCHEDULE_TIMEOUT, 0))
#define wait_for_completion_timeout(c, timeout) ((unsigned long)__inband_wait_for_completion(c, timeout, 0))
#define wait_for_completion_interruptible_timeout(c, timeout) __inband_wait_for_completion(c, timeout, 1)
#define wait_for_completion_killable_timeout(c, timeout) __inband_wait_for_completion(c, timeout, 0)
#define wait_for_completion_interruptible(c) ({ long __r = __inband_wait_for_completion(c, MAX_SCHEDULE_TIMEOUT, 1); __r < 0 ? (int)__r : 0; })
#define wait_for_completion_killable(c) (wait_for_completion(c), 0)
#endif
