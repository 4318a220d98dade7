import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KCS, KCS_BMC_VERSIONS, SCENARIOS, STRATEGIES } from '../../src/index.ts';
import { ROOT, expectRefusal, setUp } from './inband.ts';

const inband = setUp();

const COMMANDS = ['list', 'run', 'hunt', 'replay', 'shrink', 'show', 'conform'] as const;

/** Options that each command must name in its help. */
const OPTIONS: Readonly<Record<(typeof COMMANDS)[number], readonly string[]>> = {
  list: ['--json'],
  run: ['--driver', '--host', '--daemon', '--set', '--json'],
  hunt: ['--driver', '--host', '--daemon', '--set', '--oracle', '--strategy', '--budget', '--seed', '--keep-going', '--out', '--json'],
  replay: ['--check-determinism', '--json'],
  shrink: ['--budget', '-o, --output', '--json'],
  show: ['-f, --format', '-o, --output', '--width'],
  conform: ['--json'],
};

describe.concurrent('help and version', () => {
  for (const command of COMMANDS) {
    it(`${command} --help`, async () => {
      const [long, word] = await Promise.all([inband.run([command, '--help']), inband.run(['help', command])]);
      expect(long).toMatchObject({ code: 0, stderr: '' });
      expect(long.stdout).toContain(`Usage: inband ${command} `);
      for (const option of OPTIONS[command]) expect(long.stdout).toContain(option);
      expect(word).toEqual(long);
    });
  }

  it('--help, help: every command', async () => {
    const [option, word] = await Promise.all([inband.run(['--help']), inband.run(['help'])]);
    expect(option).toMatchObject({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(option.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(word).toEqual(option);
  });

  it('--help, like package.json, names the interfaces that are built and no others', async () => {
    const { description, keywords } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { description: string; keywords: readonly string[] };
    const { stdout } = await inband.run(['--help']);
    for (const name of ['KCS', 'SSIF', 'BT']) {
      const built = SCENARIOS.some((scenario) => scenario.name === name.toLowerCase());
      expect(new RegExp(`\\b${name}\\b`).test(stdout), `${name} in --help`).toBe(built);
      expect(new RegExp(`\\b${name}\\b`).test(description), `${name} in package.json`).toBe(built);
      expect(keywords.includes(name.toLowerCase()), `keyword ${name}`).toBe(built);
    }
  });

  it('tells defaults as they are typed', async () => {
    const [one, other, bench] = await Promise.all([inband.run(['shrink', '--help']), inband.run(['prove', '--help']), inband.run(['bench', 'irq', '--help'])]);
    expect(one.stdout).toContain('(default: 20000x)');
    expect(other.stdout).toContain('(default: quiet)');
    for (const { stdout } of [one, other, bench]) expect(stdout).not.toMatch(/default: [[{]/);
    expect(bench.stdout).toMatch(/scenario +see: inband list scenarios; kcs if none is given/);
  });

  it('without a command: the help on stderr, exit code 2', async () => {
    const { code, stdout, stderr } = await inband.run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: inband ');
  });

  it('--version is that of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await inband.run(['--version'])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  });
});

describe.concurrent('list', () => {
  interface Named {
    readonly name: string;
  }

  it('as text: all topics', async () => {
    const { code, stdout, stderr } = await inband.run(['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^[A-Z]+$/gm)).toEqual(['SCENARIOS', 'DRIVERS', 'ORACLES', 'STRATEGIES', 'PARAMETERS']);
    for (const { source } of KCS_BMC_VERSIONS) expect(stdout).toContain(`from: ${source}`);
  });

  it('as JSON: everything that the scenarios know', async () => {
    const { code, stdout, stderr } = await inband.run(['list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as Record<string, readonly Named[]>;
    const names = (topic: string): readonly string[] => document[topic].map(({ name }) => name);
    expect(document['format']).toBe('inband-list/1');
    expect(names('scenarios')).toEqual(SCENARIOS.map(({ name }) => name));
    expect(names('drivers').toSorted()).toEqual([...new Set(SCENARIOS.flatMap(({ drivers }) => drivers))].toSorted());
    expect(names('oracles').toSorted()).toEqual([...new Set(SCENARIOS.flatMap(({ oracles }) => oracles))].toSorted());
    expect(names('strategies')).toEqual(STRATEGIES.map(({ name }) => name));
    expect(names('parameters')).toEqual(SCENARIOS.flatMap(({ parameters }) => parameters.map(({ name }) => name)));
  });

  it('scenarios: what can be put into each, with what it is', async () => {
    const [{ stdout: text }, { stdout: json }] = await Promise.all([inband.run(['list', 'scenarios']), inband.run(['list', 'scenarios', '--json'])]);
    interface Part {
      readonly name: string;
      readonly text: string;
      readonly source: string;
    }
    const { scenarios } = JSON.parse(json) as { scenarios: readonly (Record<'drivers' | 'hosts' | 'daemons', readonly Part[]> & { readonly name: string })[] };
    for (const [i, { name, drivers, hosts, daemons, oracles, parameters }] of SCENARIOS.entries()) {
      expect(scenarios[i]).toMatchObject({ name, oracles, parameters: parameters.map((parameter) => parameter.name) });
      for (const [key, names] of Object.entries({ drivers, hosts, daemons }) as ['drivers' | 'hosts' | 'daemons', readonly string[]][]) {
        expect(scenarios[i][key].map((part) => part.name)).toEqual(names);
        for (const part of scenarios[i][key]) {
          expect(part.text.length, `${part.name}: what it is`).toBeGreaterThan(10);
          expect(part.source, `${part.name}: where it comes from`).not.toBe('');
          expect(text).toMatch(new RegExp(`^ +${part.name} +${part.text.replaceAll(/[().]/g, '\\$&')}$`, 'm'));
        }
      }
      for (const oracle of oracles) expect(text).toContain(oracle);
    }
    expect(text).toContain('hostMode=kipmid|irq|poll');
    expect(text).toContain('kcsbridged');
  });

  it('parameters: times with their units, and where each default comes from', async () => {
    const { stdout } = await inband.run(['list', 'parameters']);
    expect(stdout).toContain('\n  think = 200000000 ps = 200 us (0 to 5 s)\n');
    expect(stdout).toContain('\n  lclk = 30303 ps = 30.303 ns (30 ns to 40 ns)\n');
    expect(stdout).toContain('\n  length = 8 (4 to 271 bytes)\n');
    expect(stdout).toContain('\n  idrOverwrite = 1 (0 to 1)\n');
    expect(stdout).toContain('\n  hostMode = kipmid (kipmid, irq, poll)\n');
    expect(stdout).not.toMatch(/\d{6,} to|to \d{6,}|from: hardware/);
  });

  it('one topic', async () => {
    const { code, stdout } = await inband.run(['list', 'strategies']);
    expect(code).toBe(0);
    expect(stdout.match(/^[A-Z]+$/gm)).toEqual(['STRATEGIES']);
  });
});

describe.concurrent('what is not there is refused with one line', () => {
  const drivers = KCS.drivers.join(', ');
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['a command', ['nosuch'], ['unknown command \'nosuch\'']],
    ['a command, nearly', ['hnt'], ['unknown command \'hnt\'', 'Did you mean hunt?']],
    ['a command, with its help', ['nosuch', '--help'], ['unknown command "nosuch"', 'list, run, hunt']],
    ['a driver of a narrow scenario', ['hunt', 'kcs-read-restart', '--driver', 'foo'], ['unknown driver "foo"', drivers]],
    ['a driver in C as another', ['run', '--driver', './my.c', '--as', 'kcs'], ['--driver ./my.c: a driver in C: give it by --c ./my.c']],
    ['two values of a parameter', ['run', 'kcs', '--set', 'preempt=none', '--set', 'preempt=full'], ['parameter preempt is given twice: none and full']],
    ['help of a command', ['help', 'nosuch'], ['unknown command "nosuch"', 'list, run, hunt']],
    ['an option', ['hunt', '--buget', '5x'], ['unknown option \'--buget\'', 'Did you mean --budget?']],
    ['an option of another command', ['run', 'kcs', '--seed', '1'], ['unknown option \'--seed\'']],
    ['a topic', ['list', 'nosuch'], ['unknown topic "nosuch"', 'oracles']],
    ['two topics', ['list', 'drivers', 'oracles'], ['too many arguments for \'list\'']],
    ['no scenario', ['run'], ['missing required argument \'scenario\'']],
    ['a scenario, run', ['run', 'nosuch'], ['unknown scenario "nosuch"', 'kcs']],
    ['a scenario, hunt', ['hunt', 'nosuch'], ['unknown scenario "nosuch"', 'kcs']],
    ['two scenarios', ['hunt', 'kcs', 'kcs'], ['several scenarios are for a campaign: --campaign FOLDER']],
    ['a driver', ['run', 'kcs', '--driver', 'nosuch@v2'], ['unknown driver "nosuch@v2"', drivers]],
    ['a version', ['hunt', '--driver', 'kcs-bmc@v9'], ['unknown version "kcs-bmc@v9"', drivers]],
    ['no version', ['hunt', '--driver', 'kcs-bmc'], ['unknown version "kcs-bmc"', drivers]],
    ['a host', ['hunt', '--host', 'nosuch'], ['unknown host "nosuch"', ...KCS.hosts]],
    ['a daemon', ['hunt', '--daemon', 'nosuch'], ['unknown daemon "nosuch"', ...KCS.daemons]],
    ['an oracle', ['hunt', '--oracle', 'nosuch'], ['unknown oracle "nosuch"', 'torn-message']],
    ['an empty oracle', ['hunt', '--oracle', 'hang,,errno'], ['--oracle hang,,errno']],
    ['a strategy', ['hunt', '--strategy', 'nosuch'], ['--strategy', '\'nosuch\'', ...STRATEGIES.map(({ name }) => name)]],
    ['a parameter', ['run', 'kcs', '--set', 'nosuch=1'], ['unknown parameter "nosuch"', 'inband list parameters']],
    ['a parameter of JavaScript', ['run', 'kcs', '--set', '__proto__=1'], ['unknown parameter "__proto__"']],
    ['a parameter without value', ['run', 'kcs', '--set', 'channel'], ['--set channel', 'name=value']],
    ['a parameter with an empty value', ['run', 'kcs', '--set', 'channel='], ['--set channel=', 'value']],
    ['a parameter too large', ['hunt', '--set', 'channel=5'], ['channel=5', '1 to 4']],
    ['a parameter too small', ['hunt', '--set', 'length=3'], ['length=3', 'expected 4 to ', ' bytes']],
    ['a word for a number', ['hunt', '--set', 'channel=three'], ['channel=three', 'integer']],
    ['a number for a word', ['hunt', '--set', 'preempt=1'], ['preempt=1', 'none, full']],
    ['a fraction', ['hunt', '--set', 'channel=1.5'], ['channel=1.5', 'integer']],
    ['the second of two parameters', ['hunt', '--set', 'channel=2', '--set', 'cpus=3'], ['cpus=3', '1 to 2']],
    ['a budget without unit', ['hunt', '--budget', '60'], ['--budget', '\'60\'', '60s', '5000x']],
    ['a budget of nothing', ['hunt', '--budget', '0x'], ['--budget', '\'0x\'']],
    ['half a second', ['hunt', '--budget', '0.5s'], ['--budget', '\'0.5s\'']],
    ['a budget for shrinking', ['shrink', 'x.json', '--budget', '5y'], ['--budget', '\'5y\'', '60s', '5000x']],
    ['a seed below 0', ['hunt', '--seed', '-1'], ['--seed', '\'-1\'', 'at least 0']],
    ['a seed that is none', ['hunt', '--seed', '0x10'], ['--seed', '\'0x10\'', 'integer']],
    ['too many workers', ['hunt', '--jobs', '65'], ['--jobs', 'a number of workers from 1 to 64']],
    ['no number of workers', ['hunt', '--jobs', 'two'], ['--jobs', 'auto or a number']],
    ['less than no worker', ['hunt', '--jobs', '-1'], ['--jobs', 'auto or a number']],
    ['a campaign that is to save elsewhere', ['hunt', '--campaign', 'a', '--out', 'b'], ['--campaign a and --out b', 'in its own folder']],
    ['events of a campaign', ['hunt', 'kcs', '--campaign', 'a', '--ndjson', '-'], ['--ndjson -: not of a campaign', 'inband status a --watch --json']],
    ['--shard', ['hunt', '--shard', '1/2'], ['--shard is for a campaign: --campaign FOLDER']],
    ['an option without value', ['hunt', '--driver'], ['--driver', 'argument missing']],
    ['a format', ['show', 'x.json', '-f', 'pdf'], ['--format', '\'pdf\'', 'text, json, mermaid, vcd, perfetto, html']],
    ['a width', ['show', 'x.json', '--width', '59'], ['--width', '\'59\'', 'at least 60']],
    ['no finding', ['replay'], ['missing required argument \'finding\'']],
    ['no file', ['conform'], ['missing required argument \'file\'']],
  ];
  for (const [name, args, texts] of cases) {
    it(`${name}`, async () => {
      const cwd = inband.folder();
      expectRefusal(await inband.run(args, { cwd }), ...texts);
      expect(readdirSync(cwd)).toEqual([]);
    });
  }

  it('with control characters in it: they do not reach the terminal', async () => {
    const [command, scenario, path] = await Promise.all([
      inband.run(['a\nb\u001b[31m']), inband.run(['run', 'a\nb\u001b[31m']), inband.run(['replay', 'a\nb\u001b[31m']),
    ]);
    expectRefusal(command, 'unknown command');
    expectRefusal(scenario, 'unknown scenario "a?b?[31m"');
    expectRefusal(path, 'cannot read a?b?[31m: no such file or directory');
    for (const { stderr } of [command, scenario, path]) expect(stderr).not.toContain('\u001b');
  });
});
