import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setUp } from '../cli/inband.ts';
import { HAS_CHROMIUM, NEEDS, setUpBrowser } from './browser.ts';

const inband = setUp();
const browser = setUpBrowser();

interface Report {
  readonly points: readonly { readonly legs: readonly { readonly name: string; readonly p50: number; readonly p90: number }[]; readonly shares: readonly unknown[] }[];
}

describe.skipIf(!HAS_CHROMIUM)(`bench irq --html${NEEDS}`, () => {
  it('draws every leg and every share of every set of parameters, all on one scale', async () => {
    const complaints: string[] = [];
    const cwd = inband.folder();
    const { stdout } = await inband.run(['bench', 'irq', '--n', '8', '--sweep', 'hostMode=poll', '--json', '--html', 'irq.html'], { cwd });
    const { points } = JSON.parse(stdout) as Report;
    const page = await browser.page(join(cwd, 'irq.html'), complaints);
    expect(await page.$$eval('section', (all) => all.length)).toBe(2);
    expect(await page.$$eval('svg g title', (all) => all.map((title) => (title.textContent ?? '').replace(/: min.*/, ''))))
      .toEqual(points.flatMap(({ legs }) => legs.map(({ name }) => name)));
    const boxes = await page.$$eval('svg g rect', (all) => all.map((rect) => [Number(rect.getAttribute('x')), Number(rect.getAttribute('width'))] as const));
    const legs = points.flatMap((point) => point.legs);
    // The later a median, the further to the right its box begins, whichever plot it is in.
    for (const [i, one] of legs.entries()) for (const [j, other] of legs.entries()) if (one.p50 < other.p50) expect(boxes[i][0]).toBeLessThanOrEqual(boxes[j][0]);
    expect(await page.$$eval('svg[aria-label="whose time it is"] rect', (all) => all.length)).toBe(points.reduce((sum, { shares }) => sum + shares.length, 0));
    expect(complaints).toEqual([]);
    await page.close();
  });
});
