import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFinding, serializeFinding, type Finding } from '../../src/index.ts';
import { replayFindings, type Expected } from '../../src/testing/index.ts';
import { ROOT } from '../cli/inband.ts';

const FINDING = join(ROOT, 'test/data/findings/kcsv2-response-to-restarted-request.json');
const TWO_LINES = `import { replayFindings } from 'inband/test';
replayFindings('findings');
`;

/** A project that has inband installed, and a finding of its own. */
let project = '';

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'inband-project-'));
  const installed = join(project, 'node_modules/inband');
  mkdirSync(join(installed, 'dist'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  // As tools/build.mjs does it.
  await build({
    absWorkingDir: ROOT, entryPoints: { index: 'src/index.ts', test: 'src/testing/index.ts' }, outdir: join(installed, 'dist'), bundle: true, format: 'esm', platform: 'node',
    target: 'node20.19', logLevel: 'error', external: ['fast-check', 'vitest'],
  });
  for (const name of ['fast-check', 'vitest', 'pure-rand']) symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  mkdirSync(join(project, 'findings'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(project, 'races.test.js'), TWO_LINES);
});

afterAll(() => {
  rmSync(project, { recursive: true });
});

/** Puts a finding into the project: that of a race that shows, or of one that does not. */
function keep(change: (finding: Finding) => Finding): void {
  const finding = parseFinding(readFileSync(FINDING, 'utf8'), FINDING);
  writeFileSync(join(project, 'findings/race.json'), serializeFinding(change(finding)));
}

function run(...command: readonly string[]): { readonly code: number | null; readonly text: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_TEST|NODE_OPTIONS|TEST$|FORCE_COLOR)/.test(name)));
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: project, env: { ...env, NO_COLOR: '1' }, encoding: 'utf8' });
  return { code: status, text: stdout + stderr };
}

const RUNNERS = [
  ['node:test', ['--test', 'races.test.js']],
  ['vitest', [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', '.', 'races.test.js']],
] as const;

describe.each(RUNNERS)('two lines in the tests of a project, with %s', (_name, command) => {
  it('fail while the race is there, with its timeline', () => {
    keep((finding) => finding);
    const { code, text } = run(...command);
    expect(text).toContain('findings/race.json: it is back: wrong-response/');
    expect(text).toMatch(/host CPU +LPC/);
    expect(code).toBe(1);
  });

  it('pass when it is not', () => {
    keep((finding) => ({ ...finding, decisions: [] }));
    const { code, text } = run(...command);
    expect(text).toMatch(/race\.json: fixed|1 passed/);
    expect(code).toBe(0);
  });

  it('fail where nothing can be said', () => {
    keep((finding) => ({ ...finding, model: { ...finding.model, host: 99 } }));
    const { code, text } = run(...command);
    expect(text).toContain('findings/race.json: model "host" is 99 in the finding, but ');
    expect(code).toBe(1);
  });
});

describe('the tests that are made', () => {
  /** Runs them by hand: what each throws; undefined: it passes. */
  function tested(expected: Expected): readonly (readonly [string, string | undefined])[] {
    const results: [string, string | undefined][] = [];
    replayFindings(pathToFileURL(join(project, 'findings/')), {
      expect: expected,
      test: (name, body) => {
        let message: string | undefined;
        try {
          body();
        } catch (error) {
          ({ message } = error as Error);
        }
        results.push([name, message]);
      },
    });
    return results;
  }

  it('of a race that is to stay fail when it is gone', () => {
    const file = join(project, 'findings/race.json');
    keep((finding) => finding);
    expect(tested('reproduces')).toEqual([[`${file}: reproduces`, undefined]]);
    keep((finding) => ({ ...finding, decisions: [] }));
    expect(tested('reproduces')).toEqual([[`${file}: reproduces`, `${file}: wrong-response/answers-another-request does not show any more`]]);
    expect(tested('fixed')).toEqual([[`${file}: fixed`, undefined]]);
  });

  it('of a file that is none fail with one line, and a folder that is none is refused', () => {
    writeFileSync(join(project, 'findings/race.json'), '[]');
    expect(tested('fixed')[0][1]).toBe(`${join(project, 'findings/race.json')}: expected an object`);
    expect(() => replayFindings(join(project, 'nowhere'))).toThrow(`cannot read ${join(project, 'nowhere')}: no such file or directory`);
  });
});

describe('a folder of findings', () => {
  it('has files of whatever names; without any, a test fails that says so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inband-findings-'));
    const names: string[] = [];
    const replayed = (): void => {
      replayFindings(folder, { expect: 'reproduces', test: (name, body) => {
        names.push(name);
        body();
      } });
    };
    try {
      expect(replayed).toThrow(`${folder}: holds no findings: nothing is run again`);
      for (const name of ['race (1).json', '_race.JSON']) copyFileSync(FINDING, join(folder, name));
      replayed();
      expect(names).toEqual([`${folder}: reproduces`, `${join(folder, '_race.JSON')}: reproduces`, `${join(folder, 'race (1).json')}: reproduces`]);
      writeFileSync(join(folder, '_race.JSON'), readFileSync(FINDING, 'utf8').replace(/"oracle": "[^"]*"/, '"oracle": "nosuch"').replace(/ *"oracles": .*\n/, ''));
      expect(replayed).toThrow(/^\S+_race\.JSON: oracle: scenario \S+ has no "nosuch"/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a driver of the project’s own', () => {
  it('is run as it is now, though it has changed since', () => {
    keep(({ model: { 'driver kcs-bmc@v2': _1, ...model }, ...finding }) => ({ ...finding, driver: 'own@mine.js', model: { ...model, 'driver own@mine.js': 1 } }));
    const file = (driver: string): string => `import { test } from 'node:test';
import { replayFindings } from 'inband/test';
import { ${driver}, ownScenario } from 'inband';
replayFindings('findings', { scenarioOf: () => ownScenario({ as: 'kcs', id: 'own', name: 'mine.js', model: 2, driver: class extends ${driver} {} }), test });
`;
    for (const [driver, expected] of [['KcsBmcV2', 1], ['KcsBmcFixed', 0]] as const) {
      writeFileSync(join(project, 'own.test.js'), file(driver));
      const { code, text } = run('--test', 'own.test.js');
      expect(text).toMatch(expected === 1 ? /it is back: wrong-response/ : /pass 1/);
      expect(code).toBe(expected);
    }
  });
});
