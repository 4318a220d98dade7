import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CAP, VERSIONS, subjectOf, trial } from './measure.ts';
import { STRATEGIES, rawTrial, serialize, type Raw, type RawTrial } from './raw.ts';
import { markdown } from './table.ts';

/** One hunt. */
interface Task {
  readonly version: string;
  readonly strategy: string;
  readonly seed: number;
}

/** The program behind tools/bench-bugs.mjs; `self` is its bundle, which is run once more for each job. */
export async function main(args: readonly string[], root: string, self: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      version: { type: 'string', multiple: true }, strategy: { type: 'string', multiple: true }, seeds: { type: 'string' }, jobs: { type: 'string' },
      again: { type: 'boolean' }, table: { type: 'boolean' },
    },
  });
  const file = join(root, 'bench/data/bugs.json');
  const raw: Raw = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Raw : { format: 'inband-bugs/2', cap: CAP, of: {}, trials: {} };
  if (values.table !== true) {
    // What was measured of other models, or by another hunt, has nothing to do with what is measured now.
    for (const version of values.version ?? VERSIONS) {
      for (const strategy of values.strategy ?? STRATEGIES) if (raw.of[version]?.[strategy] !== subjectOf(version)) delete raw.trials[version]?.[strategy];
    }
    const tasks: Task[] = [];
    for (let seed = 1; seed <= Number(values.seeds ?? 20); seed++) {
      for (const strategy of values.strategy ?? STRATEGIES) {
        for (const version of values.version ?? VERSIONS) {
          if (values.again === true || raw.trials[version]?.[strategy]?.[seed] === undefined) tasks.push({ version, strategy, seed });
        }
      }
    }
    let left = tasks.length;
    await serve(tasks, Number(values.jobs ?? 1), self, ({ version, strategy, seed }, result, seconds) => {
      ((raw.trials[version] ??= {})[strategy] ??= {})[seed] = result;
      (raw.of[version] ??= {})[strategy] = subjectOf(version);
      save(file, serialize(sorted(raw)));
      const bugs = Object.keys(result.found).length;
      process.stderr.write(`${version} ${strategy} seed ${seed}: ${bugs} bugs in ${result.executions} executions, ${seconds.toFixed(0)} s, ${--left} left\n`);
    });
  }
  save(join(root, 'docs/search-bugs.md'), markdown(sorted(raw)));
}

/** What a job runs: one hunt for each task that it is sent. */
export function work(): void {
  process.on('message', ({ version, strategy, seed }: Task) => {
    const { found, executions } = trial(version, strategy, seed);
    process.send!(rawTrial(executions, found));
  });
}

/** Gives the tasks to so many processes; `done` hears of each. */
async function serve(tasks: Task[], jobs: number, self: string, done: (task: Task, result: RawTrial, seconds: number) => void): Promise<void> {
  const one = (job: ChildProcess): Promise<void> => new Promise((resolve, reject) => {
    let task: Task | undefined;
    let since = 0;
    const next = (): void => {
      task = tasks.shift();
      since = performance.now();
      if (task !== undefined) job.send(task);
      else job.disconnect();
    };
    job.on('message', (result: RawTrial) => {
      done(task!, result, (performance.now() - since) / 1000);
      next();
    });
    job.on('exit', (code) => {
      if (task === undefined) resolve();
      else reject(new Error(`${task.version} ${task.strategy} seed ${task.seed}: the process ended with ${code}`));
    });
    next();
  });
  await Promise.all(Array.from({ length: jobs }, () => one(fork(self, ['--work']))));
}

/** In the order of the lists, whatever came first. */
function sorted({ format, cap, of, trials }: Raw): Raw {
  const pick = <T>(from: Record<string, T>, keys: readonly string[]): Record<string, T> => (
    Object.fromEntries(keys.flatMap((key) => (key in from ? [[key, from[key]]] : []))));
  return {
    format, cap,
    of: Object.fromEntries(Object.entries(pick(of, VERSIONS)).map(([version, strategies]) => [version, pick(strategies, STRATEGIES)])),
    trials: Object.fromEntries(Object.entries(pick(trials, VERSIONS)).map(([version, strategies]) => [version, pick(strategies, STRATEGIES)])),
  };
}

function save(file: string, content: string): void {
  writeFileSync(`${file}.tmp`, content);
  renameSync(`${file}.tmp`, file);
}
