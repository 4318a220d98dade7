import { JITTER_STEPS, MS, Prng, US, clear, type ChoiceKind, type Chooser, type Planned, type Ps, type Release } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import type { Slice } from '../slice.ts';
import type { Strategy } from '../strategy.ts';
import { Questions } from './questions.ts';
import { StepSampler } from './step-sampler.ts';

/** Stalls of one execution: few find nothing, more only cost. */
const LEAST_STALLS = 4;
const MOST_STALLS = 8;
/** One execution in so many has no stall at all: what it finds is a matter of input or faults. */
const WITHOUT_STALLS = 4;
/** One execution in so many has timing departures, up to so many. */
const WITH_TIMINGS = 4;
const MOST_TIMINGS = 4;
/** Of so many stalls one is released otherwise than by quiet. */
const OTHER_RELEASE = 3;

const QUIET: Release = { kind: 'quiet' };
const TIMEOUTS: readonly Release[] = [{ kind: 'timeouts', n: 1 }, { kind: 'timeouts', n: 2 }];
/** How long a stall of a time lasts. */
export const LADDER: readonly Ps[] = [1 * US, 3 * US, 10 * US, 30 * US, 100 * US, 300 * US, 1 * MS, 3 * MS, 10 * MS];
const SPANS: readonly Release[] = LADDER.map((ps) => ({ kind: 'for', ps }));

/** Mutable forms of what the simulator reads, kept and filled anew for each execution. */
interface StallPlan {
  actor: string;
  step: number;
  release: Release;
}
interface TimingPlan {
  actor: string;
  step: number;
  late: number;
}
interface UntilPlan {
  kind: 'until';
  actor: string;
  step: number;
}

/**
 * Random search: a handful of stalls placed up front over the steps that earlier executions took, and a
 * handful of the seam's questions answered otherwise, another selection in each execution.
 */
export class RandomStrategy implements Strategy, Chooser {
  readonly name = 'random';
  readonly plan: Planned[] = [];
  private readonly system: System;
  private readonly seed: number;
  private readonly prng: Prng;
  private readonly questions: Questions;
  private readonly sampler: StepSampler;
  private readonly stalls: StallPlan[] = [];
  private readonly timings: TimingPlan[] = [];
  private readonly untils: UntilPlan[] = [];
  /** The nominal run is known in this slice: see Strategy.enter(). */
  private seen = false;

  constructor(system: System, seed: number) {
    this.system = system;
    this.seed = seed;
    this.prng = new Prng(seed);
    this.questions = new Questions(this.prng);
    this.sampler = new StepSampler(system.sim, this.prng);
    for (let i = 0; i < MOST_STALLS; i++) {
      this.stalls.push({ actor: '', step: 0, release: QUIET });
      this.untils.push({ kind: 'until', actor: '', step: 0 });
    }
    for (let i = 0; i < MOST_TIMINGS; i++) this.timings.push({ actor: '', step: 0, late: 1 });
  }

  enter({ index }: Slice, seen = index > 0): void {
    this.seen = seen;
    this.questions.enter(!seen, this.system);
    this.sampler.enter(!seen, this.system);
  }

  begin(execution: number, age = execution): Chooser {
    const { prng, plan } = this;
    this.system.trackTraces = false;
    prng.reseed(this.seed, execution);
    clear(plan);
    this.sampler.begin(execution);
    if (execution === 0 && !this.seen) {
      this.questions.nominal();
      return this;
    }
    this.questions.begin(execution, age);
    if (!prng.oneIn(WITHOUT_STALLS)) this.placeStalls(LEAST_STALLS + prng.below(MOST_STALLS - LEAST_STALLS + 1));
    if (prng.oneIn(WITH_TIMINGS)) this.placeTimings(1 + prng.below(MOST_TIMINGS));
    return this;
  }

  draw(kind: ChoiceKind, _actor: string, _step: number, n: number, label: string): number {
    return this.questions.answer(kind, n, label);
  }

  end(_outcome: Outcome): void {
    this.sampler.end();
  }

  private placeStalls(count: number): void {
    const { plan, sampler } = this;
    for (let i = 0; i < count; i++) {
      if (!sampler.draw()) return;
      const stall = this.stalls[i];
      stall.actor = sampler.actor;
      stall.step = sampler.step;
      stall.release = this.release(i);
      plan.push(stall);
    }
  }

  private release(i: number): Release {
    const { prng, sampler } = this;
    if (!prng.oneIn(OTHER_RELEASE)) return QUIET;
    switch (prng.below(4)) {
      case 0:
        return TIMEOUTS[prng.below(TIMEOUTS.length)];
      case 1: {
        if (!sampler.draw()) return QUIET;
        const until = this.untils[i];
        until.actor = sampler.actor;
        until.step = sampler.step;
        return until;
      }
      default:
        return SPANS[prng.below(SPANS.length)];
    }
  }

  private placeTimings(count: number): void {
    const { plan, sampler, prng } = this;
    for (let i = 0; i < count; i++) {
      if (!sampler.drawJittery()) return;
      const timing = this.timings[i];
      timing.actor = sampler.actor;
      timing.step = sampler.step;
      timing.late = 1 + prng.below(JITTER_STEPS);
      plan.push(timing);
    }
  }
}
