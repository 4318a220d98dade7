import type { HuntTaskResult, Hunter } from '../explore/index.ts';
import { breathe } from './turn.ts';

/** Whoever does the work of a hunt. */
export interface Crew<R = HuntTaskResult> {
  /** Executions of tasks that are under way elsewhere. */
  readonly underWay: number;
  /** Goes on for about so long, ms, or until the hunt is done, and lets the event loop turn. Throws what the hunter throws. */
  advance(ms: number): Promise<void>;
  /** Ends the work; returns what has come of the tasks that were under way, for {@link Hunter.conclude}. */
  close(): Promise<readonly R[]>;
}

/** Executions between two looks at the clock. */
const PORTION = 8;

/** The hunter itself, in this thread. */
export class Alone implements Crew {
  readonly underWay = 0;
  private readonly hunter: Hunter;

  constructor(hunter: Hunter) {
    this.hunter = hunter;
  }

  async advance(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (!this.hunter.done && Date.now() < until) this.hunter.advance(PORTION);
    await breathe();
  }

  close(): Promise<readonly HuntTaskResult[]> {
    return Promise.resolve([]);
  }
}
