import type { Ps } from '../../sim/index.ts';

/** How latencies are spread, ps; percentiles by nearest rank, so each of them is a latency that was seen. */
export interface Spread {
  readonly n: number;
  readonly min: Ps | null;
  readonly p50: Ps | null;
  readonly p90: Ps | null;
  readonly p99: Ps | null;
  readonly max: Ps | null;
}

/** The spread of latencies; all null if there are none. */
export function spread(all: readonly Ps[]): Spread {
  const sorted = [...all].sort((one, other) => one - other);
  const n = sorted.length;
  const rank = (percent: number): Ps | null => (n === 0 ? null : sorted[Math.max(0, Math.ceil((n * percent) / 100) - 1)]);
  return { n, min: rank(0), p50: rank(50), p90: rank(90), p99: rank(99), max: rank(100) };
}
