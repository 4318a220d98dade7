import type { Chooser } from '../../sim/index.ts';
import type { Outcome } from '../../scenarios/system.ts';
import { signatureOf } from '../cause.ts';
import type { Json } from '../json.ts';
import { SLICE, type Slice } from '../slice.ts';
import type { Learning, Shown, Strategy } from '../strategy.ts';

/** What is not shared out by pay, of `WHOLE`: everybody's own share, in proportion to the weights it comes with. */
const FIXED = 3;
const WHOLE = 4;
/** A signature pays as long as it was not seen so often, by half as much each time. */
const PAYS = 4;
/** Of what was paid earlier one part in so many fades with each epoch. */
const FADES = 4;

/** A strategy of a portfolio, and the share with which it begins. */
export interface Stake {
  readonly strategy: Strategy;
  readonly weight: number;
}

interface Member extends Stake {
  /** Its share of this epoch, and how much of it has been served (stride scheduling). */
  share: number;
  pass: number;
  /** In this slice: executions, steps, pay; and whether it has nothing left to try. */
  executions: number;
  spent: number;
  earned: number;
  exhausted: boolean;
}

/** What is known of a member: its pay and its steps, faded; whether it had nothing left to try; what it knows itself. */
interface MemberMemory {
  readonly credit: number;
  readonly cost: number;
  readonly exhausted: boolean;
  readonly memory: Json;
}

interface Memory {
  readonly members: readonly MemberMemory[];
  /** How often each signature was seen, up to {@link PAYS}. */
  readonly seen: readonly (readonly [string, number])[];
}

interface Lessons {
  readonly members: readonly { readonly earned: number; readonly spent: number; readonly exhausted: boolean; readonly lessons: Json }[];
  readonly seen: Memory['seen'];
}

/**
 * Several strategies that share the budget and learn during the hunt which of them pays. Within an epoch the shares are
 * fixed and nothing is learnt of pay; at its end what each has shown (breaches that are new or were hardly seen) is set
 * against the steps it took, and the shares are drawn up anew, three quarters by the weights, so that nobody starves,
 * one quarter by pay.
 */
export class Portfolio implements Strategy, Learning {
  readonly name: string;
  readonly learning: Learning = this;
  private readonly stakes: readonly Member[];
  private readonly empty: Memory;
  /** How often each signature was seen before this epoch, and in this slice. */
  private seenBefore = new Map<string, number>();
  private readonly seen = new Map<string, number>();
  private current: Member | null = null;
  /** The number of the slice's first execution. */
  private first = 0;

  constructor(name: string, stakes: readonly Stake[]) {
    this.name = name;
    this.stakes = stakes.map((stake) => ({ ...stake, share: stake.weight, pass: 0, executions: 0, spent: 0, earned: 0, exhausted: false }));
    this.empty = { members: stakes.map(() => ({ credit: 0, cost: 0, exhausted: false, memory: null })), seen: [] };
    this.share(this.empty);
  }

  get members(): readonly string[] {
    return this.stakes.map(({ strategy: { name } }) => name);
  }

  /** Whose the last execution was. */
  get by(): string {
    return this.current?.strategy.name ?? this.name;
  }

  recall(memory: Json): void {
    const known = (memory ?? this.empty) as unknown as Memory;
    this.seenBefore = new Map(known.seen);
    this.share(known);
    this.stakes.forEach(({ strategy: { learning } }, i) => learning?.recall(known.members[i].memory));
  }

  lessons(): Json {
    const lessons: Lessons = {
      members: this.stakes.map(({ earned, spent, exhausted, strategy: { learning } }) => ({ earned, spent, exhausted, lessons: learning?.lessons() ?? null })),
      seen: [...this.seen],
    };
    return lessons as unknown as Json;
  }

  merge(memory: Json, lessons: readonly Json[]): Json {
    const before = (memory ?? this.empty) as unknown as Memory;
    const all = lessons as unknown as readonly Lessons[];
    const seen = new Map(before.seen);
    for (const lesson of all) for (const [signature, times] of lesson.seen) seen.set(signature, Math.min(PAYS, (seen.get(signature) ?? 0) + times));
    const members = this.stakes.map(({ strategy: { learning } }, i): MemberMemory => {
      const known = before.members[i];
      const theirs = all.map((lesson) => lesson.members[i]);
      return {
        credit: theirs.reduce((sum, { earned }) => sum + earned, known.credit * (1 - 1 / FADES)),
        cost: theirs.reduce((sum, { spent }) => sum + spent, known.cost * (1 - 1 / FADES)),
        exhausted: theirs.every(({ exhausted }) => exhausted),
        memory: learning?.merge(known.memory, theirs.map((lesson) => lesson.lessons)) ?? null,
      };
    });
    const merged: Memory = { members, seen: [...seen] };
    return merged as unknown as Json;
  }

  shown(memory: Json): Shown | null {
    const known = (memory ?? this.empty) as unknown as Memory;
    const at = this.stakes.findIndex(({ strategy: { learning } }) => learning?.shown !== undefined);
    return this.stakes[at]?.strategy.learning?.shown?.(known.members[at].memory) ?? null;
  }

  enter(slice: Slice): void {
    this.first = slice.index * SLICE;
    this.current = null;
    this.seen.clear();
    for (const member of this.stakes) {
      // The first one makes the nominal run for all.
      member.strategy.enter(slice, slice.index > 0 || member !== this.stakes[0]);
      member.pass = member.executions = member.spent = member.earned = 0;
      member.exhausted = false;
    }
  }

  begin(execution: number): Chooser | null {
    for (let member = this.next(); member !== null; member = this.next()) {
      // As its own executions are counted: nobody else's number, in no slice. But nobody begins as small as in a hunt of its own.
      const chooser = member.strategy.begin(this.first + member.executions, execution);
      if (chooser === null) {
        member.exhausted = true;
        continue;
      }
      member.executions++;
      member.pass += 1 / member.share;
      this.current = member;
      return chooser;
    }
    return null;
  }

  end(outcome: Outcome): void {
    const member = this.current;
    if (member === null) return;
    member.strategy.end(outcome);
    member.spent += outcome.steps;
    for (const violation of outcome.violations) {
      const signature = signatureOf(violation);
      this.seen.set(signature, (this.seen.get(signature) ?? 0) + 1);
      // By what was known when the epoch began: whoever else has seen it meanwhile is paid, too.
      const known = this.seenBefore.get(signature) ?? 0;
      if (known < PAYS) member.earned += 1 / (1 << known);
    }
  }

  /** Who is the farthest behind its share; null: all are exhausted. */
  private next(): Member | null {
    let next: Member | null = null;
    for (const member of this.stakes) if (!member.exhausted && (next === null || member.pass < next.pass)) next = member;
    return next;
  }

  /** Draws up the shares of an epoch. */
  private share({ members: known }: Memory): void {
    const { stakes } = this;
    const pay = known.map(({ credit, cost, exhausted }) => (exhausted || cost === 0 ? 0 : credit / cost));
    const allPay = pay.reduce((sum, p) => sum + p, 0);
    const allWeight = stakes.reduce((sum, { weight }, i) => sum + (known[i].exhausted ? 0 : weight), 0);
    stakes.forEach((member, i) => {
      const own = member.weight / Math.max(allWeight, 1);
      member.share = (FIXED * own + (WHOLE - FIXED) * (allPay === 0 ? own : pay[i] / allPay)) / WHOLE;
    });
  }
}
