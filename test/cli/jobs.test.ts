import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { contents, ended, setUp, type Ran } from './inband.ts';

/** With DEADLY in the environment, whoever takes the third slice ends. */
const inband = setUp([[
  'pool/worker.ts', 'runner.begin(order.task);',
  "if ('DEADLY' in process.env && order.task.kind === 'slice' && order.task.slice.index === 2) process.exit(7); runner.begin(order.task);",
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
    const child = inband.start(['hunt', 'kcs', '--driver', 'kcs-bmc@fixed', '--budget', '1h', '--jobs', '2', '--json']);
    const ran = ended(child);
    await after(2500);
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
