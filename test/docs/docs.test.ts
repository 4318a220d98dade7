import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/index.ts';
import { bugSection, slugsIn } from '../../tools/docs-bugs.mjs';
import { withTables, withTimes } from '../../tools/docs.mjs';
import { timeText, type List } from '../../tools/docs-tables.mjs';
import { MOST, PICTURES } from '../../tools/pictures.mjs';
import { setUp } from '../cli/inband.ts';

const ROOT = new URL('../../', import.meta.url);
const DOCS = new URL('docs/', ROOT);
const FINDINGS = fileURLToPath(new URL('test/data/findings', ROOT));
const NAMES = readdirSync(DOCS).filter((name) => name.endsWith('.md'));

const inband = setUp();

function read(name: string): string {
  return readFileSync(new URL(name, DOCS), 'utf8');
}

describe('tables of what there is', () => {
  let list: List;
  beforeAll(async () => {
    const [topics, kernel] = await Promise.all([inband.run(['list', '--json']), inband.run(['list', 'kernel', '--json'])]);
    list = { ...JSON.parse(topics.stdout) as List, ...JSON.parse(kernel.stdout) as Pick<List, 'kernel'> };
  });

  it.each(NAMES.filter((name) => read(name).includes('<!-- table: ')))('%s has what `inband list --json` prints', (name) => {
    // If this fails because there is something new: npm run build && node tools/docs.mjs
    expect(withTables(read(name), list)).toBe(read(name));
  });

  it('models.md has every parameter of every scenario', () => {
    const text = read('models.md');
    for (const { name } of list.parameters) expect(text).toContain(`| \`${name}\` |`);
  });

  it.each([[30_303, '30.303 ns'], [5_000_000, '5 us'], [5_000_000_000_000, '5 s'], [62, '62 ps']])('%i ps is %s', (ps, text) => {
    expect(timeText(ps)).toBe(text);
  });
});

describe('bugs.md', () => {
  const page = read('bugs.md');

  it('has a section for each saved finding, and no other', () => {
    const sections = Array.from(page.matchAll(/^### (.+)$/gm), ([, slug]) => slug);
    expect(sections.toSorted()).toEqual(slugsIn(FINDINGS));
    for (const slug of sections) expect(page).toContain(`[${slug}](#${slug})`);
  });

  it.each(['kcs-read-aba', 'kcsv2-copy-to-user-under-spinlock', 'i2ca-busy-ack', 'hssif-alloc-fail-lock'])('tells what %s does now', (slug) => {
    // If this fails because the timeline looks different: npm run build && node tools/docs.mjs bugs.md
    expect(page).toContain(bugSection(library, FINDINGS, slug));
  });

  it('is short enough for a page', () => {
    expect(page.length).toBeLessThan(300_000);
  });
});

describe('README.md', () => {
  it('says where the time of a request goes, as `run` does', async () => {
    const text = readFileSync(new URL('README.md', ROOT), 'utf8');
    const now = await withTimes(text, async (line) => (await inband.shell(`npx() { shift; inband "$@"; }\n${line}`)).stdout);
    expect(now).toBe(text);
  });
});

describe('pictures', () => {
  it.each(PICTURES.map(({ name }) => name))('%s.png is there, shown by a page, and small', (name) => {
    expect(statSync(new URL(`pictures/${name}.png`, DOCS)).size).toBeLessThan(MOST);
    expect(NAMES.some((page) => read(page).includes(`](pictures/${name}.png)`))).toBe(true);
  });

  it('are all made by the tool', () => {
    expect(readdirSync(new URL('pictures/', DOCS)).toSorted()).toEqual(PICTURES.map(({ name }) => `${name}.png`).toSorted());
  });
});

describe('docs/README.md', () => {
  it.each(NAMES.filter((name) => name !== 'README.md'))('leads to %s', (name) => {
    expect(read('README.md')).toContain(`](${name})`);
  });
});

/** What a heading is called in a link, as GitHub does it. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-');
}

describe.each(NAMES)('%s', (name) => {
  const text = read(name);

  it('has links that lead somewhere', () => {
    const targets = Array.from(text.replaceAll(/```.*?```/gs, '').matchAll(/\]\(([^)]+)\)/g), ([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));
    const broken = targets.filter((target) => {
      const [file, heading] = target.split('#');
      const url = file === '' ? new URL(name, DOCS) : new URL(file, DOCS);
      if (!existsSync(url)) return true;
      return heading !== undefined && !Array.from(readFileSync(url, 'utf8').matchAll(/^#+ (.+)$/gm), ([, title]) => anchor(title)).includes(heading);
    });
    expect(broken).toEqual([]);
  });
});
