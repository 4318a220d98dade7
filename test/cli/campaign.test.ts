import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tree } from '../campaign/disks.ts';
import { expectRefusal, setUp } from './inband.ts';

const inband = setUp();

/** A small campaign with findings. */
const HUNT = ['hunt', 'kcs-read-restart', '--driver', 'kcs-bmc@v2', '--oracle', 'wrong-response'] as const;
const KEPT = /^(findings\/.*finding\.json|corpus\/|state\/)/;

describe('hunt --campaign', () => {
  it('creates a folder with all there is to know, and tells each finding', async () => {
    const cwd = inband.folder();
    const { code, stdout, stderr } = await inband.run([...HUNT, '--budget', '300x', '--campaign', 'c'], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const ids = readdirSync(join(cwd, 'c/findings')).sort();
    const [id] = ids;
    expect(readdirSync(join(cwd, 'c/findings', id)).sort()).toEqual(['finding.json', 'timeline.html', 'timeline.txt']);
    expect(readFileSync(join(cwd, 'c/findings', id, 'timeline.txt'), 'utf8')).toContain(`inband replay findings/${id}/finding.json`);
    expect(stdout).toContain(`inband show c/findings/${id}/finding.json\n`);
    expect(stdout).toMatch(/\n2 distinct findings: 300 executions; the budget is used up after \d+\.\d s \(inband status c\)\n$/);
    expect(readdirSync(join(cwd, 'c')).sort()).toEqual(['campaign.json', 'corpus', 'findings', 'state', 'stats.jsonl']);
    expect(JSON.parse(readFileSync(join(cwd, 'c/campaign.json'), 'utf8'))).toMatchObject({
      format: 'inband-campaign/1', shard: null, limit: { executions: 300 },
      hunts: [{ name: 'kcs-read-restart', driver: 'kcs-bmc@v2', oracles: ['wrong-response'], strategy: 'portfolio', seed: 1, limit: { executions: 300 } }],
    });

    const status = await inband.run(['status', 'c'], { cwd });
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^c: 1 hunt; nobody is at it, 1 so far, \d+ s of work\n {4}kcs-read-restart: kcs-bmc@v2, portfolio, seed 1: 300 executions of 300, 2 findings, \d+ things shown, corpus \d+\n/);
    expect(status.stdout).toMatch(/\nremaining {2}nothing: the budget is used up\n$/);
    const watched = await inband.run(['status', 'c', '--watch'], { cwd });
    expect(watched.stdout).not.toContain('\u001b');
    expect(await inband.run(['verify', 'c'], { cwd })).toMatchObject({ code: 0, stdout: `${ids.map((name) => `reproduces: c/findings/${name}/finding.json\n`).join('')}2 findings: 2 reproduce\n` });
    const triaged = await inband.run(['triage', 'c'], { cwd });
    expect(triaged.code).toBe(1);
    expect(triaged.stdout).toMatch(/\n2 causes in 2 findings\n$/);
    expectRefusal(await inband.run(['hunt', '--campaign', 'c', '--shard', '3/2'], { cwd }), 'expected i/n');
    // What is asked for beside what it is, and what is a default.
    expectRefusal(await inband.run(['hunt', '--campaign', 'c', '--seed', '2'], { cwd }), 'c/campaign.json: kcs-read-restart-2 is new in it: say by --budget');
    expectRefusal(await inband.run(['hunt', '--campaign', 'c', '--strategy', 'pct'], { cwd }), 'kcs-read-restart-2 is new in it');
    expectRefusal(await inband.run(['hunt', '--campaign', 'c', '--seed', '1', '--host', 'foo'], { cwd }), 'host', 'foo');
    expect(await inband.run(['hunt', '--campaign', 'c', '--seed', '1'], { cwd })).toMatchObject({ code: 1, stderr: '' });
  });

  it('continued with a larger budget, by --out as well, it comes to what it would have come to at once', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--budget', '512x', '--campaign', 'parts'], { cwd });
    const again = await inband.run(['hunt', '--out', 'parts', '--budget', '1024x', '--jobs', '2'], { cwd });
    expect(again).toMatchObject({ code: 1, stderr: '' });
    expect(again.stdout).toContain('1024 executions, 512 of them earlier');
    await inband.run([...HUNT, '--budget', '1024x', '--campaign', 'whole'], { cwd });
    const states = (folder: string): unknown => Object.entries(tree(join(cwd, folder), KEPT)).filter(([name]) => !/state-/.test(name) || name.endsWith('state-000000004.json'));
    expect(states('parts')).toEqual(states('whole'));
  });
});
