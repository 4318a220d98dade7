import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { anyHunt } from '../../src/cli/any-hunt.ts';
import { benchIrq } from '../../src/cli/bench-irq.ts';
import { conform } from '../../src/cli/conform.ts';
import { huntCampaign } from '../../src/cli/campaign.ts';
import { hunt } from '../../src/cli/hunt.ts';
import { list } from '../../src/cli/list.ts';
import { merge } from '../../src/cli/merge.ts';
import { minimize } from '../../src/cli/minimize.ts';
import { prove } from '../../src/cli/prove.ts';
import { replay } from '../../src/cli/replay.ts';
import { run } from '../../src/cli/run.ts';
import { show } from '../../src/cli/show.ts';
import { shrink } from '../../src/cli/shrink.ts';
import { status } from '../../src/cli/status.ts';
import { triage } from '../../src/cli/triage.ts';
import { verify } from '../../src/cli/verify.ts';
import { progressEvent } from '../../src/report/index.ts';
import { KCS_BMC_VERSIONS, SSIF, parseFinding, record, recordingJson, serializeFinding, type Decision, type Finding, type StopReason } from '../../src/index.ts';

/** What the commands print to stdout. */
const printed: string[] = [];

vi.mock(import('../../src/cli/output.ts'), async (original) => ({
  ...await original(),
  print: (text: string) => void printed.push(text),
  printJson: (value: unknown) => void printed.push(JSON.stringify(value)),
  note: () => {},
  complain: () => {},
}));

// Their page is bundled by the build.
vi.mock(import('../../src/cli/timelines.ts'), async (original) => ({ ...await original(), drawTimelines: () => new Map<string, string>() }));

/** The one JSON document that a command has printed. */
function document(): unknown {
  const texts = printed.splice(0);
  expect(texts).toHaveLength(1);
  return JSON.parse(texts[0]);
}

const DOCS = new URL('../../docs/', import.meta.url);
const CAMPAIGNS = ['status', 'verify', 'triage', 'merge', 'minimize', 'campaign', 'stats', 'seed'] as const;
const NAMES = ['list', 'run', 'hunt', 'hunt-events', 'prove', 'replay', 'shrink', 'show', 'conform', 'bench-irq', 'finding', ...CAMPAIGNS] as const;
type Name = (typeof NAMES)[number];

interface Schema {
  readonly $defs?: Readonly<Record<string, unknown>>;
}

const fileOf = (name: Name): string => `inband-${name}-1.schema.json`;
const schemas = new Map<Name, Schema>(NAMES.map((name) => [name, JSON.parse(readFileSync(new URL(fileOf(name), DOCS), 'utf8')) as Schema]));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const validators = new Map<Name, ValidateFunction>(NAMES.map((name) => [name, ajv.compile(schemas.get(name)!)]));

function errorsOf(name: Name, value: unknown): string {
  const validate = validators.get(name)!;
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** `value` is valid; with a member more, anywhere, or with one less that is not optional, it is not. */
function expectStrict(name: Name, value: unknown): void {
  expect(errorsOf(name, value)).toBe('');
  for (const { path, members } of objectsIn(value, '')) {
    if (!FREE.test(path)) {
      members['neverHeardOf'] = 1;
      expect(errorsOf(name, value), `${name}: a member more in ${path}`).not.toBe('');
      delete members['neverHeardOf'];
    }
    for (const key of Object.keys(members)) {
      const at = path === '' ? key : `${path}.${key}`;
      if (FREE.test(path) || OPTIONAL.test(at)) continue;
      const { [key]: member } = members;
      delete members[key];
      expect(errorsOf(name, value), `${name}: without ${at}`).not.toBe('');
      members[key] = member;
    }
  }
}

/** Objects whose members have names of their own. */
const FREE = /(^|\.)(settings|model|fields)$/;
/** Members that may be missing, in one document or another. */
const OPTIONAL = /^points\[\]\.serirq$|^(host|daemon|oracles|observed|scenarios|drivers|strategies|parameters)$|^parameters\[\]\.(min|max|words|unit|confidence)$|^files\[\]\.transactions$|^regressions$|^hunts\[\]\.(host|daemon|oracles|observed)$|(^|\.)limit\.(executions|seconds)$|^events\[\]\.section$/;
/** Elements of a list that are looked into. */
const MOST = 3;

function* objectsIn(value: unknown, path: string): Generator<{ readonly path: string; readonly members: Record<string, unknown> }> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value.slice(0, MOST)) yield* objectsIn(element, `${path}[]`);
    return;
  }
  yield { path, members: value as Record<string, unknown> };
  for (const [key, member] of Object.entries(value)) yield* objectsIn(member, path === '' ? key : `${path}.${key}`);
}

const SYSTEM = { driver: ['kcs-bmc@v2-unlocked'] } as const;
let folder = '';
let hunted: unknown;
let files: readonly string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'inband-docs-'));
  await hunt('kcs', { ...SYSTEM, strategy: 'portfolio', budget: { kind: 'executions', n: 300 }, seed: 1, jobs: 1, keepGoing: true, out: folder, json: true });
  hunted = document();
  files = readdirSync(folder).map((file) => join(folder, file));
}, 180_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the schemas in docs/', () => {
  it('are valid, and there is one for each format that the sources name', () => {
    const sources = readdirSync(new URL('../../src/', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const text = sources.map((file) => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')).join('\n');
    const formats = new Set(Array.from(text.matchAll(/'inband-([a-z-]+)\/1'/g), ([, name]) => name));
    // What inband leaves for itself, to go on with, and what its processes tell one another through a queue.
    for (const own of ['proof-state', 'campaign-state', 'slice', 'job', 'knowledge', 'result', 'poisoned']) formats.delete(own);
    expect([...formats].sort()).toEqual([...NAMES].sort());
    for (const name of NAMES) expect(errorsOf(name, { format: `inband-${name}/1` }), name).not.toContain('/format');
  });

  it('define what they share alike', () => {
    const all = [...schemas.values()].flatMap(({ $defs = {} }) => Object.entries($defs));
    const first = new Map(all.toReversed());
    expect(first.size).toBeLessThan(all.length);
    for (const [name, definition] of all) expect(definition, name).toEqual(first.get(name));
  });

  it('know every reason for which a run ends, and every kind of choice', () => {
    const reasons: Readonly<Record<StopReason, true>> = { done: true, stuck: true, horizon: true, limit: true, violation: true };
    const kinds: Readonly<Record<Decision['kind'], true>> = { stall: true, timing: true, order: true, fault: true, workload: true, config: true };
    expect(schemas.get('show')).toMatchObject({ $defs: { reason: { enum: Object.keys(reasons) } } });
    expect(schemas.get('finding')).toMatchObject({ $defs: { decision: { properties: { kind: { enum: Object.keys(kinds) } } } } });
  });

  it('are all in the index, which names no others', () => {
    const index = readFileSync(new URL('README.md', DOCS), 'utf8');
    const links = Array.from(index.matchAll(/\]\(([^):]+)\)/g), ([, file]) => file);
    for (const file of links) expect(existsSync(new URL(file, DOCS)), file).toBe(true);
    expect(links.filter((file) => file.endsWith('.schema.json')).sort()).toEqual(NAMES.map(fileOf).sort());
    expect(readdirSync(DOCS).filter((file) => file.endsWith('.json')).sort()).toEqual(NAMES.map(fileOf).sort());
  });
});

describe('what the commands print', () => {
  it('list', () => {
    for (const topic of [undefined, 'scenarios', 'drivers', 'oracles', 'strategies', 'parameters', 'kernel']) {
      list(topic, true);
      const value = document();
      if (topic === undefined) expectStrict('list', value);
      else expect(errorsOf('list', value), topic).toBe('');
    }
    expect(errorsOf('list', { format: 'inband-list/1' })).not.toBe('');
  });

  it('run', () => {
    for (const { version } of KCS_BMC_VERSIONS) {
      run('kcs', { driver: [`kcs-bmc@${version}`], json: true });
      expectStrict('run', document());
    }
    for (const set of [['hostMode=irq'], ['hostMode=poll'], ['command=get-device-id'], ['requests=1', 'length=200', 'cpus=2', 'preempt=full']]) {
      run('kcs', { set, json: true });
      expect(errorsOf('run', document()), set.join(' ')).toBe('');
    }
    for (const name of ['ssif', 'ssif-read-report']) {
      run(name, { driver: ['ssif-bmc@fixed', 'i2c-aspeed@fixed'], set: ['requests=2'], json: true });
      const value = document();
      expect(errorsOf('run', value), name).toBe('');
      expect(value, name).toMatchObject({ scenario: name, verdict: { blame: [] }, budgets: [{ request: 1 }, { request: 2 }] });
    }
  });

  it('hunt', () => {
    expectStrict('hunt', hunted);
    expect(files.length).toBeGreaterThan(5);
  });

  it('hunt, after regressions', async () => {
    const flags = { ...SYSTEM, strategy: 'portfolio', budget: { all: { kind: 'executions', n: 1 }, each: new Map() }, seed: 1, jobs: 1, out: folder, ci: true, json: true } as const;
    await anyHunt(['kcs'], flags);
    const again = document();
    expect(again).toMatchObject({ regressions: { folder, refused: [] } });
    expectStrict('hunt', again);
  });

  it('hunt, events as they come', async () => {
    const file = join(folder, 'events.ndjson');
    const flags = { ...SYSTEM, strategy: 'portfolio', budget: { kind: 'executions', n: 100 }, seed: 1, jobs: 1, keepGoing: true, out: join(folder, 'again'), ndjson: file, json: true } as const;
    await hunt('kcs', flags);
    const { findings } = document() as { findings: { id: string; file: string }[] };
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; findings: unknown });
    for (const line of lines) expectStrict('hunt-events', line);
    const names = lines.map(({ event }) => event);
    expect([names[0], names[names.length - 1]]).toEqual(['begin', 'end']);
    expect(names.filter((name) => name === 'finding').length).toBeGreaterThanOrEqual(findings.length);
    expect(lines[lines.length - 1].findings).toEqual(findings.map(({ id, file: saved }) => ({ id, file: saved })));
    expectStrict('hunt-events', JSON.parse(progressEvent({ executions: 1, shrinkExecutions: 2, findings: 3, seconds: 4.5 })));
  });

  it('bench irq', () => {
    benchIrq('kcs', { n: 8, seed: 1, jitter: 'tail', sweep: ['hostMode=kipmid,poll', 'others=2'], json: true });
    expectStrict('bench-irq', document());
    benchIrq('ssif', { n: 8, seed: 1, jitter: 'none', set: ['smbusKhz=400'], json: true });
    expect(errorsOf('bench-irq', document())).toBe('');
  });

  it('prove, with a finding and cut short', async () => {
    const flags = { stalls: 1, timings: 0, orders: 0, faults: 1, workload: 0, releases: ['quiet'], timeouts: 1, messages: 1, prune: true, jobs: 1, out: folder, json: true } as const;
    await prove('kcs', { ...flags, set: ['command=get-device-id'], driver: ['kcs-bmc@v2'], budget: { kind: 'executions', n: 200 } });
    const proven = document();
    expect(proven).toMatchObject({ complete: false, findings: [{ oracle: 'sleep-in-atomic' }, { oracle: 'sleep-in-atomic' }] });
    expectStrict('prove', proven);
  });

  it('replay', () => {
    for (const [i, file] of files.entries()) {
      replay(file, { json: true, checkDeterminism: i === 0 });
      expectStrict('replay', document());
    }
  });

  it('shrink', async () => {
    await shrink(files[0], { budget: { kind: 'executions', n: 100 }, output: join(folder, 'small', 'one.json'), json: true });
    expectStrict('shrink', document());
  });

  it('replay, shrink and show, of a finding that does not reproduce', async () => {
    const file = join(folder, 'small', 'none.json');
    const found = files.map((name) => parseFinding(readFileSync(name, 'utf8'), name)).find(({ decisions }) => decisions.length > 0)!;
    writeFileSync(file, serializeFinding({ ...found, decisions: [] }));
    replay(file, { json: true });
    const replayed = document();
    expect(replayed).toMatchObject({ reproduces: false, message: null });
    expectStrict('replay', replayed);
    await shrink(file, { budget: { kind: 'executions', n: 100 }, json: true });
    const shrunk = document();
    expect(shrunk).toMatchObject({ file: null });
    expectStrict('shrink', shrunk);
    show(file, { format: 'json' });
    const drawn = document();
    expect(drawn).toMatchObject({ violation: null });
    expect(errorsOf('show', drawn)).toBe('');
  });

  it('show', () => {
    for (const file of files) {
      show(file, { format: 'json' });
      const value = document() as { events: { name: string }[] };
      expect(errorsOf('show', value), file).toBe('');
      // One event of each name: there are thousands of events.
      value.events = [...new Map(value.events.map((event) => [event.name, event])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      expectStrict('show', value);
    }
    expect(errorsOf('show', JSON.parse(JSON.stringify(recordingJson(record(SSIF.build({ settings: { requests: 1 } }))))))).toBe('');
  });

  it('conform', () => {
    const data = new URL('../data/', import.meta.url);
    const recordings = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jsonl'));
    conform(recordings.map((file) => fileURLToPath(new URL(file, data))), true);
    expectStrict('conform', document());
  });
});

describe('a campaign', () => {
  it('its files, and what the commands for it print', async () => {
    const [path, other] = [join(folder, 'campaign'), join(folder, 'merged')];
    await huntCampaign(path, ['kcs-read-restart'], {
      driver: ['kcs-bmc@v2'], oracle: 'wrong-response,errno', strategy: 'portfolio', seed: 1, budget: { all: { kind: 'executions', n: 300 }, each: new Map() }, jobs: 1, json: true,
    });
    expectStrict('status', document());
    await status(path, { json: true });
    expectStrict('status', document());
    expectStrict('campaign', JSON.parse(readFileSync(join(path, 'campaign.json'), 'utf8')));
    for (const line of readFileSync(join(path, 'stats.jsonl'), 'utf8').trimEnd().split('\n')) expectStrict('stats', JSON.parse(line));
    const corpus = join(path, 'corpus/kcs-read-restart');
    for (const name of readdirSync(corpus).slice(0, 3)) expectStrict('seed', JSON.parse(readFileSync(join(corpus, name), 'utf8')));
    const [id, stale] = readdirSync(join(path, 'findings')).map((name) => join(path, 'findings', name, 'finding.json'));
    expect(id).toBeDefined();
    const finding = parseFinding(readFileSync(stale, 'utf8'), stale);
    writeFileSync(stale, serializeFinding({ ...finding, model: { ...finding.model, 'scenario kcs-read-restart': 99 } }));
    mkdirSync(join(path, 'findings/bad'));
    await merge(other, [path], { json: true });
    expectStrict('merge', document());
    triage([path], { json: true });
    expectStrict('triage', document());
    await verify(path, { json: true, refind: true });
    const verified = document();
    expect(verified).toMatchObject({ stale: 1, refound: 1, refused: 1 });
    expectStrict('verify', verified);
    minimize(path, { json: true });
    expectStrict('minimize', document());
  });
});

describe('a finding', () => {
  const some = (): Finding[] => files.map((file) => parseFinding(readFileSync(file, 'utf8'), file));

  it('as it is saved', () => {
    for (const file of files) expectStrict('finding', JSON.parse(readFileSync(file, 'utf8')));
    const [finding] = some();
    const more: Finding = { ...finding, host: 'ipmi_si@6.1', daemon: 'kcsd', oracles: ['hang'], observed: true, settings: { preempt: 'full', channel: 2 } };
    expectStrict('finding', JSON.parse(serializeFinding(more)));
  });

  it('is one for the schema if and only if it is one for replay', () => {
    const decision = { step: 3, kind: 'stall', actor: 'host', label: 'OUT', value: 'quiet' };
    const [finding] = some();
    const cases: readonly Record<string, unknown>[] = [
      {},
      ...['quiet', 'timeouts 2', 'until bmc:irq#12', 'for 7 ps', 'timeouts 0', 'until #1', 'for 1 us', 'QUIET', '', 1, null]
        .map((value) => ({ decisions: [{ ...decision, value }] })),
      ...[1, 7, 0, -1, 1.5, 'quiet'].map((value) => ({ decisions: [{ ...decision, kind: 'workload', value }] })),
      ...[8, 32768, 32769].map((value) => ({ decisions: [{ ...decision, kind: 'timing', value }] })),
      { decisions: [{ ...decision, kind: 'luck' }] }, { decisions: [{ ...decision, step: -1 }] }, { decisions: [{ ...decision, label: 'a\nb' }] },
      { decisions: [null] }, { decisions: {} }, { decisions: [] },
      { format: 'inband-finding/2' }, { id: '../up' }, { id: 'a b' }, { id: '' }, { scenario: 7 }, { message: 'bell \u0007' },
      { settings: { channel: 1.5 } }, { settings: { channel: true } }, { settings: [] }, { settings: { think: -1 } },
      { model: { host: 'one' } }, { model: { host: -1 } }, { model: {} },
      { kernel: { preempt: 'none', cpus: 0 } }, { kernel: { preempt: 'none' } }, { observed: false }, { observed: true },
      { oracles: 'hang' }, { oracles: [1] }, { oracles: [] }, { seed: -1 }, { execution: 2 ** 53 },
      { hashes: { nominal: '00000000', run: '0000000G' } }, { hashes: { nominal: '00000000' } }, { more: 1 },
    ];
    for (const change of cases) {
      const value = { ...finding, ...change };
      let refusal = '';
      try {
        parseFinding(JSON.stringify(value), 'x');
      } catch (error) {
        refusal = (error as Error).message;
      }
      expect(errorsOf('finding', value) === '', `${JSON.stringify(change)}: ${refusal}`).toBe(refusal === '');
    }
  });
});
