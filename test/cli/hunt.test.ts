import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFinding, type Decision, type Finding } from '../../src/index.ts';
import { contents, onlyFile, setUp, type Ran } from './inband.ts';
import { NODES } from './nodes.ts';

const inband = setUp();

interface HuntDocument {
  readonly format: string;
  readonly scenario: string;
  readonly driver: string;
  readonly strategy: string;
  readonly seed: number;
  readonly executions: number;
  readonly seconds: number;
  readonly findings: readonly {
    readonly id: string;
    readonly oracle: string;
    readonly rule: string;
    readonly message: string;
    readonly execution: number;
    readonly decisions: readonly Decision[];
    readonly file: string;
  }[];
}

/** The one document on stdout. */
function documentOf({ stdout }: Ran): HuntDocument {
  return JSON.parse(stdout) as HuntDocument;
}

/** The findings that a hunt has saved. */
function findingsIn(folder: string): Finding[] {
  return readdirSync(folder).toSorted().map((name) => parseFinding(readFileSync(join(folder, name), 'utf8'), name));
}

const FOLDER = 'inband-findings';

describe.concurrent('hunt', () => {
  it('without arguments: a wrong response in v2, shown and saved', async () => {
    const cwd = inband.folder();
    const { code, stdout, stderr } = await inband.run(['hunt'], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const file = onlyFile(join(cwd, FOLDER));
    const finding = parseFinding(readFileSync(file, 'utf8'), file);
    expect(finding).toMatchObject({
      scenario: 'kcs', driver: 'kcs-bmc@v2', oracle: 'wrong-response', oracles: ['wrong-response'], seed: 1, settings: {}, strategy: 'portfolio',
    });
    expect(file).toBe(join(cwd, FOLDER, `${finding.id}.json`));
    expect(stdout).toMatch(/^wrong-response: /);
    expect(stdout).toContain(`\nreplay: inband replay ${FOLDER}/${finding.id}.json\n`);
    expect(stdout).toMatch(/\n1 distinct finding: \d+ executions? \(and \d+ to shrink\) in \d+\.\d s \(kcs, kcs-bmc@v2, strategy portfolio, seed 1\)\n$/);

    const [again, replayed] = await Promise.all([
      inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@v2', '--oracle', 'wrong-response', '--json'], { cwd: inband.folder() }),
      inband.run(['replay', `${FOLDER}/${finding.id}.json`], { cwd }),
    ]);
    expect(documentOf(again).findings[0].id).toBe(finding.id);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toContain('the same as when it was found');
  });

  it('nothing found: exit code 0, and it says how far it looked', async () => {
    const cwd = inband.folder();
    const [text, json] = await Promise.all([
      inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '40x'], { cwd }),
      inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '40x', '--json'], { cwd: inband.folder() }),
    ]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^nothing found: 40 executions /);
    expect(readdirSync(join(cwd, FOLDER))).toEqual([]);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(documentOf(json)).toMatchObject({ format: 'inband-hunt/1', driver: 'kcs-bmc@fixed', executions: 40, findings: [] });
  });

  it('nothing found: it says what judged, where not everything did, and in which system', async () => {
    const narrow = ['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--oracle', 'hang,errno', '--daemon', 'kcsbridged', '--set', 'cpus=1', '--budget', '2x'];
    const [text, json, plain] = await Promise.all([inband.run(narrow), inband.run([...narrow, '--json']), inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '2x'])]);
    expect(text.stdout).toMatch(/^nothing found: .*\n {4}judged by: hang, errno; daemon kcsbridged\n {4}with cpus=1\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({ oracles: ['hang', 'errno'], daemon: 'kcsbridged', settings: { cpus: 1 } });
    expect(plain.stdout).toMatch(/^nothing found: [^\n]*\n$/);
  });

  it('a budget of time ends it', async () => {
    const ran = await inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '1s', '--json']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const { seconds, executions } = documentOf(ran);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(executions).toBeGreaterThan(0);
  });

  it('--oracle limits: what others would say does not end an execution', async () => {
    const ran = await inband.run(['hunt', 'kcs', '--oracle', 'sleep-in-atomic,errno', '--budget', '20x', '--keep-going', '--json']);
    const { findings } = documentOf(ran);
    expect(ran.code).toBe(1);
    const oracles = new Set(findings.map(({ oracle }) => oracle));
    expect(oracles).toContain('sleep-in-atomic');
    expect([...oracles].filter((oracle) => oracle !== 'sleep-in-atomic' && oracle !== 'errno')).toEqual([]);
  });

  it('--set fixes a parameter: the finding records it, and it is not drawn', async () => {
    const cwd = inband.folder();
    const ran = await inband.run([
      'hunt', 'kcs', '--set', 'channel=2', '--set', 'preempt=full', '--set', 'cpus=2', '--set', 'threads=2', '--budget', '30x', '--keep-going', '--json',
    ], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    const findings = findingsIn(join(cwd, FOLDER));
    expect(findings.length).toBeGreaterThan(0);
    for (const { settings, kernel, decisions } of findings) {
      expect(settings).toEqual({ channel: 2, preempt: 'full', cpus: 2, threads: 2 });
      expect(kernel).toEqual({ preempt: 'full', cpus: 2 });
      expect(decisions.filter(({ kind, label }) => kind === 'config' && ['preempt', 'cpus', 'threads'].includes(label))).toEqual([]);
    }
    const replayed = await inband.run(['replay', documentOf(ran).findings[0].file], { cwd });
    expect(replayed.stdout).toContain('the same as when it was found');
    const shown = await inband.run(['show', documentOf(ran).findings[0].file], { cwd });
    expect(shown.stdout).toContain('Kernel: preempt=full, 2 CPUs.');
    expect(shown.stdout).toContain('STR2=');
  });

  it('--strategy, --host, --daemon, --seed and --out', async () => {
    const cwd = inband.folder();
    const ran = await inband.run([
      'hunt', 'kcs', '--strategy', 'stall', '--host', 'ipmi_si@6.1', '--daemon', 'kcsbridged', '--seed', '7', '--out', 'a/b', '--budget', '100x', '--json',
    ], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(documentOf(ran)).toMatchObject({ strategy: 'stall', seed: 7 });
    expect(readdirSync(cwd)).toEqual(['a']);
    const [finding] = findingsIn(join(cwd, 'a/b'));
    expect(finding).toMatchObject({ strategy: 'stall', seed: 7, host: 'ipmi_si@6.1', daemon: 'kcsbridged' });
  });
});

/** The parts of a session whose output depends on its input alone, in a folder of its own. */
async function session(node: string): Promise<{ readonly hunt: string; readonly rest: readonly Ran[]; readonly files: Record<string, string> }> {
  const cwd = inband.folder();
  const options = { cwd, node };
  const hunt = await inband.run(['hunt', 'kcs', '--seed', '3', '--budget', '30x', '--keep-going', '--json'], options);
  expect(hunt).toMatchObject({ code: 1, stderr: '' });
  const [first] = documentOf(hunt).findings.filter(({ decisions }) => decisions.length > 0);
  const { file } = first;
  mkdirSync(join(cwd, 'shrunk'));
  const rest = await Promise.all([
    inband.run(['run', 'kcs', '--driver', 'kcs-bmc@mainline'], options),
    inband.run(['run', 'kcs', '--json'], options),
    inband.run(['replay', file], options),
    inband.run(['show', file], options),
    inband.run(['show', file, '-f', 'json'], options),
    inband.run(['shrink', file, '-o', 'shrunk/small.json', '--budget', '100'], options),
  ]);
  expect(rest.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(['0', '1', '1', '1', '1', '1']);
  return { hunt: hunt.stdout, rest, files: { ...contents(join(cwd, FOLDER)), ...contents(join(cwd, 'shrunk')) } };
}

describe('one input, one output', () => {
  const SECONDS = /\n {2}"seconds": \d+(\.\d+)?,\n/;
  const here = (() => {
    let first: ReturnType<typeof session> | undefined;
    return () => (first ??= session(process.execPath));
  })();

  it('hunt --json prints one document and saves what it names', async () => {
    const { hunt, files } = await here();
    const document = JSON.parse(hunt) as HuntDocument;
    expect(document).toMatchObject({ format: 'inband-hunt/1', scenario: 'kcs', driver: 'kcs-bmc@v2', strategy: 'portfolio', seed: 3, executions: 30 });
    expect(hunt).toBe(`${JSON.stringify(document, null, 2)}\n`);
    expect(hunt).toMatch(SECONDS);
    expect(document.findings.map(({ file }) => file.slice(FOLDER.length + 1)).toSorted()).toEqual(Object.keys(files).filter((name) => name !== 'small.json'));
    for (const { id, oracle, rule, message, execution, decisions, file } of document.findings) {
      expect(file).toBe(`${FOLDER}/${id}.json`);
      expect(parseFinding(files[`${id}.json`], file)).toMatchObject({ id, oracle, rule, message, execution, decisions, seed: 3 });
    }
  });

  it('--keep-going gives several distinct findings', async () => {
    const { findings } = JSON.parse((await here()).hunt) as HuntDocument;
    expect(findings.length).toBeGreaterThan(3);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
    expect(new Set(findings.map(({ oracle }) => oracle)).size).toBeGreaterThan(2);
  });

  for (const [name, node] of [['a second process', process.execPath], ...NODES] as const) {
    it.skipIf(node === undefined)(`byte for byte the same in ${name}`, async () => {
      const [one, other] = await Promise.all([here(), session(node!)]);
      expect(other.hunt.replace(SECONDS, '')).toBe(one.hunt.replace(SECONDS, ''));
      expect(other.rest).toEqual(one.rest);
      expect(other.files).toEqual(one.files);
    });
  }

  it('says how many bugs they look like, as triage does', async () => {
    const cwd = inband.folder();
    const hunt = await inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@v2', '--oracle', 'errno,wrong-response', '--budget', '256x', '--keep-going', '--out', 'x'], { cwd });
    const triaged = await inband.run(['triage', 'x'], { cwd });
    const said = /^they look like (\d+) bugs?: inband triage x$/m.exec(hunt.stdout)?.[1];
    expect(Number(said)).toBeLessThan(Number(/^(\d+) distinct findings: /m.exec(hunt.stdout)?.[1]));
    expect(triaged.stdout).toContain(`, which look like ${said} bugs, in`);
  });

  it('leaves nothing beside', async () => {
    const cwd = inband.folder();
    await inband.run(['hunt', 'kcs', '--budget', '1x', '--out', 'x'], { cwd });
    expect(readdirSync(cwd)).toEqual(['x']);
    expect(readdirSync(join(cwd, 'x')).every((name) => name.endsWith('.json'))).toBe(true);
    expect(existsSync(join(cwd, FOLDER))).toBe(false);
  });
});
