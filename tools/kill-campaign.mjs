#!/usr/bin/env node
/**
 * Kills campaigns by SIGKILL at random moments and continues them, and compares what they come to with one that nobody
 * disturbed.
 *
 *     npm run build && node tools/kill-campaign.mjs [kills, 200] [seed, 1]
 *
 * A third of the kills hit a single process, a sixth each one of two processes on one folder, and both of them, a third a
 * worker of a campaign over a queue, which needs a redis-server on the PATH and the package bullmq. After each kill every
 * file that has its final name must be whole, and each finding that was announced must be there.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RedisServer } from './redis-server.mjs';

const HUNT = ['hunt', 'kcs-read-restart', '--driver', 'kcs-bmc@v2', '--oracle', 'errno,wrong-response'];
const EXECUTIONS = 3000;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Files of a folder that have their final name, by path.
 *
 * @param {string} folder
 * @returns {Map<string, string>}
 */
function files(folder) {
  if (!existsSync(folder)) return new Map();
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.filter((path) => !/\.part-\d/.test(path)).map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** What must come out the same: each finding, and all that is known at the end. @param {string} folder */
function outcome(folder) {
  return JSON.stringify([...files(folder)].filter(([name]) => /^findings\/.*finding\.json$|^state\/.*state-/.test(name)).sort());
}

/**
 * What is wrong with a campaign that was just killed; empty: nothing.
 *
 * @param {string} folder
 * @param {readonly string[]} told ids of findings that were announced
 */
function damage(folder, told) {
  const now = files(folder);
  for (const [name, text] of now) {
    if (!/\.(?:json|jsonl)$/.test(name)) continue;
    const lines = /finding\.json$|^campaign\.json$|^poisoned\//.test(name) ? [text] : text.split('\n').filter((line) => line !== '');
    // The last line of statistics may be torn, and readers leave it out.
    if (name.endsWith('.jsonl') && !text.endsWith('\n')) lines.pop();
    try {
      if (lines.length === 0) throw new Error('is empty');
      for (const line of lines) JSON.parse(line);
    } catch (error) {
      return `${name} is torn: ${error instanceof Error ? error.message : error}`;
    }
  }
  const lost = told.find((id) => !now.has(`findings/${id}/finding.json`));
  return lost === undefined ? '' : `${lost} was announced and is not there`;
}

/**
 * A process of inband.
 *
 * @param {string} cli
 * @param {readonly string[]} args
 */
function run(cli, args) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => void (out += chunk));
  /** @type {Promise<void>} a worker says when it begins */
  const ready = new Promise((resolve) => {
    child.stderr.on('data', (chunk) => {
      err += chunk;
      if (err.includes('takes slices')) resolve();
    });
  });
  /** @type {Promise<number | null>} null: it was killed */
  const ended = new Promise((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  return { child, ended, ready, told: () => Array.from(out.matchAll(/inband show \S*\/findings\/([^/\s]+)\/finding\.json\n/g), ([, id]) => id), errors: () => err };
}

/**
 * A process at the campaign in `folder`.
 *
 * @param {string} cli
 * @param {string} folder
 * @param {number} executions
 * @param {readonly string[]} [options]
 */
function start(cli, folder, executions, options = []) {
  return run(cli, [...HUNT, '--budget', `${executions}x`, '--campaign', folder, ...options]);
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * How the tests and this program kill.
 *
 * @typedef {{ cli: string, kills: number, seed: number, executions?: number, tell?: (text: string) => void }} Killing
 * @typedef {{ kills: number, campaigns: number, findings: number }} Killed
 */

/**
 * A campaign that nobody disturbs.
 *
 * @param {string} cli
 * @param {string} folder
 * @param {number} executions
 */
async function undisturbed(cli, folder, executions) {
  const begun = Date.now();
  const code = await start(cli, folder, executions).ended;
  if (code !== 1) throw new Error(`the undisturbed campaign ended with ${code}`);
  return { took: Date.now() - begun, expected: outcome(folder), findings: readdirSync(join(folder, 'findings')).length };
}

/**
 * Checks a campaign that has come to its end.
 *
 * @param {string} folder
 * @param {readonly string[]} told
 * @param {string} expected
 * @param {number} kills
 */
function conclude(folder, told, expected, kills) {
  const wrong = damage(folder, told);
  if (wrong !== '') throw new Error(`${folder}: ${wrong}`);
  if (outcome(folder) !== expected) throw new Error(`${folder}: after ${kills} kills the campaign came to something else than the undisturbed one`);
  rmSync(folder, { recursive: true });
}

/**
 * Workers of campaigns over a queue, killed one after the other at random moments; another takes the place of each.
 *
 * @param {Killing} options
 * @returns {Promise<Killed>}
 */
export async function killWorkers({ cli, kills, seed, executions = EXECUTIONS, tell = () => {} }) {
  const draw = random(seed);
  const root = mkdtempSync(join(tmpdir(), 'inband-kill-'));
  const redis = await RedisServer.start();
  const worker = () => run(cli, ['worker', redis.url, '--lease', '2']);
  let workers = [worker(), worker(), worker()];
  /** @type {ReturnType<typeof run> | undefined} */
  let producer;
  try {
    const { expected, findings, ...reference } = await undisturbed(cli, join(root, 'undisturbed'), executions);
    let { took } = reference;
    let made = 0;
    let campaigns = 0;
    while (made < kills) {
      const folder = join(root, `campaign-${campaigns++}`);
      const begun = Date.now();
      producer = start(cli, folder, executions, ['--queue', redis.url]);
      while (made < kills) {
        // Killed before they begin they would get nowhere, however long that takes here.
        await Promise.race([Promise.all(workers.map(({ ready }) => ready)), producer.ended]);
        await Promise.race([sleep(draw() * took), producer.ended]);
        if (producer.child.exitCode !== null) break;
        const victim = workers[Math.floor(draw() * workers.length)];
        victim.child.kill('SIGKILL');
        await victim.ended;
        const wrong = damage(folder, producer.told());
        if (wrong !== '') throw new Error(`${folder}, after kill ${made}: ${wrong}`);
        tell(`${++made} of ${kills} kills of workers, ${campaigns} campaigns`);
        workers = [...workers.filter((other) => other !== victim), worker()];
      }
      const ending = await producer.ended;
      if (ending !== 1 || producer.errors() !== '') throw new Error(`${folder}: the producer ended with ${ending}: ${producer.errors()}`);
      conclude(folder, producer.told(), expected, made);
      // Who shares the machine with others has no speed of its own: moments must lie within a campaign.
      took = Math.min(took, Date.now() - begun);
    }
    rmSync(root, { recursive: true });
    return { kills: made, campaigns, findings };
  } catch (error) {
    tell(`kept: ${root}`);
    throw error;
  } finally {
    for (const one of [...workers, producer]) one?.child.kill('SIGKILL');
    await redis.close();
  }
}

/**
 * Campaigns that are killed until so many kills have been made. Throws at the first that is not what it should be.
 *
 * @param {Killing & { processes: 1 | 2 }} options
 * @returns {Promise<Killed>}
 */
export async function kill({ cli, kills, processes, seed, executions = EXECUTIONS, tell = () => {} }) {
  const draw = random(seed);
  const root = mkdtempSync(join(tmpdir(), 'inband-kill-'));
  try {
    const { took, expected, findings } = await undisturbed(cli, join(root, 'undisturbed'), executions);
    let made = 0;
    let campaigns = 0;
    while (made < kills) {
      const folder = join(root, `campaign-${campaigns++}`);
      /** @type {string[]} */
      const told = [];
      let running = Array.from({ length: processes }, () => start(cli, folder, executions));
      while (running.length > 0) {
        const moment = sleep(draw() * took * 0.8);
        await Promise.race([moment, Promise.all(running.map(({ ended }) => ended))]);
        const alive = running.filter(({ child }) => child.exitCode === null && child.signalCode === null);
        if (alive.length === 0 || made >= kills) break;
        // Of two one, or both.
        const victims = processes === 2 && draw() < 0.5 ? alive.slice(0, 1) : alive;
        for (const { child } of victims) child.kill('SIGKILL');
        await Promise.all(victims.map(({ ended }) => ended));
        made += victims.length;
        told.push(...victims.flatMap((victim) => victim.told()));
        const wrong = damage(folder, told);
        if (wrong !== '') throw new Error(`${folder}, after kill ${made}: ${wrong}`);
        tell(`${made} of ${kills} kills, ${campaigns} campaigns`);
        running = [...running.filter((other) => !victims.includes(other)), ...victims.map(() => start(cli, folder, executions))];
      }
      for (const { ended, errors } of running) {
        const ending = await ended;
        if (ending !== 1) throw new Error(`${folder}: a process ended with ${ending}: ${errors()}`);
      }
      conclude(folder, [...told, ...running.flatMap((one) => one.told())], expected, made);
    }
    rmSync(root, { recursive: true });
    return { kills: made, campaigns, findings };
  } catch (error) {
    tell(`kept: ${root}`);
    throw error;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [kills = 200, seed = 1] = process.argv.slice(2).map(Number);
  const cli = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist/cli.js');
  const tell = (/** @type {string} */ text) => void process.stderr.write(`${text}\n`);
  const share = Math.ceil(kills / 3);
  const one = await kill({ cli, kills: share, processes: 1, seed, tell });
  const two = await kill({ cli, kills: share, processes: 2, seed: seed + 1, tell });
  const workers = await killWorkers({ cli, kills: Math.max(1, kills - 2 * share), seed: seed + 2, tell });
  const text = (/** @type {Killed} */ { kills: n, campaigns }) => `${n} kills in ${campaigns} campaigns`;
  console.log(`one process: ${text(one)}; two on one folder: ${text(two)}; workers of a queue: ${text(workers)}`);
  console.log(`each came to the ${one.findings} findings and the state of an undisturbed one; no file was torn, nothing that was announced is lost`);
}
