import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { STRATEGIES, SUBJECTS, trialsOf } from './cells.ts';
import { markdown, summary, text, type Published, type Raw } from './table.ts';
import { LIMIT, trial } from './trial.ts';

/** Seed of the first trial; the others follow. */
const FIRST_SEED = 1;

/** The program behind tools/bench-search.mjs: measures what is asked for, and writes the tables of all that is known. */
export function main(args: readonly string[], root: string): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      program: { type: 'string', multiple: true }, strategy: { type: 'string', multiple: true }, trials: { type: 'string' }, table: { type: 'boolean' },
    },
  });
  const file = join(root, 'bench/data/search.json');
  const raw: Raw = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Raw : { format: 'inband-search/1', limit: LIMIT, firstSeed: FIRST_SEED, programs: {} };
  if (values.table !== true) {
    for (const subject of SUBJECTS.filter(({ name }) => values.program?.includes(name) ?? true)) {
      const program = subject.make();
      const { steps } = program.execute();
      const cells = (raw.programs[subject.name] ??= { steps, trials: {} });
      cells.steps = steps;
      for (const { name, create } of STRATEGIES.filter((s) => values.strategy?.includes(s.name) ?? true)) {
        const trials = Number(values.trials ?? trialsOf(subject, name));
        const started = performance.now();
        const found: number[] = [];
        for (let t = 0; t < trials; t++) found.push(trial(program, create(program, FIRST_SEED + t)));
        cells.trials[name] = found;
        process.stderr.write(`${subject.name} ${name}: ${trials} trials, ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
        write(file, serialize(raw));
      }
    }
  }
  const published = JSON.parse(readFileSync(join(root, 'bench/data/search-published.json'), 'utf8')) as Published;
  write(join(root, 'bench/data/search-summary.json'), `${JSON.stringify(summary(raw, published), null, 1)}\n`);
  write(join(root, 'docs/search.md'), markdown(raw, published));
  process.stdout.write(`${text(raw, published)}\n`);
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** A line for each program and strategy. */
function serialize({ format, limit, firstSeed, programs }: Raw): string {
  const cells = Object.entries(programs).map(([name, { steps, trials }]) => {
    const lines = Object.entries(trials).map(([strategy, found]) => `   ${JSON.stringify(strategy)}: ${JSON.stringify(found)}`);
    return `  ${JSON.stringify(name)}: { "steps": ${steps}, "trials": {\n${lines.join(',\n')}\n  } }`;
  });
  return `{\n "format": ${JSON.stringify(format)}, "limit": ${limit}, "firstSeed": ${firstSeed},\n "programs": {\n${cells.join(',\n')}\n }\n}\n`;
}
