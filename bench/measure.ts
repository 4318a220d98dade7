import Benchmark from 'benchmark';

/**
 * Benchmark.js on the CPU time of this process instead of the wall clock: rates are per second of one core,
 * whoever else uses the machine. User and system time of all threads count, so what the garbage collector and
 * the compiler do aside is included.
 */
const Timed = Benchmark.runInContext({ process: { hrtime: cpuTime } }) as typeof Benchmark;

function cpuTime(since?: readonly [number, number]): [number, number] {
  const { user, system } = process.cpuUsage();
  const us = user + system;
  const [s, ns] = since ?? [0, 0];
  return [Math.floor(us / 1e6) - s, (us % 1e6) * 1000 - ns];
}

/** What is measured. */
export interface Case {
  readonly name: string;
  /** What is counted, e.g. `transactions`. */
  readonly unit: string;
  /** How many of that one call of {@link run} does. */
  readonly ops: number;
  run(): void;
}

export interface Measured {
  readonly name: string;
  readonly unit: string;
  /** Median over all cycles, per second of CPU time. */
  readonly rate: number;
  /** Half the distance between the quartiles, as a fraction of the median. */
  readonly spread: number;
  readonly cycles: number;
}

/** Cases take turns so many times, so that what disturbs the machine for a while disturbs all of them. */
const ROUNDS = 3;
/** CPU seconds of one cycle, at least. */
const CYCLE = 0.1;

/** Measures each case for about `seconds` of CPU time. */
export function measure(cases: readonly Case[], seconds: number): Measured[] {
  const samples = cases.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    cases.forEach((it, i) => {
      const bench = new Timed(it.name, () => it.run(), { minTime: CYCLE, maxTime: seconds / ROUNDS, minSamples: 3 });
      bench.run({ async: false });
      if (bench.error !== undefined) throw bench.error;
      for (const period of bench.stats.sample) samples[i].push(it.ops / period);
    });
  }
  return cases.map(({ name, unit }, i): Measured => {
    const sorted = samples[i].sort((a, b) => a - b);
    const rate = quantile(sorted, 0.5);
    const spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / rate;
    return { name, unit, rate, spread, cycles: sorted.length };
  });
}

function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
