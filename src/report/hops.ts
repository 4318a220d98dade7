import type { Ps } from '../sim/index.ts';
import { mediumOf } from './medium.ts';
import type { Message } from './messages.ts';
import type { Recording } from './recording.ts';

/** One leg of the way between the two sides. */
export interface Hop {
  readonly name: string;
  /** What is counted: each byte that the host writes, or each request. */
  readonly per: 'byte' | 'request';
  /** Latencies in order of time, ps. */
  readonly all: readonly Ps[];
}

/** Extremes and median of latencies, ps; the lower of two middle ones. */
export function spreadOf(all: readonly Ps[]): { readonly min: Ps; readonly median: Ps; readonly max: Ps } | null {
  if (all.length === 0) return null;
  const sorted = [...all].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[(sorted.length - 1) >> 1], max: sorted[sorted.length - 1] };
}

/** Every leg of a run: those of each byte that the host writes, then those of each request. */
export function hopsOf(recording: Recording, messages: readonly Message[]): readonly Hop[] {
  return mediumOf(recording).hops(messages);
}

/** Makes legs of each of `requests`: from and to, of what is known of its way; below 0: it did not get there. */
export function requestLegs<Legs>(requests: readonly Message[], legs: readonly Legs[]) {
  return (name: string, time: (request: Message, times: Legs) => readonly [Ps, Ps]): Hop => ({
    name, per: 'request', all: requests.map((request, i) => time(request, legs[i])).filter(([from, to]) => from >= 0 && to >= from).map(([from, to]) => to - from),
  });
}
