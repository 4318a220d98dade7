import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { begun, contents, ended, setUp, type Ran } from './inband.ts';

/** With DEADLY in the environment, whoever takes the third slice ends, or a part of a proof. */
const inband = setUp([[
  'pool/worker.ts', 'runner.begin(order.task);',
  "if ('DEADLY' in process.env && (order.task.kind === 'leaves' || order.task.slice?.index === 2)) process.exit(7); runner.begin(order.task);",
]]);

const HUNT = ['hunt', 'kcs', '--driver', 'kcs-bmc@mainline', '--oracle', 'wrong-response'];

/** The document without what depends on the clock. */
function document({ stdout }: Ran): unknown {
  return { ...JSON.parse(stdout) as object, seconds: 0 };
}

describe('--jobs', () => {
  it.each([
    ['the first finding', ['--budget', '5000x']], ['all findings', ['--budget', '600x', '--keep-going']],
  ])('%s: the same by two workers as by one, byte by byte', async (_name, budget) => {
    const runs = await Promise.all(['1', '2'].map(async (jobs) => {
      const cwd = inband.folder();
      const ran = await inband.run([...HUNT, ...budget, '--jobs', jobs, '--json'], { cwd });
      expect(ran).toMatchObject({ code: 1, stderr: '' });
      return { document: document(ran), files: contents(join(cwd, 'inband-findings')) };
    }));
    expect(Object.keys(runs[0].files).length).toBeGreaterThan(0);
    expect(runs[1]).toEqual(runs[0]);
  });

  it('Ctrl-C keeps what there is', async () => {
    const cwd = inband.folder();
    const child = inband.start(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '1h', '--jobs', '2', '--json'], { cwd });
    const ran = ended(child);
    await begun(child, join(cwd, 'inband-findings'));
    await after(2000); // until a worker has something to give back
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ran;
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted: what was found so far is saved\n' });
    expect((JSON.parse(stdout) as { executions: number }).executions).toBeGreaterThan(0);
  });

  it('a slice that ends three workers ends the hunt; what was found is kept', async () => {
    const cwd = inband.folder();
    const { code, stdout, stderr } = await inband.run([...HUNT, '--budget', '600x', '--keep-going', '--jobs', '2'], { cwd, env: { DEADLY: '1' } });
    expect(code).toBe(4);
    expect(stderr.match(/^worker [12] was replaced, slice 2 is done again: it ended with code 7$/gm)).toHaveLength(2);
    expect(stderr).toMatch(/^inband: internal error: slice 2 has ended 3 workers, the last one: it ended with code 7$/m);
    expect(Object.keys(contents(join(cwd, 'inband-findings'))).length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^\d+ distinct findings?: /m);
  });
});

describe('prove --jobs', () => {
  const PROVE = ['prove', 'kcs-read-restart', '--json'];

  it.each([
    ['with findings', ['--driver', 'kcs-bmc@mainline', '--stalls', '1', '--faults', '1'], 1], ['with none', ['--driver', 'kcs-bmc@fixed', '--stalls', '1', '--orders', '1'], 0],
  ])('%s: the same by two threads as by one, byte by byte', async (_name, flags, wanted) => {
    const runs = await Promise.all(['1', '2'].map(async (jobs) => {
      const cwd = inband.folder();
      const ran = await inband.run([...PROVE, ...flags, '--jobs', jobs], { cwd });
      expect(ran).toMatchObject({ code: wanted, stderr: '' });
      return { document: document(ran), files: contents(join(cwd, 'inband-findings')) };
    }));
    expect(runs[1]).toEqual(runs[0]);
  });

  it('goes on with others after Ctrl-C, to the same result', async () => {
    const cwd = inband.folder();
    const flags = [...PROVE, '--driver', 'kcs-bmc@fixed', '--stalls', '3', '--jobs', '2'];
    const child = inband.start(flags, { cwd });
    const end = ended(child);
    await begun(child, join(cwd, 'inband-findings'));
    child.kill('SIGINT');
    const cut = await end;
    expect(cut.code).toBe(130);
    const [, state] = cut.stderr.match(/go on with inband prove --resume (\S+)\n$/)!;
    const budget = ['--budget', `${(document(cut) as { executions: number }).executions + 5000}x`];
    const [whole, rest] = await Promise.all([inband.run([...flags, ...budget]), inband.run(['prove', '--resume', state, '--jobs', '2', '--json', ...budget], { cwd })]);
    expect([whole.code, rest.code]).toEqual([5, 5]);
    expect(document(rest)).toEqual(document(whole));
  });

  it('a part that ends three threads ends the proof; what was found is kept', async () => {
    const cwd = inband.folder();
    const { code, stdout, stderr } = await inband.run(['prove', 'kcs-read-restart', '--driver', 'kcs-bmc@mainline', '--stalls', '2', '--jobs', '2'], { cwd, env: { DEADLY: '1' } });
    expect(code).toBe(4);
    expect(stderr.match(/^worker 1 was replaced, part \d+ of the schedules is done again: it ended with code 7$/gm)).toHaveLength(2);
    expect(stderr).toMatch(/^inband: internal error: part \d+ of the schedules has ended 3 workers, the last one: it ended with code 7$/m);
    expect(stdout).toMatch(/^NOT every schedule with at most 2 stalls/m);
  });
});
