import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as inband from '../../src/index.ts';
import { Hunter, KCS_BMC_VERSIONS, SCENARIOS, scenario, type Finding } from '../../src/index.ts';
import { blockOf, firstFinding } from '../../tools/readme.mjs';

const ROOT = new URL('../../', import.meta.url);
const README = readFileSync(new URL('README.md', ROOT), 'utf8');

/** Options of a command line, by name; of the rest of it the words under `''`. */
type Line = ReadonlyMap<string, string>;

/** Every `inband hunt` in the text. */
const HUNTS: readonly Line[] = Array.from(README.matchAll(/^npx inband hunt\b([^#\n]*)/gm), ([, rest]) => parse(rest));

function parse(rest: string): Line {
  const line = new Map<string, string>();
  const words = rest.trim().split(/\s+/).filter((word) => word !== '');
  for (let i = 0; i < words.length; i++) {
    if (!words[i].startsWith('--')) line.set('', words[i]);
    else if (words[i] === '--keep-going') line.set(words[i], '');
    else line.set(words[i], [line.get(words[i]), words[++i]].filter((word) => word !== undefined).join(',')); // repeated: joined, as by the command
  }
  return line;
}

function paragraphs(heading: string): string {
  const from = README.indexOf(`\n## ${heading}\n`);
  expect(from).toBeGreaterThan(0);
  const to = README.indexOf('\n## ', from + 1);
  return README.slice(from, to < 0 ? undefined : to);
}

/** Hunts as the command line would, until `enough`, or the budget is used up. */
function findings(line: Line, most: number, enough: (finding: Finding) => boolean): readonly Finding[] {
  const oracles = line.get('--oracle')?.split(',');
  const hunted = scenario(line.get('') ?? 'kcs');
  const build = { driver: line.get('--driver') ?? hunted.defaultDriver, settings: {}, ...(oracles === undefined ? {} : { oracles }) };
  const hunter = new Hunter(hunted.build(build), { scenario: hunted.name, build, model: hunted.models(build) }, {
    seed: 1, keepGoing: line.has('--keep-going'), maxExecutions: most,
  });
  while (!hunter.done && !hunter.findings.some(enough)) hunter.advance(50);
  return hunter.findings;
}

describe('README.md', () => {
  it('shows what `inband hunt` prints', () => {
    const seconds = / in \d+\.\d s /;
    const block = blockOf(README);
    expect(block).toMatch(seconds);
    // If this fails because the finding has become another: npm run build && node tools/readme.mjs
    expect(block.replace(seconds, ' in N s ')).toBe(firstFinding(inband).replace(seconds, ' in N s '));
  });

  it('quotes nothing from it that is not there', () => {
    const block = blockOf(README);
    const [list] = /^- .*?\n\n/ms.exec(paragraphs('The first finding').replace(block, '')) ?? [''];
    const quoted = Array.from(list.matchAll(/`([^`]+)`/g), ([, text]) => text);
    expect(quoted.length).toBeGreaterThan(4);
    for (const text of quoted) expect(block).toContain(text);
  });

  it('explains this finding, not another', () => {
    const block = blockOf(README);
    const schedule = block.match(/^\d+\. .*$/gm) ?? [];
    expect(schedule).toHaveLength(2);
    expect(schedule.filter((line) => line.includes('the host does not wait for the answer'))).toHaveLength(1);
    expect(schedule.filter((line) => /bmc:kcsd is held before .*until all else is quiet/.test(line))).toHaveLength(1);
    expect(block).toMatch(/^wrong-response: the host asked .* \(tag 2\) and got/m);
    expect(block).toContain('phase:=WAIT_READ');
  });

  it('names drivers, oracles and options that exist', () => {
    expect(HUNTS.length).toBeGreaterThan(6);
    for (const line of HUNTS) {
      for (const [name, value] of line) {
        expect(['', '--driver', '--host', '--daemon', '--strategy', '--oracle', '--keep-going', '--budget']).toContain(name);
        if (name === '') expect(SCENARIOS.map((known) => known.name)).toContain(value);
      }
      const { oracles, hosts, daemons, defaultDriver, wholeDriver } = scenario(line.get('') ?? 'kcs');
      for (const [option, known] of [['--host', hosts], ['--daemon', daemons]] as const) if (line.has(option)) expect(known).toContain(line.get(option));
      expect(() => wholeDriver(line.get('--driver') ?? defaultDriver)).not.toThrow();
      for (const oracle of line.get('--oracle')?.split(',') ?? []) expect(oracles).toContain(oracle);
    }
  });

  it('tells of every version, each with a hunt', () => {
    const story = paragraphs('One driver, six versions');
    expect(KCS_BMC_VERSIONS).toHaveLength(6);
    for (const { version } of KCS_BMC_VERSIONS) {
      expect(story).toContain(`**\`${version}\`**`);
      if (version !== 'v2') expect(HUNTS.filter((line) => line.get('--driver') === `kcs-bmc@${version}`)).not.toEqual([]);
    }
  });

  it('has links that lead somewhere', () => {
    const targets = Array.from(README.matchAll(/\]\(([^)#]+)\)/g), ([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !existsSync(new URL(target, ROOT)))).toEqual([]);
  });

  it('has an example that finds what it says', () => {
    const [, code] = /```js\n(.*?)```/s.exec(paragraphs('Your own version'))!;
    // As a user has it: from the package that npm ci has built.
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
      cwd: fileURLToPath(ROOT), input: code, encoding: 'utf8', timeout: 60_000,
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^hang: /);
    expect(stdout).toContain('signal');
  });
});

describe('the story', () => {
  const hunts = HUNTS.filter((line) => line.has('--oracle'));

  it.each(hunts.map((line) => [line.get('--driver')!, line.get('--oracle')!, line] as const))('%s: %s', (_driver, oracle, line) => {
    const budget = /^(\d+)x$/.exec(line.get('--budget') ?? '20000x')!;
    const told = ({ rule, message, decisions }: Finding): boolean => TOLD[oracle].test(`${rule}: ${message}`) && decisions.length <= 4;
    const found = findings(line, Number(budget[1]), told);
    expect(found.some(told), found.map(({ rule, message }) => `${rule}: ${message}`).join('\n')).toBe(true);
  });

  it('v2 breaks a rule at nominal timing', () => {
    const [finding] = findings(parse('kcs'), 1, () => true);
    expect(finding).toMatchObject({ oracle: 'sleep-in-atomic', decisions: [] });
  });

  it('review fails a good copy at nominal timing', () => {
    const [finding] = findings(parse('kcs --driver kcs-bmc@review --oracle errno'), 1, () => true);
    expect(finding).toMatchObject({ rule: 'efault-without-fault', decisions: [] });
  });

  it('fixed breaks none', () => {
    expect(findings(parse('kcs --driver kcs-bmc@fixed'), 1000, () => true)).toEqual([]);
  });
});

/** What the story says that is found, by oracle. */
const TOLD: Readonly<Record<string, RegExp>> = {
  'torn-message': /^mixed: .* \(tag \d+\), then .* \(tag \d+\)$/, errno: /^efault-without-fault: /, 'wrong-response': /^answers-another-request: /,
  'lost-request': /^never-delivered: /,
};
