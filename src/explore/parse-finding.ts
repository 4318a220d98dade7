import { JITTER_STEPS, parseRelease, type ChoiceKind, type Decision } from '../sim/index.ts';
import { UsageError } from '../scenarios/system.ts';
import { FINDING_FORMAT, FINDING_KEYS, type Finding, type KernelChoice } from './finding.ts';
import { JsonReader, parseJson, shown, type Members } from './json-reader.ts';
import { place } from './schedule.ts';

/** All kinds of choices. */
export const KINDS: readonly ChoiceKind[] = ['stall', 'timing', 'order', 'fault', 'workload', 'config'];
/** Decisions of a finding; a hunt's have a dozen before shrinking. */
const MOST_DECISIONS = 10_000;

/**
 * Reads a finding. Throws UsageError of one line, beginning with `name` (the file), on anything that is not
 * exactly one.
 */
export function parseFinding(text: string, name: string): Finding {
  return readFinding(new JsonReader(name, FINDING_FORMAT), parseJson(text, name), '');
}

/** The same of a finding within something else. `path`: where it is, for messages. */
export function readFinding(reader: JsonReader, value: unknown, path: string): Finding {
  const at = path === '' ? '' : `${path}.`;
  const whole = reader.members(value, path);
  if (whole['format'] !== FINDING_FORMAT) reader.fail(`${at}format`, JSON.stringify(FINDING_FORMAT));
  const o = reader.record(whole, path, FINDING_KEYS, OPTIONAL_SUBJECT);
  const hashes = reader.record(o['hashes'], `${at}hashes`, ['nominal', 'run']);
  const hash = (key: string): string => reader.matching(hashes[key], `${at}hashes.${key}`, /^[0-9a-f]{8}$/, '8 hexadecimal digits');
  const text = (key: 'oracle' | 'rule' | 'site' | 'message' | 'strategy'): string => reader.text(o[key], at + key);
  return {
    format: FINDING_FORMAT,
    id: reader.matching(o['id'], `${at}id`, /^[A-Za-z0-9][A-Za-z0-9-]{0,199}$/, 'letters, digits and hyphens'),
    ...readSubject(reader, o, at),
    oracle: text('oracle'),
    rule: text('rule'),
    site: text('site'),
    message: text('message'),
    seed: reader.integer(o['seed'], `${at}seed`),
    strategy: text('strategy'),
    execution: reader.integer(o['execution'], `${at}execution`),
    kernel: kernel(reader, o['kernel'], `${at}kernel`),
    decisions: readDecisions(reader, o['decisions'], `${at}decisions`),
    hashes: { nominal: hash('nominal'), run: hash('run') },
  };
}

/** Which system is meant, and what it was made of: a part of a finding, and of whatever else says so. */
export type SubjectMembers = Pick<Finding, 'scenario' | 'driver' | 'host' | 'daemon' | 'settings' | 'oracles' | 'observed' | 'model'>;

/** The members that may be missing. */
export const OPTIONAL_SUBJECT = ['host', 'daemon', 'oracles', 'observed'] as const;

/** Reads what says which system is meant. `at`: before the names of members in messages, `hunts[0].`. */
export function readSubject(reader: JsonReader, o: Members, at: string): SubjectMembers {
  const optionalText = (key: 'host' | 'daemon'): Partial<Record<'host' | 'daemon', string>> => (
    o[key] === undefined ? {} : { [key]: reader.text(o[key], at + key) });
  return {
    scenario: reader.text(o['scenario'], `${at}scenario`),
    driver: reader.text(o['driver'], `${at}driver`),
    ...optionalText('host'),
    ...optionalText('daemon'),
    settings: settings(reader, o['settings'], `${at}settings`),
    ...(o['oracles'] === undefined
      ? {}
      : { oracles: reader.list(o['oracles'], `${at}oracles`, 100).map((oracle, i) => reader.text(oracle, `${at}oracles[${i}]`)) }),
    ...(o['observed'] === undefined ? {} : { observed: o['observed'] === true || reader.fail(`${at}observed`, 'true') }),
    model: model(reader, o['model'], `${at}model`),
  };
}

function settings(reader: JsonReader, value: unknown, at: string): Record<string, number | string> {
  const entries = Object.entries(reader.members(value, at));
  return Object.fromEntries(entries.map(([key, member]) => {
    const path = `${at}.${shown(key)}`;
    reader.text(key, path);
    if (typeof member === 'number' && Number.isSafeInteger(member)) return [key, member];
    return [key, typeof member === 'string' ? reader.text(member, path) : reader.fail(path, 'an integer or a word')];
  }));
}

function model(reader: JsonReader, value: unknown, at: string): Record<string, number> {
  const entries = Object.entries(reader.members(value, at));
  return Object.fromEntries(entries.map(([key, member]) => {
    reader.text(key, `${at}.${shown(key)}`);
    return [key, reader.integer(member, `${at}.${shown(key)}`)];
  }));
}

function kernel(reader: JsonReader, value: unknown, at: string): KernelChoice {
  const o = reader.record(value, at, ['preempt', 'cpus']);
  return { preempt: reader.text(o['preempt'], `${at}.preempt`), cpus: reader.integer(o['cpus'], `${at}.cpus`, 1) };
}

/** Reads a schedule: no two decisions are at one place. */
export function readDecisions(reader: JsonReader, value: unknown, at: string): Decision[] {
  const places = new Map<string, number>();
  return reader.list(value, at, MOST_DECISIONS).map((entry, i) => {
    const path = `${at}[${i}]`;
    const o = reader.record(entry, path, ['step', 'kind', 'actor', 'label', 'value']);
    const kind = KINDS.find((k) => k === o['kind']);
    if (kind === undefined) reader.fail(`${path}.kind`, `one of ${KINDS.join(', ')}`);
    const decision: Decision = {
      step: reader.integer(o['step'], `${path}.step`),
      kind,
      actor: reader.text(o['actor'], `${path}.actor`),
      label: reader.text(o['label'], `${path}.label`),
      value: decisionValue(reader, kind, o['value'], `${path}.value`),
    };
    const earlier = places.get(place(decision));
    if (earlier !== undefined) throw new UsageError(`${reader.name}: ${path}: is at the same place as ${at}[${earlier}]`);
    places.set(place(decision), i);
    return decision;
  });
}

function decisionValue(reader: JsonReader, kind: ChoiceKind, value: unknown, path: string): number | string {
  if (kind !== 'stall') {
    const answer = reader.integer(value, path, 1);
    return kind !== 'timing' || answer <= TIMINGS ? answer : reader.fail(path, `an integer, ${TIMINGS} at most`);
  }
  if (typeof value !== 'string' || parseRelease(value) === undefined) {
    reader.fail(path, '"quiet", "timeouts N", "until ACTOR#STEP" (quiet and until also with " past N") or "for N ps"');
  }
  return value;
}

/** Bound of a drawn timing: far above the ladder of those that are placed by step. */
const TIMINGS = JITTER_STEPS * 4096;
