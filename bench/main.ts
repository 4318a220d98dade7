/**
 * Runs the benchmarks that stand beside it, each in a process of its own, prints their results as one table and
 * writes them to results.json.
 *
 *     node dist/bench/main.js [name]...
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result, Row } from './result.ts';

const SUFFIX = '.bench.js';
const folder = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .toSorted();

const results: Result[] = [];
const scratch = mkdtempSync(join(tmpdir(), 'inband-bench-'));
const start = performance.now();
for (const name of names) {
  process.stderr.write(`${name} ...\n`);
  const file = join(scratch, `${name}.json`);
  const { status } = spawnSync(process.execPath, [join(folder, name + SUFFIX), file], { stdio: 'inherit' });
  if (status === 0) results.push(JSON.parse(readFileSync(file, 'utf8')));
  else process.exitCode = 1;
}
rmSync(scratch, { recursive: true });

const machine = {
  node: process.version,
  v8: process.versions.v8,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  platform: `${process.platform} ${process.arch}`,
};
console.log(`\nNode ${machine.node}, ${machine.cpu}, ${machine.platform}. Rates are medians, per second of CPU time of one core.\n`);
print(results);

const file = join(folder, 'results.json');
writeFileSync(file, `${JSON.stringify({
  format: 'inband-bench/1',
  // First what can be compared between machines.
  ratios: Object.fromEntries(results.map(({ bench, ratios }) => [bench, ratios])),
  machine,
  clock: 'CPU time of the process, user and system',
  seconds: Math.round(performance.now() - start) / 1000,
  benchmarks: results.map(({ bench, notes, rows }) => ({ bench, notes, rows })),
}, null, 2)}\n`);
console.log(`\nwritten to ${relative(process.cwd(), file)}`);

function print(all: readonly Result[]): void {
  const table = all.flatMap(({ bench, rows }) => rows.map((row, i) => [i === 0 ? bench : '', ...columns(row)]));
  const widths = [0, 1, 2, 3, 4].map((c) => Math.max(...table.map((line) => line[c].length)));
  let last = '';
  for (const line of table) {
    if (line[0] !== '' && last !== '') console.log();
    last = line.join('');
    // The value is the one column that is set to the right.
    console.log(line.map((cell, c) => (c === 2 ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))).join('  ').trimEnd());
  }
  console.log();
  for (const { bench, notes } of all) for (const note of notes) console.log(`${bench}: ${note}`);
}

function columns({ name, value, unit, spread, beside }: Row): string[] {
  return [name, `${number(value)}`, unit + (spread === undefined ? '' : ` ± ${(spread * 100).toFixed(0)} %`), beside ?? ''];
}

/** Three or four digits: 16.6 M, 18.3 k, 306. */
function number(value: number): string {
  for (const [size, letter] of [[1e6, ' M'], [1e3, ' k']] as const) {
    if (value >= size) return digits(value / size) + letter;
  }
  return digits(value);
}

function digits(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
