import {
  HUNT_STATE_VERSION, JsonReader, SLICE, readFinding, readLessons, readMemory, sliceAt, slicesOf, type HuntState, type Json, type Knowledge,
} from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { seal, unseal } from './sealed.ts';
import { readCandidate, readCauses, readSignature, readTally } from './slice-text.ts';

const STATE_FORMAT = 'inband-campaign-state/1';
/** Far more rules, signatures or candidates than a hunt comes to. */
const MOST = 100_000;
const MOST_TRAITS = 10_000;

type Docket = HuntState['dockets'][number][1];
type Pending = Docket['pending'][number];

/** What is known between two epochs of a hunt, as a text. */
export function serializeState(state: HuntState): string {
  return seal(STATE_FORMAT, state);
}

/**
 * Reads what is known between two epochs of a hunt of that strategy. Throws UsageError of one line, beginning with `name`, on
 * what no hunt can have come to: whoever can seal it can have written anything.
 */
export function parseState(text: string, name: string, strategy: string): HuntState {
  const reader = new JsonReader(name, STATE_FORMAT);
  const whole = reader.members(unseal(STATE_FORMAT, text, name), '');
  if (whole['version'] !== HUNT_STATE_VERSION) throw new UsageError(`${name}: it is the state of another version of inband`);
  const o = reader.record(whole, '', [
    'version', 'strategy', 'seed', 'slice', 'executions', 'shrinkExecutions', 'violating', 'places', 'accounts', 'knowledge', 'lessons', 'lively', 'dockets', 'ended', 'arrived',
  ]);
  const integer = (key: string): number => reader.integer(o[key], key);
  const slice = integer('slice');
  if (slice > Number.MAX_SAFE_INTEGER / SLICE) reader.fail('slice', `at most ${Math.floor(Number.MAX_SAFE_INTEGER / SLICE)}`);
  const knowledge = readKnowledge(reader, o['knowledge'], strategy);
  if (!isEpochOf(knowledge.epoch, slice)) reader.fail('knowledge.epoch', `that of slice ${slice}`);
  const ended = o['ended'] === null || o['ended'] === 'stopped' || o['ended'] === 'exhausted' ? o['ended'] : reader.fail('ended', 'null, "stopped" or "exhausted"');
  reader.list(o['arrived'], 'arrived', 0);
  return {
    version: HUNT_STATE_VERSION, strategy: reader.text(o['strategy'], 'strategy'), seed: integer('seed'), slice, knowledge, ended, arrived: [],
    executions: integer('executions'), shrinkExecutions: integer('shrinkExecutions'), violating: integer('violating'), places: integer('places'), lively: integer('lively'),
    accounts: entries(reader, o['accounts'], 'accounts', (key, at) => reader.text(key, at), (value, at) => {
      const account = reader.record(value, at, ['executions', 'first']);
      return { executions: reader.integer(account['executions'], `${at}.executions`), first: reader.integer(account['first'], `${at}.first`) };
    }),
    lessons: reader.list(o['lessons'], 'lessons', slicesOf(knowledge.epoch)).map((entry, i): Json => readTaught(reader, strategy, entry, `lessons[${i}]`, knowledge.memory)),
    dockets: entries(reader, o['dockets'], 'dockets', (key, at) => readRule(reader, key, at), (value, at) => readDocket(reader, value, at)),
  };
}

/** Whether it is the epoch of the slice that comes next; or of the one before, where a budget ended with it. */
function isEpochOf(epoch: number, slice: number): boolean {
  return epoch === sliceAt(slice).epoch || (slice > 0 && epoch === sliceAt(slice - 1).epoch);
}

/** Null: the slice was another shard's. */
function readTaught(reader: JsonReader, strategy: string, value: unknown, at: string, memory: Json): Json {
  return value === null ? null : readLessons(reader, strategy, value, at, memory);
}

function readKnowledge(reader: JsonReader, value: unknown, strategy: string): Knowledge {
  const o = reader.record(value, 'knowledge', ['epoch', 'memory', 'causes', 'tallies']);
  return {
    epoch: reader.integer(o['epoch'], 'knowledge.epoch'),
    memory: readMemory(reader, strategy, o['memory'], 'knowledge.memory'),
    causes: entries(reader, o['causes'], 'knowledge.causes', (key, at) => readRule(reader, key, at), (causes, at) => readCauses(reader, causes, at)),
    tallies: readTallies(reader, o['tallies'], 'knowledge.tallies'),
  };
}

function readDocket(reader: JsonReader, value: unknown, at: string): Docket {
  const o = reader.record(value, at, ['tallies', 'causes', 'kept', 'pending', 'last', 'ways', 'vain']);
  return {
    tallies: readTallies(reader, o['tallies'], `${at}.tallies`),
    causes: readCauses(reader, o['causes'], `${at}.causes`),
    ways: readCauses(reader, o['ways'], `${at}.ways`),
    vain: readTally(reader, o['vain'], `${at}.vain`),
    kept: entries(reader, o['kept'], `${at}.kept`, (key, where) => reader.lines(key, where, 2, MOST_TRAITS), (kept, where) => {
      const it = reader.record(kept, where, ['finding', 'place', 'by', 'unshrunk']);
      return {
        finding: readFinding(reader, it['finding'], `${where}.finding`), place: reader.integer(it['place'], `${where}.place`),
        by: reader.text(it['by'], `${where}.by`), unshrunk: reader.integer(it['unshrunk'], `${where}.unshrunk`),
      };
    }),
    pending: reader.list(o['pending'], `${at}.pending`, MOST).map((entry, i): Pending => readPending(reader, entry, `${at}.pending[${i}]`)),
    last: entries(reader, o['last'], `${at}.last`, (key, where) => readSignature(reader, key, where), (of, where) => (
      of === 'explained' || of === 'unexplained' ? of : reader.fail(where, '"explained" or "unexplained"'))),
  };
}

function readPending(reader: JsonReader, value: unknown, at: string): Pending {
  const members = reader.members(value, at);
  if (!Object.hasOwn(members, 'decisions')) {
    const o = reader.record(value, at, ['signature', 'tally']);
    return { signature: readSignature(reader, o['signature'], `${at}.signature`), tally: readTally(reader, o['tally'], `${at}.tally`) };
  }
  const { place, due, ...candidate } = members;
  return {
    ...readCandidate(reader, candidate, at), place: reader.integer(place, `${at}.place`),
    ...(due === undefined ? {} : { due: due === 'full' || due === 'quick' ? due : reader.fail(`${at}.due`, '"full" or "quick"') }),
  };
}

function readRule(reader: JsonReader, value: unknown, at: string): string {
  return reader.lines(value, at, 2);
}

function readTallies(reader: JsonReader, value: unknown, at: string): Knowledge['tallies'] {
  return entries(reader, value, at, (key, where) => readSignature(reader, key, where), (tally, where) => readTally(reader, tally, where));
}

/** Reads pairs of a key and a value. */
function entries<V>(reader: JsonReader, value: unknown, at: string, readKey: (key: unknown, at: string) => string, read: (value: unknown, at: string) => V): [string, V][] {
  return reader.list(value, at, MOST).map((entry, i): [string, V] => {
    const where = `${at}[${i}]`;
    const pair = reader.list(entry, where, 2);
    return [readKey(pair[0], where), read(pair[1], where)];
  });
}
