import { depthOf, isCertain } from '../../test/bugs/depths.ts';
import { BUGS } from '../../test/bugs/slugs.ts';
import { subjectOf } from './measure.ts';
import { STRATEGIES, type Raw } from './raw.ts';

/** How one strategy came upon one bug, over all seeds. */
export interface Cell {
  readonly seeds: number;
  readonly misses: number;
  /** Executions to the first that shows it, the first being 1; of a miss the cap. */
  readonly median: number;
  readonly p90: number;
  /** Decisions of the schedule that was shrunk, and of what came of it; medians. NaN: never found. */
  readonly before: number;
  readonly after: number;
}

interface Row {
  readonly slug: string;
  readonly version: string;
  readonly depth: number;
  readonly certain: boolean;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** The value below which a share of `values` lies (nearest rank); of a median the mean of the two in the middle. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  if (share === 0.5 && sorted.length % 2 === 0) return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function cellOf({ trials, cap }: Raw, version: string, strategy: string, slug: string): Cell | undefined {
  const seeds = Object.values(trials[version]?.[strategy] ?? {});
  if (seeds.length === 0) return undefined;
  const found = seeds.flatMap((trial) => (slug in trial.found ? [trial.found[slug]] : []));
  const executions = [...found.map(([execution]) => execution + 1), ...Array.from({ length: seeds.length - found.length }, () => cap)];
  return {
    seeds: seeds.length,
    misses: seeds.length - found.length,
    median: quantile(executions, 0.5),
    p90: quantile(executions, 0.9),
    before: quantile(found.map(([, before]) => before), 0.5),
    after: quantile(found.map(([,, after]) => after), 0.5),
  };
}

function rowsOf(raw: Raw): Row[] {
  return BUGS.map(({ slug, version }) => ({
    slug,
    version,
    depth: depthOf(slug),
    certain: isCertain(slug),
    cells: new Map(STRATEGIES.flatMap((strategy) => {
      const cell = cellOf(raw, version, strategy, slug);
      const isUnknown = cell === undefined || (isStale(raw, version, strategy) && isNew(raw, version, slug));
      return isUnknown ? [] : [[strategy, cell] as const];
    })),
  })).filter(({ cells }) => cells.size > 0);
}

/** Whether a version has changed since a strategy was tried on it: its models, its list of bugs, or the hunt. */
function isStale({ of }: Raw, version: string, strategy: string): boolean {
  return of[version]?.[strategy] !== subjectOf(version);
}

/** Whether nobody had looked for a bug when what is stale was measured: none has found it then. */
function isNew(raw: Raw, version: string, slug: string): boolean {
  return STRATEGIES.every((strategy) => !isStale(raw, version, strategy) || Object.values(raw.trials[version]?.[strategy] ?? {}).every(({ found }) => !(slug in found)));
}

/** Which cells are stale. */
function staleText(raw: Raw): string {
  const strategies = new Map<string, string[]>();
  for (const strategy of STRATEGIES) {
    const old = Object.keys(raw.trials).filter((version) => strategy in raw.trials[version] && isStale(raw, version, strategy)).map((version) => `\`${version}\``).join(', ');
    if (old !== '') strategies.set(old, [...strategies.get(old) ?? [], strategy]);
  }
  if (strategies.size === 0) return '';
  const stale = [...strategies].map(([versions, by]) => `${by.join(', ')} on ${versions}`);
  return `\n**Measured before the models, the hunt or the list of bugs was last changed**: ${stale.join('; ')}. What stands here of these is what was
true then; \`npm run bench:search\` measures it anew.\n`;
}

function line(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(line)].join('\n');
}

function short(n: number): string {
  return Number.isNaN(n) ? '' : String(n >= 10 ? Math.round(n) : Math.round(n * 10) / 10);
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  const { seeds, misses, median, p90 } = cell;
  if (misses === seeds) return `none of ${seeds}`;
  return `${short(median)} / ${short(p90)}${misses === 0 ? '' : `, ${misses} missed`}`;
}

/** Each strategy in one line, over the bugs that all of them were tried on. */
function overall(rows: readonly Row[], strategies: readonly string[]): string {
  const common = rows.filter(({ cells }) => strategies.every((strategy) => cells.has(strategy)));
  if (common.length === 0) return 'There is no bug yet on which all of them were tried.';
  return table(['strategy', 'bugs found at every seed', 'hunts that missed one', 'geometric mean of the medians', 'worst against the best'], strategies.map((strategy) => {
    const cells = common.map((row) => row.cells.get(strategy)!);
    const behind = common.map(({ slug, cells: all }) => ({ slug, factor: all.get(strategy)!.median / Math.min(...[...all.values()].map(({ median }) => median)) }));
    const worst = behind.reduce((a, b) => (b.factor > a.factor ? b : a));
    return [
      `\`${strategy}\``, `${cells.filter(({ misses }) => misses === 0).length} of ${common.length}`,
      cells.reduce((sum, { misses }) => sum + misses, 0), short(geometricMean(cells.map(({ median }) => median))), `${short(worst.factor)}x (${worst.slug})`,
    ];
  }));
}

/** What the default strategy is asked for, and what it reaches. */
function portfolioText(rows: readonly Row[], cap: number): string {
  const measured = rows.filter(({ cells, certain, depth }) => cells.has('portfolio') && certain && depth <= 2);
  const of = (depth: number): Cell[] => measured.filter((row) => row.depth <= depth).map(({ cells }) => cells.get('portfolio')!);
  const always = of(2).filter(({ misses }) => misses === 0).length;
  const missed = measured.filter(({ cells }) => cells.get('portfolio')!.misses > 0).map(({ slug, cells }) => {
    const { misses, seeds } = cells.get('portfolio')!;
    return `${slug} (${seeds - misses} of ${seeds})`;
  });
  return `The portfolio finds ${always} of the ${measured.length} certain bugs of depth 2 or less at every seed within ${cap.toLocaleString('en')} executions`
    + `${missed.length === 0 ? '' : `; not always: ${missed.join(', ')}`}. The median bug of depth 1 or less takes it ${short(quantile(of(1).map(({ median }) => median), 0.5))} `
    + `executions; that of depth 1 shrinks from ${short(quantile(measured.filter(({ depth }) => depth === 1).map(({ cells }) => cells.get('portfolio')!.before), 0.5))} decisions to `
    + `${short(quantile(measured.filter(({ depth }) => depth === 1).map(({ cells }) => cells.get('portfolio')!.after), 0.5))}.`;
}

/** The page of the table. */
export function markdown(raw: Raw): string {
  const rows = rowsOf(raw);
  const strategies = STRATEGIES.filter((strategy) => rows.some(({ cells }) => cells.has(strategy)));
  const seeds = strategies.map((strategy) => `${strategy} ${Math.min(...rows.flatMap(({ cells }) => cells.get(strategy)?.seeds ?? []))}`);
  return `# Known bugs, and what each strategy needs to find them

Written by \`npm run bench:search\` from the raw data in \`bench/data/bugs.json\`; do not edit.

Each version of each driver with known bugs was hunted in its default scenario (\`inband hunt SCENARIO --driver VERSION --strategy S
--seed N --keep-going\`) until all of its bugs were found, or for ${raw.cap.toLocaleString('en')} executions. Seeds by strategy, from 1: ${seeds.join(', ')}.
A finding counts when, shrunk, it tells the story of the bug: its decisive moments in order, not only the rule that is broken.
Executions of shrinking are not counted.
${staleText(raw)}
${portfolioText(rows, raw.cap)}

## By strategy

A miss counts as ${raw.cap.toLocaleString('en')}. \`worst against the best\`: on which bug its median is farthest behind the best median of any.

${overall(rows, strategies)}

## By bug

Executions to the first that shows the bug: median / 90th percentile, and how many hunts missed it. \`decisions\`: of the
portfolio's schedule before and after shrinking, medians. \`depth\`: forced context switches beyond running each actor to its end.

${table(['bug', 'version', 'depth', ...strategies, 'decisions'], rows.map(({ slug, version, depth, cells }) => {
    const cell = cells.get('portfolio');
    return [slug, version, depth, ...strategies.map((strategy) => cellText(cells.get(strategy))), cell === undefined ? '' : `${short(cell.before)} → ${short(cell.after)}`];
  }))}
`;
}
