import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import type * as BullMq from 'bullmq';
import { afterAll } from 'vitest';
import { QUEUE } from '../../src/queue/index.ts';
import { ROOT, ended, type Inband, type Ran } from '../cli/inband.ts';

/** A small campaign with several findings. */
export const HUNT = ['hunt', 'kcs-read-restart', '--driver', 'kcs-bmc@v2', '--oracle', 'errno,wrong-response'] as const;

/** BullMQ as the tests use it, to look into a queue and to be a bad worker. */
export function bullmq(): typeof BullMq {
  return createRequire(join(ROOT, 'package.json'))('bullmq') as typeof BullMq;
}

/** How many jobs are in a queue, by state; nothing of those of which there are none. */
export async function jobsLeft(url: string): Promise<Record<string, number>> {
  const queue = new (bullmq().Queue)(QUEUE, { connection: { url }, prefix: 'inband' });
  const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'failed', 'prioritized', 'paused');
  await queue.close();
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}

/** All that were started: none outlives a test that fails. */
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

/** Workers that live until they are told to end. */
export class Crew {
  readonly workers: ChildProcess[] = [];
  readonly ran: Promise<Ran>[] = [];

  start(cli: Inband, url: string, options: readonly string[] = ['--lease', '2'], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = cli.start(['worker', url, ...options], { env });
    started.push(child);
    this.workers.push(child);
    this.ran.push(ended(child));
    return child;
  }

  /** Ctrl-C for all who live; what each came to. */
  async end(): Promise<readonly Ran[]> {
    for (const child of this.workers) child.kill('SIGINT');
    return Promise.all(this.ran);
  }
}
