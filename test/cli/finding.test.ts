import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KCS, parseFinding, serializeFinding, type Decision, type Finding } from '../../src/index.ts';
import { ROOT, contents, onlyFile, setUp } from './inband.ts';

const inband = setUp();

/** A finding that hunt has saved. */
let finding: Finding;

/** In a folder of its own, changed or not. */
function saved(members: Partial<Finding> = {}): string {
  return inband.write(serializeFinding({ ...finding, ...members }), 'x.json');
}

/** One event of `show -f json`. */
interface ShowEvent {
  readonly time: number;
  readonly actor: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, number | string | null>>;
  readonly text: string;
}

interface ShowDocument {
  readonly format: string;
  readonly violation: { readonly oracle: string; readonly rule: string; readonly message: string };
  readonly violations: readonly { readonly oracle: string; readonly shown: boolean }[];
  readonly decisions: readonly Decision[];
  readonly hash: string;
  readonly events: readonly ShowEvent[];
}

beforeAll(async () => {
  const cwd = inband.folder();
  // With a careless host there are longer schedules, but this one is found at once.
  const ran = await inband.run(['hunt', '--out', '.'], { cwd });
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  const file = onlyFile(cwd);
  finding = parseFinding(readFileSync(file, 'utf8'), file);
});

describe.concurrent('replay', () => {
  it('reproduces: exit code 1, the same hash', async () => {
    const path = saved();
    const [text, json] = await Promise.all([inband.run(['replay', path]), inband.run(['replay', path, '--json'])]);
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toContain(`reproduces: ${finding.oracle}/${finding.rule}: ${finding.message}\n`);
    expect(text.stdout).toContain(`hash ${finding.hashes.run}, the same as when it was found\n`);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      format: 'inband-replay/1', finding: finding.id, reproduces: true, same: true, message: finding.message, hash: finding.hashes.run,
      divergence: null, unused: [], deterministic: null,
    });
  });

  it('--check-determinism: three runs, step by step', async () => {
    const path = saved();
    const [text, json] = await Promise.all([
      inband.run(['replay', path, '--check-determinism']), inband.run(['replay', path, '--check-determinism', '--json']),
    ]);
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toMatch(/\ndeterministic: three runs are the same step by step\n$/);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ reproduces: true, deterministic: true });
  });

  it('does not reproduce: exit code 0, another hash', async () => {
    const path = saved({ decisions: [] });
    const [text, json] = await Promise.all([inband.run(['replay', path]), inband.run(['replay', path, '--json'])]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain(`does not reproduce: ${finding.oracle}/${finding.rule}\n`);
    expect(text.stdout).toContain(`hash ${finding.hashes.nominal}, was ${finding.hashes.run} when it was found\n`);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ reproduces: false, same: false, message: null, hash: finding.hashes.nominal });
  });

  it('says where a schedule first meets something else, and what it did not use', async () => {
    const [first, ...rest] = finding.decisions;
    const never: Decision = { step: 1_000_000, kind: 'stall', actor: 'host', label: 'never', value: 'quiet' };
    const { code, stdout } = await inband.run(['replay', saved({ decisions: [{ ...first, label: 'elsewhere' }, ...rest, never] })]);
    expect(code).toBe(1);
    expect(stdout).toContain(`first divergence: decision 1 (${first.kind} ${first.actor}#${first.step}) was recorded at "elsewhere", but meets "${first.label}"\n`);
    expect(stdout).toMatch(/\nnot used: host .*step 1000000.*\n/);
  });
});

describe.concurrent('shrink', () => {
  /** The finding with stalls that change nothing. */
  async function padded(): Promise<string> {
    const { stdout } = await inband.run(['show', saved(), '-f', 'json']);
    const { events } = JSON.parse(stdout) as ShowDocument;
    const stall = (actor: string, n: number, value: string): Decision => {
      const { fields, text } = events.filter((event) => event.name === 'step' && event.actor === actor)[n];
      return { step: Number(fields['step']), kind: 'stall', actor, label: text, value };
    };
    return saved({ decisions: [...finding.decisions, stall('host', 3, 'for 1000000 ps'), stall('host', 9, 'quiet'), stall('bmc:kcsd', 2, 'for 5000000 ps')] });
  }

  it('drops what a padded schedule does not need, into a new file', async () => {
    const path = await padded();
    const before = readFileSync(path, 'utf8');
    const text = await inband.run(['shrink', path]);
    const n = finding.decisions.length;
    const small = path.replace(/\.json$/, '.small.json');
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toMatch(new RegExp(`^${n + 3} -> ${n} decisions? in \\d+ executions?: `));
    expect(text.stdout).toContain(`: ${small}\n`);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(parseFinding(readFileSync(small, 'utf8'), small)).toEqual(finding);

    const json = await inband.run(['shrink', path, '--json']);
    const second = path.replace(/\.json$/, '.small-2.json');
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      format: 'inband-shrink/1', finding: finding.id, reproduces: true, before: n + 3, decisions: finding.decisions, file: second,
    });
    expect(readFileSync(second, 'utf8')).toBe(readFileSync(small, 'utf8'));
    expect(Object.keys(contents(dirname(path)))).toEqual(['x.json', 'x.small-2.json', 'x.small.json']);
    expect((await inband.run(['replay', small])).stdout).toContain('the same as when it was found');
  });

  it('-o, and --budget: with one execution nothing gets shorter', async () => {
    const path = await padded();
    const out = join(dirname(path), 'a/b.json');
    const { code, stdout } = await inband.run(['shrink', path, '-o', out, '--budget', '1']);
    expect(code).toBe(1);
    expect(stdout).toContain(`decisions was found in 1 execution: ${out}\n`);
    expect(parseFinding(readFileSync(out, 'utf8'), out).decisions.length).toBeGreaterThan(finding.decisions.length);
  });

  it('as small as it gets: says so and writes nothing, exit code 1', async () => {
    const path = saved();
    const [text, json] = await Promise.all([inband.run(['shrink', path]), inband.run(['shrink', path, '--json'])]);
    const n = finding.decisions.length;
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toMatch(new RegExp(`^no smaller schedule than its ${n} decisions was found in \\d+ executions\n`));
    expect(text.stdout.split('\n')).toHaveLength(n + 2);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'inband-shrink/1', reproduces: true, before: n, decisions: finding.decisions, file: null });
    expect(readdirSync(dirname(path))).toEqual(['x.json']);
  });

  it('as small as it gets, with -o: the file that was asked for is written', async () => {
    const path = saved();
    const out = join(dirname(path), 'same.json');
    const { code, stdout } = await inband.run(['shrink', path, '-o', out]);
    expect(code).toBe(1);
    expect(stdout).toContain(`executions: ${out}\n`);
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(path, 'utf8'));
  });

  it('nothing to shrink: exit code 0, nothing written', async () => {
    const path = saved({ decisions: [] });
    const [text, json] = await Promise.all([inband.run(['shrink', path]), inband.run(['shrink', path, '--json'])]);
    expect(text).toMatchObject({ code: 0, stdout: `does not reproduce: ${finding.oracle}/${finding.rule}; nothing to shrink\n`, stderr: '' });
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'inband-shrink/1', reproduces: false, before: 0, decisions: [], file: null });
    expect(readdirSync(dirname(path))).toEqual(['x.json']);
  });
});

describe.concurrent('show', () => {
  it('as text: exit code 1, what went wrong on top, how to replay below', async () => {
    const path = saved();
    const out = join(dirname(path), 'new/ladder.txt');
    const [printed, written] = await Promise.all([inband.run(['show', path]), inband.run(['show', path, '-o', out])]);
    expect(printed).toMatchObject({ code: 1, stderr: '' });
    expect(printed.stdout.replaceAll(/\s+/g, ' ')).toContain(`${finding.oracle}: ${finding.message}, which breaks the rule that `);
    expect(printed.stdout).toMatch(/\n1\. /);
    expect(printed.stdout).toContain(`\nreplay: inband replay ${path}\n`);
    expect(written).toEqual({ code: 1, signal: null, stdout: '', stderr: '' });
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
  });

  it('--width', async () => {
    const path = saved();
    const [narrow, wide] = await Promise.all([inband.run(['show', path, '--width', '60']), inband.run(['show', path, '--width', '160'])]);
    const widest = (text: string): number => Math.max(...text.split('\n').filter((line) => !line.startsWith('replay: ')).map((line) => line.length));
    expect(widest(narrow.stdout)).toBeLessThanOrEqual(60);
    expect(widest(wide.stdout)).toBeGreaterThan(112);
    expect(widest(wide.stdout)).toBeLessThanOrEqual(160);
  });

  it('as JSON: one document, the same in a file that was there', async () => {
    const path = saved();
    const out = join(dirname(path), 'out.json');
    writeFileSync(out, 'old');
    const [printed, written] = await Promise.all([inband.run(['show', path, '-f', 'json']), inband.run(['show', path, '-f', 'json', '-o', out])]);
    expect(printed).toMatchObject({ code: 1, stderr: '' });
    const document = JSON.parse(printed.stdout) as ShowDocument;
    expect(document).toMatchObject({
      format: 'inband-show/1', hash: finding.hashes.run, violation: { oracle: finding.oracle, rule: finding.rule, message: finding.message },
    });
    expect(document.decisions.map(({ step, kind, actor, label, value }) => ({ step, kind, actor, label, value }))).toEqual(finding.decisions);
    expect(document.events.length).toBeGreaterThan(100);
    expect(written).toEqual({ code: 1, signal: null, stdout: '', stderr: '' });
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(['out.json', 'x.json']);
  });
});

describe.concurrent('show, of a finding among other breaches', () => {
  /** Judged by every oracle: v2 sleeps in atomic context long before the wrong response. */
  function judgedByAll(): string {
    const { oracles: _, ...rest } = finding;
    return inband.write(serializeFinding(rest), 'x.json');
  }

  it('as JSON: the breach is its own, and marked among all', async () => {
    const { code, stdout } = await inband.run(['show', judgedByAll(), '-f', 'json']);
    const { violation, violations } = JSON.parse(stdout) as ShowDocument;
    expect(code).toBe(1);
    expect(violations[0]).toMatchObject({ oracle: 'sleep-in-atomic', shown: false });
    expect(violation).toMatchObject({ oracle: finding.oracle, rule: finding.rule, message: finding.message });
    expect(violations.filter(({ shown }) => shown)).toMatchObject([{ oracle: finding.oracle, rule: finding.rule }]);
  });

  it('as text: what went wrong on top is its own', async () => {
    const { code, stdout } = await inband.run(['show', judgedByAll()]);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${finding.oracle}: `));
  });
});

describe.concurrent('show, of a finding that does not reproduce: exit code 0, as replay and shrink', () => {
  it('as text: says so, and draws what the schedule does now', async () => {
    const path = saved({ decisions: [] });
    const out = join(dirname(path), 'out.txt');
    const [printed, written] = await Promise.all([inband.run(['show', path]), inband.run(['show', path, '-o', out])]);
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(printed.stdout).toMatch(new RegExp(`^does not reproduce: ${finding.oracle}/${finding.rule}; what its schedule does now:\\n\\nNominal timing`));
    expect(printed.stdout).toContain('request 1 begins');
    expect(printed.stdout).not.toContain('!!');
    expect(written).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(readFileSync(out, 'utf8')).toBe(printed.stdout);
  });

  it('as JSON: no violation is shown', async () => {
    const { oracles: _, ...rest } = finding;
    const path = inband.write(serializeFinding({ ...rest, decisions: [] }), 'x.json');
    const { code, stdout, stderr } = await inband.run(['show', path, '-f', 'json']);
    const { violation, violations } = JSON.parse(stdout) as ShowDocument;
    expect({ code, stderr, violation }).toEqual({ code: 0, stderr: '', violation: null });
    expect(violations.length).toBeGreaterThan(0);
    expect(violations.every(({ shown }) => !shown)).toBe(true);
  });
});

describe.concurrent('run', () => {
  it('a version without faults: exit code 0, a transcript', async () => {
    const [text, json] = await Promise.all([
      inband.run(['run', 'kcs', '--driver', 'kcs-bmc@fixed']), inband.run(['run', 'kcs', '--driver', 'kcs-bmc@fixed', '--json']),
    ]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('request 1 (tag 1)');
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'inband-run/1', scenario: 'kcs', driver: 'kcs-bmc@fixed' });
  });

  it('the default version breaks a rule by itself: exit code 1', async () => {
    const { code, stdout } = await inband.run(['run', 'kcs']);
    expect(code).toBe(1);
    expect(stdout).toContain('sleep-in-atomic');
  });

  it('--set changes it', async () => {
    const [one, three] = await Promise.all(['1', '3'].map((n) => inband.run(['run', 'kcs', '--driver', 'kcs-bmc@fixed', '--set', `requests=${n}`])));
    expect(one.stdout.match(/^request \d/gm)).toHaveLength(1);
    expect(three.stdout.match(/^request \d/gm)).toHaveLength(3);
  });

  it('of a report: its timeline and whose fault it is; exit code 1, and 0 with drivers that are mended', async () => {
    const [broken, fixed] = await Promise.all([[], ['--driver', 'ssif-bmc@fixed', '--driver', 'i2c-aspeed@fixed']].map((more) => inband.run(['run', 'ssif-read-report', ...more])));
    expect(broken).toMatchObject({ code: 1, stderr: '' });
    expect(broken.stdout).toMatch(/^"It works as long as[^]*INTR_STS=96h[^]*To blame: first i2c-aspeed, then ssif-bmc/);
    expect(fixed).toMatchObject({ code: 0, stderr: '' });
    expect(fixed.stdout).toMatch(/INTR_STS=96h[^]*Nobody is to blame[^]*it is gone\.\n$/);
  });

  it('every version runs', async () => {
    for (const { code, stderr } of await Promise.all(KCS.drivers.map((driver) => inband.run(['run', 'kcs', '--driver', driver])))) {
      expect(stderr).toBe('');
      expect([0, 1]).toContain(code);
    }
  });
});

describe.concurrent('conform', () => {
  const folders = ['kcs', 'registers', 'bt'].map((name) => join(ROOT, 'test/data', name));
  const recordings = folders.flatMap((folder) => readdirSync(folder).toSorted().map((name) => join(folder, name)));

  /** Copies a recording with one of its lines changed. */
  function altered(path: string, line: number, change: (fields: Record<string, unknown>) => void): string {
    const lines = readFileSync(path, 'utf8').split('\n');
    const fields = JSON.parse(lines[line]) as Record<string, unknown>;
    change(fields);
    lines[line] = JSON.stringify(fields);
    return inband.write(lines.join('\n'), 'altered.jsonl');
  }

  it('every recording that we have: exit code 0', async () => {
    const [text, json] = await Promise.all([inband.run(['conform', ...recordings]), inband.run(['conform', '--json', ...recordings])]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout.match(/^ok /gm)).toHaveLength(recordings.length);
    expect(text.stdout).toContain(`\n${recordings.length} files, 0 mismatches\n`);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    const document = JSON.parse(json.stdout) as {
      readonly files: readonly { readonly file: string; readonly steps: number }[];
      readonly explained: readonly { readonly rule: string; readonly count: number }[];
    };
    expect(document).toMatchObject({ format: 'inband-conform/1', mismatches: 0 });
    expect(document.explained.length).toBeGreaterThan(0);
    for (const { rule, count } of document.explained) expect(text.stdout).toContain(`explained ${rule}: ${count} times`);
    expect(document.files.map(({ file }) => file)).toEqual(recordings);
    for (const { steps } of document.files) expect(steps).toBeGreaterThan(10);
  });

  it('a host that did something else: exit code 1, the access is named', async () => {
    const path = altered(join(folders[0], 'kcs_get_device_id.jsonl'), 5, (access) => {
      expect(access).toMatchObject({ i: 4, op: 'w', reg: 'DATA_IN', val: 0x18 });
      access['val'] = 0x19;
    });
    const [text, json] = await Promise.all([inband.run(['conform', path]), inband.run(['conform', path, '--json'])]);
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toMatch(/^DIFFERS .*altered\.jsonl: .*\n {9}access 4: recorded .*19.*, the model does .*18.*\n1 file, \d+ mismatch/);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ files: [{ file: path, first: expect.stringContaining('access 4: recorded ') as string }] });
  });

  it('registers that answered something else: exit code 1, sequence and access are named', async () => {
    let index = -1;
    let seed: unknown;
    const path = altered(join(folders[1], 'lpc_kcs.jsonl'), 2, (sequence) => {
      seed = sequence['seed'];
      const ops = sequence['ops'] as { op: string; val: number }[];
      index = ops.findIndex(({ op }, i) => op === 'r' && i > 5);
      ops[index].val ^= 0xff;
    });
    const good = join(folders[0], 'kcs_mc_info.jsonl');
    const { code, stdout, stderr } = await inband.run(['conform', good, path]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain(`ok       ${good}: `);
    expect(stdout).toContain(`sequence ${String(seed)}, access ${index}: recorded `);
    expect(stdout).toContain('\n2 files, ');
  });
});

describe.concurrent('a folder of findings', () => {
  it('is replayed file by file, as a project does it', async () => {
    const folder = inband.folder();
    mkdirSync(join(folder, 'known'));
    for (const name of ['a', 'b']) writeFileSync(join(folder, 'known', `${name}.json`), serializeFinding(finding));
    const { code, stdout } = await inband.shell('for f in known/*.json; do inband replay "$f" || echo "$? $f"; done', { cwd: folder });
    expect(code).toBe(0);
    expect(stdout.match(/^1 known\/[ab]\.json$/gm)).toHaveLength(2);
  });
});
