import { clear, type ChoiceKind, type Prng } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';

/** How the question of one label is answered in one execution. */
const OFF = 0;
/** Departs once, at one occurrence. */
const ONCE = 1;
/** Departs half of the times. */
const OFTEN = 2;

/** What is known of the questions of one label and number of answers. */
interface Question {
  readonly kind: ChoiceKind;
  readonly n: number;
  /** One with the same label, but another number of answers. */
  readonly other: Question | undefined;
  /** Most times asked in one execution. */
  most: number;
  /** Never asked by the nominal run: something has to depart before it comes up. */
  readonly conditional: boolean;
  /** The execution for which the rest holds. */
  execution: number;
  mode: number;
  /** ONCE: at which occurrence. */
  at: number;
  asked: number;
}

/** In place of an execution's number. */
const NOMINAL_RUN = -1;

/** What the nominal run asks, in its order. */
type Script = { readonly kind: ChoiceKind; readonly n: number; readonly label: string }[];

/** Occurrences up to which a single departure is placed. */
const LATEST = 64;
/** Departures of one execution, at most: grows from small to this. */
const MOST_DEPARTURES = 6;
/** In one execution of so many, ties are looked at although they are left alone. */
const LOOK_AT_ORDER = 16;
/** A question weighs as much as its departures, these being so many to a unit. */
const ANSWERS_PER_WEIGHT = 4;
/**
 * In one execution of so many the configuration is mixed: bugs that need two or three of its settings at once would
 * hardly be met by departing from the plain one a few times.
 */
const MIXED = 4;
/** Questions of more answers than so many are names, of moves for example: in one execution of so many one of them departs at least. */
const NAMES = 8;
const BOLD = 2;
/** Executions after which one more departure is allowed. */
const GROWTH = 32;

/**
 * Answers the seam's questions. Swarm testing: in each execution most labels are off, a few are on, and
 * the first executions have the fewest. Small answers are the most frequent.
 *
 * Labels that only come up after another departure (how long a crashed daemon stays away) are drawn
 * freely whenever they do, since two rare things at once would hardly ever meet.
 */
export class Questions {
  private readonly prng: Prng;
  private readonly byLabel = new Map<string, Question>();
  /** Those that the nominal run asks, some more than once. */
  private readonly all: Question[] = [];
  /** Those of them that have many answers. */
  private readonly names: Question[] = [];
  /** null: it has not been seen yet. */
  private script: Script | null = null;
  private execution = -1;
  /** By which answers and departures grow: see Strategy.begin(). */
  private age = 0;
  private learning = true;
  private orderOn = false;
  /** Conditional questions depart one time in so many. */
  private rarity = 2;
  /** The configuration is drawn freely, each of its questions by itself. */
  private mixed = false;

  constructor(prng: Prng) {
    this.prng = prng;
  }

  /** Forgets all but what the nominal run asks; in the first slice of a hunt that too, since it begins with that run. */
  enter(first: boolean, system: System): void {
    this.byLabel.clear();
    clear(this.all);
    clear(this.names);
    if (first) return;
    const { script } = this;
    this.nominal();
    if (script === null) system.execute({ plan: [], draw: (kind, _actor, _step, n, label) => this.answer(kind, n, label) });
    else for (const { kind, n, label } of script) this.answer(kind, n, label);
  }

  /** The next execution is the nominal one: every answer is 0. */
  nominal(): void {
    this.script = [];
    this.execution = NOMINAL_RUN;
    this.age = 0;
    this.learning = true;
    this.mixed = false;
    this.orderOn = true;
  }

  begin(execution: number, age: number): void {
    const { prng, all } = this;
    this.execution = execution;
    this.age = age;
    this.learning = false;
    // Sometimes only to learn that there are ties.
    this.orderOn = prng.oneIn(LOOK_AT_ORDER);
    this.rarity = 1 << prng.below(4);
    this.mixed = prng.oneIn(MIXED);
    if (all.length === 0) return;
    const most = Math.min(MOST_DEPARTURES, 1 + Math.floor(age / GROWTH));
    const count = prng.below(most + 1);
    const bold = this.names.length > 0 && prng.oneIn(BOLD);
    for (let i = bold ? -1 : 0; i < count; i++) {
      const question = i < 0 ? this.names[prng.below(this.names.length)] : all[prng.below(all.length)];
      question.execution = execution;
      question.asked = 0;
      question.mode = prng.oneIn(4) ? OFTEN : ONCE;
      question.at = prng.below(Math.min(question.most, 1 << prng.below(7)));
      if (question.kind === 'order') this.orderOn = true;
    }
  }

  answer(kind: ChoiceKind, n: number, label: string): number {
    // Ties are many and mostly left alone.
    if (kind === 'order' && !this.orderOn) return 0;
    if (this.learning) this.script?.push({ kind, n, label });
    let question = this.byLabel.get(label);
    while (question !== undefined && question.n !== n && kind !== 'order') question = question.other;
    if (question === undefined) question = this.meet(kind, n, label);
    const { execution } = this;
    if (question.execution !== execution) {
      question.execution = execution;
      question.asked = 0;
      question.mode = OFF;
    }
    const asked = question.asked++;
    if (asked >= question.most && asked < LATEST) question.most = asked + 1;
    const { prng } = this;
    if (this.mixed && kind === 'config') return prng.oneIn(2) ? this.value(n) : 0;
    if (question.conditional) return this.rarity === 1 ? prng.below(n) : prng.oneIn(this.rarity) ? this.value(n) : 0;
    if (question.mode === OFF) return 0;
    if (question.mode === ONCE ? asked !== question.at : prng.oneIn(2)) return 0;
    return this.value(n);
  }

  private value(n: number): number {
    const { prng } = this;
    if (n <= 8) return 1 + prng.below(n - 1);
    // Small first: a finding is best explained by the plainest answer that shows it.
    const most = Math.min(n - 1, 1 + Math.floor(this.age / GROWTH));
    // Some answers are sizes, where small is simple; others are names, of which none may be rare.
    if (prng.oneIn(2)) return 1 + prng.below(most);
    return 1 + prng.below(Math.min(most, 2 << prng.below(32 - Math.clz32(n))));
  }

  private meet(kind: ChoiceKind, n: number, label: string): Question {
    const question: Question = {
      kind, n, other: this.byLabel.get(label), most: 1, conditional: !this.learning && kind !== 'order', execution: this.execution, mode: OFF, at: 0,
      asked: 0,
    };
    this.byLabel.set(label, question);
    if (question.conditional) return question;
    if (n > NAMES && kind === 'workload') this.names.push(question);
    // A question of many answers is met more often, or each of them hardly would be.
    for (let weight = 1; weight < n; weight += ANSWERS_PER_WEIGHT) this.all.push(question);
    return question;
  }
}
