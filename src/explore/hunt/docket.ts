import type { Decision, Violation } from '../../sim/index.ts';
import { causeOf, isWithin, traitsOf } from '../cause.ts';
import type { Finding } from '../finding.ts';
import { explains, isOneOf, type Traits } from '../known.ts';
import { compareMeasures, measure } from '../measure.ts';
import { NONE, wasDue, type Class, type Tally } from './tally.ts';
import type { Candidate, ShrinkResult, ShrinkTask } from './tasks.ts';

/** A candidate, and its place among all of the hunt. */
export interface Entered extends Candidate {
  readonly place: number;
  /** It was taken to be shrunk already, and that was broken off: how closely. */
  readonly due?: Look;
}

/** How closely a candidate is looked at: whatever it takes; or only whether it shows anything beside what is known. */
export type Look = 'full' | 'quick';

/** Occurrences that nobody looks at. */
interface Rest {
  readonly signature: string;
  readonly tally: Tally;
}

/** A finding of the hunt, the place of the candidate that first showed its cause, and whose that was. */
export interface Kept {
  readonly finding: Finding;
  readonly place: number;
  readonly by: string;
  /** Decisions of the schedule that was shrunk to it. */
  readonly unshrunk: number;
}

/** What is saved of a docket. */
export interface DocketState {
  readonly tallies: readonly (readonly [string, Tally])[];
  readonly causes: readonly Traits[];
  readonly kept: readonly (readonly [string, Kept])[];
  readonly pending: readonly (Entered | Rest)[];
  readonly last: readonly (readonly [string, Class])[];
  /** Longer ways to known causes. */
  readonly ways: readonly Traits[];
  /** Executions of shrinking that brought no new cause. */
  readonly vain: Tally;
}

const EMPTY: DocketState = { tallies: [], causes: [], kept: [], pending: [], last: [], ways: [], vain: NONE };

/**
 * As long as looking in vain has cost less than this part of the hunt, every occurrence is looked at, if only quickly: most
 * of them turn out to be known in a few executions, and the one that does not may come but once. After that only those that
 * are due are, quickly. What a known cause seems to explain and what none does have as much each.
 */
const VAIN = 1 / 16;
/** Longer ways that are remembered. */
const MOST_WAYS = 256;

/**
 * All that is known of one rule: what has broken it how often, what is to be shrunk, and the findings, one for each
 * cause. Rules have nothing to do with one another, so each docket goes through its candidates in their order, and in
 * which order dockets do so makes no difference.
 */
export class Docket {
  private readonly tallies: Map<string, Tally>;
  readonly causes: Traits[];
  private readonly byCause: Map<string, Kept>;
  private readonly pending: (Entered | Rest)[];
  /** Of each signature, how the last candidate that none had explained in its slice has turned out. */
  private readonly last: Map<string, Class>;
  /** Signatures. */
  private readonly met: Set<string>;
  private open: { readonly candidate: Entered; readonly of: Class; readonly look: Look } | null = null;
  private readonly ways: Traits[];
  private vain: Tally;

  constructor(state: DocketState = EMPTY) {
    this.tallies = new Map(state.tallies);
    this.causes = [...state.causes];
    this.byCause = new Map(state.kept);
    this.pending = [...state.pending];
    this.last = new Map(state.last);
    this.ways = [...state.ways];
    this.vain = state.vain;
    this.met = new Set([...state.tallies.map(([signature]) => signature), ...state.pending.map(({ signature }) => signature)]);
  }

  /** What is being shrunk begins anew where this is continued. */
  get state(): DocketState {
    const { tallies, causes, byCause, pending, open, last, ways, vain } = this;
    return {
      tallies: [...tallies], causes: [...causes], kept: [...byCause], last: [...last], ways: [...ways], vain,
      pending: open === null ? [...pending] : [{ ...open.candidate, due: open.look, explained: open.of === 'explained' }, ...pending],
    };
  }

  get kept(): readonly Kept[] {
    return [...this.byCause.values()];
  }

  /** Occurrences by signature. */
  get counted(): readonly (readonly [string, Tally])[] {
    return [...this.tallies];
  }

  /** What the one that looks at the current candidate must know: the causes that have a finding, and how closely to look. */
  get briefing(): Pick<ShrinkTask, 'known' | 'ways'> {
    const known = this.kept.map(({ finding }) => traitsOf(finding.decisions));
    return this.open?.look === 'quick' ? { known, ways: [...this.ways] } : { known };
  }

  /** What is kept of the finding of a cause. */
  keptOf(cause: string): Kept | undefined {
    return this.byCause.get(cause);
  }

  /** Whether a signature is met for the first time. */
  meets(signature: string): boolean {
    if (this.met.has(signature)) return false;
    this.met.add(signature);
    return true;
  }

  /** Nothing is left to be shrunk. */
  get idle(): boolean {
    return this.pending.length === 0 && this.open === null;
  }

  enter(item: Entered | Rest): void {
    this.pending.push(item);
  }

  /** The next candidate that is to be shrunk, which it then is; null: there is none, or one is being shrunk. */
  next(): Entered | null {
    while (this.open === null && this.pending.length > 0) {
      const item = this.pending.shift()!;
      if ('decisions' in item) this.consider(item);
      else this.skip(item);
    }
    return this.current;
  }

  /** The one that is being shrunk. */
  get current(): Entered | null {
    return this.open?.candidate ?? null;
  }

  private skip({ signature, tally }: Rest): void {
    this.add(signature, 'explained', tally.explained);
    this.add(signature, this.last.get(signature) ?? 'unexplained', tally.unexplained);
  }

  /** Opens a candidate if it deserves a look. */
  private consider(candidate: Entered): void {
    const { signature, decisions, execution, explained, times, due } = candidate;
    const of: Class = explained || explains(this.causes, decisions) ? 'explained' : 'unexplained';
    if (due !== undefined) {
      this.open = { candidate, of, look: due };
      return;
    }
    if (!explained) this.last.set(signature, of);
    const before = this.tallies.get(signature)?.[of] ?? 0;
    this.add(signature, of, times);
    const isDue = wasDue(before, before + times, of);
    // Of what the nominal run does, too, nothing can be taken away.
    const isAffordable = this.vain[of] <= execution * VAIN && !this.causes.some(({ length }) => length === 0);
    if (isDue || isAffordable) this.open = { candidate, of, look: isDue && isAffordable ? 'full' : 'quick' };
  }

  private add(signature: string, of: Class, times: number): void {
    const tally = this.tallies.get(signature) ?? NONE;
    this.tallies.set(signature, { ...tally, [of]: tally[of] + times });
  }

  /**
   * What was being shrunk becomes a finding, unless its cause has one that is as small, or it is but a longer way to
   * one. Returns it, or null.
   */
  settle({ decisions, violation, executions, ways }: ShrinkResult & { readonly violation: Violation }, make: (execution: number) => Finding): Finding | null {
    const { candidate: { execution, place, by, decisions: { length: unshrunk } }, of, look } = this.open!;
    this.open = null;
    const cause = causeOf(violation.oracle, violation.rule, decisions);
    const traits = traitsOf(decisions);
    const known = this.byCause.get(cause);
    const longer = this.kept.some(({ finding }) => isWithin(finding.decisions, decisions)) || (look === 'quick' && isOneOf(this.ways, traits));
    if (longer || known !== undefined) this.vain = { ...this.vain, [of]: this.vain[of] + executions };
    for (const way of ways) this.learnWay(traitsOf(way), traits);
    if (longer) return null;
    if (known === undefined) this.meetCause(decisions);
    else if (compareMeasures(measure(decisions), measure(known.finding.decisions)) >= 0) return null;
    // It is that of whoever has shown it first, be it as a longer one.
    const shown = [...this.replace(decisions), ...(known === undefined ? [] : [known])].map((kept) => ({ execution: kept.finding.execution, place: kept.place, by: kept.by }));
    const [first] = [{ execution, place, by }, ...shown].toSorted((a, b) => a.place - b.place);
    const finding = make(first.execution);
    this.byCause.set(cause, { finding, place: first.place, by: first.by, unshrunk });
    return finding;
  }

  private learnWay(way: Traits, to: Traits): void {
    if (this.ways.length < MOST_WAYS && !isOneOf([...this.ways, to], way)) this.ways.push(way);
  }

  /** What none has explained so far is no longer what it was: it is looked at from the first on. */
  private meetCause(decisions: readonly Decision[]): void {
    this.causes.push(traitsOf(decisions));
    for (const [signature, tally] of this.tallies) this.tallies.set(signature, { ...tally, unexplained: 0 });
  }

  /** Drops the findings in which `decisions` are but a part; returns them. */
  private replace(decisions: readonly Decision[]): Kept[] {
    const replaced = [...this.byCause].filter(([, { finding }]) => isWithin(decisions, finding.decisions));
    for (const [cause] of replaced) this.byCause.delete(cause);
    return replaced.map(([, kept]) => kept);
  }
}
