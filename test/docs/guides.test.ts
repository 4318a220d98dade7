import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withOutputs, withoutSeconds } from '../../tools/docs.mjs';
import { HAS_CLANG, WITHOUT } from '../c/toolchain.ts';
import { ROOT, setUp } from '../cli/inband.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const PAGES = readdirSync(DOCS).filter((name) => name.endsWith('.md')).map((name) => [name, readFileSync(new URL(name, DOCS), 'utf8')] as const);

const inband = setUp();

/** A line of a page, as a reader would type it. */
async function typed(line: string, cwd?: string): ReturnType<typeof inband.shell> {
  return inband.shell(`npx() { shift; inband "$@"; }\n${line}`, cwd === undefined ? {} : { cwd });
}

describe.concurrent('what a page says that a command prints, it prints', () => {
  const printing = PAGES.filter(([, text]) => /^\$ npx inband|<!-- output: /m.test(text));

  it.for(printing)('%s', { timeout: 180_000 }, async ([, text], { expect: expectThis, skip }) => {
    skip(!HAS_CLANG && text.includes(' --c '), WITHOUT);
    const now = await withOutputs(text, async (line, folder) => (await typed(line, folder)).stdout);
    // If this fails because the output has become another: npm run build && node tools/docs.mjs
    expectThis(withoutSeconds(now)).toBe(withoutSeconds(text));
  });

  it('there are such pages', () => {
    expect(printing.map(([name]) => name)).toEqual(expect.arrayContaining(['hunt.md', 'measure.md', 'campaign.md', 'timeline.md', 'recordings.md', 'own-driver.md']));
  });
});

/** Commands that a page shows without their output: lines of ```sh, and steps of a workflow. */
function commandsIn(text: string): readonly string[] {
  const blocks = Array.from(text.matchAll(/```(?:sh|yaml)\n(.*?)```/gs), ([, block]) => block);
  return blocks.flatMap((block) => Array.from(block.matchAll(/^ *(?:run: )?(npx inband [^#\n]*)/gm), ([, command]) => command.trim()));
}

/** What a loop over saved findings meets. */
const KNOWN = 'test/data/findings/kcs-read-aba.json';

/** The same with as little to do as can be: of several `--budget` and `--n` the last counts. */
function brief(command: string): string {
  const filled = command.replaceAll('${{ matrix.driver }}', 'kcs-bmc@fixed').replaceAll(/\$\{\{ matrix\.(?:seed|shard) \}\}/g, '1').replaceAll('"$finding"', KNOWN).replaceAll('test/data/findings/', join(ROOT, 'test/data/findings/'));
  if (/ hunt /.test(filled)) return `${filled} --budget 1x`;
  return / bench /.test(filled) ? `${filled} --n 1` : filled;
}

/** A command on the reader's own files, campaigns or queues, which are not here: all else of it has been understood by then. */
const NOT_HERE = /^inband: (?:cannot read \S+: no such file or directory|\S+: is no campaign: [^\n]*|cannot use the queue at \S+: [^\n]*)\n$/;

describe.concurrent('a command that a page shows is one that inband understands', () => {
  const commands = [...new Set(PAGES.flatMap(([, text]) => commandsIn(text)))];

  it.for(commands)('%s', async (command, { expect: expectThis }) => {
    const { code, stderr } = await typed(brief(command));
    if (NOT_HERE.test(stderr)) return;
    expectThis(stderr).not.toMatch(/^inband: /m);
    expectThis([0, 1]).toContain(code);
  });

  it('there are such commands', () => {
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.some((command) => command.includes('--github'))).toBe(true);
  });
});
