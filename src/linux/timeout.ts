import { clear } from '../sim/index.ts';
import { TimerList } from './timer.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

/** A sleep that has an end, in jiffies. */
interface Sleeper {
  readonly task: Task;
  readonly until: number;
}

/** schedule_timeout(): the sleeps of one kernel that a timer ends, on one timer for all of them. */
export class Timeouts {
  private readonly kernel: Kernel;
  private readonly timer: TimerList;
  private readonly sleepers: Sleeper[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.timer = new TimerList(kernel, 'process_timeout', () => this.expire());
    kernel.sim.onReset(() => clear(this.sleepers));
  }

  /** The current task is about to sleep for `jiffies` at most. Returns the jiffy at which it is woken. */
  begin(jiffies: number): number {
    const { currentTask: task, timers } = this.kernel;
    const until = timers.jiffies + jiffies;
    this.sleepers.push({ task, until });
    this.arm();
    return until;
  }

  /** Jiffies until then. */
  left(until: number): number {
    return this.kernel.told(Math.max(0, until - this.kernel.timers.jiffies));
  }

  /** It runs again, for whatever reason. Returns the jiffies that were left, 0 at the time-out. */
  end(until: number): number {
    const { kernel: { currentTask }, sleepers } = this;
    const at = sleepers.findIndex(({ task }) => task === currentTask);
    if (at >= 0) sleepers.splice(at, 1);
    this.arm();
    return this.left(until);
  }

  private arm(): void {
    const { sleepers, timer } = this;
    if (sleepers.length === 0) timer.delTimer();
    else timer.modTimer(Math.max(0, Math.min(...sleepers.map(({ until }) => until)) - this.kernel.timers.jiffies));
  }

  /** process_timeout(): wakes whoever has slept long enough. */
  private *expire(): Generator<never, void, number> {
    const { kernel, sleepers } = this;
    const now = kernel.timers.jiffies;
    for (const { task, until } of sleepers.filter((sleeper) => sleeper.until < now)) { // each as if it had a timer of its own
      sleepers.splice(sleepers.findIndex((sleeper) => sleeper.task === task && sleeper.until === until), 1);
      if (!task.asleep) continue;
      task.asleep = false;
      kernel.wake(task, 0);
    }
    this.arm();
  }
}
