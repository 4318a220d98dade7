import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KCS } from '../../src/index.ts';
import { begun, contents, ended, expectRefusal, setUp, type Ran } from './inband.ts';

const inband = setUp();

/** One Get Device ID of a host that polls: some 200 steps at which somebody can be held. */
const SMALL = ['prove', 'kcs', '--messages', '1', '--set', 'command=get-device-id', '--set', 'hostMode=poll'];
const FIXED = [...SMALL, '--driver', 'kcs-bmc@fixed'];

function documentOf({ stdout }: Ran): Record<string, unknown> {
  const { seconds, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
  expect(seconds).toBeGreaterThan(0);
  return rest;
}

describe.concurrent('prove', () => {
  it('runs every schedule, or one for all that go on alike, and says up to which bounds', async () => {
    const [pruned, plain, text] = await Promise.all([[], ['--no-prune'], []].map((more, i) => (
      inband.run([...FIXED, '--stalls', '1', '--timeouts', '1', ...more, ...(i < 2 ? ['--json'] : [])]))));
    expect([pruned.code, plain.code, text.code]).toEqual([0, 0, 0]);
    const [some, all] = [documentOf(pruned), documentOf(plain)];
    expect(some).toMatchObject({
      format: 'inband-prove/1', scenario: 'kcs', driver: 'kcs-bmc@fixed', oracles: KCS.oracles.filter((name) => name !== 'data-race'), complete: true, prune: true, findings: [],
      bounds: { stalls: 1, faults: 0, releases: ['quiet'], timeouts: 1, settings: { requests: 1, hostMode: 'poll' } },
    });
    expect(all).toMatchObject({ complete: true, prune: false, executions: some['schedules'], schedules: some['schedules'] });
    expect(some['executions']).toBeLessThan(all['executions'] as number);
    expect(text.stdout).toMatch(new RegExp(`^every schedule with at most 1 stall of scenario kcs on kcs-bmc@fixed: ${String(some['executions'])} executions for ${String(some['schedules'])} schedules, 0 violations, `));
    expect(text.stdout).toContain('until all else is quiet; past a time-out');
    expect(text.stdout).toContain('workload and configuration: the plain ones, with command=get-device-id, hostMode=poll, requests=1');
  });

  it('finds what is there, shrinks, saves and shows it', async () => {
    const cwd = inband.folder();
    const { code, stdout } = await inband.run([...SMALL, '--driver', 'kcs-bmc@v2', '--stalls', '0', '--out', 'found'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^sleep-in-atomic: /);
    const [file] = readdirSync(join(cwd, 'found'));
    const replayed = await inband.run(['replay', join('found', file)], { cwd });
    expect(replayed.code).toBe(1);
  });

  it('stops at its budget with code 5, and goes on to the same result', async () => {
    const cwd = inband.folder();
    const wanted = ['--stalls', '1', '--faults', '1', '--timeouts', '1', '--json'];
    const [whole, cut] = await Promise.all([inband.run([...FIXED, ...wanted]), inband.run([...FIXED, ...wanted, '--budget', '300x', '--out', '.'], { cwd })]);
    expect([whole.code, cut.code]).toEqual([0, 5]);
    expect(documentOf(cut)).toMatchObject({ complete: false, executions: 300 });
    const state = cut.stderr.match(/go on with inband prove --resume (\S+)\n$/)![1];
    const rest = await inband.run(['prove', '--resume', state, '--json'], { cwd });
    expect(rest.code).toBe(0);
    expect(documentOf(rest)).toEqual(documentOf(whole));
    // What is proven has no state to go on from.
    expect(existsSync(join(cwd, state))).toBe(false);
  });

  it('keeps what it has when it is interrupted', async () => {
    const cwd = inband.folder();
    const child = inband.start(['prove', 'kcs', '--driver', 'kcs-bmc@fixed', '--stalls', '3', '--out', 'kept'], { cwd });
    const kept = join(cwd, 'kept');
    const end = ended(child);
    await begun(child, kept);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^NOT every schedule with at most 3 stalls/);
    expect(stderr).toMatch(/go on with inband prove --resume kept\/prove-kcs-kcs-bmc-fixed-[0-9a-f]{8}\.state\n$/);
    expect(readdirSync(kept)).toEqual([expect.stringMatching(/^prove-kcs-kcs-bmc-fixed-[0-9a-f]{8}\.state$/)]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no scenario', ['prove'], /which scenario/],
    ['an unknown one', ['prove', 'kvm'], /unknown scenario "kvm"/],
    ['an unknown release', ['prove', 'kcs', '--releases', 'soon'], /--releases soon: there are quiet, until, for/],
    ['a state that is not there', ['prove', '--resume', 'none'], /cannot read none/],
    ['messages that cannot be', ['prove', 'kcs', '--messages', '99'], /requests=99/],
    ['two numbers of messages', ['prove', 'kcs', '--messages', '1', '--set', 'requests=2'], /^inband: parameter requests is given twice: 2 and 1\n$/],
    ['a bound beyond all', ['prove', 'kcs', '--stalls', '999999999999999'], /^inband: option '--stalls <n>' argument '999999999999999' is invalid\. expected an integer from 0 to 100\.\n$/],
    ['bounds that are too many together', ['prove', 'kcs', '--stalls', '60', '--faults', '60', '--timings', '60', '--orders', '60'], /^inband: stalls 60, timings 60, orders 60, faults 60: these bounds are too many together[^\n]*\n$/],
  ])('refuses %s', async (_name, args, message) => {
    const { code, stdout, stderr } = await inband.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

});

/** A proof that was cut short, and its file. */
async function cutShort(cwd: string, ...more: readonly string[]): Promise<string> {
  const { code, stderr } = await inband.run([...FIXED, '--stalls', '1', '--budget', '20x', '--out', '.', ...more], { cwd });
  expect(code).toBe(5);
  return /--resume (\S+)/.exec(stderr)![1];
}

describe('the state of an unfinished proof', () => {
  it('is a file for each proof: no other is overwritten, and neither is its own', async () => {
    const cwd = inband.folder();
    const first = await cutShort(cwd);
    const text = readFileSync(join(cwd, first), 'utf8');
    const others = [['--faults', '1'], ['--oracle', 'hang'], ['--daemon', 'kcsbridged'], ['--set', 'channel=2'], ['--no-prune'], ['--timeouts', '1'], ['--host', 'ipmi_si@6.1']];
    const files = [first];
    for (const more of others) files.push(await cutShort(cwd, ...more));
    expect(new Set(files).size).toBe(1 + others.length);
    // In whatever order the same is said.
    expectRefusal(await inband.run(['prove', 'kcs', '--set', 'hostMode=poll', '--set', 'command=get-device-id', '--messages', '1', '--driver', 'kcs-bmc@fixed', '--stalls', '1', '--out', '.'], { cwd }),
      `${first}: this proof was begun already: go on with inband prove --resume ${first}, or remove the file`);
    expect(readFileSync(join(cwd, first), 'utf8')).toBe(text);
  });

  it('is written whole or not at all: what was there stays when the disk is full', async () => {
    const cwd = inband.folder();
    const file = await cutShort(cwd, '--faults', '1', '--budget', '300x');
    const text = readFileSync(join(cwd, file), 'utf8');
    expect(text.length).toBeGreaterThan(8192);
    const { code, stderr } = await inband.shell(`ulimit -f 8; trap '' XFSZ; inband prove --resume ${file} --budget 5x --out .`, { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^inband: cannot write [^\n]+\.state: no space left[^\n]*\n$/);
    expect(contents(cwd)).toEqual({ [file]: text });
  });

  it('is refused with one line when it is damaged, cut, or none', async () => {
    const cwd = inband.folder();
    const file = await cutShort(cwd);
    const text = readFileSync(join(cwd, file), 'utf8');
    const sealed = (inner: string): string => `${JSON.stringify({ format: 'inband-proof-state/1', sha256: createHash('sha256').update(inner).digest('hex') })}\n${inner}\n`;
    const [, head, ...states] = text.trimEnd().split('\n');
    const cases: readonly (readonly [text: string, said: string])[] = [
      ['', 'is empty'],
      ['{}', 'format is missing'],
      [text.slice(0, -100), 'is damaged'],
      [text.replace('"executions":', '"executions":1'), 'is damaged'],
      [`${text}\n`, 'is damaged'],
      [sealed(''), 'is empty'],
      [sealed('{"scenario":"kcs"}'), 'driver is missing'],
      [sealed([head.replace('"stalls":1', '"stalls":1000000'), ...states].join('\n')), 'stalls 1000000'],
      [sealed([head.replace('"frames":[', '"frames":[7,'), ...states].join('\n')), 'proof.frames[0]: expected an object'],
      [sealed([head.replace(/"frames":\[.*?\],"verdicts"/, '"frames":[],"verdicts"'), ...states].join('\n')), 'does not hold a proof that can go on'],
      [sealed([head, '[1,2,3]'].join('\n')), 'line 3: expected a state'],
    ];
    for (const [damaged, said] of cases) {
      const path = inband.write(damaged, 'x.state');
      expectRefusal(await inband.run(['prove', '--resume', path]), path, said);
      expect(readFileSync(path, 'utf8')).toBe(damaged);
    }
  });

  it('goes on as it was begun: what contradicts it is refused, what repeats it is not', async () => {
    const cwd = inband.folder();
    const file = await cutShort(cwd, '--faults', '1');
    const contradictions: readonly (readonly string[])[] = [
      ['ssif'], ['--stalls', '2'], ['--faults', '0'], ['--no-prune'], ['--releases', 'until'], ['--timeouts', '1'], ['--oracle', 'hang'], ['--host', 'ipmi_si@mended'],
      ['--daemon', 'kcsbridged'], ['--set', 'channel=2'], ['--messages', '2'], ['--driver', 'kcs-bmc@v2'],
    ];
    for (const more of contradictions) {
      expectRefusal(await inband.run(['prove', ...more, '--resume', file], { cwd }), `${file}: is a proof with`, 'it goes on as it was begun');
    }
    const same = await inband.run([...FIXED, '--stalls', '1', '--faults', '1', '--resume', file, '--budget', '1x', '--out', '.'], { cwd });
    expect(same).toMatchObject({ code: 5 });
  });

  it('what judged is told, and who else was named', async () => {
    const args = [...FIXED, '--stalls', '0', '--oracle', 'hang,errno', '--host', 'ipmi_si@6.1', '--daemon', 'kcsbridged'];
    const [text, json] = await Promise.all([inband.run(args), inband.run([...args, '--json'])]);
    expect(text.stdout).toContain('\n    judged by: hang, errno; host ipmi_si@6.1; daemon kcsbridged\n');
    expect(documentOf(json)).toMatchObject({ oracles: ['hang', 'errno'], host: 'ipmi_si@6.1', daemon: 'kcsbridged' });
  });
});
