#!/usr/bin/env node
/**
 * Writes into docs/ and README.md what the command prints: outputs of commands, tables of what there is, bugs.
 *
 *     npm run build && node tools/docs.mjs                   all pages
 *     npm run build && node tools/docs.mjs kcs.md bugs.md    these
 *
 * Needed when models, findings or outputs have changed: the tests in test/docs say so. In a page there are
 *
 *     <!-- file: NAME -->, then a fenced block      the commands of the page find it under that name
 *     ```console                                    each line that begins with "$ " is run, and what it prints stands below
 *     <!-- output: COMMAND -->, then a fenced block what the command prints
 *     <!-- table: WHAT -->, up to <!-- end -->      see docs-tables.mjs
 *     <!-- bugs -->, up to <!-- end -->             the saved findings, see docs-bugs.mjs
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bugsBlock } from './docs-bugs.mjs';
import { tableOf } from './docs-tables.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a line of shell in a folder and returns what it prints to stdout; `npx inband` in it is the command.
 *
 * @typedef {(line: string, folder: string) => Promise<string>} Shell
 */

const FILE = /<!-- file: (\S+) -->\n```\w*\n(.*?)```\n/gs;
const CONSOLE = /(```console\n)(.*?)(```\n)/gs;
const OUTPUT = /(<!-- output: (.+?) -->\n```\w*\n)(.*?)(```\n)/gs;
const TABLE = /(<!-- table: (.+?) -->\n).*?(<!-- end -->)/gs;
const BUGS = /(<!-- bugs -->\n).*?(<!-- end -->)/s;

/** Wall clock, which is another each time. @param {string} text */
export function withoutSeconds(text) {
  return text.replaceAll(/\b\d+\.\d s(?= \(|$)/gm, 'N s');
}

/**
 * The same text with another in place of each match, which takes time to find out; one after the other.
 *
 * @param {string} text
 * @param {RegExp} pattern global
 * @param {(match: RegExpMatchArray) => Promise<string>} change
 */
async function replaceEach(text, pattern, change) {
  let [result, from] = ['', 0];
  for (const match of text.matchAll(pattern)) {
    result += text.slice(from, match.index) + await change(match);
    from = match.index + match[0].length;
  }
  return result + text.slice(from);
}

/** @param {string} text */
function ended(text) {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/**
 * A page with all that its commands print. They run in one folder, in the order in which they stand.
 *
 * @param {string} text of the page
 * @param {Shell} shell
 * @returns {Promise<string>}
 */
export async function withOutputs(text, shell) {
  if (!/```console|<!-- output: /.test(text)) return text;
  const folder = mkdtempSync(join(tmpdir(), 'inband-docs-'));
  try {
    symlinkSync(join(root, 'test'), join(folder, 'test'));
    for (const [, name, content] of text.matchAll(FILE)) writeFileSync(join(folder, name), content);
    const session = await replaceEach(text, CONSOLE, async ([, before, lines, after]) => {
      let now = before;
      for (const line of lines.split('\n').filter((one) => one.startsWith('$ '))) now += `${line}\n${ended(await shell(line.slice(2), folder))}`;
      return now + after;
    });
    return await replaceEach(session, OUTPUT, async ([, before, line, , after]) => before + ended(await shell(line, folder)) + after);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A page with its tables.
 *
 * @param {string} text of the page
 * @param {import('./docs-tables.mjs').List} list what `inband list --json` and `inband list kernel --json` print
 */
export function withTables(text, list) {
  return text.replaceAll(TABLE, (_all, before, what, after) => `${before}${tableOf(what, list)}${after}`);
}

const TIMES = /(<!-- where a request's time goes: written by tools\/docs\.mjs -->\n).*?(?=```)/s;

/**
 * README.md with what `run` says of where a request's time goes.
 *
 * @param {string} text of README.md
 * @param {Shell} shell
 */
export async function withTimes(text, shell) {
  const [kcs, ssif] = await Promise.all(['kcs --driver kcs-bmc@mainline', 'ssif'].map((name) => shell(`npx inband run ${name} --set command=get-device-id --set requests=1`, root)));
  /** @type {(from: string, pattern: RegExp) => string} */
  const time = (from, pattern) => {
    const match = pattern.exec(from);
    if (match === null) throw new Error(`run does not print ${pattern}`);
    return Number(match[1]).toFixed(1);
  };
  const [slept, bits] = [time(ssif, /^ *host: waits and gaps +([\d.]+) ms/m), time(ssif, /^ *bus: bits +([\d.]+) ms/m)];
  const now = `A Get Device ID over SSIF takes ${time(ssif, /answered after ([\d.]+) ms/)} ms, of which the\nhost sleeps ${slept} and ${bits} are bits on a bus of 100 kHz; over KCS it takes ${time(kcs, /answered after ([\d.]+) ms/)} ms:\n\n`;
  if (!TIMES.test(text)) throw new Error('README.md: no text after <!-- where a request\'s time goes: ... -->');
  return text.replace(TIMES, (_all, before) => before + now);
}

/** The built command. @type {Shell} */
function shell(line, folder) {
  const command = `npx() { shift; '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"; }\n${line}`;
  const child = spawn('/bin/sh', ['-c', command], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

/** @param {Error} error */
function complain({ message }) {
  console.error(`docs: ${message}`);
  process.exitCode = 1;
}

/** @param {readonly string[]} names */
async function main(names) {
  const inband = await import(new URL('../dist/index.js', import.meta.url).href);
  const list = { ...JSON.parse(await shell('npx inband list --json', root)), ...JSON.parse(await shell('npx inband list kernel --json', root)) };
  const pages = [...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name)), 'README.md'];
  for (const page of pages.filter((name) => names.length === 0 || names.some((one) => name.endsWith(one)))) {
    const file = join(root, page);
    const text = readFileSync(file, 'utf8');
    const now = page === 'README.md' ? await withTimes(text, shell)
      : (await withOutputs(withTables(text, list), shell)).replace(BUGS, (_all, before, after) => `${before}${bugsBlock(inband, join(root, 'test/data/findings'), complain)}${after}`);
    if (withoutSeconds(now) === withoutSeconds(text)) continue;
    writeFileSync(file, now);
    console.log(page);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
