import type { ShrinkResult, ShrinkTask } from '../explore/index.ts';

/**
 * What has come of the candidates of one epoch. A merge that is broken off is made again from the state before it, and comes
 * to the same candidates: what was shrunk already is not shrunk twice.
 */
export class ShrunkSoFar {
  private epoch = -1;
  private readonly whole = new Map<string, ShrinkResult>();
  private readonly parts = new Map<string, ShrinkResult>();

  /** Forgets what is of another epoch. */
  begin(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.whole.clear();
    this.parts.clear();
  }

  /** Null: it is not done. */
  resultOf(task: ShrinkTask): ShrinkResult | null {
    return numbered(task, this.whole.get(keyOf(task)));
  }

  /** How far it has come, where it was broken off; null: nowhere. */
  partOf(task: ShrinkTask): ShrinkResult | null {
    return numbered(task, this.parts.get(keyOf(task)));
  }

  keep(task: ShrinkTask, result: ShrinkResult): void {
    this.whole.set(keyOf(task), result);
  }

  /** Of two parts the one that has come farther. */
  keepPart(task: ShrinkTask, part: ShrinkResult): void {
    const key = keyOf(task);
    if (part.executions > (this.parts.get(key)?.executions ?? 0)) this.parts.set(key, part);
  }
}

function numbered({ number }: ShrinkTask, result: ShrinkResult | undefined): ShrinkResult | null {
  return result === undefined ? null : { ...result, number };
}

/** Candidates are numbered as they come; what comes of them depends on all else. */
function keyOf(task: ShrinkTask): string {
  return JSON.stringify({ ...task, number: 0 });
}
