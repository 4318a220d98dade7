import { State, type Context, type Decision, type Op, type Ps, type StepObserver } from '../../sim/index.ts';
import type { Outcome, System } from '../../scenarios/system.ts';
import { ScheduleChooser } from '../schedule.ts';
import { StepList } from './period.ts';
import { Snapshot, sameBut, standing } from './snapshot.ts';

/** A run that ends with the same steps over and over. */
export interface Loop {
  /** The first step of the run, from 0, from which on it is nothing else. */
  readonly from: number;
  /** When that step takes effect, ps. */
  readonly at: Ps;
  /** Steps of one round, and how long it takes, ps. */
  readonly steps: number;
  readonly period: Ps;
  /** Whole rounds that the run made until it was cut off. */
  readonly rounds: number;
  /** Names of the contexts that go round, if that is known to be endless. */
  readonly contexts: readonly string[];
  /**
   * After each round the system is in the state in which it was before, but for the time: nothing that goes round ends
   * it. False: that could not be shown.
   */
  readonly endless: boolean;
  /** What is due apart from it, first: all that could end it. Null: nothing is. */
  readonly until: { readonly at: Ps; readonly who: string } | null;
}

/** So often a round must have come, if it is not known to be endless. */
const TIMES = 3;
/** Longest round of which every state is compared, steps; and how many are tried. */
const MOST_STEPS = 1024;
const MOST_TRIES = 8;

/**
 * Whether the run of a schedule ends in a loop. It costs up to three more runs, of which the last two are slow where
 * there is one; while hunting nobody asks.
 *
 * First the steps are looked at: who, what, with which result, and how long after the one before. If the run ends with
 * a round of them that came twice at least, the states at the ends of its rounds are compared ({@link Snapshot}), and of
 * two rounds all states in between. A round brings the system back to where it was if all states of one are those of the
 * next, but for the time, and everybody who was resumed in it was at the head of a loop of his ({@link Context.home})
 * meanwhile: from there on his frame is a function of those states. Then the next round is the same, and the one after
 * it, until something comes up that is due apart from it.
 */
export function findLoop(system: System, decisions: readonly Decision[]): Loop | null {
  const chooser = new ScheduleChooser(decisions);
  const list = new StepList();
  const { reason, taken, violations } = watched(system, chooser, list);
  const stormed = violations.some(({ oracle }) => oracle === 'irq-storm');
  // Who is held, or answered otherwise than plainly, is still to be heard of.
  const open = system.sim.departing || chooser.match(taken).unused.length > 0;
  const rounds = list.rounds();
  let best: Loop | undefined;
  for (const steps of open || rounds.length === 0 ? [] : sameStates(system, chooser, list, rounds)) {
    const proof = proofOf(system, chooser, list.length, steps);
    if (proof === undefined) continue;
    const loop: Loop = { ...told(list, steps), endless: true, contexts: proof.contexts, until: proof.until };
    if (!proof.interim) return loop;
    // Somebody else is about to go on: worth telling only if the run was not to come to that.
    if (reason !== 'limit' && loop.rounds >= TIMES) best ??= loop;
  }
  if (best !== undefined) return best;
  // What was not cut off while it went on had an end.
  if (reason !== 'limit' && !stormed) return null;
  const seen = rounds.map((steps) => told(list, steps)).filter((loop) => loop.rounds >= TIMES);
  const [first] = seen.sort((one, other) => one.from - other.from || one.steps - other.steps);
  return first === undefined ? null : { ...first, contexts: [], endless: false, until: null };
}

/** What can be told of a loop without knowing more than the steps. */
function told(list: StepList, steps: number): Pick<Loop, 'from' | 'at' | 'steps' | 'period' | 'rounds'> {
  const { times, length } = list;
  const from = list.head(list.from(steps), steps);
  return { from, at: times[from], steps, period: times[from + steps] - times[from], rounds: Math.floor((length - from) / steps) };
}

function watched(system: System, chooser: ScheduleChooser, observer: StepObserver): Outcome {
  const { sim } = system;
  const before = sim.observer;
  sim.observer = before === null ? observer : {
    step(ctx, op, value) {
      before.step(ctx, op, value);
      observer.step(ctx, op, value);
    },
    held: (ctx) => before.held?.(ctx),
  };
  try {
    return system.execute(chooser);
  } finally {
    sim.observer = before;
  }
}

/** Those of the rounds after which the run is in the state in which it was before, the shortest first. */
function sameStates(system: System, chooser: ScheduleChooser, list: StepList, rounds: readonly number[]): readonly number[] {
  const last = list.length - 1;
  const wanted = new Set(rounds.map((steps) => last - steps));
  const snapshot = new Snapshot(system);
  const states = new Map<number, readonly number[]>();
  let at = -1;
  watched(system, chooser, {
    step() {
      at++;
      if (at === last || wanted.has(at)) states.set(at, snapshot.now());
    },
  });
  const end = states.get(last)!;
  return rounds.filter((steps) => sameBut(states.get(last - steps)!, end, list.times[last] - list.times[last - steps])).slice(0, MOST_TRIES);
}

interface Proof {
  readonly contexts: readonly string[];
  readonly until: Loop['until'];
  /** That is no time-out: it is a matter of time until somebody else goes on. */
  readonly interim: boolean;
}

/** Compares every state of the last round with that of the one before; undefined: they are not the same. */
class Rounds implements StepObserver {
  private readonly system: System;
  private readonly snapshot: Snapshot;
  private readonly first: number;
  private readonly steps: number;
  private readonly states: (readonly number[])[] = [];
  private readonly times: Ps[] = [];
  /** Steps of each context when the last round began, and what was due then. */
  private issued: readonly number[] = [];
  private due: ReadonlyMap<number, Ps> = new Map();
  private at = -1;
  private differs = false;

  /** @param length steps of the run; @param steps of a round */
  constructor(system: System, length: number, steps: number) {
    this.system = system;
    this.snapshot = new Snapshot(system);
    this.first = length - 1 - 2 * steps;
    this.steps = steps;
  }

  step(_ctx: Context, _op: Op, _value: number): void {
    const { first, steps } = this;
    const n = ++this.at - first;
    if (n < 0 || this.differs) return;
    const { sim } = this.system;
    const state = this.snapshot.now();
    if (n <= steps) {
      this.states.push(state);
      this.times.push(sim.now);
    }
    if (n === steps) this.begin();
    const other = n - steps;
    if (other < 0) return;
    const later = this.times[steps] - this.times[0];
    if (!sameBut(this.states[other], state, later)) this.differs = true;
  }

  private begin(): void {
    const { sim } = this.system;
    const { queue } = sim;
    this.issued = sim.contexts.map((ctx) => ctx.steps);
    const due = new Map<number, Ps>();
    for (let slot = queue.head, i = 0; slot >= 0; slot = queue.nth(++i)) due.set(slot, queue.dueAt(slot));
    this.due = due;
  }

  get proof(): Proof | undefined {
    const { sim } = this.system;
    if (this.differs || this.issued.length === 0) return undefined;
    const moved = sim.contexts.filter((ctx, i) => ctx.steps !== this.issued[i]);
    if (moved.some((ctx) => ctx.homeAt < this.issued[sim.contexts.indexOf(ctx)])) return undefined;
    const first = standing(this.due, sim);
    const who = first === undefined ? undefined : sim.contexts.find((ctx) => ctx.slot === first.slot && ctx.state !== State.dormant);
    return {
      contexts: moved.map(({ name }) => name), until: first === undefined ? null : { at: first.at, who: who?.name ?? '' },
      interim: first !== undefined && first.interim,
    };
  }
}

function proofOf(system: System, chooser: ScheduleChooser, length: number, steps: number): Proof | undefined {
  if (steps > MOST_STEPS) return undefined;
  const rounds = new Rounds(system, length, steps);
  watched(system, chooser, rounds);
  return rounds.proof;
}
