import { Prng, State, type ChoiceKind, type Chooser, type Context, type Planned, type Turns } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import type { Slice } from '../slice.ts';
import type { Learning, Strategy } from '../strategy.ts';
import { Questions } from './questions.ts';
import type { Sampler } from './sampler.ts';

/**
 * Maps the algorithms that choose *which thread takes the next step* (random walk, PCT, POS, SURW) to a machine in which
 * steps take time and software can only be late.
 *
 * - A *choice point* is a context about to issue a step. It is asked for whoever could take one: this context; those
 *   that are held before a step; those whose last step is still in flight or that have been woken. Who waits for
 *   somebody, for a time-out or for the CPU is not enabled, as a thread that waits for a lock is not.
 * - Is it the turn of this context, it goes on. If not, it is held. Is it the turn of one that is held, that one goes on
 *   at once; of one that is on its way, everybody else waits before the next step until it is there, and its step is
 *   known. So one context moves at a time, as in the papers; what has been issued takes effect in its own time, and
 *   hardware is never held.
 * - If whoever was on its way comes to wait instead, the next choice point draws anew; if nothing moves but time-outs
 *   (quiet), one of those that are held is drawn.
 * - Lateness keeps its bounds: an interrupt handler is held for 50 us at most, and one that keeps the CPU or has
 *   interrupts off keeps out those that need them.
 *
 * In a program of plain threads, where nothing moves that is not a context, this is the algorithm as published.
 *
 * The turns of an execution are recorded as stalls, each with the step of another (`until`) or the moment of quiet that
 * ended it: a finding is a plan like any other, and shrinks like any other. Workload, faults and configuration are drawn
 * beside it, by swarm testing, as the random strategy does.
 */
export class TurnTaking implements Strategy, Chooser, Turns {
  readonly name: string;
  readonly learning?: Learning;
  readonly plan: readonly Planned[] = [];
  turns: Turns | null = null;
  private readonly system: System;
  private readonly seed: number;
  private readonly sampler: Sampler;
  private readonly prng: Prng;
  private readonly questions: Questions;
  /** Who has been let go at this very instant, and has yet to issue its step. */
  private going: Context | null = null;
  /** The nominal run is known in this slice: see Strategy.enter(). */
  private seen = false;

  constructor(name: string, system: System, seed: number, sampler: Sampler) {
    this.name = name;
    this.system = system;
    this.seed = seed;
    this.sampler = sampler;
    if (sampler.learning !== undefined) this.learning = sampler.learning;
    this.prng = new Prng(seed);
    this.questions = new Questions(this.prng);
  }

  enter({ index }: Slice, seen = index > 0): void {
    this.seen = seen;
    this.questions.enter(!seen, this.system);
    this.sampler.enter?.(!seen, this.system);
  }

  begin(execution: number, age = execution): Chooser {
    const { prng, questions } = this;
    this.system.trackTraces = false;
    prng.reseed(this.seed, execution);
    this.going = null;
    // The first is nominal, as it is for the others that have to learn what there is.
    const nominal = execution === 0 && !this.seen;
    this.turns = nominal ? null : this;
    if (nominal) questions.nominal();
    else questions.begin(execution, age);
    this.sampler.begin(prng, execution);
    return this;
  }

  draw(kind: ChoiceKind, _actor: string, _step: number, n: number, label: string): number {
    return this.questions.answer(kind, n, label);
  }

  end(_outcome: Outcome): void {
    this.sampler.end();
  }

  next(ctx: Context, all: readonly Context[]): Context {
    const { sampler, going } = this;
    if (going !== null) {
      if (going.state === State.held) return going;
      this.going = null;
    }
    const next = sampler.pick(all, ctx);
    const held = next.state === State.held;
    if (held) this.going = next;
    // Who is still on its way is asked again when it is there, and its step is known.
    if (held || next === ctx) sampler.took(next, all, ctx);
    return next;
  }

  rest(held: readonly Context[]): Context {
    const { sampler } = this;
    this.going = null;
    const next = sampler.pick(held, null);
    sampler.took(next, held, null);
    return next;
  }
}
