import type { Workers } from '../campaign/index.ts';
import type { HuntTask, HuntTaskResult, Knowledge } from '../explore/index.ts';
import type { QueueJob } from './job-text.ts';

/** Whoever does the tasks of one hunt, and what they know. */
interface Crew {
  readonly key: string;
  readonly workers: Workers;
  knowledge: Knowledge;
  /** Tasks that are under way. */
  busy: number;
}

/** Crews that are kept when they have nothing to do: their threads wait, with their systems built. */
const MOST_IDLE = 2;

/** The workers of this process, by hunt. Those of one crew all know the same: slices of two epochs are for two of them. */
export class Crews {
  private readonly make: (job: QueueJob) => Workers;
  private crews: Crew[] = [];

  constructor(make: (job: QueueJob) => Workers) {
    this.make = make;
  }

  /** Does a task. Whoever fails at it is let go. */
  async run(job: QueueJob, knowledge: Knowledge, stop: () => boolean): Promise<HuntTaskResult | null> {
    const crew = this.hire(job, knowledge);
    crew.busy++;
    try {
      await this.dismiss();
      return await crew.workers.run(crew.knowledge, job.task, stop);
    } catch (error) {
      this.crews = this.crews.filter((other) => other !== crew);
      await crew.workers.close();
      throw error;
    } finally {
      crew.busy--;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.crews.splice(0).map(({ workers }) => workers.close()));
  }

  private hire(job: QueueJob, knowledge: Knowledge): Crew {
    const { subject, strategy, seed, task } = job;
    const key = JSON.stringify([subject, strategy, seed]);
    const fits = (crew: Crew): boolean => crew.key === key && (crew.knowledge === knowledge || crew.busy === 0 || needsNothing(task));
    let crew = this.crews.find(fits);
    if (crew === undefined) this.crews.push(crew = { key, workers: this.make(job), knowledge, busy: 0 });
    else if (!needsNothing(task)) crew.knowledge = knowledge;
    return crew;
  }

  /** Lets go of those that have had nothing to do for the longest. */
  private async dismiss(): Promise<void> {
    const idle = this.crews.filter(({ busy }) => busy === 0);
    const gone = idle.slice(0, Math.max(0, idle.length - MOST_IDLE));
    this.crews = this.crews.filter((crew) => !gone.includes(crew));
    await Promise.all(gone.map(({ workers }) => workers.close()));
  }
}

/** Shrinking depends on nothing that was learnt. */
function needsNothing({ kind }: HuntTask): boolean {
  return kind === 'shrink';
}
