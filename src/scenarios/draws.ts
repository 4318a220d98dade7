import type { ChoiceKind, Simulator } from '../sim/index.ts';

/** Asks the seam on behalf of actors, numbering the questions of each. */
export class Draws {
  private readonly sim: Simulator;
  private readonly counts = new Map<string, number>();
  /** Nothing goes wrong any more: every answer is the nominal one. */
  calm = false;

  constructor(sim: Simulator) {
    this.sim = sim;
    sim.onReset(() => {
      this.counts.clear();
      this.calm = false;
    });
  }

  /** A number in [0, n); 0 is nominal. */
  draw(kind: ChoiceKind, actor: string, n: number, label: string): number {
    if (this.calm) return 0;
    const ordinal = this.counts.get(actor) ?? 0;
    this.counts.set(actor, ordinal + 1);
    return this.sim.choose(kind, actor, ordinal, n, label);
  }
}
