import type { Path } from './departure.ts';
import { copyOf, type Judged, type LeavesResult, type LeavesTask } from './leaves.ts';

/** Leaves of one task: so many that handing it over is cheap beside running it. */
export const LEAVES = 512;
/** Tasks that are begun and not judged, at most: one that is late must not make the others pile up. */
const MOST_OPEN = 256;

/** A run to be judged, and which of all executions it was. */
export interface Verdict {
  readonly judged: Judged;
  readonly path: Path;
  readonly execution: number;
}

/** Leaves that are, or will be, a task. */
interface Batch {
  readonly kind: 'batch';
  readonly paths: Path[];
  readonly executions: number[];
  result: LeavesResult | null;
}

type Entry = Batch | (Verdict & { readonly kind: 'verdict' });

/**
 * What was enumerated and is not judged yet. Leaves may be run by anybody and in any order; they are judged in the order in which
 * they were enumerated, so what is found does not depend on who ran them.
 */
export class Backlog {
  /** In the order in which they were enumerated; the last one may be a batch that grows. */
  private readonly entries: Entry[] = [];
  /** Batches that nobody has taken, the growing one excluded. */
  private readonly ready: Batch[] = [];
  private growing: Batch | null = null;
  private readonly underWay = new Map<number, Batch>();
  private numbers = 0;
  /** How many of the striking leaves of the first entry are judged. */
  private judged = 0;
  private readonly ahead: number;
  private readonly leaves: number;

  /** `ahead`: as many tasks, of so many leaves, are kept ready for others. */
  constructor(ahead: number, leaves: number) {
    this.ahead = ahead;
    this.leaves = leaves;
  }

  /** There is enough to do: no more is to be enumerated. */
  get full(): boolean {
    return this.ready.length >= this.ahead || this.entries.length >= MOST_OPEN;
  }

  get empty(): boolean {
    return this.entries.length === 0;
  }

  /** A schedule that somebody is to run. */
  add(path: Path, execution: number): void {
    if (this.growing === null) this.entries.push(this.growing = { kind: 'batch', paths: [], executions: [], result: null });
    this.growing.paths.push(path);
    this.growing.executions.push(execution);
    if (this.growing.paths.length >= this.leaves) this.flush();
  }

  /** A run whose turn to be judged comes after all that was enumerated before. */
  put({ judged, path, execution }: Verdict): void {
    this.flush();
    this.entries.push({ kind: 'verdict', judged: copyOf(judged), path, execution });
  }

  /** Nothing is added to the batch that grows: it can be taken. */
  flush(): void {
    if (this.growing !== null) this.ready.push(this.growing);
    this.growing = null;
  }

  /** A task that nobody has taken yet. */
  task(): LeavesTask | null {
    const batch = this.ready.shift();
    if (batch === undefined) return null;
    const number = this.numbers++;
    this.underWay.set(number, batch);
    return { kind: 'leaves', number, paths: batch.paths };
  }

  take({ number }: LeavesTask, result: LeavesResult): void {
    const batch = this.underWay.get(number);
    if (batch === undefined) return;
    this.underWay.delete(number);
    batch.result = result;
  }

  /** The next run to be judged; undefined: none, or nobody knows yet what it came to. */
  next(): Verdict | undefined {
    for (let first = this.entries.at(0); first !== undefined; first = this.entries.at(0)) {
      if (first.kind === 'verdict') {
        this.entries.shift();
        return first;
      }
      if (first.result === null) return undefined;
      if (this.judged < first.result.striking.length) {
        const [leaf, judged] = first.result.striking[this.judged++];
        return { judged, path: first.paths[leaf], execution: first.executions[leaf] };
      }
      this.entries.shift();
      this.judged = 0;
    }
    return undefined;
  }
}
