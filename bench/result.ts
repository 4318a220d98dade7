import { writeFileSync } from 'node:fs';
import type { Measured } from './measure.ts';

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Half the distance between the quartiles, as a fraction of `value`. */
  readonly spread?: number;
  /** What the value stands beside: `4.1 x faster than a sorted array`. */
  readonly beside?: string;
}

/** What one benchmark has to say. */
export interface Result {
  readonly bench: string;
  /** What was measured, under which conditions. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
  /** Numbers that hold on any machine, more or less: rates over rates of the same run. */
  readonly ratios: Readonly<Record<string, number>>;
}

/** A measured rate as a line. */
export function row(measured: Measured, beside?: string): Row {
  const { name, rate, unit, spread } = measured;
  return { name, value: rate, unit: `${unit}/s`, spread, ...(beside === undefined ? {} : { beside }) };
}

/** `8.1 x`, in about three digits. */
export function times(ratio: number): string {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)} x`;
}

/** Hands the result to main.ts, which prints it; started alone, a benchmark prints it itself. */
export function deliver(result: Result): void {
  const json = JSON.stringify(result);
  const file = process.argv[2];
  if (file === undefined) console.log(json);
  else writeFileSync(file, json);
}
