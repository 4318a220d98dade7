import { setTimeout as sleep } from 'node:timers/promises';
import type * as BullMq from 'bullmq';
import { modelChanges, type Workers } from '../campaign/index.ts';
import { buildOptionsOf, printable, type Knowledge } from '../explore/index.ts';
import { UsageError, type Scenario } from '../scenarios/index.ts';
import { isDisconnect, type Broker } from './broker.ts';
import { Crews } from './crews.ts';
import { digest, postJob, readJob, type QueueJob } from './job-text.ts';
import { parseKnowledge } from './knowledge-text.ts';
import { MOST_RESULT_MIB, serializeResult } from './result-text.ts';
import { KEPT, QUEUE, knowledgeKey, resultKey } from './slice-queue.ts';

/** What a consumer stands on. */
export interface ConsumerParts {
  readonly broker: Broker;
  /** Jobs at a time. */
  readonly jobs: number;
  /** A worker that is not heard of for so long is taken for dead, and its job given to another, ms. */
  readonly lease: number;
  /** Workers that a job may cost by their death, here as elsewhere, before it is set aside. */
  readonly deaths: number;
  /** By which others know this one. */
  readonly name: string;
  /** Throws UsageError of one line if there is no such scenario here. */
  scenarioOf(job: QueueJob): Scenario;
  workersOf(job: QueueJob): Workers;
  stopped(): boolean;
  /** A line for people. */
  note(text: string): void;
  /** Something has been done. */
  look(): void;
}

/** Far more than all that a strategy remembers, MiB. */
const MOST_KNOWLEDGE_MIB = 256;
/** For how long whoever has refused a job takes none, so that others do, ms; or a part of the lease, if that is less. */
const REST = 1_000;
const PART = 4;
/** For how long a job may be given back when this worker leaves off, ms. */
const FAREWELL = 3_000;
/** Between two looks at whether to stop, ms. */
const TURN = 100;
/** Of the reasons for which jobs were refused so many are told, each once. */
const MOST_TOLD = 100;
const NOTHING: Knowledge = { epoch: 0, memory: null, causes: [], tallies: [] };

/** Takes jobs from the queue and does them. There is no code in a job: it names what must be here, in the same version. */
export class Consumer {
  done = 0;
  executions = 0;
  private readonly parts: ConsumerParts;
  private readonly crews: Crews;
  private readonly told = new Set<string>();
  /** What the latest slices start from, by name and strategy. */
  private readonly known = new Map<string, Knowledge>();

  constructor(parts: ConsumerParts) {
    this.parts = parts;
    this.crews = new Crews((job) => parts.workersOf(job));
  }

  /** Works until somebody says stop; what is not finished then is given back. */
  async run(): Promise<void> {
    const { broker, jobs, lease, deaths, name, note, stopped } = this.parts;
    const worker = new broker.bullmq.Worker(QUEUE, (job, token) => this.take(job, token), {
      ...broker.settings, name, concurrency: jobs, lockDuration: lease, stalledInterval: Math.max(1, lease >> 1), maxStalledCount: deaths - 1,
      // How long BullMQ waits before it tells a Redis that has come back what it could not tell before, ms.
      runRetryDelay: 1_000,
    });
    worker.on('error', (error) => {
      if (!isDisconnect(error) && !isLate(error)) this.tell(error.message);
    });
    try {
      while (!stopped()) await sleep(TURN);
    } finally {
      const closed = worker.close().catch((error: Error) => {
        note(printable(error.message));
      });
      // Redis may be away: then the job is another's when the lease is over.
      await Promise.race([closed, sleep(FAREWELL, undefined, { ref: false })]);
      await this.crews.close();
    }
  }

  private async take(job: BullMq.Job, token: string | undefined): Promise<string> {
    const { bullmq } = this.parts.broker;
    const wanted = this.read(job);
    let knowledge: Knowledge | undefined;
    try {
      this.admit(wanted);
      knowledge = await this.knowledgeOf(wanted);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.tell(`refused: ${error.message}`);
      await job.updateProgress({ refused: `${this.parts.name}: ${printable(error.message)}` });
    }
    if (knowledge === undefined) {
      await job.moveToWait(token);
      // Or it would take the same again before anybody else is awake.
      await sleep(Math.min(REST, this.parts.lease / PART));
      throw new bullmq.WaitingError();
    }
    const result = await this.crews.run(wanted, knowledge, () => this.parts.stopped()).catch((error: unknown) => {
      this.parts.note(printable(error instanceof Error ? error.message : String(error)));
      throw error;
    });
    if (result === null) {
      await job.moveToWait(token);
      throw new bullmq.WaitingError();
    }
    const text = serializeResult(result);
    if (text.length > MOST_RESULT_MIB * 1024 * 1024) throw new Error(`the result is longer than ${MOST_RESULT_MIB} MiB`);
    await this.parts.broker.redis.call('SET', resultKey(job.id!), text, 'EX', KEPT);
    this.done++;
    this.executions += result.executions;
    this.parts.look();
    return this.parts.name;
  }

  /** What is not a job is nobody's: it fails at once. */
  private read(job: BullMq.Job): QueueJob {
    try {
      const wanted = readJob(job.data, 'a job in the queue');
      if (postJob(wanted).id !== job.id) throw new UsageError('a job in the queue: its name is not that of its content');
      return wanted;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.tell(`refused: ${error.message}`);
      throw new this.parts.broker.bullmq.UnrecoverableError(error.message);
    }
  }

  /** Throws UsageError if what the job is about is not here, or in another version. */
  private admit(job: QueueJob): void {
    const { subject } = job;
    const [change] = modelChanges(subject, this.parts.scenarioOf(job).models(buildOptionsOf(subject)));
    if (change === undefined) return;
    throw new UsageError(`a slice of ${subject.scenario}: model "${change.name}" is ${change.was ?? 'absent'} there, but ${change.is ?? 'absent'} here`);
  }

  /** What a slice starts from; undefined: Redis has lost it, and whoever wants the slice will put it there again. */
  private async knowledgeOf({ knowledge: id, strategy, task }: QueueJob): Promise<Knowledge | undefined> {
    if (id === null || task.kind === 'shrink') return NOTHING;
    const key = `${id} ${strategy}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const name = 'what a slice starts from';
    const text = await this.parts.broker.text(knowledgeKey(id), MOST_KNOWLEDGE_MIB).catch((error: unknown) => {
      throw error instanceof UsageError ? new UsageError(`${name}: ${error.message}`) : error;
    });
    if (text === undefined) return undefined;
    if (digest(text) !== id) throw new UsageError(`${name}: its name is not that of its content`);
    const read = parseKnowledge(text, strategy, name);
    if (read.epoch !== task.slice.epoch) throw new UsageError(`${name}: is of epoch ${read.epoch}, not ${task.slice.epoch}`);
    const [oldest] = this.known.keys();
    if (this.known.size >= MOST_KNOWN) this.known.delete(oldest);
    this.known.set(key, read);
    return read;
  }

  private tell(text: string): void {
    const line = printable(text);
    if (this.told.has(line) || this.told.size >= MOST_TOLD) return;
    this.told.add(line);
    this.parts.note(line);
  }
}

/** Whether a job was given to another meanwhile, for this worker was not heard of: both come to the same. */
function isLate({ message }: Error): boolean {
  return /could not renew lock|missing lock|lock mismatch|is not in the active state/i.test(message);
}

/** Knowledge that is kept, for the slices that share it. */
const MOST_KNOWN = 4;

