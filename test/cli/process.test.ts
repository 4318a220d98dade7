import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseFinding } from '../../src/index.ts';
import { begun, ended, onlyFile, setUp, type Ran } from './inband.ts';

const inband = setUp();

/** A finding that hunt has saved. */
let saved: string;

beforeAll(async () => {
  const cwd = inband.folder();
  expect(await inband.run(['hunt', '--oracle', 'sleep-in-atomic', '--out', '.'], { cwd })).toMatchObject({ code: 1 });
  saved = onlyFile(cwd);
});

describe.concurrent('a signal in a hunt', () => {
  /** Starts a hunt without end, and sends the signals when it has begun. */
  async function interrupted(args: readonly string[], signals: readonly NodeJS.Signals[]): Promise<Ran & { readonly folder: string }> {
    const cwd = inband.folder();
    const folder = join(cwd, 'out');
    const child = inband.start(['hunt', 'kcs', '--keep-going', '--budget', '2h', '--out', 'out', ...args], { cwd });
    const end = ended(child);
    // Long enough for the first execution, in which v2 sleeps under its lock, and too short for the hunt to be over.
    await begun(child, folder);
    for (const signal of signals) child.kill(signal);
    return { ...await end, folder };
  }

  it('SIGINT: what was found so far is saved and printed, exit code 130', async () => {
    const { code, signal, stdout, stderr, folder } = await interrupted([], ['SIGINT']);
    expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: 'interrupted: what was found so far is saved\n' });
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(parseFinding(readFileSync(join(folder, name), 'utf8'), name).id).toBe(name.replace(/\.json$/, ''));
    for (const name of names) expect(stdout).toContain(`out/${name}\n`);
    expect(stdout).toMatch(new RegExp(`\\n${names.length} distinct findings?: \\d+ executions? `));
  });

  it('SIGTERM, --json: one document, exit code 143', async () => {
    const { code, signal, stdout, stderr, folder } = await interrupted(['--json'], ['SIGTERM']);
    expect({ code, signal, stderr }).toEqual({ code: 143, signal: null, stderr: 'interrupted: what was found so far is saved\n' });
    const { format, findings } = JSON.parse(stdout) as { readonly format: string; readonly findings: readonly { readonly file: string }[] };
    expect(format).toBe('inband-hunt/1');
    expect(findings.map(({ file }) => file).toSorted()).toEqual(readdirSync(folder).toSorted().map((name) => `out/${name}`));
    expect(findings.length).toBeGreaterThan(0);
  });

  it('several of them: the first counts, and nothing is lost', async () => {
    const { code, signal, stdout, folder } = await interrupted(['--json'], ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGINT']);
    expect(signal).toBeNull();
    expect([130, 143]).toContain(code);
    expect((JSON.parse(stdout) as { readonly findings: readonly unknown[] }).findings).toHaveLength(readdirSync(folder).length);
  });

  it('nothing found so far: an empty document, exit code 130', async () => {
    const { code, stdout, folder } = await interrupted(['--driver', 'kcs-bmc@fixed', '--json'], ['SIGINT']);
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ driver: 'kcs-bmc@fixed', findings: [] });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('status --watch', () => {
  it('ends with who reads it, and with a signal', async () => {
    const cwd = inband.folder();
    expect(await inband.run(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '1s', '--campaign', 'c'], { cwd })).toMatchObject({ code: 0 });
    expect(await inband.shell('inband status c --watch | head -1', { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^c: 1 hunt; [^\n]*\n$/) as string, stderr: '' });
    for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
      const child = inband.start(['status', 'c', '--watch', '--json'], { cwd });
      const end = ended(child);
      child.stdout?.once('data', () => child.kill(signal));
      expect(await end).toMatchObject({ code, signal: null, stderr: '' });
    }
  });
});

describe.concurrent('a pipe that nobody reads', () => {
  it('ends quietly; the exit code still says what was found', async () => {
    for (const [args, code] of [[['list'], 0], [['--help'], 0], [['replay', saved], 1], [['run', 'kcs', '--json'], 1]] as const) {
      const child = inband.start(args);
      child.stdout?.destroy();
      const ran = await ended(child);
      expect(ran).toEqual({ code, signal: null, stdout: '', stderr: '' });
    }
  });

  it('a hunt saves first', async () => {
    const cwd = inband.folder();
    const child = inband.start(['hunt', '--oracle', 'sleep-in-atomic', '--out', 'out'], { cwd });
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended(child)).code).toBe(1);
    expect(onlyFile(join(cwd, 'out'))).toMatch(/sleep-in-atomic/);
  });

  it('| head -1', async () => {
    const ran = await inband.shell(`inband show '${saved}' -f json | head -1`);
    expect(ran).toEqual({ code: 0, signal: null, stdout: '{\n', stderr: '' });
  });

  it('a pipe that is read slowly gets everything', async () => {
    const [slow, fast] = await Promise.all([
      inband.shell(`inband show '${saved}' -f json | { sleep 1; cat; }`), inband.run(['show', saved, '-f', 'json']),
    ]);
    expect(fast.stdout.length).toBeGreaterThan(65_536);
    expect(slow.stdout === fast.stdout).toBe(true);
  });
});

const ESCAPE = '\u001b[';

describe.concurrent('without a terminal', () => {
  it('no colours, whatever the environment says, and no progress', async () => {
    const args = ['hunt', '--oracle', 'sleep-in-atomic'];
    const runs = await Promise.all([
      inband.run(args), inband.run(args, { env: { FORCE_COLOR: '1', CLICOLOR_FORCE: '1', TERM: 'xterm-256color' } }), inband.run(args, { env: { NO_COLOR: '1' } }),
    ]);
    const text = (ran: Ran): string => ran.stdout.replace(/in \d+\.\d s/, '');
    for (const ran of runs) {
      expect(ran).toMatchObject({ code: 1, stderr: '' });
      expect(ran.stdout).not.toContain('\u001b');
      expect(ran.stdout).not.toContain('\r');
      expect(text(ran)).toBe(text(runs[0]));
    }
  });
});

/** util-linux has it; on others `-c` means something else. */
const SCRIPT = /util-linux/.test(String(spawnSync('script', ['--version']).stdout));

describe.skipIf(!SCRIPT)(`on a terminal${SCRIPT ? '' : ' (there is no script(1) of util-linux)'}`, () => {
  /** Runs a line of shell on a terminal of its own, which does not know its size, and returns what that shows. */
  async function onTerminal(line: string, env: Readonly<Record<string, string>> = {}, cwd = inband.folder()): Promise<{ readonly code: number | null; readonly screen: string }> {
    const { NO_COLOR: _1, COLUMNS: _2, ...rest } = process.env;
    const command = `inband() { '${process.execPath}' '${inband.file}' "$@"; }; ${line}`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...rest, TERM: 'xterm', SHELL: '/bin/sh', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const { code, stdout } = await ended(child);
    return { code, screen: stdout };
  }

  const PROGRESS = /\r\d+ executions? \(\+\d+ shrinking\), \d+\/s, \d+ distinct findings?, stability 100 %, \d+ s/;
  const HUNT = 'hunt kcs --driver kcs-bmc@fixed --budget 60x';

  it('progress on stderr, overwritten in place and removed', async () => {
    const { code, screen } = await onTerminal(`stty cols 100; inband ${HUNT}`);
    expect(code).toBe(0);
    expect(screen).toMatch(PROGRESS);
    const last = screen.slice(screen.lastIndexOf('\r', screen.indexOf('nothing found') - 1));
    expect(last).toMatch(/^\rnothing found: 60 executions/);
  });

  it('none where stderr is a file, and none on stdout', async () => {
    const cwd = inband.folder();
    const [file, both] = await Promise.all([onTerminal(`inband ${HUNT} 2> err`, {}, cwd), onTerminal(`inband ${HUNT} --json > out`, {}, cwd)]);
    expect(file.screen).not.toMatch(PROGRESS);
    expect(readFileSync(join(cwd, 'err'), 'utf8')).toBe('');
    expect(both.screen).toMatch(PROGRESS);
    expect(JSON.parse(readFileSync(join(cwd, 'out'), 'utf8'))).toMatchObject({ format: 'inband-hunt/1', executions: 60 });
  });

  it('colours, unless NO_COLOR says otherwise', async () => {
    const [plain, colours, empty, off] = await Promise.all([
      inband.run(['show', saved, '--width', '100']),
      onTerminal(`inband show '${saved}' --width 100`),
      onTerminal(`inband show '${saved}' --width 100`, { NO_COLOR: '' }),
      onTerminal(`inband show '${saved}' --width 100`, { NO_COLOR: '1' }),
    ]);
    const lines = (screen: string): string => screen.replaceAll('\r\n', '\n');
    expect(colours.code).toBe(1);
    expect(colours.screen).toContain(ESCAPE);
    // oxlint-disable-next-line no-control-regex
    expect(lines(colours.screen).replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(plain.stdout);
    expect(empty.screen).toBe(colours.screen);
    expect(lines(off.screen)).toBe(plain.stdout);
  });

  it('as wide as the terminal; not so in a pipe', async () => {
    const widest = (text: string): number => Math.max(...text.split(/\r?\n/).filter((line) => !line.startsWith('replay: ')).map((line) => line.length));
    const [narrow, unknown, piped, printed] = await Promise.all([
      onTerminal(`stty cols 70; inband show '${saved}'`, { NO_COLOR: '1' }),
      onTerminal(`inband show '${saved}'`, { NO_COLOR: '1' }),
      onTerminal(`stty cols 70; inband show '${saved}' | cat`),
      inband.run(['show', saved]),
    ]);
    expect(widest(narrow.screen)).toBeLessThanOrEqual(70);
    for (const { screen } of [unknown, piped]) expect(screen.replaceAll('\r\n', '\n')).toBe(printed.stdout);
  });

  it('Ctrl-C', async () => {
    const cwd = inband.folder();
    const command = `'${process.execPath}' '${inband.file}' hunt kcs --keep-going --budget 2h --out out`;
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'pipe'] });
    const end = ended(child);
    await begun(child, join(cwd, 'out'));
    child.stdin.write('\u0003');
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toContain('interrupted: what was found so far is saved');
    expect(readdirSync(join(cwd, 'out')).length).toBeGreaterThan(0);
  });
});
