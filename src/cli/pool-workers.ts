import type { Workers } from '../campaign/index.ts';
import type { HuntTask, HuntTaskResult, Knowledge } from '../explore/index.ts';
import { Pool, startThread, type ScenarioSource, type TaskSource } from '../pool/index.ts';
import type { BuildOptions } from '../scenarios/index.ts';
import { note } from './output.ts';

/** A task that somebody waits for. */
interface Asked {
  readonly knowledge: Knowledge;
  readonly task: HuntTask;
  readonly resolve: (result: HuntTaskResult | null) => void;
  readonly reject: (error: unknown) => void;
  /** Told what has come of it, should it be broken off. */
  readonly partly: ((result: HuntTaskResult) => void) | undefined;
}

/** Between two looks at whether to stop, ms. */
const TURN = 40;
const NOTHING: Knowledge = { epoch: 0, memory: null, causes: [], tallies: [] };

/** Does the tasks of one hunt of a campaign in threads, which are started when the first comes. */
export class PoolWorkers implements Workers, TaskSource {
  readonly done = false;
  knowledge = NOTHING;
  private readonly start: () => Pool;
  private pool: Pool | null = null;
  private readonly waiting: Asked[] = [];
  private readonly underWay = new Map<HuntTask, Asked>();
  private pumping = false;

  constructor(jobs: number, source: ScenarioSource, options: BuildOptions, strategy: string, seed: number) {
    const start = { inband: 'worker', source, options, at: { kind: 'hunt', strategy, seed } } as const;
    this.start = () => new Pool(this, { jobs, note, start: (thread) => startThread(new URL(import.meta.url), start, thread) });
  }

  run(knowledge: Knowledge, task: HuntTask, stop: () => boolean, partly?: (result: HuntTaskResult) => void): Promise<HuntTaskResult | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ knowledge, task, resolve, reject, partly });
      void this.pump(stop);
    });
  }

  /** For the pool: what is to be done next. */
  task(): HuntTask | null {
    const asked = this.waiting.shift();
    if (asked === undefined) return null;
    this.knowledge = asked.knowledge;
    this.underWay.set(asked.task, asked);
    return asked.task;
  }

  /** For the pool: what came of it. */
  take(task: HuntTask, result: HuntTaskResult): void {
    this.underWay.get(task)?.resolve(result);
    this.underWay.delete(task);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.end();
  }

  /** The same; returns what has come of the tasks that were under way. */
  private async end(): Promise<readonly HuntTaskResult[]> {
    const { pool } = this;
    this.pool = null;
    return await pool?.close() ?? [];
  }

  private askedFor(result: HuntTaskResult): Asked | undefined {
    return [...this.underWay.values()].find(({ task }) => (
      'number' in result ? task.kind === 'shrink' && task.number === result.number : task.kind === 'slice' && task.slice.index === result.index));
  }

  /** Drives the pool as long as somebody waits. */
  private async pump(stop: () => boolean): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      this.pool ??= this.start();
      while (this.waiting.length + this.underWay.size > 0) {
        await this.pool.advance(TURN);
        if (!stop()) continue;
        for (const result of await this.end()) this.askedFor(result)?.partly?.(result);
        for (const { resolve } of this.all()) resolve(null);
      }
    } catch (error) {
      for (const { reject } of this.all()) reject(error);
    } finally {
      this.pumping = false;
    }
  }

  private all(): Asked[] {
    const all = [...this.waiting.splice(0), ...this.underWay.values()];
    this.underWay.clear();
    return all;
  }
}
