#!/usr/bin/env node
/**
 * Whether the memory of a campaign is flat: runs one of many executions and prints its resident memory now and then.
 *
 *     npm run build && node tools/campaign-memory.mjs [executions, 1000000] [strategy, portfolio] [further options of hunt]...
 *
 * Ends with 1 if the second half needs half as much again as the first. Linux: it reads /proc.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [executions = '1000000', strategy = 'portfolio', ...more] = process.argv.slice(2);
/** Small executions, so that a million of them take minutes: Get Device ID once. */
const NARROW = ['requests=1', 'command=get-device-id', 'threads=1', 'hostMode=poll'].flatMap((setting) => ['--set', setting]);
const PERIOD = 2000;
const LINES = 20;

const cli = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'inband-memory-'));
const child = spawn(process.execPath, [
  cli, 'hunt', 'kcs', '--driver', 'kcs-bmc@fixed', ...NARROW, '--strategy', strategy, '--budget', `${executions}x`, '--campaign', join(folder, 'c'), ...more,
], { stdio: ['ignore', 'inherit', 'inherit'] });

/** Resident memory of the campaign, MB; 0: it has ended. */
function resident() {
  try {
    const [, kb = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1000;
  } catch {
    return 0;
  }
}

/** Executions that it has told of. */
function done() {
  const file = join(folder, 'c/stats.jsonl');
  const last = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) : undefined;
  return last === undefined || last === '' ? 0 : Number(JSON.parse(last).executions);
}

/** @type {{ executions: number, mb: number }[]} */
const samples = [];
const timer = setInterval(() => {
  const mb = resident();
  if (mb === 0) return;
  samples.push({ executions: done(), mb });
  const told = Math.floor((samples.at(-2)?.executions ?? -1) / (Number(executions) / LINES));
  if (Math.floor(samples[samples.length - 1].executions / (Number(executions) / LINES)) > told) console.log(`${samples[samples.length - 1].executions} executions: ${mb.toFixed(0)} MB`);
}, PERIOD);

child.on('close', (code) => {
  clearInterval(timer);
  rmSync(folder, { recursive: true });
  const half = Math.ceil(samples.length / 2);
  const most = (/** @type {typeof samples} */ part) => Math.max(...part.map(({ mb }) => mb));
  if (code !== 0 || half < 2) throw new Error(`the campaign ended with ${code}, after ${samples.length} looks`);
  const [first, second] = [most(samples.slice(0, half)), most(samples.slice(half))];
  console.log(`at most ${first.toFixed(0)} MB in the first half, ${second.toFixed(0)} MB in the second: ${second < 1.5 * first ? 'flat' : 'it grows'}`);
  process.exitCode = second < 1.5 * first ? 0 : 1;
});
