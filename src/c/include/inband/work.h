/* workqueue.h: each work has a kworker of its own; one work never runs twice at a time. */
#ifndef INBAND_WORK_H
#define INBAND_WORK_H
/**
 * Work: every work has a kworker of its own, a task that may sleep; one work never runs twice at a time, and different
 * works are not ordered. The `system_` queues are all the same, and workqueues of one's own there are none. Canceling
 * and flushing wait for a work that runs; one that is pending is until its kworker begins with it.
 */
struct work_struct;
typedef void (*work_func_t)(struct work_struct *);
struct work_struct { work_func_t func; };
struct delayed_work { struct work_struct work; struct timer_list timer; };
struct workqueue_struct;
#define system_wq ((struct workqueue_struct *)0)
#define system_highpri_wq system_wq
#define system_long_wq system_wq
#define system_unbound_wq system_wq
#define system_freezable_wq system_wq
#define system_percpu_wq system_wq
#define system_dfl_wq system_wq
void __inband_init_work(struct work_struct *work, work_func_t f, const char *name);
void __inband_init_delayed_work(struct work_struct *work, work_func_t f, const char *name);
#define INIT_WORK(w, f) ((w)->func = (f), __inband_init_work(w, f, #w))
#define INIT_DELAYED_WORK(w, f) ((w)->work.func = (f), __inband_init_delayed_work(&(w)->work, f, #w))
#define DECLARE_WORK(name, f) struct work_struct name = { f }; __INBAND_STATIC(struct work_struct, name, 5, f)
#define DECLARE_DELAYED_WORK(name, f) struct delayed_work name = { { f } }; __INBAND_STATIC(struct delayed_work, name, 6, f)
#define to_delayed_work(w) container_of(w, struct delayed_work, work)
bool schedule_work(struct work_struct *work);
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool flush_work(struct work_struct *work);
bool work_pending(struct work_struct *work);
/* Only the queues of the system: one that is ordered, or can be flushed, is not here. */
#define queue_work(wq, work) ((void)(wq), schedule_work(work))
#define queue_delayed_work(wq, work, delay) ((void)(wq), schedule_delayed_work(work, delay))
#define mod_delayed_work(wq, work, delay) ((void)(wq), __inband_mod_delayed_work(work, delay))
bool __inband_schedule_delayed_work(struct delayed_work *work, unsigned long delay);
bool __inband_mod_delayed_work(struct delayed_work *work, unsigned long delay);
#define schedule_delayed_work(work, delay) __inband_schedule_delayed_work(work, delay)
bool cancel_delayed_work(struct delayed_work *work);
bool cancel_delayed_work_sync(struct delayed_work *work);
bool flush_delayed_work(struct delayed_work *work);
bool delayed_work_pending(struct delayed_work *work);
#endif
