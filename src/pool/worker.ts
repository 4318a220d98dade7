import { parentPort, workerData } from 'node:worker_threads';
import { LeavesRunner, TaskRunner, type Knowledge, type Taught } from '../explore/index.ts';
import type { Order, Report, WorkerStart } from './messages.ts';
import type { System } from '../scenarios/index.ts';
import { scenarioFrom } from './source.ts';

/** The worker returns to its event loop after so long, ms; and says that it is alive after so long. */
const TURN = 40;
const BEAT = 500;
/** Executions between two looks at the clock. */
const PORTION = 8;

/** Whether this thread was started by a {@link Pool}. */
export function isWorker(): boolean {
  return parentPort !== null && (workerData as Partial<WorkerStart> | null)?.inband === 'worker';
}

/** Does tasks of one kind, one at a time. */
interface Runner<T, R> {
  know?(knowledge: Knowledge): void;
  learn?(taught: Taught): void;
  begin(task: T): void;
  /** Makes up to `n` executions; returns how many it were. */
  advance(n: number): number;
  readonly done: boolean;
  readonly result: R | null;
}

/** The main program of a worker: does one task after the other until it is ended. */
export function work(): void {
  const { source, options, at } = workerData as WorkerStart;
  const system = (): System => scenarioFrom(source).build(options);
  if (at.kind === 'hunt') serve(() => new TaskRunner(system(), at.strategy, at.seed));
  else serve(() => LeavesRunner.of(system(), at.bounds));
}

function serve<T, R>(start: () => Runner<T, R>): void {
  const port = parentPort!;
  const say = (report: Report<R>): void => {
    port.postMessage(report);
  };
  try {
    const runner = start();
    let number = -1;
    let executions = 0;
    let said = Date.now();
    const goOn = (): void => {
      if (number < 0) return;
      const until = Date.now() + TURN;
      while (!runner.done && Date.now() < until) executions += runner.advance(PORTION);
      if (runner.done) {
        say({ kind: 'done', number, result: runner.result! });
        number = -1;
        return;
      }
      if (Date.now() - said >= BEAT) {
        said = Date.now();
        say({ kind: 'beat', number, executions });
      }
      setImmediate(guarded);
    };
    const guarded = (): void => {
      try {
        goOn();
      } catch (error) {
        say({ kind: 'failed', error: textOf(error) });
      }
    };
    port.on('message', (order: Order<T>) => {
      switch (order.kind) {
        case 'know':
          runner.know?.(order.knowledge);
          return;
        case 'learn':
          runner.learn?.(order.taught);
          return;
        case 'do':
          number = order.number;
          executions = 0;
          runner.begin(order.task);
          setImmediate(guarded);
          return;
        case 'stop':
          say({ kind: 'stopped', result: number < 0 ? null : runner.result });
          number = -1;
      }
    });
  } catch (error) {
    say({ kind: 'failed', error: textOf(error) });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
