import { TaskRunner, type HuntTask, type HuntTaskResult, type Knowledge } from '../explore/index.ts';
import { breathe } from '../pool/index.ts';
import type { System } from '../scenarios/index.ts';

/** Does the tasks of one hunt, wherever. */
export interface Workers {
  /** What comes of a task; null: `stop` said so before it was done. `partly`: what has come of it until then, from those who know. */
  run(knowledge: Knowledge, task: HuntTask, stop: () => boolean, partly?: (result: HuntTaskResult) => void): Promise<HuntTaskResult | null>;
  /** Lets go of what does them. */
  close(): Promise<void>;
}

/** Between two looks at the event loop, ms. */
const SPAN = 40;
/** Executions between two looks at the clock. */
const PORTION = 8;

/** Does them in this thread, one after the other, so that signals are heard meanwhile. */
export class OwnThread implements Workers {
  private readonly runner: TaskRunner;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(system: System, strategy: string, seed: number) {
    this.runner = new TaskRunner(system, strategy, seed);
  }

  run(knowledge: Knowledge, task: HuntTask, stop: () => boolean, partly?: (result: HuntTaskResult) => void): Promise<HuntTaskResult | null> {
    const run = this.turn.then(() => this.work(knowledge, task, stop, partly));
    this.turn = run.catch(() => {});
    return run;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async work(knowledge: Knowledge, task: HuntTask, stop: () => boolean, partly?: (result: HuntTaskResult) => void): Promise<HuntTaskResult | null> {
    const { runner } = this;
    // It may have waited for others meanwhile.
    if (stop()) return null;
    runner.know(knowledge);
    runner.begin(task);
    while (!runner.done) {
      const until = performance.now() + SPAN;
      while (!runner.done && performance.now() < until) runner.advance(PORTION);
      await breathe();
      if (runner.done || !stop()) continue;
      partly?.(runner.result!);
      return null;
    }
    return runner.result;
  }
}
