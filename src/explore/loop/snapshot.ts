import { Context, Departures, Simulator, type Ps } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import { ABOUT_CONTEXT, NO_STATE, Visible } from '../prove/visible.ts';

/** Of the simulator, beside what says where a run came from, what counts steps, and what only says that the run is over. */
const ABOUT_RUN: ReadonlySet<string> = new Set([...NO_STATE, 'steps', 'limit', 'horizon', 'stopped', 'violations']);
/** Of a context: the number of its steps means nothing where no decision is left that names one. */
const WITHOUT_STEPS: ReadonlySet<string> = new Set([...ABOUT_CONTEXT, 'steps']);

/**
 * All that can be seen of a system after a step, number by number, so that two states can be compared that are the same
 * but for the time. Left out is who only watches: oracles, and what they keep; the schedule, of which nothing is left;
 * and how often questions were asked, which are all answered plainly from now on.
 *
 * What cannot be seen is where generators stand. For each context its steps since it was at {@link Context.home} stand
 * here, so that two states are the same only if they are as far from it.
 */
export class Snapshot extends Visible {
  /** Of the state taken last. */
  numbers: number[] = [];
  private readonly spectators: ReadonlySet<object>;
  protected override readonly aboutSimulator = ABOUT_RUN;
  protected override readonly aboutContext = WITHOUT_STEPS;

  constructor(system: System) {
    super(system);
    this.spectators = new Set(system.spectators?.() ?? []);
  }

  /** The state as it is now. */
  now(): readonly number[] {
    this.numbers = [];
    this.take();
    return this.numbers;
  }

  protected override put(value: number): void {
    this.numbers?.push(value); // the base class takes a state before this one is made
  }

  protected override number(value: number): void {
    this.put(value);
  }

  protected override object(object: object): void {
    if (this.spectators?.has(object) === true || object instanceof Departures) return;
    super.object(object);
    if (object instanceof Context) this.put(object.homeAt < 0 ? -1 : object.steps - object.homeAt);
  }
}

/** Whether two states are one, the second `later` than the first: every number is the same, or a time that is later by just that. */
export function sameBut(one: readonly number[], other: readonly number[], later: Ps): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i] && other[i] - one[i] !== later) return false;
  return true;
}

/** What stays due at one and the same time while rounds go by: it is no part of them. */
export interface Standing {
  readonly slot: number;
  readonly at: Ps;
  /** Some of it, this or later, is no time-out. */
  readonly interim: boolean;
}

/** The first of what was due `before`, by slot, and still is; undefined: there is nothing. */
export function standing(before: ReadonlyMap<number, Ps>, { queue }: Simulator): Standing | undefined {
  const still = [...before].filter(([slot, at]) => queue.scheduled(slot) && queue.dueAt(slot) === at);
  const [first] = still.sort(([, one], [, other]) => one - other);
  return first === undefined ? undefined : { slot: first[0], at: first[1], interim: still.some(([slot]) => !queue.isTimeout(slot)) };
}
