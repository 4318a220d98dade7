import { Worker } from 'node:worker_threads';
import type { HuntTask, HuntTaskResult, Knowledge, LeavesTask, Taught } from '../explore/index.ts';
import type { Crew } from './crew.ts';
import type { Order, Report, WorkerStart } from './messages.ts';
import { breathe } from './turn.ts';

/** What a pool needs to know of a worker: a thread, or what a test puts in its place. */
export interface Thread<T = HuntTask> {
  send(order: Order<T>): void;
  /** Ends it, whatever it does. */
  end(): void;
}

/** Called by a thread: with what it reports, or with why it has ended. */
export interface ThreadEvents<R = HuntTaskResult> {
  report(report: Report<R>): void;
  gone(why: string): void;
}

export interface PoolOptions<T = HuntTask, R = HuntTaskResult> {
  readonly jobs: number;
  start(events: ThreadEvents<R>): Thread<T>;
  /** For how long a worker may keep silent before it is taken for stuck, ms; default {@link PATIENCE}. */
  readonly patience?: number;
  /** A line for people: a worker was replaced. */
  note(text: string): void;
}

/** One execution is bounded in steps, and takes seconds at the very most. */
export const PATIENCE = 60_000;
/** A task that has cost so many workers is not given to another. */
const MOST_DEATHS = 3;
/** How long workers may take to give back what they have half done, ms. */
const FAREWELL = 5_000;

/** Who hands out the tasks and takes what comes of them: a hunter, or a prover. */
export interface TaskSource<T = HuntTask, R = HuntTaskResult> {
  readonly done: boolean;
  /** Of a hunt: what its slices start from. */
  readonly knowledge?: Knowledge;
  /** What has led to that from the knowledge it had before, of the epoch before; null or absent: that is not told. */
  readonly taught?: Taught | null;
  /** The next task; null: there is none at the moment. */
  task(): T | null;
  take(task: T, result: R): void;
}

/** A task has killed every worker that took it. */
export class PoolError extends Error {
  override name = 'PoolError';
}

/** A task, and how many workers it has cost. */
interface Job<T> {
  readonly number: number;
  readonly task: T;
  deaths: number;
}

class Member<T, R> {
  readonly name: number;
  thread: Thread<T> | null = null;
  job: Job<T> | null = null;
  knows: Knowledge | null = null;
  /** For how long it has not been heard of, ms of time in which it would have been. */
  silent = 0;
  executions = 0;
  stopped: R | null | undefined = undefined;

  constructor(name: number) {
    this.name = name;
  }
}

/**
 * Runs a hunt, or the leaves of a proof, by several workers. What it comes to is the same for any number of them, and however often one has to be
 * replaced: a worker that has ended, or has not been heard of for long, gives way to another, which does its task again.
 */
export class Pool<T extends HuntTask | LeavesTask = HuntTask, R = HuntTaskResult> implements Crew<R> {
  private readonly source: TaskSource<T, R>;
  private readonly options: PoolOptions<T, R>;
  private readonly members: Member<T, R>[];
  /** Tasks whose worker was lost. */
  private readonly again: Job<T>[] = [];
  private numbers = 0;
  /** Workers that were lost without having had anything to do. */
  private idleDeaths = 0;
  private error: Error | null = null;
  private closed = false;
  private wake: (() => void) | null = null;

  constructor(source: TaskSource<T, R>, options: PoolOptions<T, R>) {
    this.source = source;
    this.options = options;
    this.members = Array.from({ length: options.jobs }, (_none, i) => new Member<T, R>(i + 1));
    for (const member of this.members) this.hire(member);
  }

  get underWay(): number {
    return this.members.reduce((sum, { job, executions }) => sum + (job === null ? 0 : executions), 0);
  }

  /** Throws also PoolError, if a task kills whoever takes it. */
  async advance(ms: number): Promise<void> {
    this.assign();
    if (this.error === null && !this.source.done) {
      const before = Date.now();
      await this.sleep(ms);
      // Not more than was meant: else this thread was busy, or the machine asleep, and nobody could be heard.
      this.listen(Math.min(ms, Date.now() - before));
    }
    if (this.error !== null) throw this.error;
  }

  /** Lets the workers be heard, without waiting for any, after this thread was busy for so long, ms. Throws as {@link advance} does. */
  async hear(busy: number): Promise<void> {
    this.assign();
    await breathe();
    this.listen(busy);
    if (this.error !== null) throw this.error;
  }

  /** Ends the workers. What they have half done is theirs to give until a few seconds have passed. */
  async close(): Promise<readonly R[]> {
    if (this.closed) return [];
    this.closed = true;
    const asked = this.members.filter(({ job, thread }) => job !== null && thread !== null);
    for (const { thread } of asked) thread!.send({ kind: 'stop' });
    const until = Date.now() + FAREWELL;
    while (Date.now() < until && asked.some(({ stopped, thread }) => stopped === undefined && thread !== null)) await this.sleep(until - Date.now());
    for (const { thread } of this.members) thread?.end();
    return asked.flatMap(({ stopped }) => (stopped === undefined || stopped === null ? [] : [stopped]));
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private hire(member: Member<T, R>): void {
    member.knows = null;
    member.silent = 0;
    const thread: Thread<T> = this.options.start({
      report: (report) => {
        if (member.thread === thread) this.listenTo(member, report);
      },
      gone: (why) => {
        if (member.thread === thread) this.lose(member, why);
      },
    });
    member.thread = thread;
  }

  private listenTo(member: Member<T, R>, report: Report<R>): void {
    member.silent = 0;
    switch (report.kind) {
      case 'beat':
        if (report.number === member.job?.number) member.executions = report.executions;
        return;
      case 'done':
        if (report.number === member.job?.number) this.take(member, report.result);
        break;
      case 'stopped':
        // One that was done in the turn in which it was told to stop has said so before, and has nothing any more.
        member.stopped ??= report.result;
        break;
      case 'failed':
        this.lose(member, report.error);
    }
    this.wake?.();
  }

  private take(member: Member<T, R>, result: R): void {
    const { task } = member.job!;
    member.job = null;
    member.executions = 0;
    this.idleDeaths = 0;
    if (this.closed) {
      member.stopped = result;
      return;
    }
    try {
      this.source.take(task, result);
      this.assign();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.error ??= error instanceof Error ? error : new Error(String(error));
    this.wake?.();
  }

  /** Gives everybody who is idle something to do. */
  private assign(): void {
    for (const member of this.members) {
      if (member.job !== null || this.closed || this.error !== null) continue;
      const job = this.again.shift() ?? this.nextJob();
      if (job === null) return;
      if (member.thread === null) this.hire(member);
      if (job.task.kind === 'slice') this.teach(member);
      member.job = job;
      member.executions = 0;
      member.silent = 0;
      member.thread!.send({ kind: 'do', number: job.number, task: job.task });
    }
  }

  /** Lets a worker know what slices start from: what it has not heard of yet. */
  private teach(member: Member<T, R>): void {
    const { knowledge, taught } = this.source;
    if (knowledge === undefined || member.knows === knowledge) return;
    if (taught && member.knows?.epoch === knowledge.epoch - 1) member.thread!.send({ kind: 'learn', taught });
    else member.thread!.send({ kind: 'know', knowledge });
    member.knows = knowledge;
  }

  private nextJob(): Job<T> | null {
    const task = this.source.task();
    return task === null ? null : { number: this.numbers++, task, deaths: 0 };
  }

  /** So much time has passed, ms: who has kept silent for too long is given up. */
  private listen(ms: number): void {
    const { patience = PATIENCE } = this.options;
    for (const member of this.members) {
      member.silent += ms;
      if (member.job !== null && member.silent >= patience) this.lose(member, `it was not heard of for ${Math.round(patience / 1000)} s`);
    }
  }

  /** A worker has ended, or is given up. */
  private lose(member: Member<T, R>, why: string): void {
    const { job, thread } = member;
    member.thread = member.job = null;
    thread?.end();
    if (this.closed) {
      this.wake?.();
      return;
    }
    const [reason] = why.split('\n');
    if (job === null) {
      this.options.note(`worker ${member.name} was replaced: ${reason}`);
      if (++this.idleDeaths >= MOST_DEATHS) this.fail(new PoolError(`workers end as soon as they start: ${why}`));
      return;
    }
    job.deaths++;
    const what = nameOf(job.task);
    if (job.deaths >= MOST_DEATHS) {
      this.fail(new PoolError(`${what} has ended ${MOST_DEATHS} workers, the last one: ${why}`));
      return;
    }
    this.options.note(`worker ${member.name} was replaced, ${what} is done again: ${reason}`);
    this.again.push(job);
    this.assign();
  }
}

function nameOf(task: HuntTask | LeavesTask): string {
  switch (task.kind) {
    case 'slice':
      return `slice ${task.slice.index}`;
    case 'shrink':
      return `shrinking ${task.number}`;
    case 'leaves':
      return `part ${task.number} of the schedules`;
  }
}

/** A worker thread that runs the program `entry`, which calls {@link work}. */
export function startThread<T, R>(entry: URL, start: WorkerStart, events: ThreadEvents<R>): Thread<T> {
  const worker = new Worker(entry, { workerData: start, stdout: false, stderr: false });
  worker.on('message', (report: Report<R>) => events.report(report));
  worker.on('error', (error) => events.gone(error instanceof Error ? error.stack ?? error.message : String(error)));
  worker.on('exit', (code) => events.gone(`it ended with code ${code}`));
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    send: (order) => worker.postMessage(order),
    end: () => void worker.terminate(),
  };
}
