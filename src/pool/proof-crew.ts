import type { LeavesResult, LeavesTask, Prover } from '../explore/index.ts';
import type { Pool } from './pool.ts';
import { breathe } from './turn.ts';

/** Executions between two looks at the clock. */
const PORTION = 4;
/** With others this thread looks up after so long, ms: whoever has done a task waits for the next one until then. */
const TURN = 10;
/** For how long it waits for the others if it has nothing to do, ms; any of them wakes it. */
const WAIT = 40;

/** This thread, which works on a proof, and others that run leaves for it. */
export class ProofCrew {
  private readonly prover: Prover;
  private readonly others: Pool<LeavesTask, LeavesResult> | null;

  constructor(prover: Prover, others: Pool<LeavesTask, LeavesResult> | null) {
    this.prover = prover;
    this.others = others;
  }

  /** Goes on for about so long, ms, as long as so many executions may be begun, and lets the event loop turn. Throws PoolError. */
  async advance(ms: number, left: () => number): Promise<void> {
    const { prover, others } = this;
    const until = Date.now() + (others === null ? ms : Math.min(ms, TURN));
    let spent = 1;
    while (spent > 0 && !prover.done && left() > 0 && Date.now() < until) spent = prover.advance(Math.min(PORTION, left()));
    await this.turn(spent, TURN);
  }

  /** Brings what was begun to an end. Throws PoolError. */
  async settle(): Promise<void> {
    while (!this.prover.settled) await this.turn(this.prover.settle(PORTION), 0);
  }

  /** Ends the others. What they have half done is lost. */
  async close(): Promise<void> {
    await this.others?.close();
  }

  /** `busy`: for how long this thread was, ms. */
  private async turn(spent: number, busy: number): Promise<void> {
    if (this.others === null) await breathe();
    else if (spent > 0) await this.others.hear(busy);
    else await this.others.advance(WAIT);
  }
}
