import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ROOT, setUp } from '../cli/inband.ts';
import { HAS_CHROMIUM, NEEDS, setUpBrowser } from './browser.ts';

const inband = setUp();
const browser = setUpBrowser();

/** Writes the page of a saved finding and opens it. */
async function open(slug: string, complaints: string[]): Promise<Page> {
  const file = join(inband.folder(), `${slug}.html`);
  const ran = await inband.run(['show', join(ROOT, `test/data/findings/${slug}.json`), '-f', 'html', '-o', file]);
  expect(ran).toEqual({ code: 1, signal: null, stdout: '', stderr: '' });
  return browser.page(file, complaints);
}

/** Finds the first event by words, selects it, and returns what is told of it. */
async function find(page: Page, words: string): Promise<string> {
  await page.keyboard.press('Escape');
  await page.fill('#find', words);
  await page.press('#find', 'Enter');
  await page.press('#find', 'Escape');
  return (await page.textContent('#details')) ?? '';
}

/** The table of wires of the selected cycle: a row for each wire, its name first. */
function clocks(page: Page): Promise<string[][]> {
  return page.$$eval('table.clocks tr', (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

describe.skipIf(!HAS_CHROMIUM)(`the page of a timeline${NEEDS}`, () => {
  it('of a KCS finding: the rule, the stall, the faulty access, and one LPC cycle clock by clock', async () => {
    const complaints: string[] = [];
    const page = await open('kcsv2-response-to-restarted-request', complaints);
    expect(await page.textContent('#oracle')).toBe('✗ wrong-response');
    expect(await page.textContent('#rule')).toBe('after a restart the response to the request that was given up must not reach the host');
    expect(await page.textContent('#details')).toContain('wrong-response: the host asked [c0 0e 02');

    await page.click('#decisions li:nth-child(2) button');
    expect(await page.textContent('#details')).toMatch(/HELD before return from read\(\) for 574 us, until all else is quiet/);

    // The first byte of the answer to request 1, which the host takes for that of request 2.
    const access = await find(page, 'cycle host reads ODR3=C4h');
    expect(access).toMatch(/host reads ODR3=C4h.*LPC · cycle/s);
    await page.keyboard.press('z');
    // LPC 1.1: a read of CA2h that gives C4h; data low nibble first.
    const [numbers, ...wires] = await clocks(page);
    expect(numbers).toEqual(['clock', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13']);
    expect(wires).toEqual([
      ['LFRAME_n', '0', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1'],
      ['LAD', '0', '0', '0', 'C', 'A', '2', 'F', 'F', '0', '4', 'C', 'F', 'F'],
      ['field', 'START', 'CYCTYPE', 'ADDR', 'ADDR', 'ADDR', 'ADDR', 'TAR', 'TAR', 'SYNC', 'DATA', 'DATA', 'TAR', 'TAR'],
    ]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('leads from an effect to its cause: what the host reads in ODR to the write() that put it there', async () => {
    const complaints: string[] = [];
    const page = await open('kcsv2-response-to-restarted-request', complaints);
    await find(page, 'cycle host reads ODR3=C4h');
    await page.click('#details ul button:has-text("DATA(CA2h) read")');
    await page.click('#details ul button:has-text("ODR3 := C4h")');
    const cause = (await page.textContent('#details')) ?? '';
    expect(cause).toMatch(/ODR3 := C4h/);
    expect(cause).toMatch(/kcsd/);
    expect(cause).toMatch(/Leads to/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('of an SSIF finding: the interrupt status and the bytes on the bus', async () => {
    const complaints: string[] = [];
    const page = await open('i2ca-coalesced-stop-start', complaints);
    expect(await page.textContent('#oracle')).toMatch(/✗ /);
    expect(await find(page, 'value SLAVE_MATCH RX_DONE STOP')).toMatch(/[0-9A-F]+h .*SLAVE_MATCH.*i2c\.INTR_STS · value/s);
    expect(await find(page, 'cycle address 10h read')).toMatch(/I2C\d · cycle/);
    const [, ...wires] = await clocks(page);
    expect(wires.map(([name]) => name)).toEqual(['SCL', 'SDA', 'transfer']);
    const edges = wires[0].slice(1).filter((level, i, all) => level === '0' && all[i - 1] === '1').length;
    expect(edges).toBeGreaterThanOrEqual(8);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('of a BT finding: the rule, the moment at which B_BUSY is set for ever, and the cycle that reads it', async () => {
    const complaints: string[] = [];
    const page = await open('bt-close-open-busy-stuck', complaints);
    expect(await page.textContent('#oracle')).toBe('✗ stuck-busy');
    expect(await page.textContent('#rule')).toBe('B_BUSY is clear when the BMC is ready for a request');
    expect(await find(page, 'value 80h B_BUSY bt.BT_CTRL')).toMatch(/80h B_BUSY/);
    expect(await find(page, 'cycle host reads BT_CTRL=80h')).toMatch(/host reads BT_CTRL=80h B_BUSY/);
    // LPC 1.1: a read of port 0E4h that gives 80h.
    const [numbers, ...wires] = await clocks(page);
    expect(numbers).toHaveLength(14);
    expect(wires[1]).toEqual(['LAD', '0', '0', '0', '0', 'E', '4', 'F', 'F', '0', '0', '8', 'F', 'F']);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('can be used by keys alone, in both themes', async () => {
    const complaints: string[] = [];
    const page = await open('kcs-read-aba', complaints);
    const told = new Set<string>();
    for (const key of ['a', '+', '+', '-', 'ArrowRight', 'f', 'Escape', 'n', 'n', 'ArrowDown', 'ArrowUp', 'p', 'z', 't', 'N']) {
      await page.keyboard.press(key);
      told.add((await page.textContent('#details')) ?? '');
    }
    expect(told.size).toBeGreaterThan(4);
    expect(await page.getAttribute('html', 'data-theme')).toBe('dark');
    await page.keyboard.press('?');
    expect(await page.isVisible('#keys')).toBe(true);
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('of a nominal run: what it is; nothing of its data is taken for markup', async () => {
    const complaints: string[] = [];
    const file = join(inband.folder(), 'run.html');
    await inband.run(['run', 'kcs', '--driver', 'kcs-bmc@fixed', '--html', file]);
    const page = await browser.page(file, complaints);
    expect(await page.textContent('h1')).toBe('inband run kcs');
    expect(await page.$$eval('script', (all) => all.length)).toBe(2);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
