import { MS, US, type ChoiceKind, type Ps, type Release } from '../../sim/index.ts';
import { UsageError } from '../../scenarios/system.ts';

/** How a stall may end. */
export const RELEASE_KINDS = ['quiet', 'until', 'for'] as const;
export type ReleaseKind = (typeof RELEASE_KINDS)[number];

/** How long a stall of the kind `for` lasts. */
export const SPANS: readonly Ps[] = [1 * US, 10 * US, 100 * US, 1 * MS, 10 * MS];

/** The departures that a proof is about: at most so many of each kind, at any place. */
export interface Bounds {
  readonly stalls: number;
  readonly timings: number;
  readonly orders: number;
  readonly faults: number;
  /** Answers to what host and daemon do and to how the system is configured: 0 is the plain workload. */
  readonly workload: number;
  readonly releases: readonly ReleaseKind[];
  /** A stall may also last past 1 to so many time-outs. */
  readonly timeouts: number;
}

export const NO_DEPARTURES: Bounds = { stalls: 0, timings: 0, orders: 0, faults: 0, workload: 0, releases: ['quiet'], timeouts: 0 };

/** The bound that a kind of choice counts against. */
const COUNTED = { stall: 'stalls', timing: 'timings', order: 'orders', fault: 'faults', workload: 'workload', config: 'workload' } as const satisfies Record<ChoiceKind, keyof Bounds>;
const AXES = ['stalls', 'timings', 'orders', 'faults', 'workload'] as const;
/** All bounds that are a number. */
export const NUMBERED = [...AXES, 'timeouts'] as const satisfies readonly (keyof Bounds)[];

/** Most departures of one kind, and most time-outs: nobody lives to see the end of a proof with a tenth of it. */
export const MOST_DEPARTURES = 100;
/** Most budgets within the bounds: each state that is remembered has a number for each of them. */
const MOST_BUDGETS = 4_096;

/** Throws UsageError of one line if no proof can be made within these bounds: each may be small enough, but not all of them together. `file`: where they are, for messages. */
export function checkBounds(bounds: Bounds, file?: string): void {
  const at = file === undefined ? '' : `${file}: `;
  for (const axis of NUMBERED) {
    if (bounds[axis] > MOST_DEPARTURES) throw new UsageError(`${at}${axis} ${bounds[axis]}: expected ${MOST_DEPARTURES} at most`);
  }
  const budgets = AXES.reduce((product, axis) => product * (bounds[axis] + 1), 1);
  if (budgets > MOST_BUDGETS) {
    const given = AXES.filter((axis) => bounds[axis] > 0).map((axis) => `${axis} ${bounds[axis]}`).join(', ');
    throw new UsageError(`${at}${given}: these bounds are too many together: one more than each, multiplied, may be ${MOST_BUDGETS} at most, not ${budgets}`);
  }
}

/** How many departures are left, by axis. */
export type Budget = readonly number[];

/** Names of the axes, for people. */
const NAMES: Readonly<Record<(typeof AXES)[number], string>> = {
  stalls: 'stall', timings: 'timing', orders: 'exchange of simultaneous events', faults: 'fault', workload: 'departure of the workload',
};

/** Budgets as indices of a vector: one place for each budget within the bounds. */
export class Shape {
  readonly bounds: Bounds;
  readonly whole: Budget;
  /** Every budget within the bounds, by its index. */
  readonly all: readonly Budget[];
  private readonly strides: readonly number[];

  /** Throws UsageError: see {@link checkBounds}. */
  constructor(bounds: Bounds) {
    checkBounds(bounds);
    this.bounds = bounds;
    this.whole = AXES.map((axis) => bounds[axis]);
    const strides: number[] = [];
    let size = 1;
    for (const most of this.whole) {
      strides.push(size);
      size *= most + 1;
    }
    this.strides = strides;
    this.all = Array.from({ length: size }, (_, index) => this.whole.map((most, axis) => Math.floor(index / strides[axis]) % (most + 1)));
  }

  /** Whether any departure of this kind is within the bounds. */
  covers(kind: ChoiceKind): boolean {
    return this.bounds[COUNTED[kind]] > 0;
  }

  axis(kind: ChoiceKind): number {
    return AXES.indexOf(COUNTED[kind]);
  }

  index(budget: Budget): number {
    let index = 0;
    for (let axis = 0; axis < budget.length; axis++) index += budget[axis] * this.strides[axis];
    return index;
  }

  /** How far the index of a budget moves with one departure more or less of this axis. */
  stride(axis: number): number {
    return this.strides[axis];
  }

  /** What is left of `budget` after a departure. */
  less(budget: Budget, kind: ChoiceKind): Budget {
    const axis = this.axis(kind);
    return budget.map((left, at) => (at === axis ? left - 1 : left));
  }
}

/** Whether every axis of `a` is at most that of `b`. */
export function within(a: Budget, b: Budget): boolean {
  return a.every((left, axis) => left <= b[axis]);
}

/** The ends that a stall may have, apart from those that its run shows (`until`). */
export function releasesOf({ releases, timeouts }: Bounds): readonly Release[] {
  const list: Release[] = [{ kind: 'quiet' }]; // always first: its run shows the steps that `until` can name
  for (let n = 1; n <= timeouts; n++) list.push({ kind: 'timeouts', n });
  if (releases.includes('for')) for (const ps of SPANS) list.push({ kind: 'for', ps });
  return list;
}

/** `at most 2 stalls and 1 fault`. */
export function describeBounds(bounds: Bounds): string {
  const parts = AXES.filter((axis) => bounds[axis] > 0).map((axis) => `${bounds[axis]} ${plural(NAMES[axis], bounds[axis])}`);
  if (parts.length === 0) return 'no departure';
  const last = parts.pop()!;
  return `at most ${parts.length === 0 ? last : `${parts.join(', ')} and ${last}`}`;
}

function plural(name: string, n: number): string {
  if (n === 1) return name;
  return name.includes(' of ') ? name.replace(' of ', 's of ') : `${name}s`;
}

/** How stalls end: `until all else is quiet, past 1 to 2 time-outs`. */
export function describeReleases({ releases, timeouts }: Bounds): string {
  return [
    'until all else is quiet',
    ...(timeouts > 0 ? [timeouts === 1 ? 'past a time-out' : `past 1 to ${timeouts} time-outs`] : []),
    ...(releases.includes('until') ? ['until any step that another takes before that'] : []),
    ...(releases.includes('for') ? [`for ${SPANS.map((ps) => (ps < MS ? `${ps / US} us` : `${ps / MS} ms`)).join(', ')}`] : []),
  ].join('; ');
}
