import { setTimeout as sleep } from 'node:timers/promises';
import { OwnThread, type Folder, type HuntConfig, type Workers } from '../campaign/index.ts';
import { TaskRunner, type HuntTask, type HuntTaskResult, type Knowledge, type ShrinkTask, type SubjectMembers } from '../explore/index.ts';
import { UsageError, type System } from '../scenarios/index.ts';
import { digest, type QueueJob } from './job-text.ts';
import { serializeKnowledge } from './knowledge-text.ts';
import { parseResult } from './result-text.ts';
import { instead, nameOf, writeEvidence } from './set-aside.ts';
import type { SliceQueue, Standing } from './slice-queue.ts';
import { Trial } from './trial.ts';

/** What workers in a queue stand on. */
export interface QueueParts {
  readonly queue: SliceQueue;
  /** The campaign's, for what is set aside. */
  readonly folder: Folder;
  /** A line for people. */
  note(text: string): void;
}

/** Between two looks at a job, ms: soon at first, for many are short. */
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 200;
/** After so long it is seen to that a job can be done, again and again, ms. */
const TENDING = 3_000;
/** Results of one job that are refused before it is done here. */
const MOST_REFUSALS = 5;
/** Between two looks at whether to stop, while Redis is away, ms. */
const TURN = 100;
/** For how long what is not wanted any more is taken back, ms. */
const FAREWELL = 1_000;
/** Hindrances that are told, each once. */
const MOST_TOLD = 20;

/**
 * Has the tasks of one hunt done by whoever takes them from the queue. Nothing that comes back is believed: a result must be
 * such as the task can have, and every schedule in it breaks its rule here, too, or another result is asked for.
 */
export class QueueWorkers implements Workers {
  private readonly parts: QueueParts;
  private readonly hunt: string;
  private readonly job: Pick<QueueJob, 'subject' | 'strategy' | 'seed'>;
  private readonly build: () => System;
  private readonly trial: Trial;
  private readonly texts = new WeakMap<Knowledge, string>();
  private readonly told = new Set<string>();
  private own: OwnThread | null = null;

  /** `seed`: as the hunt has it, which of a shard is another than its configuration's. */
  constructor(parts: QueueParts, { name, strategy, ...hunt }: HuntConfig, seed: number, build: () => System) {
    this.parts = parts;
    this.hunt = name;
    this.job = { subject: subjectOf(hunt), strategy, seed };
    this.build = build;
    this.trial = new Trial(build());
  }

  async run(knowledge: Knowledge, task: HuntTask, stop: () => boolean): Promise<HuntTaskResult | null> {
    const text = task.kind === 'slice' ? this.textOf(knowledge) : null;
    // Numbers of candidates come as they come, and the same job shall have the same name.
    const wire = task.kind === 'slice' ? task : { ...task, number: 0 };
    const job: QueueJob = { ...this.job, knowledge: text === null ? null : digest(text), task: wire };
    const name = nameOf(task, this.hunt);
    for (let refusals = 0; refusals < MOST_REFUSALS; refusals++) {
      const id = await until(this.parts.queue.post(job, text), stop);
      const standing = id === null ? null : await this.wait(id, text, stop);
      if (id !== null) await until(this.parts.queue.withdraw(id), after(FAREWELL));
      if (standing === null) return null;
      if (standing.kind === 'failed') return this.setAside(knowledge, task, job, text, standing.reasons);
      const result = this.judge(standing, job, knowledge, name);
      if (result !== null) return 'number' in result ? { ...result, number: (task as ShrinkTask).number } : result;
    }
    this.parts.note(`${name}: done here, for ${MOST_REFUSALS} results of it were refused`);
    this.own ??= new OwnThread(this.build(), job.strategy, job.seed);
    return this.own.run(knowledge, task, stop);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The result, if it may be used; otherwise null, and why is told. */
  private judge(standing: Standing, job: QueueJob, knowledge: Knowledge, name: string): HuntTaskResult | null {
    try {
      if (standing.kind === 'refused') throw new UsageError(standing.why);
      if (standing.kind !== 'done') throw new UsageError('the queue has lost it');
      const result = parseResult(standing.text, job, knowledge, 'result');
      this.trial.check(job.task, result, 'result');
      return result;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.parts.note(`${name}: ${error.message}; it is asked for again`);
      return null;
    }
  }

  /** How the job stands when it does not wait any more; null: `stop` said so first. */
  private async wait(id: string, knowledge: string | null, stop: () => boolean): Promise<Standing | null> {
    let tended = Date.now();
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const standing = await until(this.parts.queue.look(id), stop);
      if (standing === null || standing.kind !== 'waits') return standing;
      if (stop()) return null;
      if (Date.now() - tended >= TENDING) {
        const hindrance = await until(this.parts.queue.tend(id, knowledge), stop);
        if (hindrance != null) this.tell(hindrance);
        tended = Date.now();
      }
      await sleep(pause);
    }
  }

  private tell(hindrance: string): void {
    if (this.told.has(hindrance) || this.told.size >= MOST_TOLD) return;
    this.told.add(hindrance);
    this.parts.note(hindrance);
  }

  private setAside(knowledge: Knowledge, task: HuntTask, job: QueueJob, text: string | null, reasons: readonly string[]): HuntTaskResult {
    const file = writeEvidence(this.parts.folder, this.hunt, job, text, reasons);
    this.parts.note(`${nameOf(task, this.hunt)} was set aside, for it costs whoever takes it: see ${file}`);
    return instead(new TaskRunner(this.build(), job.strategy, job.seed), knowledge, task);
  }

  private textOf(knowledge: Knowledge): string {
    let text = this.texts.get(knowledge);
    if (text === undefined) this.texts.set(knowledge, text = serializeKnowledge(knowledge));
    return text;
  }
}

function subjectOf({ scenario, driver, host, daemon, settings, oracles, observed, model }: Omit<HuntConfig, 'name' | 'strategy'>): SubjectMembers {
  return {
    scenario, driver, settings, model,
    ...(host === undefined ? {} : { host }), ...(daemon === undefined ? {} : { daemon }), ...(oracles === undefined ? {} : { oracles }), ...(observed === undefined ? {} : { observed }),
  };
}

/** What a promise comes to; null: `stop` said so before that. */
async function until<T>(promise: Promise<T>, stop: () => boolean): Promise<T | null> {
  let settled = false;
  const done = promise.finally(() => {
    settled = true;
  });
  done.catch(() => {});
  for (;;) {
    const timer = new AbortController();
    const first = await Promise.race([done.then((value) => ({ value })), sleep(TURN, null, { signal: timer.signal }).catch(() => null)]);
    timer.abort();
    if (first !== null) return first.value;
    if (!settled && stop()) return null;
  }
}

/** True when so long has passed, ms. */
function after(ms: number): () => boolean {
  const end = Date.now() + ms;
  return () => Date.now() >= end;
}
