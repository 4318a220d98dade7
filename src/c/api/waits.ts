import { COMPLETED, Completion, ERESTARTSYS, Timeouts, WaitQueue, type Allocation, type Task, type WaitQueueOps } from '../../linux/index.ts';
import type { Context, Op, Steps } from '../../sim/index.ts';
import type { BusyWaits } from './busy.ts';
import type { Host, Offers } from './host.ts';
import type { KnownSpin } from './locks.ts';
import { Objects, memberOf } from './objects.ts';

/** Calls that sleep for a time at most. */
const TIMED: readonly string[] = ['__inband_schedule_timeout', 'schedule_timeout', '__inband_wait_for_completion'];

/** States of a task, of inband/wait.h. */
const TASK_RUNNING = 0;
const TASK_INTERRUPTIBLE = 1;
const TASK_UNINTERRUPTIBLE = 2;
/** Both, for whoever wakes. */
const TASK_NORMAL = 3;

/** MAX_SCHEDULE_TIMEOUT: no time-out. */
const FOR_EVER = 0x7fff_ffff;

/** A wait queue on which wake_up_interruptible() leaves those asleep whom no signal may wake. The mode of a wake-up is its argument. */
class DriverQueue extends WaitQueue {
  private readonly sleeping: readonly (number | undefined)[];

  /** @param sleeping the state in which each context has put itself on a queue, if not TASK_RUNNING */
  constructor(memory: Allocation, name: string, sleeping: readonly (number | undefined)[]) {
    super(memory, name, 'wake_up');
    this.sleeping = sleeping;
  }

  override wakeUp(waker: Context | null = null): number {
    const result = super.wakeUp(waker);
    if (waker !== null) waker.arg = 0; // no state: it is given before each wake-up
    return result;
  }

  protected override wakes({ ctx }: Task, waker: Context | null): boolean {
    return waker === null || waker.arg === TASK_NORMAL || this.sleeping[ctx.id] !== TASK_UNINTERRUPTIBLE;
  }
}

/** Wait queues, completions, and sleeps that a timer ends. */
export function waits(host: Host, spins: Objects<KnownSpin>, idle: BusyWaits): Offers {
  const locked = host.imports.has('wake_up_locked') || host.imports.has('__inband_schedule_locked');
  const timeouts = TIMED.some((name) => host.imports.has(name)) ? new Timeouts(host.kernel) : null;
  const sleeping: number[] = [];
  const queues = new Objects(host, 'queue', (memory, name) => {
    const object = new DriverQueue(memory, name, sleeping);
    return { object, ops: object.at(0) };
  });
  const completions = new Objects(host, 'completion', (memory, name) => new Completion(memory, name));
  /** By thread: the queue on which it has put itself last, and how it wants to sleep there; see prepare_to_wait(). */
  const prepared: number[] = [];
  const states: number[] = [];
  host.state.push(prepared, states, sleeping);
  host.kernel.sim.onReset(() => {
    sleeping.length = 0;
    prepared.length = 0;
    states.length = 0;
  });
  /** Whether schedule() has nothing to wait for, and only lets others run. */
  const runs = (thread: number): boolean => (states[thread] ?? TASK_RUNNING) === TASK_RUNNING;
  const preparedBy = (thread: number, site: number): number => (
    prepared[thread] ?? host.machine.trap('schedule() of a task that is on no wait queue: who would wake it?', site));
  const yields = idle.step(['schedule', 'schedule_timeout'], host.kernel.config.lock, true);
  const queue = (which: keyof WaitQueueOps): Offers[string] => ['object', (_t, _site, q): Op => queues.at(q).ops[which]];
  const scheduleUninterruptible = queues.step('__inband_schedule', 'block', ({ object }, ctx) => object.schedule(ctx, false));
  const schedule = queues.step('schedule', 'block', ({ object }, ctx) => object.schedule(ctx, false));
  const scheduleTimeout = queues.step(['__inband_schedule_timeout', 'schedule_timeout'], 'block', ({ object }, ctx) => object.schedule(ctx, ctx.arg !== 0));
  const wakeUpLocked = queues.step('wake_up_locked', 'compute', ({ object }) => object.wakeUp());
  const scheduleLocked = queues.step('__inband_schedule_locked', 'block', ({ object }, ctx) => object.scheduleLocked(ctx));
  const complete = completions.step('complete', 'compute', (completion) => completion.complete());
  const completeAll = completions.step('complete_all', 'compute', (completion) => completion.completeAll());
  const reinit = completions.step('reinit_completion', 'compute', (completion) => completion.reinit());
  const tryWait = completions.step('try_wait_for_completion', 'compute', (completion) => completion.tryWait());
  const wait = completions.step('__inband_wait_for_completion', 'block', (completion, ctx) => completion.wait(ctx, ctx.arg !== 0));

  const asked = (interruptible: number): void => {
    const { current } = host.kernel.sim;
    if (current !== null) current.arg = interruptible;
  };
  const sleepsAs = (state: number): void => {
    const { current } = host.kernel.sim;
    // Whom a signal may wake needs no entry: what most drivers do leaves no trace in the state.
    if (current !== null && (state === TASK_UNINTERRUPTIBLE || sleeping[current.id] !== undefined)) sleeping[current.id] = state;
  };
  const wakeUp = (mode: number): Offers[string] => ['step', (_t, _site, q): Op => {
    asked(mode);
    return queues.at(q).ops.wakeUpInterruptible;
  }];
  /** Jiffies that are left, 0 at the time-out, or -ERESTARTSYS. */
  function* sleepFor(site: number, q: number, jiffies: number, interruptible: number): Steps<number> {
    const until = timeouts!.begin(jiffies);
    asked(interruptible);
    const result = yield scheduleTimeout(q) | host.machine.frames[site];
    const left = timeouts!.end(until);
    return result < 0 ? result : left;
  }
  /** schedule_timeout(): jiffies that are left; a signal ends it early, and is found by signal_pending(). */
  function* sleepOn(thread: number, site: number, jiffies: number): Steps<number> {
    if (runs(thread)) {
      yield yields(site) | host.machine.frames[site];
      return jiffies;
    }
    const left = yield* sleepFor(site, preparedBy(thread, site), jiffies, states[thread] === TASK_INTERRUPTIBLE ? 1 : 0);
    return left < 0 ? jiffies : left;
  }
  /** wait_for_completion_timeout(): jiffies that are left, at least 1; 0 at the time-out; or -ERESTARTSYS. */
  function* completed(site: number, address: number, jiffies: number, interruptible: number): Steps<number> {
    const until = jiffies < FOR_EVER ? timeouts!.begin(jiffies) : -1;
    let result: number;
    let left = FOR_EVER;
    do {
      asked(interruptible);
      result = yield wait(address) | host.machine.frames[site];
      if (until >= 0) left = timeouts!.left(until);
    } while (result === 0 && left > 0);
    if (until >= 0) timeouts!.end(until);
    if (result === COMPLETED) return Math.max(1, left);
    completions.at(address).leave();
    return result === -ERESTARTSYS ? result : 0;
  }
  return {
    __inband_init_waitqueue_head: ['value', (_t, _site, address, name) => {
      const member = memberOf(host.machine.memory.text(name));
      if (queues.find(address) === undefined) queues.at(address, member);
      if (locked && spins.find(address) === undefined) spins.at(address, `${member}.lock`);
      return 0;
    }],
    __wake_up: wakeUp(TASK_NORMAL),
    __inband_wake_up_interruptible: wakeUp(TASK_INTERRUPTIBLE),
    /** might_sleep() of wait_event(), before it looks at its condition. */
    __inband_might_wait: ['value', () => {
      const { current } = host.kernel.sim;
      if (current !== null) host.kernel.mightSleep(current, 'schedule');
      return 0;
    }],
    __inband_prepare_to_wait: ['step', (t, _site, q, state) => {
      prepared[t.id] = q;
      sleepsAs(state);
      return queues.at(q).ops.prepareToWait;
    }],
    __inband_sleeps_as: ['value', (t, _site, state) => {
      states[t.id] = state;
      return 0;
    }],
    schedule: ['step', (t, site) => {
      if (runs(t.id)) return yields(site);
      const q = preparedBy(t.id, site);
      return states[t.id] === TASK_INTERRUPTIBLE ? queues.at(q).ops.schedule : schedule(q);
    }],
    schedule_timeout: ['steps', (t, site, jiffies) => sleepOn(t.id, site, jiffies)],
    __inband_schedule_interruptible: queue('schedule'),
    wake_up_locked: ['step', (_t, _site, q) => wakeUpLocked(q)],
    __inband_schedule_locked: ['step', (_t, _site, q) => scheduleLocked(q)],
    __inband_signal_pending: ['value', () => (host.kernel.currentTask.signalPending ? 1 : 0)],
    __inband_schedule: ['step', (_t, _site, q) => scheduleUninterruptible(q)],
    __inband_schedule_timeout: ['steps', (_t, site, q, jiffies, interruptible) => sleepFor(site, q, jiffies, interruptible)],
    __inband_finish_wait: ['value', (t, _site, q) => {
      states[t.id] = TASK_RUNNING;
      queues.at(q).object.finishWait();
      sleepsAs(TASK_RUNNING);
      return 0;
    }],
    waitqueue_active: ['value', (_t, _site, q) => (queues.at(q).object.active ? 1 : 0)],
    __inband_poll_wait: queue('pollWait'),

    __inband_init_completion: ['value', (_t, _site, address, name) => {
      completions.at(address, memberOf(host.machine.memory.text(name))).init();
      return 0;
    }],
    complete: ['step', (_t, _site, address) => complete(address)],
    complete_all: ['step', (_t, _site, address) => completeAll(address)],
    reinit_completion: ['step', (_t, _site, address) => reinit(address)],
    try_wait_for_completion: ['step', (_t, _site, address) => tryWait(address)],
    completion_done: ['value', (_t, _site, address) => {
      if (!completions.at(address).isDone) return 0;
      completions.acquire(address); // by the lock of its queue
      return 1;
    }],
    __inband_wait_for_completion: ['steps', (_t, site, address, jiffies, interruptible) => completed(site, address, jiffies, interruptible)],
  };
}
