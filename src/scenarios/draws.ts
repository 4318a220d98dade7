import type { ChoiceKind, Simulator } from '../sim/index.ts';

/** One who asks. They are few: finding one in a list costs less than in a map. */
interface Actor {
  readonly name: string;
  /** Questions of this run. */
  asked: number;
}

/** Answers to a question that is asked again and again: each time the same, or one after the other and then the nominal one. */
export type NarrowAnswer = number | readonly number[];

/** The answers of a narrow scenario, given before the seam is asked: it leaves nothing open but schedules. */
export class Narrow {
  private readonly answers: Readonly<Record<string, NarrowAnswer>>;

  /** Those that are not nominal, by label. */
  constructor(answers: Readonly<Record<string, NarrowAnswer>>) {
    this.answers = answers;
  }

  /** `before`: how often it was asked already. */
  answer(n: number, label: string, before: number): number {
    const given = this.answers[label] ?? 0;
    const value = typeof given === 'number' ? given : given[before] ?? 0;
    if (value >= n) throw new RangeError(`"${label}" has ${n} answers`);
    return value;
  }
}

/** Asks the seam on behalf of actors, numbering the questions of each. */
export class Draws {
  private readonly sim: Simulator;
  private readonly actors: Actor[] = [];
  private readonly narrow: Narrow | undefined;
  /** How often {@link narrow} has answered in this run, by label. */
  private readonly answered = new Map<string, number>();
  /** Nothing goes wrong any more: every answer is the nominal one. */
  calm = false;

  /** With `narrow`, it answers; the seam is not asked at all. */
  constructor(sim: Simulator, narrow?: Narrow) {
    this.sim = sim;
    this.narrow = narrow;
    sim.onReset(() => {
      for (let i = 0; i < this.actors.length; i++) this.actors[i].asked = 0;
      if (this.answered.size > 0) this.answered.clear();
      this.calm = false;
    });
  }

  /** A number in [0, n); 0 is nominal. */
  draw(kind: ChoiceKind, actor: string, n: number, label: string): number {
    if (this.calm || n < 2) return 0;
    if (this.narrow !== undefined) return this.answer(this.narrow, n, label);
    return this.sim.choose(kind, actor, this.actor(actor).asked++, n, label);
  }

  private answer(narrow: Narrow, n: number, label: string): number {
    const before = this.answered.get(label) ?? 0;
    this.answered.set(label, before + 1);
    return narrow.answer(n, label, before);
  }

  private actor(name: string): Actor {
    const { actors } = this;
    for (let i = 0; i < actors.length; i++) if (actors[i].name === name) return actors[i];
    const actor = { name, asked: 0 };
    actors.push(actor);
    return actor;
  }
}
