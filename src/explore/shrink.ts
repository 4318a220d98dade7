import type { Decision, Violation } from '../sim/index.ts';
import type { Outcome, System } from '../scenarios/system.ts';
import { AnchoredChooser, align, type Anchored } from './anchor.ts';
import { traitOf, traitsOf } from './cause.ts';
import { isOneOf, keepKnown, shedKnown, type Traits } from './known.ts';
import { compareMeasures, measure } from './measure.ts';
import { cheapPasses, expensivePasses, type Attempt, type ShrunkRun } from './passes.ts';
import { ScheduleChooser } from './schedule.ts';
import { SiteRecorder, sitesOf } from './sites.ts';

/** The rule whose breach must survive. */
export type Target = Pick<Violation, 'oracle' | 'rule'>;

export interface ShrinkOptions {
  /** Most executions; default 4000. */
  readonly budget?: number;
  /** Keeps the cause, too: no decision may come in that none of those given is like, by who and where. Default: any may. */
  readonly sameCause?: boolean;
  /** Causes of this rule that are known: what breaks it beside them is looked for first, and one of them is not shrunk at any cost. */
  readonly known?: readonly Traits[];
  /** Longer ways to known causes. If given, a schedule that shows nothing beside what is known is not shrunk at all. */
  readonly ways?: readonly Traits[];
}

const DEFAULT_BUDGET = 4000;

/** The violation of `target` in an outcome; undefined if it does not show. */
export function violationOf(outcome: Pick<Outcome, 'violations'>, { oracle, rule }: Target): Violation | undefined {
  for (const violation of outcome.violations) if (violation.oracle === oracle && violation.rule === rule) return violation;
  return undefined;
}

/**
 * Makes the schedule of a violation shorter and its numbers smaller, to a fixpoint of all passes, by so
 * many executions at a time. Deterministic: how it is cut into portions changes nothing.
 */
export class Shrinker {
  /** Executions spent so far. */
  executions = 0;
  done = false;
  /** No pass finds anything simpler: it has not ended for want of budget. */
  complete = false;
  /** False if the schedule that was given does not show the violation. */
  reproduced = false;
  /** The simplest schedule so far, exactly as its run took it. */
  decisions: readonly Decision[];
  /** The violation as the simplest run reports it. */
  violation: Violation | undefined;
  /** Rolling hash of that run. */
  hash = 0;
  /** What it was before an expensive pass made it simpler. */
  readonly ways: (readonly Decision[])[] = [];
  private readonly system: System;
  private readonly target: Target;
  private readonly budget: number;
  private readonly options: ShrinkOptions;
  private readonly recorder: SiteRecorder;
  private readonly tried = new Set<string>();
  private readonly work: Generator<void, void, void>;
  private readonly contexts: readonly string[];
  private readonly traits: ReadonlySet<string> | undefined;
  private run: ShrunkRun = { schedule: [], sites: new Map(), asked: [], contexts: [] };
  private size: readonly number[] = [];
  /** Traits of which a simpler schedule must have one; null: it need not. */
  private kin: ReadonlySet<string> | null = null;

  constructor(system: System, decisions: readonly Decision[], target: Target, options: ShrinkOptions = {}) {
    this.system = system;
    this.target = target;
    this.options = options;
    this.budget = options.budget ?? DEFAULT_BUDGET;
    this.recorder = new SiteRecorder(system.sim);
    this.decisions = decisions.map((d) => ({ ...d }));
    this.contexts = system.sim.contexts.map(({ name }) => name);
    this.traits = options.sameCause === true ? new Set(traitsOf(decisions)) : undefined;
    this.work = this.main();
  }

  /** Spends up to `n` executions; returns how many it were. */
  advance(n: number): number {
    const before = this.executions;
    while (!this.done && this.executions - before < n) this.done = this.work.next().done === true;
    return this.executions - before;
  }

  /** Each `yield` is one execution. */
  private *main(): Generator<void, void, void> {
    this.trial(this.decisions.map((decision) => ({ decision, rank: -1 })), true);
    yield;
    if (!this.reproduced) return;
    const { known = [], ways = [] } = this.options;
    const stops = [...known, ...ways];
    yield* this.pursue(shedKnown(this.state, known));
    if (this.options.ways !== undefined) {
      yield* this.pursue(keepKnown(this.state, known));
      if (isOneOf(stops, traitsOf(this.decisions))) return;
    }
    for (;;) {
      const before = this.size;
      yield* this.pursue(cheapPasses(this.state));
      if (isOneOf(stops, traitsOf(this.decisions))) return;
      const cheap = this.size;
      const way = this.decisions;
      const traits = new Set(traitsOf(way));
      // They look everywhere. What they find need have nothing to do with what is shrunk: that may be another bug of the same rule.
      this.kin = known.length > 0 ? traits : null;
      yield* this.pursue(expensivePasses(this.state));
      this.kin = null;
      if (compareMeasures(this.size, cheap) < 0 && traitsOf(this.decisions).some((trait) => traits.has(trait))) this.ways.push(way);
      if (this.executions >= this.budget) return;
      if (compareMeasures(this.size, before) < 0) continue;
      this.complete = true;
      return;
    }
  }

  /** What the passes may look at. */
  private readonly state = ((shrinker: Shrinker) => ({
    get run(): ShrunkRun {
      return shrinker.run;
    },
  }))(this);

  private *pursue(attempts: Generator<Attempt, void, boolean>): Generator<void, void, void> {
    let next = attempts.next(false);
    while (next.done !== true && this.executions < this.budget) {
      const { schedule, aligned } = next.value;
      let accepted = false;
      if (this.isNew(schedule)) {
        accepted = this.trial(schedule, false);
        yield;
        const moved = accepted || !aligned ? null : align(schedule, sitesOf(this.recorder, this.system.sim));
        if (moved !== null && this.isNew(moved)) {
          accepted = this.trial(moved, false);
          yield;
        }
      }
      next = attempts.next(accepted);
    }
  }

  private isNew(schedule: readonly Anchored[]): boolean {
    if (!this.isLike(schedule.map(({ decision }) => decision))) return false;
    const key = schedule.map(({ decision: d, rank }) => (
      `${d.kind} ${d.actor} ${d.kind === 'stall' || rank < 0 ? `#${d.step}` : `${d.label} ${rank}`} ${d.value}`)).sort().join('\n');
    if (this.tried.has(key)) return false;
    this.tried.add(key);
    return true;
  }

  /** Whether its decisions may be all of the same cause. */
  private isLike(decisions: readonly Decision[]): boolean {
    const { traits } = this;
    return traits === undefined || decisions.every((decision) => traits.has(traitOf(decision)));
  }

  private isKin(decisions: readonly Decision[]): boolean {
    const { kin } = this;
    return kin === null || decisions.some((decision) => kin.has(traitOf(decision)));
  }

  /** Runs a schedule; true if it shows the violation and is simpler than what we have. */
  private trial(schedule: readonly Anchored[], first: boolean): boolean {
    const { system, recorder } = this;
    const chooser = new AnchoredChooser(schedule, () => system.sim.contexts.map(({ steps }) => steps));
    this.executions++;
    recorder.attach();
    let outcome: Outcome;
    try {
      outcome = system.execute(chooser);
    } finally {
      recorder.detach();
    }
    const violation = violationOf(outcome, this.target);
    if (violation === undefined) return false;
    const size = measure(outcome.taken);
    if (!first && (compareMeasures(size, this.size) >= 0 || !this.isLike(outcome.taken) || !this.isKin(outcome.taken))) return false;
    const sites = sitesOf(recorder, system.sim);
    this.reproduced = true;
    this.size = size;
    this.decisions = outcome.taken.map((d) => ({ ...d }));
    this.violation = { ...violation };
    this.hash = outcome.hash;
    this.run = { schedule: chooser.anchor(this.decisions, sites), sites, asked: chooser.asked, contexts: this.contexts };
    return true;
  }
}

/** Runs a schedule exactly as listed. */
export function rerun(system: System, decisions: readonly Decision[]): Outcome {
  return system.execute(new ScheduleChooser(decisions));
}
