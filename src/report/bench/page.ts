import type { Ps } from '../../sim/index.ts';
import { escape } from '../escape.ts';
import { span } from '../names.ts';
import { staticPage } from '../static-page.ts';
import type { LegSpread } from './irq.ts';
import type { IrqBenchPoint, IrqBenchReport } from './report.ts';

const NAMES = 250;
const PLOT = 600;
const ROW = 22;
const AXIS = 26;
/** Places behind a bar's name for its share. */
const TENTHS = 1000;

/** A benchmark of the interrupt path as one file for a browser: for each set of parameters every leg with its spread, and whose time it is. */
export function formatIrqPage(report: IrqBenchReport): string {
  const { scenario, driver, settings, n, seed, jitter, points } = report;
  const set = Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(' ');
  return staticPage(`inband bench irq ${scenario}: ${driver}`, `<p>${n} transactions each, in simulated time; seed ${seed}; parameters: ${escape(set === '' ? 'defaults' : set)}.
Jitter: ${escape(jitter.distribution)} (${escape(jitter.text)}).</p>
${points.map((point) => pointSection(point, decadesOf(points))).join('\n')}`);
}

function pointSection({ sweep, transactions, legs, total, shares }: IrqBenchPoint, decades: readonly [number, number]): string {
  const title = sweep === null ? 'as set' : `${sweep.name}=${sweep.value}`;
  return `<section>
<h2>${escape(title)}: ${transactions} transactions</h2>
${legsPlot(legs, decades)}
${total === 0 ? '' : `<h3>Whose time it is, of one transaction of ${span(Math.round(total / transactions))}</h3>\n${sharesPlot(shares, total, transactions)}`}
</section>`;
}

/** Each leg on a scale of decades: a line from the least to the most, a box from p50 to p90, a tick at p99. All plots have one scale. */
function legsPlot(legs: readonly LegSpread[], [from, to]: readonly [number, number]): string {
  const height = legs.length * ROW + AXIS;
  const x = (ps: Ps): number => NAMES + Math.round((PLOT * (placeOf(ps) - from)) / (to - from));
  const grid: string[] = [];
  for (let decade = from, ps = power(from); decade <= to; decade++, ps *= 10) {
    const at = x(ps);
    grid.push(`<line x1="${at}" x2="${at}" y1="0" y2="${height - AXIS}" stroke="#8886"/><text x="${at + 2}" y="${height - 8}">${span(ps)}</text>`);
  }
  const rows = legs.map(({ name, min, p50, p90, p99, max, n }, i) => {
    const y = i * ROW + ROW / 2;
    const label = `<text x="0" y="${y + 4}">${escape(name)}</text>`;
    if (min === null || p50 === null || p90 === null || p99 === null || max === null) return label;
    const told = `${name}: min ${span(min)}, p50 ${span(p50)}, p90 ${span(p90)}, p99 ${span(p99)}, max ${span(max)}, ${n} times`;
    return `<g><title>${escape(told)}</title>${label}<line x1="${x(min)}" x2="${x(max)}" y1="${y}" y2="${y}" stroke="currentColor"/>`
      + `<rect x="${x(p50)}" y="${y - 6}" width="${Math.max(2, x(p90) - x(p50))}" height="12" fill="#56b4e9" stroke="currentColor"/>`
      + `<line x1="${x(p99)}" x2="${x(p99)}" y1="${y - 7}" y2="${y + 7}" stroke="currentColor" stroke-width="2"/>`
      + `<text x="${NAMES + PLOT + 8}" y="${y + 4}">${span(p50)}</text></g>`;
  });
  return svg(height, 'each leg: least to most, box from p50 to p90, tick at p99, p50 in figures', [...grid, ...rows]);
}

/** A bar for each share, its length by its time. */
function sharesPlot(shares: IrqBenchPoint['shares'], total: Ps, transactions: number): string {
  const most = Math.max(1, ...shares.map(({ time }) => time));
  const rows = shares.map(({ name, time }, i) => {
    const y = i * ROW;
    const tenths = Math.round((time * TENTHS) / total);
    return `<text x="0" y="${y + 15}">${escape(name)}</text><rect x="${NAMES}" y="${y + 4}" width="${Math.round((PLOT * time) / most)}" height="14" fill="#e69f00" stroke="currentColor"/>`
      + `<text x="${NAMES + PLOT + 8}" y="${y + 15}">${span(Math.round(time / transactions))}, ${Math.floor(tenths / 10)}.${tenths % 10} %</text>`;
  });
  return svg(shares.length * ROW, 'whose time it is', rows);
}

function svg(height: number, label: string, parts: readonly string[]): string {
  const width = NAMES + PLOT + 110;
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(label)}">\n${parts.join('\n')}\n</svg>`;
}

/** From which decade to which all latencies lie, as powers of ten of a picosecond. */
function decadesOf(points: readonly IrqBenchPoint[]): readonly [number, number] {
  const all = points.flatMap(({ legs }) => legs.flatMap(({ min, max }) => (min === null || max === null ? [] : [min, max])));
  if (all.length === 0) return [3, 9];
  return [Math.floor(placeOf(Math.min(...all))), Math.floor(placeOf(Math.max(...all))) + 1];
}

/**
 * Where a time lies on the scale: its decade, and within that its part of the way to the next, linear: logarithms are not
 * the same to the last bit on every engine.
 */
function placeOf(ps: Ps): number {
  let decade = 0;
  let at = 1;
  while (ps >= at * 10) {
    at *= 10;
    decade++;
  }
  return ps < 1 ? 0 : decade + (ps - at) / (9 * at);
}

function power(decade: number): Ps {
  let ps = 1;
  for (let i = 0; i < decade; i++) ps *= 10;
  return ps;
}
