import type { Decision, Violation } from '../sim/index.ts';
import { NOMINAL } from '../sim/index.ts';
import type { Outcome, System } from '../scenarios/system.ts';
import { causeOf, isWithin, signatureOf, traitOf, traitsOf } from './cause.ts';
import { makeFinding, type Finding, type Subject } from './finding.ts';
import { compareMeasures, measure } from './measure.ts';
import { normalise } from './schedule.ts';
import { Shrinker } from './shrink.ts';
import { DEFAULT_STRATEGY, createStrategy } from './strategies/index.ts';
import type { Account, Strategy } from './strategy.ts';

export interface HunterOptions {
  /** Name of the strategy; default {@link DEFAULT_STRATEGY}. */
  readonly strategy?: string;
  /** Default 1. */
  readonly seed?: number;
  /** Goes on after the first finding. */
  readonly keepGoing?: boolean;
  /** Executions of the search, at most; those of shrinking are counted apart. */
  readonly maxExecutions?: number;
  /** Executions for shrinking one candidate, at most. */
  readonly shrinkBudget?: number;
}

/** The same schedule gave another run: the models are at fault, and no finding can be trusted. */
export class NondeterminismError extends Error {
  override name = 'NondeterminismError';
}

/** A violation on its way to become a finding. */
interface Candidate {
  readonly decisions: readonly Decision[];
  readonly violation: Violation;
  readonly execution: number;
  /** The strategy that showed it. */
  readonly by: string;
}

/** A strategy, and how many of the findings it was the one to show. */
export interface StrategyTally extends Account {
  readonly findings: number;
}

/** What is known of one signature: oracle, rule and site. */
interface Tally {
  /** Occurrences that a known cause explains, and those that none does. */
  explained: number;
  unexplained: number;
}

/**
 * A hunt: runs what its strategy proposes, shrinks what breaks a rule, and keeps one finding for each
 * cause. Advanced by so many executions at a time; how it is cut into portions changes nothing.
 */
export class Hunter {
  readonly seed: number;
  readonly strategy: string;
  /** Executions of the search so far. */
  executions = 0;
  /** Executions spent on shrinking. */
  shrinkExecutions = 0;
  /** Executions in which a rule was broken. */
  violating = 0;
  /** The strategy has nothing left to try. */
  exhausted = false;
  private readonly system: System;
  private readonly subject: Subject;
  private readonly options: HunterOptions;
  private readonly source: Strategy;
  private readonly tallies = new Map<string, Tally>();
  private readonly byCause = new Map<string, Finding>();
  /** The strategy that first showed each cause. */
  private readonly finders = new Map<string, string>();
  /** Traits of the known causes, by oracle and rule. */
  private readonly causes = new Map<string, (readonly string[])[]>();
  private readonly waiting: Candidate[] = [];
  private shrinking: { readonly candidate: Candidate; readonly shrinker: Shrinker } | null = null;
  private readonly nominalHash: number;
  private stopped = false;

  constructor(system: System, subject: Subject, options: HunterOptions = {}) {
    this.system = system;
    this.subject = subject;
    this.options = options;
    this.seed = options.seed ?? 1;
    this.strategy = options.strategy ?? DEFAULT_STRATEGY;
    this.source = createStrategy(this.strategy, system, this.seed);
    this.nominalHash = system.execute(NOMINAL).hash;
  }

  /** Distinct findings, in the order in which their causes were first seen. */
  get findings(): Finding[] {
    return [...this.byCause.values()];
  }

  /** The strategy that first showed a finding; of a portfolio one of its members. */
  finderOf({ oracle, rule, decisions }: Finding): string {
    return this.finders.get(causeOf(oracle, rule, decisions)) ?? this.strategy;
  }

  /** What became of each strategy; of one alone, that one. */
  get tally(): StrategyTally[] {
    const { source, findings, strategy: name, executions } = this;
    const accounts = source.accounts ?? [{ name, executions, first: this.tallies.size }];
    return accounts.map((account) => ({ ...account, findings: findings.filter((f) => this.finderOf(f) === account.name).length }));
  }

  /** Nothing is left to do. */
  get done(): boolean {
    if (this.stopped) return true;
    if (this.shrinking !== null || this.waiting.length > 0) return false;
    return this.exhausted || this.executions >= (this.options.maxExecutions ?? Infinity);
  }

  /** Makes up to `n` executions, of search or shrinking; returns how many it were. */
  advance(n: number): number {
    let spent = 0;
    while (spent < n && !this.done) {
      if (this.shrinking !== null) {
        spent += this.shrink(n - spent);
      } else if (this.waiting.length > 0) {
        this.take(this.waiting.shift()!);
      } else {
        this.search();
        spent++;
      }
    }
    return spent;
  }

  /** Ends the hunt now. What is being shrunk becomes a finding as far as it got. */
  conclude(): void {
    if (this.stopped) return;
    if (this.shrinking !== null) this.settle();
    for (const candidate of this.waiting.splice(0)) {
      if (this.explains(candidate.violation, candidate.decisions)) continue;
      this.take(candidate);
      if (this.shrinking === null) continue;
      this.shrinkExecutions += this.shrinking.shrinker.advance(1);
      this.settle();
    }
    this.stopped = true;
  }

  /** The strategy of the last execution. */
  private get by(): string {
    return this.source.by ?? this.strategy;
  }

  private search(): void {
    const chooser = this.source.begin(this.executions);
    if (chooser === null) {
      this.exhausted = true;
      return;
    }
    const outcome = this.system.execute(chooser);
    this.source.end(outcome);
    const execution = this.executions++;
    if (outcome.violations.length > 0) this.collect(outcome, execution);
  }

  /** Which violations of one execution deserve shrinking: not all of those seen a thousand times. */
  private collect(outcome: Outcome, execution: number): void {
    this.violating++;
    let decisions: Decision[] | null = null;
    for (const violation of outcome.violations) {
      if (!this.deserves(violation, outcome.taken)) continue;
      decisions ??= normalise(outcome.taken);
      this.waiting.push({ decisions, violation: { ...violation }, execution, by: this.by });
      if (this.options.keepGoing !== true) return;
    }
  }

  /**
   * The 1st, 2nd, 4th, 8th, ... occurrence of what a known cause explains, in case it is another one after
   * all; and of what none explains also those half-way between.
   */
  private deserves(violation: Violation, taken: readonly Decision[]): boolean {
    const signature = signatureOf(violation);
    let tally = this.tallies.get(signature);
    if (tally === undefined) {
      tally = { explained: 0, unexplained: 0 };
      this.tallies.set(signature, tally);
    }
    if (this.explains(violation, taken)) return isMilestone(++tally.explained, 1);
    return isMilestone(++tally.unexplained, 2);
  }

  /** Whether the schedule has all traits of a cause that is known for this rule. */
  private explains({ oracle, rule }: Violation, taken: readonly Decision[]): boolean {
    const causes = this.causes.get(`${oracle}\n${rule}`);
    if (causes === undefined) return false;
    if (causes.some((cause) => cause.length === 0)) return true; // the nominal run does it too: this comes often
    const traits = new Set(taken.map(traitOf));
    return causes.some((cause) => cause.every((trait) => traits.has(trait)));
  }

  private take(candidate: Candidate): void {
    const { oracle, rule } = candidate.violation;
    const shrinker = new Shrinker(this.system, candidate.decisions, candidate.violation, {
      ...(this.options.shrinkBudget === undefined ? {} : { budget: this.options.shrinkBudget }),
      enough: (decisions) => this.byCause.has(causeOf(oracle, rule, decisions)),
    });
    this.system.trackTraces = false;
    this.shrinking = { candidate, shrinker };
  }

  private shrink(n: number): number {
    const { shrinker } = this.shrinking!;
    const spent = shrinker.advance(n);
    this.shrinkExecutions += spent;
    if (shrinker.done) this.settle();
    return spent;
  }

  /** The candidate at hand becomes a finding, unless its cause has one that is as small. */
  private settle(): void {
    const { candidate, shrinker } = this.shrinking!;
    this.shrinking = null;
    const { violation, decisions } = shrinker;
    if (violation === undefined) {
      throw new NondeterminismError(`execution ${candidate.execution} of seed ${this.seed} does not show the same when it is run again`);
    }
    const { oracle, rule } = violation;
    const cause = causeOf(oracle, rule, decisions);
    const known = this.byCause.get(cause);
    if (this.findings.some((finding) => finding.oracle === oracle && finding.rule === rule && isWithin(finding.decisions, decisions))) return;
    if (known === undefined) {
      const key = `${oracle}\n${rule}`;
      this.causes.set(key, [...this.causes.get(key) ?? [], traitsOf(decisions)]);
    }
    if (known === undefined || compareMeasures(measure(decisions), measure(known.decisions)) < 0) {
      const first = Math.min(known?.execution ?? candidate.execution, ...this.replace(oracle, rule, decisions));
      const origin = { seed: this.seed, strategy: this.strategy, execution: first };
      const hashes = { nominal: this.nominalHash, run: shrinker.hash };
      if (!this.finders.has(cause)) this.finders.set(cause, candidate.by);
      this.byCause.set(cause, makeFinding(this.subject, origin, violation, decisions, hashes));
    }
    if (this.options.keepGoing !== true) this.stopped = true;
  }

  /** Drops the findings in which `decisions` are but a part; returns when they first showed. */
  private replace(oracle: string, rule: string, decisions: readonly Decision[]): number[] {
    const executions: number[] = [];
    for (const [cause, finding] of this.byCause) {
      if (finding.oracle !== oracle || finding.rule !== rule || !isWithin(decisions, finding.decisions)) continue;
      executions.push(finding.execution);
      this.byCause.delete(cause);
    }
    return executions;
  }
}

/** 1, 2, 4, 8, ... if one leading bit may be set; also 3, 6, 12, ... if two may. */
function isMilestone(count: number, bits: 1 | 2): boolean {
  if (count < 1 << bits) return true;
  const below = (1 << (32 - bits - Math.clz32(count))) - 1;
  return (count & below) === 0;
}
