import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { anyHunt, type AnyHuntFlags } from '../../src/cli/any-hunt.ts';
import { merge } from '../../src/cli/merge.ts';
import { minimize } from '../../src/cli/minimize.ts';
import { parseBudgets } from '../../src/cli/options.ts';
import { status } from '../../src/cli/status.ts';
import { triage } from '../../src/cli/triage.ts';
import { verify } from '../../src/cli/verify.ts';
import { UsageError, parseFinding, serializeFinding } from '../../src/index.ts';
import { tree } from '../campaign/disks.ts';

/** What the commands print: results, and all else. */
const [printed, told]: [string[], string[]] = [[], []];

vi.mock(import('../../src/cli/output.ts'), async (original) => ({
  ...await original(),
  print: (text: string) => void printed.push(text),
  printJson: (value: unknown) => void printed.push(JSON.stringify(value)),
  note: (text: string) => void told.push(text),
  complain: (text: string) => void told.push(`inband: ${text}`),
}));
// Their page is bundled by the build.
vi.mock(import('../../src/cli/timelines.ts'), async (original) => ({ ...await original(), drawTimelines: () => new Map<string, string>() }));

const root = mkdtempSync(join(tmpdir(), 'inband-commands-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});
afterEach(() => {
  told.length = printed.length = 0;
});

let folders = 0;

/** A path for a folder. */
function place(name: string): string {
  return join(root, `${name}-${++folders}`);
}

/** The one document that a command has printed. */
function document(): unknown {
  expect(printed).toHaveLength(1);
  return JSON.parse(printed.pop()!);
}

type Given = Partial<Omit<AnyHuntFlags, 'budget'>> & { readonly names?: readonly string[]; readonly budget?: string };

/** `inband hunt`, with a small campaign that has findings unless something else is said. */
async function hunt({ names = ['kcs-read-restart'], budget, ...flags }: Given): Promise<number> {
  const small = names.includes('kcs-read-restart') ? { driver: ['kcs-bmc@v2'], oracle: 'wrong-response' } : {};
  return anyHunt(names, {
    ...small, strategy: 'portfolio', seed: 1, jobs: 1, out: join(root, 'out'), json: true, ...(budget === undefined ? {} : { budget: budget.split(' ').reduce((all, one) => parseBudgets(one, all), parseBudgets(budget.split(' ')[0])) }), ...flags,
  });
}

const KEPT = /^(findings\/.*finding\.json|corpus\/|state\/)/;

describe('hunt --campaign', () => {
  it('several scenarios share a budget, or have their own', async () => {
    const campaign = place('several');
    expect(await hunt({ names: ['kcs-read-restart', 'bt'], driver: ['kcs-bmc@fixed', 'bt-bmc@fixed'], budget: '100x bt=20x', campaign })).toBe(0);
    const { hunts } = document() as { hunts: { name: string; executions: number; driver: string }[] };
    expect(hunts.map(({ name, executions, driver }) => [name, executions, driver])).toEqual([['kcs-read-restart', 80, 'kcs-bmc@fixed'], ['bt', 20, 'bt-bmc@fixed']]);
  });

  it('what is asked for beside it without a scenario is as it is in all else', async () => {
    const campaign = place('beside');
    const more = { names: [], campaign };
    await hunt({ budget: '20x', campaign });
    await expectRefused(hunt({ ...more, daemon: 'bar', budget: '40x' }), 'daemon', 'bar');
    await hunt({ ...more, oracle: 'errno', seed: 2, strategy: 'pct', given: new Set(['seed', 'strategy']), budget: '40x' });
    const { hunts } = JSON.parse(readFileSync(join(campaign, 'campaign.json'), 'utf8')) as { hunts: object[] };
    expect(hunts).toMatchObject([
      { name: 'kcs-read-restart', oracles: ['wrong-response'], seed: 1, strategy: 'portfolio' },
      { name: 'kcs-read-restart-2', scenario: 'kcs-read-restart', driver: 'kcs-bmc@v2', oracles: ['errno'], seed: 2, strategy: 'pct' },
    ]);
    await expectRefused(hunt({ ...more, driver: ['kcs-bmc@fixed'], budget: '60x' }), `${campaign}/campaign.json: its hunts are not of one choice of oracles`, '--oracle');
    await hunt({ names: ['bt'], driver: ['bt-bmc@fixed'], campaign, budget: '60x' });
    await expectRefused(hunt({ ...more, oracle: 'hang', budget: '80x' }), 'its hunts are not of one scenario');
    expect(JSON.parse(readFileSync(join(campaign, 'campaign.json'), 'utf8'))).toMatchObject({ hunts: [{}, {}, { name: 'bt' }] });
  });

  it('all shards of a search, put together, are that search', async () => {
    const [whole, a, b, together] = ['whole', 'a', 'b', 'together'].map(place);
    const executions: number[] = [];
    for (const [campaign, shard] of [[whole], [a, { index: 1, of: 2 }], [b, { index: 2, of: 2 }]] as const) {
      await hunt({ strategy: 'random', budget: '700x', campaign, ...(shard === undefined ? {} : { shard }) });
      executions.push((document() as { executions: number }).executions);
    }
    expect(executions[1] + executions[2]).toBe(executions[0]);
    expect(await merge(together, [b, a], {})).toBe(0);
    expect(printed.pop()).toContain(`${together}: the whole of a search in shards; `);
    expect(told).toEqual([]);
    expect(tree(together, KEPT)).toEqual(tree(whole, KEPT));
    expect(Object.keys(tree(together, /finding\.json$/))).not.toEqual([]);
    const interrupted = place('interrupted');
    const merging = merge(interrupted, [b, a], {});
    process.emit('SIGINT', 'SIGINT');
    expect(await merging).toBe(130);
    expect(told.splice(0)).toEqual([`interrupted: inband hunt --campaign ${interrupted} runs what is missing`]);
    await expectRefused(hunt({ names: [], campaign: a, shard: { index: 2, of: 2 } }), `${a}/campaign.json: is shard 1/2, not shard 2/2`);
  });
});

describe('merge and minimize', () => {
  it('of two campaigns: all findings and schedules, then as few schedules as show the same', async () => {
    const [one, other, both] = ['one', 'other', 'both'].map(place);
    await hunt({ budget: '300x', campaign: one });
    await hunt({ budget: '300x', seed: 2, campaign: other });
    printed.length = 0;
    expect(await merge(both, [one], {})).toBe(0);
    printed.length = 0;
    await status(both, { json: true });
    const [findings, seeds] = ['findings', 'corpus/kcs-read-restart'].map((name) => readdirSync(join(both, name)).length);
    expect(findings).toBeGreaterThan(0);
    expect(document()).toMatchObject({ executions: 0, findings: { now: findings, last: null }, hunts: [{ executions: 0, findings, corpus: seeds }] });
    await merge(both, [other], { json: true });
    expect(document()).toMatchObject({ format: 'inband-merge/1', into: both, whole: false });
    const corpus = (): number => Object.keys(tree(join(both, 'corpus'))).length;
    const before = corpus();
    minimize(both, { json: true });
    const { hunts: [{ kept }] } = document() as { hunts: { kept: number }[] };
    const lie = readdirSync(join(both, 'findings')).length;
    await hunt({ campaign: both, budget: '5x', json: false });
    expect(printed.pop()).toMatch(new RegExp(`^(nothing found|\\d+ distinct findings?) \\(${lie} in the folder\\): 5 executions; `));
    printed.length = 0;
    expect(corpus()).toBe(kept);
    expect(kept).toBeLessThan(before);
    minimize(both, { json: true });
    expect(document()).toMatchObject({ hunts: [{ before: kept, kept }] });
  });
});

describe('verify', () => {
  it('a finding of other models is stale, and found again where it still is', async () => {
    const campaign = place('stale');
    await hunt({ budget: '300x', campaign });
    printed.length = 0;
    const [id] = readdirSync(join(campaign, 'findings'));
    const file = join(campaign, 'findings', id, 'finding.json');
    const finding = parseFinding(readFileSync(file, 'utf8'), file);
    const old = serializeFinding({ ...finding, model: { ...finding.model, 'scenario kcs-read-restart': 99 } });
    writeFileSync(file, old);
    expect(await verify(campaign, {})).toBe(1);
    expect(printed.splice(0).join('\n')).toContain(`stale: ${file}: model "scenario kcs-read-restart" is 99 in the finding`);
    expect(await verify(campaign, { refind: true })).toBe(0);
    expect(printed.splice(0).join('\n')).toMatch(/found again by its schedule in \d+ executions?: /);
    expect(await verify(campaign, {})).toBe(0);
    expect(Object.values(tree(join(campaign, 'stale')))).toEqual([old]);
  });

  it('a folder of findings as hunt saves them, and what is none', async () => {
    const out = place('saved');
    await hunt({ budget: '300x', out });
    printed.length = 0;
    expect(await verify(out, {})).toBe(0);
    expect(printed.splice(0).at(-1)).toBe('1 finding: 1 reproduces');
    writeFileSync(join(out, 'bad.json'), '{"format": 1}');
    expect(await verify(out, {})).toBe(2);
    expect(told.splice(0)).toEqual([`inband: ${out}/bad.json: format: expected "inband-finding/1"`]);
    expect(printed.splice(0).at(-1)).toBe('2 findings: 1 reproduces, 1 cannot be read');
    expect(triage([join(out, '..', basename(out)), out], {})).toBe(2);
    expect(printed.splice(0).at(-1)).toMatch(/ in 1 finding$/);
    expect(told).toEqual([`inband: ${out}/bad.json: format: expected "inband-finding/1"`]);
  });
});

/** One line, and what it says. */
async function expectRefused(run: Promise<unknown>, ...texts: readonly string[]): Promise<void> {
  const error = await run.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  const { message } = error as UsageError;
  expect(message).not.toMatch(/\n|\bundefined\b|\[object/);
  for (const text of texts) expect(message).toContain(text);
}

describe('what cannot be is refused in one line', () => {
  let campaign = '';
  beforeAll(async () => {
    campaign = place('small');
    await hunt({ budget: '20x', campaign });
  });

  it('commands for what is no campaign', async () => {
    const plain = place('plain');
    mkdirSync(plain);
    await expectRefused(status(plain, {}), `${plain}: is no campaign`);
    await expectRefused(status(place('nowhere'), {}), 'is no campaign');
    await expectRefused(verify(join(root, 'nowhere'), {}), `cannot read ${join(root, 'nowhere')}: no such file or directory`);
    await expectRefused(merge(place('m'), [plain], {}), `${plain}: is no campaign`);
  });

  it('hunts of one name and two systems in one campaign', async () => {
    const other = place('other-driver');
    await hunt({ budget: '20x', campaign: other, driver: ['kcs-bmc@fixed'] });
    const before = tree(campaign);
    await expectRefused(merge(campaign, [other], {}), `${campaign}: has a hunt called kcs-read-restart, too, and it is not of the system of that in ${other}`);
    await expectRefused(merge(place('both'), [campaign, other], {}), 'two campaigns have a hunt called kcs-read-restart');
    expect(tree(campaign)).toEqual(before);
  });

  it('options that do not go together', async () => {
    const fresh = place('fresh');
    await expectRefused(hunt({ names: ['kcs', 'bt'] }), 'several scenarios are for a campaign');
    await expectRefused(hunt({ shard: { index: 1, of: 2 } }), '--shard is for a campaign');
    await expectRefused(hunt({ campaign: fresh, budget: 'bt=5x' }), 'no hunt of that name');
    await expectRefused(hunt({ names: ['kcs', 'bt'], campaign: fresh, driver: ['ssif-bmc@fixed'] }), 'none of kcs, bt knows it');
    await expectRefused(hunt({ names: ['kcs'], campaign }), 'say by --budget');
    await expectRefused(hunt({ campaign: '/proc/nowhere' }), 'cannot write');
  });

  it('a campaign of other models', async () => {
    const other = place('models');
    mkdirSync(other);
    const text = readFileSync(join(campaign, 'campaign.json'), 'utf8');
    writeFileSync(join(other, 'campaign.json'), text.replace('"scenario kcs-read-restart": ', '"scenario kcs-read-restart": 7'));
    await expectRefused(hunt({ names: [], campaign: other }), `${other}/campaign.json: model "scenario kcs-read-restart" is 7`, `inband verify ${other}`);
  });

  it('links in a campaign, and nothing outside of it is touched', async () => {
    const outside = place('outside');
    mkdirSync(outside);
    for (const name of ['findings', 'state', 'corpus']) {
      const linked = place('linked');
      mkdirSync(linked);
      writeFileSync(join(linked, 'campaign.json'), readFileSync(join(campaign, 'campaign.json')));
      symlinkSync(outside, join(linked, name));
      await expectRefused(hunt({ campaign: linked, budget: '300x' }), `${name}: expected a folder, not a link`);
    }
    expect(readdirSync(outside)).toEqual([]);
  });
});
