import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** Debian's package chromium, or what the environment names. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const HAS_CHROMIUM = existsSync(CHROMIUM);
/** What a skipped test says of it. */
export const NEEDS = HAS_CHROMIUM ? '' : ' (skipped: there is no chromium)';

/** A browser for the tests of a file. */
export class Chromium {
  private browser: Browser | undefined;

  async open(): Promise<void> {
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'] });
  }

  async close(): Promise<void> {
    await this.browser?.close();
  }

  /** Opens a file; `complaints` collects errors of the page and every request that leaves it. */
  async page(file: string, complaints: string[], colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    if (this.browser === undefined) throw new Error('the browser is not open');
    const page = await this.browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(`file://${file}`);
    return page;
  }
}

/** The browser of a file of tests; none where there is none. */
export function setUpBrowser(): Chromium {
  const browser = new Chromium();
  beforeAll(() => (HAS_CHROMIUM ? browser.open() : undefined));
  afterAll(() => browser.close());
  return browser;
}
