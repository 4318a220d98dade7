import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setUp } from '../cli/inband.ts';
import { HAS_CHROMIUM, NEEDS, setUpBrowser } from './browser.ts';

const inband = setUp();
const browser = setUpBrowser();

describe.skipIf(!HAS_CHROMIUM)(`hunt --html${NEEDS}`, () => {
  it('lists every finding with its rule, its decisions and its timeline', async () => {
    const complaints: string[] = [];
    const cwd = inband.folder();
    const ran = await inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@v2', '--oracle', 'sleep-in-atomic,errno', '--keep-going', '--budget', '40x', '--json', '--html', 'hunt.html'], { cwd });
    const { findings } = JSON.parse(ran.stdout) as { findings: { readonly oracle: string; readonly message: string; readonly file: string }[] };
    expect(findings.length).toBeGreaterThan(1);
    const page = await browser.page(join(cwd, 'hunt.html'), complaints);
    expect(await page.textContent('#sum')).toMatch(new RegExp(`^${findings.length} distinct findings\\. 40 executions`));
    const rows = await page.$$eval('table tr', (all) => all.slice(1).map((row) => row.textContent ?? ''));
    expect(rows).toHaveLength(findings.length);
    for (const [i, { oracle, message, file }] of findings.entries()) {
      expect(rows[i]).toContain(oracle);
      expect(rows[i]).toContain(message);
      const section = (await page.textContent(`#finding-${i + 1}`)) ?? '';
      expect(section).toContain(`inband replay ${file}`);
      expect(section).toMatch(/time \(us\)\s+host CPU/);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});
