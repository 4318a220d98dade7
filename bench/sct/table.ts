import { STRATEGIES, SUBJECTS } from './cells.ts';

/** What was measured: of each trial the number of the first schedule that shows the bug, 0 if none did. */
export interface Raw {
  readonly format: 'inband-search/1';
  readonly limit: number;
  readonly firstSeed: number;
  readonly programs: Record<string, { steps: number; readonly trials: Record<string, number[]> }>;
}

/** How a strategy did on a program. */
export interface Cell {
  readonly trials: number;
  readonly found: number;
  /** Of the trials that found it; null: none did. */
  readonly mean: number | null;
  readonly median: number | null;
}

/** What others have measured, see `source`. */
export interface Published {
  readonly source: string;
  readonly programs: Readonly<Record<string, Readonly<Record<string, Cell>>>>;
}

/** One row of the JSON: ours, and beside it what was published. */
interface Row extends Cell {
  readonly program: string;
  readonly strategy: string;
  readonly published?: Cell;
}

export function cellOf(trials: readonly number[]): Cell {
  const found = trials.filter((n) => n > 0).toSorted((a, b) => a - b);
  if (found.length === 0) return { trials: trials.length, found: 0, mean: null, median: null };
  const half = found.length >> 1;
  return {
    trials: trials.length,
    found: found.length,
    mean: round(found.reduce((sum, n) => sum + n, 0) / found.length),
    median: found.length % 2 === 1 ? found[half] : (found[half - 1] + found[half]) / 2,
  };
}

export function summary(raw: Raw, published: Published): object {
  const rows = SUBJECTS.flatMap(({ name: program }) => STRATEGIES.flatMap(({ name: strategy }): Row[] => {
    const trials = raw.programs[program]?.trials[strategy];
    if (trials === undefined) return [];
    const theirs = published.programs[program]?.[strategy];
    return [{ program, strategy, ...cellOf(trials), ...(theirs === undefined ? {} : { published: theirs }) }];
  }));
  return { format: raw.format, limit: raw.limit, published: published.source, rows };
}

/** `173 (1000)`: the mean, and how many of how many trials found it, unless all did. */
function cellText({ trials, found, mean, median }: Cell): string {
  if (mean === null) return `none of ${trials}`;
  return `${number(mean)} / ${number(median!)}${found === trials ? '' : `, ${found} of ${trials}`}`;
}

function table(raw: Raw, published: Published): string[][] {
  const strategies = STRATEGIES.map(({ name }) => name).filter((name) => SUBJECTS.some((s) => raw.programs[s.name]?.trials[name] !== undefined));
  const lines = [['program', 'steps', ...strategies]];
  for (const { name } of SUBJECTS) {
    const measured = raw.programs[name];
    if (measured === undefined) continue;
    const cells = strategies.map((s) => (measured.trials[s] === undefined ? '' : cellText(cellOf(measured.trials[s]))));
    lines.push([name, String(measured.steps), ...cells]);
    const theirs = published.programs[name];
    if (theirs !== undefined) lines.push(['  published', '', ...strategies.map((s) => (theirs[s] === undefined ? '' : cellText(theirs[s])))]);
  }
  return lines;
}

export function text(raw: Raw, published: Published): string {
  const lines = table(raw, published);
  const widths = lines[0].map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  return lines.map((line) => line.map((cell, c) => cell.padEnd(widths[c])).join('  ').trimEnd()).join('\n');
}

export function markdown(raw: Raw, published: Published): string {
  const [head, ...lines] = table(raw, published);
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `# Search strategies on published benchmarks

Written by \`npm run bench:search\` from the raw data in \`bench/data/search.json\`; do not edit.

Schedules to the first that shows the bug: mean / median of the trials that found it within ${raw.limit.toLocaleString('en')} schedules, and how
many trials did, if not all. A strategy's first run, from which it learns, is not counted. \`steps\` are those of the
nominal run. The lines below ours are the published ones: ${published.source}.

${[row(head), row(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...lines.map(row)].join('\n')}

## How to read it

- Most published means are of 20 trials, and have a standard error of a fifth; a mean of those that found it says little
  where many did not.
- PCT depends on k, over which its changes are spread. Ours is the steps of one of the last 16 executions, drawn
  for each; the published one is 1.2 times the log of a run, with what the process does before its first thread. In \`account\` a change that falls before
  the last thread is created only spoils it (without any, the mean is 4), so PCT-10 needs more than twice the published
  number; with a k four times as large ours are 5.1 (PCT-3) and 6.5 (PCT-10).
- A walk depends on the very number of steps on the way. That of accesses to a thread's own variables is read off what
  clang -O0 makes of the statements.
- PCT-10 in \`reorder_10\`: ours finds it in fewer trials than the published one, for the same reason.

The programs are in \`bench/sct/\`: threads on the same engine that runs the hardware, with a step for each point at
which the published scheduler may switch. The samplers are those of \`--strategy\`; there they are mapped to a machine
in which steps take time (see \`src/explore/strategies/turn-taking.ts\`).

${SUBJECTS.map(({ name, text: what }) => `- \`${name}\`: ${what}`).join('\n')}
`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

function number(n: number): string {
  return n >= 100 ? n.toFixed(0) : String(round(n));
}
