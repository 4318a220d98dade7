import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { record, timelineOf, timelinePage } from '../src/report/index.ts';
import { KCS } from '../src/scenarios/index.ts';
import { bundleWeb } from '../tools/web.mjs';
import { deliver, type Row } from './result.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const MB = 1_000_000;
/** Frames of one pan. */
const FRAMES = 60;

/** The page of the longest run that the scenario has: eight requests of 271 bytes. */
async function build(): Promise<{ readonly page: string; readonly events: number; readonly seconds: number }> {
  const system = KCS.build({ driver: 'kcs-bmc@mainline', settings: { requests: 8, length: 271, hostMode: 'poll' } });
  const recording = record(system);
  const assets = await bundleWeb(join(dirname(fileURLToPath(import.meta.url)), '../..'));
  const begin = process.cpuUsage();
  const document = timelineOf(recording, { title: 'eight long requests' });
  const page = timelinePage(document, assets);
  const { user, system: kernel } = process.cpuUsage(begin);
  return { page, events: document.items.lane.length, seconds: (user + kernel) / 1e6 };
}

/** Frame times of panning to and fro, ms; the page runs in the browser, whose clock counts. */
async function pan(page: Page, keys: readonly string[]): Promise<readonly number[]> {
  for (const key of keys) await page.keyboard.press(key);
  return page.evaluate(`new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const frame = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      if (times.length > ${FRAMES}) return resolve(times.slice(1));
      document.dispatchEvent(new KeyboardEvent('keydown', { key: times.length % 20 < 10 ? 'ArrowRight' : 'ArrowLeft' }));
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
}

if (!existsSync(CHROMIUM)) {
  deliver({ bench: 'timeline', notes: ['skipped: there is no chromium'], rows: [], ratios: {} });
} else {
  const folder = mkdtempSync(join(tmpdir(), 'inband-timeline-'));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  try {
    const { page: text, events, seconds } = await build();
    const file = join(folder, 'timeline.html');
    writeFileSync(file, text);
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
    await page.goto(`file://${file}`);
    const ready = await page.evaluate<number>('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))))');
    const paint = await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0].startTime');
    const rows: Row[] = [
      { name: 'events', value: events, unit: 'events' },
      { name: 'size of the page', value: text.length / MB, unit: 'MB' },
      { name: 'to make it', value: seconds * 1000, unit: 'ms of CPU time' },
      { name: 'first paint', value: paint, unit: 'ms' },
      { name: 'lanes drawn', value: ready, unit: 'ms' },
    ];
    for (const [name, keys] of [['panning the whole run', ['a']], ['panning a 20th of it', ['+', '+', '+', '+', '+', '+', '+']]] as const) {
      const times = [...await pan(page, keys)].sort((one, other) => one - other);
      rows.push({ name: `${name}: median frame`, value: times[times.length >> 1], unit: 'ms' }, { name: `${name}: slowest frame`, value: times[times.length - 1], unit: 'ms' });
    }
    deliver({ bench: 'timeline', notes: ['wall clock of a headless chromium: what else the machine does shows in it'], rows, ratios: { 'bytes of the page by event': text.length / events } });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}
