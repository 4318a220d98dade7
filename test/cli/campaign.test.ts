import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../src/index.ts';
import { tree } from '../campaign/disks.ts';
import { expectRefusal, setUp } from './inband.ts';

const inband = setUp();

/** A small campaign with findings. */
const HUNT = ['hunt', 'kcs-read-restart', '--driver', 'kcs-bmc@v2', '--oracle', 'wrong-response'] as const;
const KEPT = /^(findings\/.*finding\.json|corpus\/|state\/)/;

describe.concurrent('hunt --campaign', () => {
  it('creates a folder with all there is to know, and tells each finding', async () => {
    const cwd = inband.folder();
    const { code, stdout, stderr } = await inband.run([...HUNT, '--budget', '600x', '--campaign', 'c'], { cwd });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [id] = readdirSync(join(cwd, 'c/findings'));
    expect(readdirSync(join(cwd, 'c/findings', id)).sort()).toEqual(['finding.json', 'timeline.html', 'timeline.txt']);
    expect(readFileSync(join(cwd, 'c/findings', id, 'timeline.txt'), 'utf8')).toContain(`inband replay findings/${id}/finding.json`);
    expect(stdout).toContain(`inband show c/findings/${id}/finding.json\n`);
    expect(stdout).toMatch(/\n1 distinct finding: 600 executions; the budget is used up after \d+\.\d s \(inband status c\)\n$/);
    expect(readdirSync(join(cwd, 'c')).sort()).toEqual(['campaign.json', 'corpus', 'findings', 'state', 'stats.jsonl']);
    expect(JSON.parse(readFileSync(join(cwd, 'c/campaign.json'), 'utf8'))).toMatchObject({
      format: 'inband-campaign/1', shard: null, limit: { executions: 600 },
      hunts: [{ name: 'kcs-read-restart', driver: 'kcs-bmc@v2', oracles: ['wrong-response'], strategy: 'portfolio', seed: 1, limit: { executions: 600 } }],
    });
    const replayed = await inband.run(['replay', `c/findings/${id}/finding.json`], { cwd });
    expect(replayed.code).toBe(1);

    const [status, watched, json, verified, triaged] = await Promise.all([
      inband.run(['status', 'c'], { cwd }), inband.run(['status', 'c', '--watch'], { cwd }), inband.run(['status', 'c', '--json'], { cwd }),
      inband.run(['verify', 'c'], { cwd }), inband.run(['triage', 'c'], { cwd }),
    ]);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^c: 1 hunt; nobody is at it, 1 so far, \d+ s of work\n {4}kcs-read-restart: kcs-bmc@v2, portfolio, seed 1: 600 executions of 600, 1 finding, \d+ things shown, corpus \d+\n/);
    expect(status.stdout).toMatch(/\nremaining {2}nothing: the budget is used up\n$/);
    expect(watched.stdout).not.toContain('\u001b');
    expect(JSON.parse(json.stdout)).toMatchObject({ format: 'inband-status/1', executions: 600, active: 0, remaining: { seconds: 0 } });
    expect(verified).toMatchObject({ code: 0, stdout: `reproduces: c/findings/${id}/finding.json\n1 finding: 1 reproduce\n` });
    expect(triaged.code).toBe(1);
    expect(triaged.stdout).toMatch(/\n1 cause in 1 finding\n$/);
  });

  it('continued with a larger budget, by --out as well, it comes to what it would have come to at once', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--budget', '512x', '--campaign', 'parts'], { cwd });
    const again = await inband.run(['hunt', '--out', 'parts', '--budget', '1024x', '--jobs', '2'], { cwd });
    expect(again.stdout).toContain('1024 executions, 512 of them earlier');
    await inband.run([...HUNT, '--budget', '1024x', '--campaign', 'whole'], { cwd });
    const states = (folder: string): unknown => Object.entries(tree(join(cwd, folder), KEPT)).filter(([name]) => !/state-/.test(name) || name.endsWith('state-000000004.json'));
    expect(states('parts')).toEqual(states('whole'));
  });

  it('several scenarios share a budget, or have their own', async () => {
    const cwd = inband.folder();
    const ran = await inband.run([
      'hunt', 'kcs-read-restart', 'bt', '--driver', 'kcs-bmc@fixed', '--driver', 'bt-bmc@fixed', '--budget', '300x', '--budget', 'bt=60x', '--campaign', 'c', '--json',
    ], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const { hunts } = JSON.parse(ran.stdout) as { hunts: { name: string; executions: number; driver: string }[] };
    expect(hunts.map(({ name, executions, driver }) => [name, executions, driver])).toEqual([['kcs-read-restart', 240, 'kcs-bmc@fixed'], ['bt', 60, 'bt-bmc@fixed']]);
  });

  it('all shards of a search, put together, are that search', async () => {
    const cwd = inband.folder();
    const hunt = [...HUNT.slice(0, 4), '--oracle', 'wrong-response,errno', '--strategy', 'random', '--budget', '700x'];
    const campaigns = [['whole', []], ['a', ['--shard', '1/2']], ['b', ['--shard', '2/2']]] as const;
    const ran = await Promise.all(campaigns.map(([name, shard]) => inband.run([...hunt, '--campaign', name, ...shard, '--json'], { cwd })));
    const executions = ran.map(({ stdout }) => (JSON.parse(stdout) as { executions: number }).executions);
    expect(executions[1] + executions[2]).toBe(executions[0]);
    const merged = await inband.run(['merge', 'm', 'b', 'a'], { cwd });
    expect(merged).toMatchObject({ code: 0, stderr: '' });
    expect(merged.stdout).toMatch(/^m: the whole of a search in shards; /);
    expect(tree(join(cwd, 'm'), KEPT)).toEqual(tree(join(cwd, 'whole'), KEPT));
    expect(Object.keys(tree(join(cwd, 'm'), /finding\.json$/)).length).toBeGreaterThan(1);
    expectRefusal(await inband.run(['hunt', '--campaign', 'a', '--shard', '2/2'], { cwd }), 'a/campaign.json: is shard 1/2, not shard 2/2');
  });

  it('merge of campaigns and minimize of the corpus', async () => {
    const cwd = inband.folder();
    await Promise.all(['1', '2'].map((seed) => inband.run([...HUNT, '--budget', '300x', '--seed', seed, '--campaign', `c${seed}`], { cwd })));
    expect((await inband.run(['merge', 'm', 'c1'], { cwd })).code).toBe(0);
    const { stdout } = await inband.run(['merge', 'm', 'c2', '--json'], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({ format: 'inband-merge/1', into: 'm', whole: false });
    const before = Object.keys(tree(join(cwd, 'm/corpus'))).length;
    const small = await inband.run(['minimize', 'm', '--json'], { cwd });
    const { hunts: [{ kept }] } = JSON.parse(small.stdout) as { hunts: { kept: number }[] };
    expect(Object.keys(tree(join(cwd, 'm/corpus'))).length).toBe(kept);
    expect(kept).toBeLessThan(before);
    expect(JSON.parse((await inband.run(['minimize', 'm', '--json'], { cwd })).stdout)).toMatchObject({ hunts: [{ before: kept, kept }] });
  });
});

describe.concurrent('verify', () => {
  it('a finding of other models is stale, and found again where it still is', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--budget', '300x', '--campaign', 'c'], { cwd });
    const [id] = readdirSync(join(cwd, 'c/findings'));
    const file = join(cwd, 'c/findings', id, 'finding.json');
    const finding = parseFinding(readFileSync(file, 'utf8'), file);
    const old = JSON.stringify({ ...finding, model: { ...finding.model, 'scenario kcs-read-restart': 99 } });
    writeFileSync(file, old);
    const stale = await inband.run(['verify', 'c'], { cwd });
    expect(stale.code).toBe(1);
    expect(stale.stdout).toContain(`stale: c/findings/${id}/finding.json: model "scenario kcs-read-restart" is 99 in the finding`);
    const again = await inband.run(['verify', 'c', '--refind'], { cwd });
    expect(again.code).toBe(0);
    expect(again.stdout).toMatch(/found again by its schedule in \d+ executions?: c\/findings\//);
    expect(await inband.run(['verify', 'c'], { cwd })).toMatchObject({ code: 0 });
    expect(Object.values(tree(join(cwd, 'c/stale'))).map((text) => JSON.parse(text) as unknown)).toEqual([JSON.parse(old)]);
  });

  it('a folder of findings as hunt saves them', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--out', 'f'], { cwd });
    expect((await inband.run(['verify', 'f'], { cwd })).code).toBe(0);
    writeFileSync(join(cwd, 'f/bad.json'), '{"format": 1}');
    const { code, stderr, stdout } = await inband.run(['verify', 'f'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toBe('inband: f/bad.json: format: expected "inband-finding/1"\n');
    expect(stdout).toContain('2 findings: 1 reproduce, 1 cannot be read\n');
  });
});

describe.concurrent('what cannot be', () => {
  it('is refused in one line', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--budget', '20x', '--campaign', 'c'], { cwd });
    mkdirSync(join(cwd, 'plain'));
    for (const [args, text] of [
      [['status', 'plain'], 'plain: is no campaign'],
      [['status', 'nowhere'], 'nowhere: is no campaign'],
      [['verify', 'nowhere'], 'cannot read nowhere: no such file or directory'],
      [['merge', 'm', 'plain'], 'plain: is no campaign'],
      [['hunt', 'kcs', 'bt'], 'several scenarios are for a campaign'],
      [['hunt', 'kcs', '--shard', '1/2'], '--shard is for a campaign'],
      [['hunt', 'kcs', '--campaign', 'd', '--shard', '3/2'], 'expected i/n'],
      [['hunt', 'kcs', '--campaign', 'd', '--budget', 'bt=5x'], 'no hunt of that name'],
      [['hunt', 'kcs', 'bt', '--campaign', 'd', '--driver', 'ssif-bmc@fixed'], 'none of kcs, bt knows it'],
      [['hunt', 'kcs', '--campaign', 'c'], 'say by --budget'],
      [['hunt', 'kcs', '--campaign', '/proc/nowhere'], 'cannot write'],
    ] as const) expectRefusal(await inband.run(args, { cwd }), text);
  });

  it('a campaign of other models is not continued', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--budget', '20x', '--campaign', 'c'], { cwd });
    const file = join(cwd, 'c/campaign.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"scenario kcs-read-restart": ', '"scenario kcs-read-restart": 7'));
    expectRefusal(await inband.run(['hunt', '--campaign', 'c'], { cwd }), 'c/campaign.json: model "scenario kcs-read-restart" is 7', 'inband verify c');
  });

  it('links in a campaign are not followed, and nothing outside of it is touched', async () => {
    const cwd = inband.folder();
    await inband.run([...HUNT, '--budget', '20x', '--campaign', 'c'], { cwd });
    const outside = inband.folder();
    for (const name of ['findings', 'state', 'corpus']) {
      const campaign = inband.folder();
      writeFileSync(join(campaign, 'campaign.json'), readFileSync(join(cwd, 'c/campaign.json')));
      symlinkSync(outside, join(campaign, name));
      const ran = await inband.run(['hunt', '--campaign', campaign, '--budget', '600x']);
      expect({ code: ran.code, lines: ran.stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
      expect(ran.stderr).toContain(`${name}: expected a folder, not a link`);
    }
    expect(readdirSync(outside)).toEqual([]);
  });
});
