import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Claims, ContentsReader, Folder, FolderLedger, HunterHunt, StateFiles, Track, campaignStatus, findingFiles, parseCampaign, parseSeed, parseSlice, parseStats, readCorpus, readStats, serializeCampaign,
  serializeSeed, serializeSlice, serializeState, serializeStats, triage, type CampaignConfig, type HuntConfig,
} from '../../src/campaign/index.ts';
import { buildOptionsOf, parseFinding, serializeFinding, sliceAt, type HuntState, type SliceResult } from '../../src/explore/index.ts';
import { KCS_READ_RESTART, UsageError } from '../../src/scenarios/index.ts';
import { ROOT } from '../cli/inband.ts';
import { tree } from './disks.ts';
import { harm, harmed, readOrRefused, type Harm } from './hostile.ts';

const FINDING = readFileSync(join(ROOT, 'test/data/findings/kcs-read-aba.json'), 'utf8');
const NAME = 'f.json';
const finding = parseFinding(FINDING, NAME);

/** A small hunt. */
function configOf(strategy: string): HuntConfig {
  const options = { driver: 'kcs-bmc@v2', settings: {}, oracles: ['wrong-response'] };
  return { name: 'kcs-read-restart', scenario: 'kcs-read-restart', ...options, model: KCS_READ_RESTART.models(options), strategy, seed: 1, limit: { executions: 1000 } };
}

const CAMPAIGN: CampaignConfig = { format: 'inband-campaign/1', limit: { executions: 1000, seconds: 60 }, shard: { index: 1, of: 2 }, hunts: [configOf('random'), { ...configOf('portfolio'), name: 'two' }] };
const SEED = serializeSeed(configOf('random'), finding.decisions);
const STATS = serializeStats({
  time: 1, process: '1-1', seconds: 1, executions: 1, shrinkExecutions: 1, total: 1, coverage: 1, corpus: 1, findings: 1, checked: 1, stable: 1, ended: 0,
});
const SLICE: SliceResult = {
  index: 0, executions: 256, made: [['random', 256]], violating: 1, exhausted: false, lessons: null,
  candidates: [{
    signature: 'wrong-response\nrule\nsite', decisions: finding.decisions, violation: { oracle: 'wrong-response', rule: 'rule', site: 'site', message: 'm', step: 1, at: 1 },
    execution: 3, by: 'random', explained: false, times: 1,
  }],
  rest: [['wrong-response\nrule\nsite', { explained: 1, unexplained: 2 }]],
};
const STATE: HuntState = {
  version: 4, strategy: 'random', seed: 1, slice: 1, executions: 256, shrinkExecutions: 3, violating: 2, places: 1, accounts: [['random', { executions: 256, first: 1 }]],
  knowledge: { epoch: 1, memory: null, causes: [['a\nb', [['c']]]], tallies: [['a\nb\nc', { explained: 1, unexplained: 1 }]] }, lessons: [null], lively: 1, ended: null, arrived: [],
  dockets: [['a\nb', {
    tallies: [['a\nb\nc', { explained: 1, unexplained: 1 }]], causes: [['c']], kept: [['a\nb\nc', { finding, place: 0, by: 'random', unshrunk: 3 }]],
    pending: [{ signature: 'a\nb\nc', tally: { explained: 1, unexplained: 1 } }, { ...SLICE.candidates[0], place: 1, due: 'quick' }], last: [['a\nb\nc', 'explained']], ways: [['d', 'e']], vain: { explained: 1, unexplained: 3 },
  }]],
};

/** Seals again what somebody has changed who knows how. */
function resealed(sealed: string, how: Harm): string {
  const [head, text] = sealed.split('\n');
  const changed = harmed(text, how);
  const { format } = JSON.parse(head) as { format: string };
  return `${JSON.stringify({ format, sha256: createHash('sha256').update(changed).digest('hex') })}\n${changed}\n`;
}

/** Runs a law for so many harms. */
function expectUnderHarm(numRuns: number, law: (how: Harm) => void): void {
  fc.assert(fc.property(harm, law), { numRuns, seed: 2018 });
}

afterAll(() => {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect('inbandHostile' in globalThis).toBe(false);
});

describe('what comes from elsewhere is read or refused in one line, and what is read can be written', () => {
  it('findings', () => {
    let refused = 0;
    expectUnderHarm(3500, (how) => {
      const read = readOrRefused(() => parseFinding(harmed(FINDING, how), NAME), NAME);
      if (read === undefined) refused++;
      else expect(parseFinding(serializeFinding(read), NAME)).toEqual(read);
    });
    expect(refused).toBeGreaterThan(2000);
  });

  it('schedules of a corpus', () => {
    expectUnderHarm(1500, (how) => {
      const read = readOrRefused(() => parseSeed(harmed(SEED, how), NAME), NAME);
      if (read !== undefined) expect(parseSeed(serializeSeed(read, read.decisions), NAME)).toEqual(read);
    });
  });

  it('configurations', () => {
    const text = serializeCampaign(CAMPAIGN);
    expectUnderHarm(2000, (how) => {
      const read = readOrRefused(() => parseCampaign(harmed(text, how), NAME), NAME);
      if (read !== undefined) expect(parseCampaign(serializeCampaign(read), NAME)).toEqual(read);
    });
  });

  it('results of slices, with or without a seal', () => {
    const text = serializeSlice(SLICE);
    expect(parseSlice(text)).toEqual(SLICE);
    let read = 0;
    expectUnderHarm(1500, (how) => {
      const result = parseSlice(resealed(text, how));
      if (result === undefined) return;
      read++;
      expect(typeof result.index).toBe('number');
    });
    expect(read).toBeGreaterThan(100);
    expectUnderHarm(300, (how) => {
      expect(parseSlice(how.how === 'add' ? `${text} ` : text.slice(0, how.where % text.length))).toBeUndefined();
    });
  });

  it('states of hunts: a hunt can go on from what is read', () => {
    const hunt = new HunterHunt(configOf('random'), KCS_READ_RESTART, null);
    const text = serializeState(STATE);
    expect(hunt.parse(text, NAME).dockets).toEqual(STATE.dockets);
    let read = 0;
    expectUnderHarm(800, (how) => {
      const state = readOrRefused(() => hunt.parse(resealed(text, how), NAME), NAME);
      if (state === undefined) return;
      read++;
      hunt.progressOf(state);
      const epoch = hunt.epochOf(state);
      if (epoch !== null) expect(sliceAt(epoch.slices[0]).epoch).toBe(state.knowledge.epoch);
      expect(hunt.parse(hunt.serialize(state), NAME)).toEqual(state);
    });
    expect(read).toBeGreaterThan(100);
  });

  it('what a strategy remembers', async () => {
    const hunt = new HunterHunt({ ...configOf('portfolio'), limit: { executions: 20 } }, KCS_READ_RESTART, null);
    const begin = hunt.begin();
    const epoch = hunt.epochOf(begin)!;
    const { text } = (await hunt.run(begin, epoch, 0, () => false))!;
    const longer = new HunterHunt(configOf('portfolio'), KCS_READ_RESTART, null);
    const state = longer.serialize(longer.parse(hunt.serialize((await hunt.merge(begin, epoch, [{ slice: 0, text }], () => false))!), NAME));
    expect(longer.parse(state, NAME).knowledge).toMatchObject({ epoch: 1, memory: { members: expect.any(Array) as unknown } });
    let accepted = 0;
    expectUnderHarm(150, (how) => {
      const read = readOrRefused(() => longer.parse(resealed(state, how), NAME), NAME);
      if (read !== undefined) longer.progressOf(read);
      if (hunt.accepts(begin, epoch, { slice: 0, text: resealed(text, how) })) accepted++;
    });
    expect(hunt.accepts(begin, epoch, { slice: 0, text })).toBe(true);
    expect(accepted).toBeLessThan(120);
  });

  it('lines of statistics', () => {
    expectUnderHarm(1000, (how) => {
      const read = parseStats(harmed(STATS, how));
      if (read !== undefined) expect(parseStats(serializeStats(read))).toBeDefined();
    });
  });
});

describe('a folder from elsewhere', () => {
  let root = '';
  let outside = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'inband-hostile-'));
    outside = join(root, 'outside');
    mkdirSync(join(outside, 'folder'), { recursive: true });
    writeFileSync(join(outside, 'secret.json'), FINDING);
    writeFileSync(join(outside, 'folder/000000000.json'), FINDING);
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it('no name leads out of it', () => {
    const inner = join(root, 'names');
    mkdirSync(inner);
    const place = new Folder(inner);
    const before = tree(root);
    const part = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', '\u0000', '-', '~', 'a', 'outside', 'secret.json', '...', 'a\nb', '.hidden', '__proto__'), fc.string({ maxLength: 8 }));
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.constantFrom('/', '/../', '//'), (parts, by) => {
      const name = parts.join(by);
      for (const act of [() => place.has(name), () => place.read(name, 1), () => place.list(name), () => place.sweep(name)]) readOrRefused(act, '');
      if (!/^[A-Za-z0-9]/.test(name) || /(^|\/)\.*(\/|$)/.test(name)) {
        for (const act of [() => place.write(name, 'x'), () => place.append(name, 'x'), () => place.writeFolder(name, new Map()), () => place.remove(name)]) {
          expect(() => act()).toThrow(UsageError);
        }
      }
      readOrRefused(() => place.writeFolder('new', new Map([[name, 'x']])), '');
      place.remove('new');
    }), { numRuns: 1000 });
    expect(tree(root)).toEqual(before);
  });

  const config = { ...CAMPAIGN, shard: null, hunts: [configOf('random')] };
  const [{ name: hunt }] = config.hunts;
  /** Files of a campaign, and what is in them. */
  const FILES: ReadonlyMap<string, string> = new Map([
    ['campaign.json', serializeCampaign(config)], [`findings/${finding.id}/finding.json`, FINDING], [`corpus/${hunt}/0123456789abcdef.json`, SEED], ['stats.jsonl', `${STATS}\n`],
    [`state/${hunt}/state-000000001.json`, serializeState(STATE)], [`state/${hunt}/epoch-000000001/000000001.json`, serializeSlice({ ...SLICE, index: 1 })],
    [`state/${hunt}/claims-000000001/000000001`, '{"host":"x","pid":1,"started":1,"at":1}\n'],
  ]);
  const target = new HunterHunt(config.hunts[0], KCS_READ_RESTART, null);

  /** Reads all there is to read in a campaign, and takes what there is to do. */
  async function readAll(path: string): Promise<void> {
    const place = new Folder(path);
    parseCampaign(place.read('campaign.json', 1), place.at('campaign.json'));
    const found = findingFiles(path).flatMap(({ file, load }) => {
      const one = readOrRefused(load, '');
      return one === undefined ? [] : [{ finding: one, file }];
    });
    triage(found);
    readCorpus(place);
    const lines = readStats(place);
    new StateFiles(place, hunt).sweep();
    place.sweep('findings');
    const track = new Track(target, place);
    campaignStatus(config, [track], await new ContentsReader(place).read([track]), lines, 1);
    const ledger = new FolderLedger(place, () => 2);
    const { epoch } = track;
    if (epoch === null) return;
    for (const result of await ledger.results(epoch)) target.accepts(track.state, epoch, result);
    await ledger.take(epoch);
    new Claims(place, `state/${hunt}/claims-000000001`, () => 2).take('000000001');
  }

  let count = 0;
  /** A campaign in which one file is something else; `put`: makes it. */
  function spoilt(file: string, put: (path: string) => void): string {
    const path = join(root, `campaign-${++count}`);
    for (const [name, text] of FILES) {
      const at = join(path, name);
      if (name.startsWith(`${file}/`)) continue;
      mkdirSync(dirname(at), { recursive: true });
      if (name !== file) writeFileSync(at, text);
    }
    mkdirSync(dirname(join(path, file)), { recursive: true });
    put(join(path, file));
    return path;
  }

  /** Reads it; whatever it says, it is one line. */
  async function expectHarmless(path: string): Promise<void> {
    const before = tree(outside);
    await readAll(path).catch((error: unknown) => readOrRefused(() => {
      throw error;
    }, ''));
    expect(tree(outside)).toEqual(before);
    rmSync(path, { recursive: true });
  }

  it('is read when nothing is wrong with it', async () => {
    const path = spoilt('nothing', () => {});
    await readAll(path);
    expect(readCorpus(new Folder(path)).refused).toEqual([]);
    rmSync(path, { recursive: true });
  });

  it('what is in its files', async () => {
    const [...names] = FILES.keys();
    await fc.assert(fc.asyncProperty(harm, fc.constantFrom(...names), async (how, name) => {
      const text = FILES.get(name)!;
      await expectHarmless(spoilt(name, (path) => writeFileSync(path, text.split('\n').length > 2 && !/finding|campaign/.test(name) ? resealed(text, how) : harmed(text, how))));
    }), { numRuns: 100 });
  });

  it('links out of it, pipes and folders where files should be', async () => {
    const places = [...new Set([...FILES.keys()].flatMap((name) => name.split('/').map((_part, i, parts) => parts.slice(0, i + 1).join('/'))))];
    expect(places.length).toBeGreaterThan(12);
    for (const place of places) {
      for (const put of [
        (path: string) => symlinkSync(join(outside, 'secret.json'), path), (path: string) => symlinkSync(join(outside, 'folder'), path), (path: string) => symlinkSync(join(root, 'none'), path),
        (path: string) => symlinkSync(path, path), (path: string) => void execFileSync('mkfifo', [path]), (path: string) => void mkdirSync(path), (path: string) => writeFileSync(path, ''),
      ]) await expectHarmless(spoilt(place, put));
    }
  });

  it('files of any length', () => {
    const path = spoilt('nothing', () => {});
    const place = new Folder(path);
    const long = ' '.repeat(5 * 1024 * 1024);
    for (const name of [`findings/${finding.id}/finding.json`, `corpus/${hunt}/0123456789abcdef.json`]) writeFileSync(join(path, name), long);
    const [{ load }] = findingFiles(path);
    expect(() => load()).toThrow(`cannot read ${path}/findings/${finding.id}/finding.json: is longer than 4 MiB`);
    expect(readCorpus(place).refused).toEqual([`cannot read ${path}/corpus/${hunt}/0123456789abcdef.json: is longer than 4 MiB`]);
    rmSync(path, { recursive: true });
  });

  it('a finding of another id than its folder', () => {
    const path = spoilt(`findings/other/finding.json`, (file) => writeFileSync(file, FINDING));
    const refusals = findingFiles(path).map(({ load }) => readOrRefused(load, join(path, 'findings/other')));
    expect(refusals.filter((one) => one === undefined)).toHaveLength(1);
    expect(buildOptionsOf(refusals.find((one) => one !== undefined)!).driver).toBe(finding.driver);
    rmSync(path, { recursive: true });
  });
});
