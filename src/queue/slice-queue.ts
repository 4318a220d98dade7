import type * as BullMq from 'bullmq';
import { JsonReader, parseJson, printable } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { PREFIX, isDisconnect, type Broker } from './broker.ts';
import { digest, postJob, type QueueJob } from './job-text.ts';
import { MOST_RESULT_MIB } from './result-text.ts';

/** The name of the queue, with a number that is raised when what is in it becomes another. */
export const QUEUE = 'slices-1';
/** What nobody asks for any more is dropped after so long, s. */
export const KEPT = 86_400;
/** Workers that may fail at a job by an error before it is set aside. */
const ATTEMPTS = 3;
/** Before the next attempt, ms. */
const BACKOFF = 500;
/** Longest text about a failure that is looked at, bytes. */
const MOST_REASON = 64 * 1024;

/** How a job stands. */
export type Standing =
  | { readonly kind: 'waits' }
  | { readonly kind: 'done'; readonly text: string }
  /** What was handed in is nothing that can be looked at. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It has cost as many workers as it may; why, in the order in which it happened. */
  | { readonly kind: 'failed'; readonly reasons: readonly string[] }
  /** Nothing is known of it: Redis has lost it. */
  | { readonly kind: 'lost' };

/** Jobs that somebody does, somewhere. */
export interface SliceQueue {
  /** Puts a job in, unless it is there; `knowledge`: what its slice starts from. Returns its name. */
  post(job: QueueJob, knowledge: string | null): Promise<string>;
  look(id: string): Promise<Standing>;
  /** What its result was is not asked for any more. */
  withdraw(id: string): Promise<void>;
  /** Sees to it that a job that waits for long can be done; returns what hinders it, if that is known. */
  tend(id: string, knowledge: string | null): Promise<string | undefined>;
}

/** Where the result of a job is. */
export function resultKey(id: string): string {
  return `${PREFIX}:result:${id}`;
}

/** Where what an epoch starts from is. */
export function knowledgeKey(id: string): string {
  return `${PREFIX}:knowledge:${id}`;
}

/**
 * Jobs in BullMQ. What a slice starts from, and what it comes to, are texts beside it: the first is the same for a whole
 * epoch, and of the second the length is known before it is loaded.
 */
export class RedisQueue implements SliceQueue {
  private readonly broker: Broker;
  private readonly queue: BullMq.Queue;

  constructor(broker: Broker) {
    this.broker = broker;
    this.queue = new broker.bullmq.Queue(QUEUE, {
      ...broker.settings,
      // Nobody listens to events: results are looked for.
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { attempts: ATTEMPTS, backoff: { type: 'fixed', delay: BACKOFF }, removeOnComplete: true, removeOnFail: { age: KEPT } },
    });
    // Whatever it is: the command that was under way says it, too.
    this.queue.on('error', () => {});
  }

  post(job: QueueJob, knowledge: string | null): Promise<string> {
    return this.broker.asked(async () => {
      if (knowledge !== null) await this.keep(knowledge);
      const { id, data } = postJob(job);
      const { task, subject: { scenario } } = job;
      await this.queue.add(`${task.kind} ${task.kind === 'slice' ? task.slice.index : task.number} of ${scenario}`, data, { jobId: id });
      return id;
    });
  }

  look(id: string): Promise<Standing> {
    return this.broker.asked(async () => {
      const { redis } = this.broker;
      // In this order: a worker hands in the result before the job goes.
      const [failed, there] = await Promise.all([redis.call('ZSCORE', this.queue.toKey('failed'), id), redis.call('EXISTS', this.queue.toKey(id))]);
      try {
        const text = await this.broker.text(resultKey(id), MOST_RESULT_MIB);
        if (text !== undefined) return { kind: 'done', text };
      } catch (error) {
        if (error instanceof UsageError) return { kind: 'refused', why: error.message };
        throw error;
      }
      if (failed !== null) return { kind: 'failed', reasons: await this.reasons(id) };
      return { kind: Number(there) > 0 ? 'waits' : 'lost' };
    });
  }

  withdraw(id: string): Promise<void> {
    return this.broker.asked(async () => {
      await this.broker.redis.call('DEL', resultKey(id));
      // A worker that is at it has locked it: it is left to that.
      await this.queue.remove(id).catch((error: Error) => {
        if (isDisconnect(error)) throw error;
      });
    });
  }

  tend(id: string, knowledge: string | null): Promise<string | undefined> {
    return this.broker.asked(async () => {
      if (knowledge !== null) await this.keep(knowledge);
      const refusal = await this.refusal(id);
      if (refusal !== undefined) return refusal;
      return await this.queue.getWorkersCount() > 0 ? undefined : `nobody takes slices: inband worker ${this.broker.shown}`;
    });
  }

  /** Lets go of what belongs to the queue; the connection stays. */
  async close(): Promise<void> {
    await this.queue.close().catch(() => {});
  }

  private async keep(knowledge: string): Promise<void> {
    const { redis } = this.broker;
    const key = knowledgeKey(digest(knowledge));
    if (Number(await redis.call('EXPIRE', key, KEPT)) === 0) await redis.call('SET', key, knowledge, 'EX', KEPT);
  }

  /** Why a worker has given the job back, as it says. */
  private async refusal(id: string): Promise<string | undefined> {
    const text = await this.field(id, 'progress');
    if (text === undefined) return undefined;
    try {
      const reader = new JsonReader('progress', 'a refusal');
      return printable(reader.text(reader.members(parseJson(text, 'progress'), '')['refused'], 'refused'));
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  }

  private async reasons(id: string): Promise<readonly string[]> {
    const [last, trace] = [await this.field(id, 'failedReason'), await this.field(id, 'stacktrace')];
    let all: readonly string[] = [];
    try {
      const traces: unknown = JSON.parse(trace ?? '[]');
      if (Array.isArray(traces)) all = traces.filter((entry) => typeof entry === 'string');
    } catch {
      // Somebody else has written it.
    }
    return all.length > 0 && (last === undefined || all.at(-1)!.includes(last)) ? all : [...all, last ?? 'the reason is not known'];
  }

  /** A member of a job; undefined if it is not there, or too long. */
  private async field(id: string, name: string): Promise<string | undefined> {
    const { redis } = this.broker;
    const key = this.queue.toKey(id);
    const length = Number(await redis.call('HSTRLEN', key, name));
    return length === 0 || length > MOST_REASON ? undefined : String(await redis.call('HGET', key, name) ?? '');
  }
}
