#!/usr/bin/env node
/**
 * Takes the pictures of docs/: pages of timelines of saved findings, as a browser draws them.
 *
 *     npm run build && node tools/pictures.mjs             all
 *     npm run build && node tools/pictures.mjs kcs         those with "kcs" in their names
 *
 * Needs Chromium, /usr/bin/chromium or what CHROMIUM names. Run it when the page or one of these findings looks different:
 * fonts and rasters differ from machine to machine, so no test compares pixels.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * A picture: the finding that it is of, and what is done to its page before it is taken.
 *
 * @typedef {{ name: string, slug: string, height: number, dark?: boolean, prepare?: (page: import('playwright-core').Page) => Promise<unknown> }} Picture
 */

/** Selects the first event that these words find, and zooms to it. @param {import('playwright-core').Page} page @param {string} words @param {boolean} [zoom] */
async function select(page, words, zoom = false) {
  await page.keyboard.press('Escape');
  await page.fill('#find', words);
  await page.press('#find', 'Enter');
  await page.press('#find', 'Escape');
  if (zoom) await page.keyboard.press('z');
}

/** Zooms to what is selected, which at first is the breach, and out again so many times. @param {import('playwright-core').Page} page @param {number} out */
async function closeUp(page, out) {
  await page.keyboard.press('z');
  for (let i = 0; i < out; i++) await page.keyboard.press('-');
}

/** @type {readonly Picture[]} */
export const PICTURES = [
  { name: 'kcs', slug: 'kcs-read-aba', height: 780 },
  { name: 'kcs-cycle', slug: 'kcs-read-aba', height: 780, prepare: (page) => select(page, 'cycle host reads ODR3=C4h', true) },
  {
    name: 'ssif', slug: 'i2ca-coalesced-stop-start', height: 800,
    prepare: async (page) => {
      await page.click('#decisions li:last-child button');
      await closeUp(page, 2);
    },
  },
  { name: 'bt', slug: 'hbt-busy-recheck', height: 780, prepare: (page) => closeUp(page, 13) },
  { name: 'raw-kcs', slug: 'raw-two-writers-overwrite', height: 780, prepare: (page) => closeUp(page, 14) },
];

/** The most that a picture may have, bytes. */
export const MOST = 150_000;

/** @param {readonly string[]} words */
async function main(words) {
  const folder = mkdtempSync(join(tmpdir(), 'inband-pictures-'));
  const out = join(root, 'docs/pictures');
  mkdirSync(out, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const { name, slug, height, dark, prepare } of PICTURES) {
      if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
      const file = join(folder, `${name}.html`);
      const path = `test/data/findings/${slug}.json`;
      const { status } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'show', path, '-f', 'html', '-o', file], { cwd: root, stdio: 'inherit' });
      if (status !== 1) throw new Error(`show ${path}: exit code ${status}`);
      const page = await browser.newPage({ viewport: { width: 1280, height }, colorScheme: dark === true ? 'dark' : 'light' });
      await page.goto(`file://${file}`);
      await prepare?.(page);
      const picture = join(out, `${name}.png`);
      await page.screenshot({ path: picture });
      await page.close();
      const { size } = statSync(picture);
      if (size > MOST) throw new Error(`${picture}: ${size} bytes, more than ${MOST}`);
      console.log(`${picture}: ${size} bytes`);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
