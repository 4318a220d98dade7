import { formatRelease, type ChoiceKind, type Decision, type Planned, type Release } from '../../sim/index.ts';

/** One place of a run at which it could depart. */
export interface Point {
  readonly kind: ChoiceKind;
  readonly actor: string;
  readonly step: number;
  readonly label: string;
  /** Answers there are, the nominal one included; of a stall its run and the bounds tell. */
  readonly n: number;
  /** Placed by step in the simulator's plan, not asked for as the run goes. */
  readonly placed: boolean;
  /** A stall until all else is quiet ends here as soon as it has begun: the run is as if there were none. */
  readonly idle?: boolean;
}

/** A step that a stall may last until. */
export interface UntilStep {
  readonly actor: string;
  readonly step: number;
}

/** A departure: which point of its run, counted from 0, and the answer there. */
export interface Departure extends Omit<Point, 'n' | 'idle'> {
  readonly at: number;
  /** Of all but stalls. */
  readonly value: number;
  /** Of a stall. */
  readonly release?: Release;
}

/** Departures of one run, in the order in which they come. */
export type Path = readonly Departure[];

/** What the simulator is told of a path beforehand. */
export function planOfPath(path: Path): Planned[] {
  return path.flatMap(({ placed, actor, step, release, value }): Planned[] => {
    if (!placed) return [];
    return [release === undefined ? { actor, step, late: value } : { actor, step, release }];
  });
}

/** A path as a schedule. */
export function decisionsOf(path: Path): Decision[] {
  return path.map(({ kind, actor, step, label, value, release }) => ({ kind, actor, step, label, value: release === undefined ? value : formatRelease(release) }));
}
