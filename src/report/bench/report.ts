import { formatShort, type Ps } from '../../sim/index.ts';
import { span } from '../names.ts';
import type { IrqResult } from './irq.ts';

/** What SerIRQ's arithmetic says of one interrupt, in clocks of LCLK (Serialized IRQ 6.0). */
export interface SerirqFacts {
  readonly mode: 'quiet' | 'continuous';
  readonly irq: number;
  /** One clock, ps. */
  readonly lclk: Ps;
  readonly sequenceClocks: number;
  /** From the beginning of a sequence to the sample of the interrupt. */
  readonly slotClock: number;
  /** From a change to its sample, at best and at worst. */
  readonly bestClocks: number;
  readonly worstClocks: number;
}

/** The results under one set of parameters. */
export interface IrqBenchPoint extends IrqResult {
  /** The parameter that is swept, and its value; null: as the user has set all of them. */
  readonly sweep: { readonly name: string; readonly value: number | string } | null;
  /** Only of an interface that interrupts the host by SerIRQ. */
  readonly serirq?: SerirqFacts;
}

export interface IrqBenchReport {
  readonly scenario: string;
  readonly driver: string;
  readonly host?: string;
  readonly daemon?: string;
  readonly settings: Readonly<Record<string, number | string>>;
  /** Transactions that were asked for. */
  readonly n: number;
  readonly seed: number;
  readonly jitter: {
    readonly distribution: string;
    readonly text: string;
    /** Of each eighth of a step's jitter, from none to all. */
    readonly weights: readonly number[];
    /** The steps that it is drawn for, and the jitter of each, ps. */
    readonly steps: readonly { readonly step: string; readonly most: Ps }[];
    /** What else hardware asked for: an interrupt's way in the host, phases. */
    readonly draws: readonly string[];
  };
  readonly points: readonly IrqBenchPoint[];
}

/** Format `inband-bench-irq/1`; every time in picoseconds. */
export function irqBenchJson(report: IrqBenchReport): string {
  return `${JSON.stringify({ format: 'inband-bench-irq/1', ...report }, null, 2)}\n`;
}

/** A line for each leg and each share (RFC 4180, but lines end with LF alone); every time in picoseconds. */
export function irqBenchCsv({ points }: IrqBenchReport): string {
  const lines = [['kind', 'parameter', 'value', 'name', 'per', 'n', 'min', 'p50', 'p90', 'p99', 'max', 'sum']];
  for (const { sweep, legs, shares, transactions } of points) {
    const point = [sweep?.name ?? '', String(sweep?.value ?? '')];
    for (const { name, per, n, min, p50, p90, p99, max } of legs) lines.push(['leg', ...point, name, per, ...[n, min, p50, p90, p99, max].map(String), '']);
    for (const { name, time } of shares) lines.push(['share', ...point, name, 'request', String(transactions), '', '', '', '', '', String(time)]);
  }
  return lines.map((fields) => `${fields.map(field).join(',')}\n`).join('');
}

function field(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** For people: a table of legs and one of shares for each set of parameters. */
export function formatIrqBench(report: IrqBenchReport): string {
  const { scenario, driver, settings, seed, jitter, points } = report;
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(' ');
  return [
    `interrupt path of ${scenario} with ${driver}, in simulated time`,
    `parameters: ${set === '' ? 'defaults' : set}; seed ${seed}`,
    `jitter: ${jitter.distribution} (${jitter.text})`,
    ...jitter.steps.map(({ step, most }) => `  ${step}: up to ${formatShort(most)}`),
    ...jitter.draws.map((label) => `  ${label}`),
    ...points.flatMap(pointLines),
    '',
  ].join('\n');
}

function pointLines({ sweep, transactions, legs, total, shares, serirq }: IrqBenchPoint): string[] {
  const wide = Math.max(...legs.map(({ name }) => name.length), ...shares.map(({ name }) => name.length), 'WRITE_START -> response complete'.length);
  const cells = (texts: readonly string[]): string => texts.map((text) => text.padStart(9)).join('  ');
  const time = (ps: Ps | null): string => (ps === null ? '-' : span(ps));
  return [
    '',
    `-- ${sweep === null ? 'as set' : `${sweep.name}=${sweep.value}`}: ${transactions} transactions --`,
    ...(serirq === undefined ? [] : [serirqLine(serirq)]),
    `${'leg'.padEnd(wide)}  ${cells(['min', 'p50', 'p90', 'p99', 'max'])}        n`,
    ...legs.map(({ name, n, min, p50, p90, p99, max }) => `${name.padEnd(wide)}  ${cells([min, p50, p90, p99, max].map(time))}  ${String(n).padStart(7)}`),
    ...(total === 0 ? [] : ['', `${'whose time it is, of one transaction'.padEnd(wide)}  ${cells(['mean', 'share'])}`]),
    ...(total === 0 ? [] : shares.map((share) => `${share.name.padEnd(wide)}  ${cells([span(Math.round(share.time / transactions)), permille(share.time, total)])}`)),
  ];
}

function serirqLine({ mode, irq, lclk, sequenceClocks, slotClock, bestClocks, worstClocks }: SerirqFacts): string {
  const clocks = (n: number): string => `${n} clocks (${span(n * lclk)})`;
  return `SerIRQ ${mode}: sequence of ${clocks(sequenceClocks)}, IRQ${irq} is sampled at its clock ${slotClock}; a change is seen after ${clocks(bestClocks)} at best, ${clocks(worstClocks)} at worst`;
}

/** `12.3 %`. */
function permille(part: Ps, whole: Ps): string {
  const tenths = Math.round((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}
