import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { begun, ended, setUp, type Ran } from './inband.ts';

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
      format: 'inband-prove/1', scenario: 'kcs', driver: 'kcs-bmc@fixed', complete: true, prune: true, findings: [],
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
    expect(stderr).toContain('go on with inband prove --resume kept/prove-kcs-kcs-bmc-fixed.state');
    expect(existsSync(join(kept, 'prove-kcs-kcs-bmc-fixed.state'))).toBe(true);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no scenario', ['prove'], /which scenario/],
    ['an unknown one', ['prove', 'kvm'], /unknown scenario "kvm"/],
    ['an unknown release', ['prove', 'kcs', '--releases', 'soon'], /--releases soon: there are quiet, until, for/],
    ['a state that is not there', ['prove', '--resume', 'none'], /cannot read none/],
    ['messages that cannot be', ['prove', 'kcs', '--messages', '99'], /requests=99/],
  ])('refuses %s', async (_name, args, message) => {
    const { code, stdout, stderr } = await inband.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('refuses a state that is none', async () => {
    for (const text of ['', '{}', '{"format":"inband-proof-state/1","scenario":"kcs","proof":{},"build":{"driver":"kcs-bmc@fixed","settings":{}},"model":{},"bounds":{}}']) {
      const { code, stderr } = await inband.run(['prove', '--resume', inband.write(text)]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^inband: .*(is no file of inband-proof-state|model)/);
    }
  });
});
