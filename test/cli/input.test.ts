import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT, contents, expectRefusal, onlyFile, setUp } from './inband.ts';

const inband = setUp();

const RECORDING = join(ROOT, 'test/data/kcs/kcs_get_device_id.jsonl');
const REGISTERS = join(ROOT, 'test/data/registers/lpc_kcs.jsonl');

/** What v2 does wrong in its very first run. */
const HUNT = ['hunt', '--oracle', 'sleep-in-atomic'];

/** A finding that hunt has saved, in its own folder. */
let saved: string;
let text: string;

/** The finding with members replaced; undefined: dropped. */
function altered(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(text) as object, ...members });
}

beforeAll(async () => {
  const cwd = inband.folder();
  const ran = await inband.run([...HUNT, '--out', 'out'], { cwd });
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  saved = onlyFile(join(cwd, 'out'));
  text = readFileSync(saved, 'utf8');
});

describe.concurrent('a finding that is none is refused with one line', () => {
  /** What is in the file, and what is said about it besides its name. */
  const cases: readonly (readonly [string, () => string, readonly string[]])[] = [
    ['empty', () => '', ['is empty']],
    ['cut off after a byte', () => text.slice(0, 1), ['ends too early']],
    ['cut off in the middle', () => text.slice(0, text.length / 2), ['ends too early']],
    ['cut off before its last bracket', () => text.slice(0, -2), ['ends too early']],
    ['with a comma missing', () => text.replace(',\n  "scenario"', '\n  "scenario"'), ['is not JSON: line 4, column 3']],
    ['twice in one file', () => text + text, ['is not JSON: line ', ', column 1']],
    ['with a no-break space at its end', () => `${text}\u00a0`, ['is not JSON: line ', ', column 1']],
    ['with a form feed at its end', () => `${text}\f\n`, ['is not JSON: line ', ', column 1']],
    ['with a line separator at its end', () => `${text}\u2028`, ['is not JSON: line ', ', column 1']],
    ['with a byte order mark at its end', () => `${text}\ufeff`, ['is not JSON: line ', ', column 1']],
    ['with a vertical tab before its first member', () => text.replace('{', '{\v'), ['is not JSON: line 1, column 2']],
    ['with a byte order mark at its beginning', () => `\ufeff${text}`, ['is not JSON: it begins with a byte order mark']],
    ['nothing but a no-break space', () => '\u00a0', ['is not JSON: line 1, column 1']],
    ['nothing but white space', () => ' \t\r\n', ['is empty']],
    ['no JSON', () => 'seed: 1\n', ['is not JSON: line 1, column 1']],
    ['bytes', () => '\u0000\u0001\ufffd', ['is not JSON']],
    ['JSON of another kind', () => '[1, 2]', ['expected an object']],
    ['of another format', () => altered({ format: 'inband-finding/2' }), ['format', '"inband-finding/1"']],
    ['what hunt --json prints', () => '{ "format": "inband-hunt/1", "findings": [] }', ['format', '"inband-finding/1"']],
    ['without its decisions', () => altered({ decisions: undefined }), ['decisions is missing']],
    ['with more than there is', () => altered({ 'a\u001b[31m': 1 }), ['a\\u001b[31m: no such member']],
    ['with a decision of no kind', () => altered({ decisions: [{ step: 1, kind: 'luck', actor: 'host', label: 'x', value: 1 }] }), ['decisions[0].kind', 'stall']],
    ['with a release that is none', () => altered({ decisions: [{ step: 1, kind: 'stall', actor: 'host', label: 'x', value: 'until' }] }), ['decisions[0].value', 'quiet']],
    ['with a seed that is none', () => altered({ seed: '1' }), ['seed', 'integer']],
    ['of a scenario that is not here', () => altered({ scenario: 'nosuch' }), ['unknown scenario "nosuch"']],
    ['of a version that is not here', () => altered({ driver: 'kcs-bmc@v9' }), ['unknown version "kcs-bmc@v9"']],
    ['of a daemon that is not here', () => altered({ daemon: 'nosuch' }), ['unknown daemon "nosuch"']],
    ['of an oracle that is not here', () => altered({ oracle: 'wrong-respons', oracles: undefined }), ['oracle: scenario kcs has no "wrong-respons"', 'wrong-response']],
    ['of an oracle that did not judge', () => altered({ oracle: 'wrong-response' }), ['oracle: "wrong-response" is not among its oracles, sleep-in-atomic']],
    ['with a setting out of bounds', () => altered({ settings: { channel: 9 } }), ['channel=9', '1 to 4']],
    ['longer than any finding', () => `{"a":"${'x'.repeat(20_000_000)}"}`, ['longer than 4 MiB']],
  ];
  const commands = ['replay', 'show', 'shrink'] as const;
  for (const [i, [name, make, texts]] of cases.entries()) {
    const command = commands[i % commands.length];
    it(`${command}: ${name}`, async () => {
      const path = inband.write(make());
      const before = readFileSync(path, 'utf8');
      expectRefusal(await inband.run([command, path]), path, ...texts);
      expect(onlyFile(join(path, '..'))).toBe(path);
      expect(readFileSync(path, 'utf8') === before).toBe(true);
    });
  }

  for (const command of commands) {
    it(`${command}: of another model, which it names`, async () => {
      const { model } = JSON.parse(text) as { model: Record<string, number> };
      const hardware = model['hardware'];
      const [raised, gone, strange] = await Promise.all([
        { ...model, hardware: hardware + 41 },
        Object.fromEntries(Object.entries(model).filter(([key]) => key !== 'hardware')),
        { ...model, toString: 1 },
      ].map((other) => inband.run([command, inband.write(altered({ model: other }))])));
      expectRefusal(raised, 'file.json', `model "hardware" is ${hardware + 41} in the finding, but ${hardware} in this version`);
      expectRefusal(gone, 'file.json', `model "hardware" is absent in the finding, but ${hardware} in this version`);
      expectRefusal(strange, 'file.json', 'model "toString" is 1 in the finding, but absent in this version');
    });
  }

  it('a file that is not there, a folder, a file without end', async () => {
    const [absent, folder, endless] = await Promise.all([
      inband.run(['show', 'nosuch.json']), inband.run(['replay', inband.folder()]),
      existsSync('/dev/zero') ? inband.run(['replay', '/dev/zero']) : null,
    ]);
    expectRefusal(absent, 'cannot read nosuch.json: no such file or directory');
    expectRefusal(folder, 'cannot read ', 'is a directory');
    if (endless !== null) expectRefusal(endless, 'cannot read /dev/zero: is longer than 4 MiB');
  });
});

describe.concurrent('a recording that is none is refused with one line', () => {
  const lines = readFileSync(RECORDING, 'utf8').trimEnd().split('\n');
  const sequences = readFileSync(REGISTERS, 'utf8').trimEnd().split('\n');
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['empty', '', ['is empty']],
    ['garbage', '\u007fELF\u0002\u0001\u0001\u0000', ['line 1 is not JSON']],
    ['a list', '[]\n', ['line 1 is not a JSON object']],
    ['a header of nothing', '{}\n{}\n', ['header']],
    ['a finding', '{ "format": "inband-finding/1" }\n', ['header']],
    ['cut off in a line', lines.slice(0, 20).join('\n').slice(0, -10), ['line 20 is not JSON']],
    ['a line between of another kind', [...lines.slice(0, 9), '7', ...lines.slice(9)].join('\n'), ['line 10 is not a JSON object']],
    ['an access without value', [...lines.slice(0, 9), lines[9].replace(/"val":\d+/, '"val":"x"'), ...lines.slice(10)].join('\n'), ['val', 'not an integer']],
    ['a request that is no bytes', [lines[0].replace(/"req": "[^"]*"/, '"req": "18 zz"'), ...lines.slice(1)].join('\n'), ['18 zz']],
    ['sequences cut off', sequences.slice(0, 3).join('\n').slice(0, -10), ['line 3 is not JSON']],
    ['a sequence without accesses', [sequences[0], sequences[1].replace('"ops"', '"nops"')].join('\n'), ['ops']],
  ];
  for (const [name, content, texts] of cases) {
    it(`${name}`, async () => {
      const path = inband.write(content, 'a.jsonl');
      // After a good one, whose result must not be printed.
      expectRefusal(await inband.run(['conform', RECORDING, path]), path, ...texts);
    });
  }

  it('a file that is not there, a folder', async () => {
    const [absent, folder] = await Promise.all([inband.run(['conform', RECORDING, 'nosuch']), inband.run(['conform', '.', RECORDING])]);
    expectRefusal(absent, 'cannot read nosuch: no such file or directory');
    expectRefusal(folder, 'cannot read .: is a directory');
  });
});

describe.concurrent('a place that cannot be written to is refused with one line', () => {
  it('a file where the folder of findings should be', async () => {
    const file = inband.write('mine');
    const [at, below] = await Promise.all([inband.run(['hunt', '--out', file]), inband.run(['hunt', '--out', join(file, 'a/b')])]);
    expectRefusal(at, `cannot write to ${file}: is not a directory`);
    expectRefusal(below, `cannot write to ${join(file, 'a/b')}: is not a directory`);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('a link to nowhere where the folder should be', async () => {
    const link = join(inband.folder(), 'link');
    symlinkSync('/nowhere/at/all', link);
    expectRefusal(await inband.run(['hunt', '--out', link]), `cannot write to ${link}: `);
  });

  it.skipIf(!existsSync('/proc/self'))('/proc', async () => {
    const path = copy();
    const [hunt, show, shrink] = await Promise.all([
      inband.run(['hunt', '--out', '/proc/a/b']), inband.run(['show', path, '-o', '/proc/a/b']), inband.run(['shrink', path, '-o', '/proc/a/b']),
    ]);
    expectRefusal(hunt, 'cannot write to /proc/a/b: no such file or directory');
    expectRefusal(show, 'cannot write /proc/a/b: no such file or directory');
    expectRefusal(shrink, 'cannot write to /proc/a: no such file or directory');
  });

  it.skipIf(process.getuid === undefined || process.getuid() === 0)('a folder that is read-only (not asked as root)', async () => {
    const folder = inband.folder();
    chmodSync(folder, 0o555);
    const path = copy();
    const [hunt, show, shrink] = await Promise.all([
      inband.run(['hunt', '--out', folder]), inband.run(['show', path, '-o', join(folder, 'x')]), inband.run(['shrink', path, '-o', join(folder, 'x')]),
    ]);
    expectRefusal(hunt, `cannot write to ${folder}: permission denied`);
    expectRefusal(show, `cannot write ${join(folder, 'x')}: permission denied`);
    expectRefusal(shrink, `cannot write to ${folder}: permission denied`);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    const path = copy();
    const [file, out, result] = await Promise.all([
      inband.run(['show', path, '-o', '/dev/full']), inband.shell('inband list > /dev/full'), inband.shell(`inband replay '${path}' 2> /dev/full`),
    ]);
    expectRefusal(file, 'cannot write /dev/full: no space left');
    expectRefusal(out, 'cannot write to stdout: no space left');
    expect(result).toMatchObject({ code: 1, stderr: '' });
  });

  it('a name that is too long', async () => {
    const path = copy();
    expectRefusal(await inband.run(['shrink', path, '-o', join(path, '..', `${'x'.repeat(251)}.json`)]), '.json: the name is too long');
    expect(onlyFile(join(path, '..'))).toBe(path);
  });
});

describe.concurrent('what is there is left as it is', () => {
  it('a finding that is found again, byte for byte', async () => {
    const cwd = inband.folder();
    const name = saved.slice(saved.lastIndexOf('/') + 1);
    const file = join(cwd, 'inband-findings', name);
    mkdirSync(join(file, '..'));
    const reviewed = altered({ message: 'reviewed: real' });
    writeFileSync(file, reviewed);
    const [plain, json] = await Promise.all([inband.run(HUNT, { cwd }), inband.run([...HUNT, '--json'], { cwd })]);
    for (const { code, stderr } of [plain, json]) {
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${file.slice(cwd.length + 1)} is there already and was left as it is\n` });
    }
    expect(contents(join(file, '..'))).toEqual({ [name]: reviewed });
  });

  it('what is in the way of a finding, which is saved beside it and named by that', async () => {
    const { model } = JSON.parse(text) as { model: Record<string, number> };
    const others = ['reviewed: real\n', altered({ model: { ...model, hardware: 99 } }), altered({ settings: { channel: 2 } }), altered({ host: 'ipmi_si@6.1' })];
    await Promise.all(others.map(async (other) => {
      const cwd = inband.folder();
      const name = saved.slice(saved.lastIndexOf('/') + 1);
      const second = name.replace('.json', '-2.json');
      mkdirSync(join(cwd, 'inband-findings'));
      writeFileSync(join(cwd, 'inband-findings', name), other);
      const { code, stdout, stderr } = await inband.run(HUNT, { cwd });
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toContain(`replay: inband replay inband-findings/${second}\n`);
      expect(contents(join(cwd, 'inband-findings'))).toEqual({ [name]: other, [second]: text });
      // The next time it is there.
      const again = await inband.run([...HUNT, '--json'], { cwd });
      expect(again.stderr).toBe(`inband-findings/${second} is there already and was left as it is\n`);
      expect(JSON.parse(again.stdout)).toMatchObject({ findings: [{ file: `inband-findings/${second}` }] });
    }));
  });

  it('the file that shrink -o names, the finding itself included', async () => {
    const path = copy();
    const other = inband.write('mine');
    const link = join(inband.folder(), 'link');
    symlinkSync('/nowhere/at/all', link);
    const [there, self, nowhere] = await Promise.all([
      inband.run(['shrink', path, '-o', other]), inband.run(['shrink', path, '-o', path]), inband.run(['shrink', path, '-o', link]),
    ]);
    expectRefusal(there, `cannot write ${other}: it exists already`);
    expectRefusal(self, `cannot write ${path}: it exists already`);
    expectRefusal(nowhere, `cannot write ${link}: it exists already`);
    expect(readFileSync(other, 'utf8')).toBe('mine');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('the finding that show -o names, by whatever name', async () => {
    const path = copy();
    const link = join(inband.folder(), 'link');
    symlinkSync(path, link);
    const [same, other] = await Promise.all([inband.run(['show', path, '-o', path]), inband.run(['show', path, '-o', link])]);
    expectRefusal(same, `cannot write ${path}: that is the finding itself`);
    expectRefusal(other, `cannot write ${link}: that is the finding itself`);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('a pipe to which show writes, and a link through which it does', async () => {
    const path = copy();
    const folder = inband.folder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(join(folder, 'target'), 'old');
    symlinkSync('target', join(folder, 'link'));
    const [piped, linked, printed] = await Promise.all([
      inband.shell(`cat pipe & inband show '${path}' -o pipe; code=$?; wait; exit $code`, { cwd: folder }),
      inband.run(['show', path, '-o', 'link'], { cwd: folder }),
      inband.run(['show', path]),
    ]);
    expect(printed).toMatchObject({ code: 1, stderr: '' });
    expect(piped).toEqual(printed);
    expect(linked).toMatchObject({ code: 1, stdout: '', stderr: '' });
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe(printed.stdout);
    expect(readdirSync(folder).toSorted()).toEqual(['link', 'pipe', 'target']);
  });
});

/** The finding in a folder of its own. */
function copy(): string {
  return inband.write(text, 'finding.json');
}
