import type { Json } from '../json.ts';
import type { Question } from '../anchor.ts';
import type { JsonReader } from '../json-reader.ts';
import { KINDS, readDecisions } from '../parse-finding.ts';
import { MOST_STALLS, MOST_STEPS } from './base-search.ts';
import { SLOTS } from './coverage.ts';
import { MEMBERS } from './index.ts';
import { BEGINNING, MOST_BASES, baseId, type StallMemory } from './stall-memory.ts';

/** What comes from elsewhere has at most so many of anything. */
const MOST = 1 << 20;
const MOST_CONTEXTS = 64;
/** Far more steps than a run may take. */
const MOST_COUNT = 1 << 30;

/** Reads a value of a strategy. `memory`: of the epoch to which it belongs. */
type Read = (reader: JsonReader, value: unknown, at: string, memory: Json) => void;

/** How memory and lessons of a strategy are read that somebody else has made. */
interface Readers {
  readonly memory: Read;
  readonly lessons: Read;
}

/**
 * Reads the memory of the strategy of that name, as {@link Learning.recall} takes it; null if it does not learn. Throws
 * UsageError of one line on what no hunt can have come to.
 */
export function readMemory(reader: JsonReader, strategy: string, value: unknown, at: string): Json {
  readWith(reader, strategy, 'memory', value, at, null);
  return value as Json;
}

/** The same for lessons of a slice whose epoch started from `memory`. */
export function readLessons(reader: JsonReader, strategy: string, value: unknown, at: string, memory: Json): Json {
  readWith(reader, strategy, 'lessons', value, at, memory);
  return value as Json;
}

function readWith(reader: JsonReader, strategy: string, what: keyof Readers, value: unknown, at: string, memory: Json): void {
  const readers = READERS.get(strategy);
  // Before the first epoch nothing is known.
  if (value === null && (readers === undefined || what === 'memory')) return;
  if (readers === undefined) reader.fail(at, `null: ${strategy} does not learn`);
  readers[what](reader, value, at, memory);
}

const steps: Read = (reader, value, at) => {
  if (reader.integer(value, at, 1) > MOST_COUNT) reader.fail(at, `at most ${MOST_COUNT}`);
};

// ---- greybox --------------------------------------------------------------------------------------

function readHits(reader: JsonReader, value: unknown, at: string): void {
  const hits = reader.integers(value, at, 2 * SLOTS, MOST_COUNT);
  if (hits.length % 2 !== 0 || hits.some((feature, i) => i % 2 === 0 && feature >= SLOTS)) reader.fail(at, `pairs of a feature below ${SLOTS} and a number`);
}

function readSeeds(reader: JsonReader, value: unknown, at: string): void {
  reader.list(value, at, MOST).forEach((entry, i) => {
    const path = `${at}[${i}]`;
    const o = reader.record(entry, path, ['decisions', 'asked', 'features', 'taken']);
    readDecisions(reader, o['decisions'], `${path}.decisions`);
    readQuestions(reader, o['asked'], `${path}.asked`);
    reader.integers(o['features'], `${path}.features`, MOST, SLOTS);
    reader.integer(o['taken'], `${path}.taken`);
  });
}

function readQuestions(reader: JsonReader, value: unknown, at: string): void {
  reader.list(value, at, MOST).forEach((entry, i) => {
    const path = `${at}[${i}]`;
    const o = reader.record(entry, path, ['kind', 'actor', 'step', 'label', 'rank', 'n'] satisfies readonly (keyof Question)[]);
    if (!KINDS.some((kind) => kind === o['kind'])) reader.fail(`${path}.kind`, `one of ${KINDS.join(', ')}`);
    reader.text(o['actor'], `${path}.actor`);
    reader.integer(o['step'], `${path}.step`);
    reader.text(o['label'], `${path}.label`);
    reader.integer(o['rank'], `${path}.rank`, -1);
    if (reader.integer(o['n'], `${path}.n`) > MOST_COUNT) reader.fail(`${path}.n`, `at most ${MOST_COUNT}`);
  });
}

const greybox: Readers = {
  memory: (reader, value, at) => {
    const o = reader.record(value, at, ['hits', 'seeds']);
    readHits(reader, o['hits'], `${at}.hits`);
    readSeeds(reader, o['seeds'], `${at}.seeds`);
  },
  lessons: (reader, value, at) => {
    const o = reader.record(value, at, ['hits', 'seeds', 'taken']);
    readHits(reader, o['hits'], `${at}.hits`);
    readSeeds(reader, o['seeds'], `${at}.seeds`);
    for (const pair of reader.list(o['taken'], `${at}.taken`, MOST)) if (reader.integers(pair, `${at}.taken`, 2, MOST_COUNT).length !== 2) reader.fail(`${at}.taken`, 'pairs');
  },
};

// ---- stall ----------------------------------------------------------------------------------------

function readStems(reader: JsonReader, value: unknown, at: string): void {
  for (const [size, level] of reader.list(value, at, MOST_STALLS).entries()) {
    for (const entry of reader.list(level, `${at}[${size}]`, MOST)) {
      const o = reader.record(entry, `${at}[${size}]`, ['stalls', 'counts', 'start', 'stride', 'next']);
      reader.integers(o['stalls'], `${at}.stalls`, MOST_STALLS, MOST_STEPS * MOST_CONTEXTS);
      reader.integers(o['counts'], `${at}.counts`, MOST_CONTEXTS, MOST_STEPS + 1);
      for (const key of ['start', 'stride', 'next']) if (reader.integer(o[key], `${at}.${key}`) > MOST_COUNT) reader.fail(`${at}.${key}`, `at most ${MOST_COUNT}`);
    }
  }
}

/** What a base and what a slice has made of one have in common; returns its id. */
function readBase(reader: JsonReader, o: Readonly<Record<string, unknown>>, at: string): number {
  const answers = readDecisions(reader, o['answers'], `${at}.answers`);
  const id = reader.integer(o['id'], `${at}.id`, Number.MIN_SAFE_INTEGER);
  if (id !== baseId(answers)) reader.fail(`${at}.id`, 'that of its answers');
  reader.integer(o['credit'], `${at}.credit`, Number.MIN_SAFE_INTEGER);
  reader.integer(o['round'], `${at}.round`);
  reader.flag(o['started'], `${at}.started`);
  return id;
}

function readParents(reader: JsonReader, value: unknown, at: string): void {
  reader.list(value, at, MOST).forEach((entry, i) => {
    const o = reader.record(entry, `${at}[${i}]`, ['answers', 'asked']);
    readDecisions(reader, o['answers'], `${at}[${i}].answers`);
    readQuestions(reader, o['asked'], `${at}[${i}].asked`);
  });
}

function readHashes(reader: JsonReader, value: unknown, at: string): void {
  for (const hash of reader.list(value, at, MOST)) reader.integer(hash, at, Number.MIN_SAFE_INTEGER);
}

const stall: Readers = {
  memory: (reader, value, at) => {
    const o = reader.record(value, at, ['nominalSteps', 'bases', 'known', 'parents', 'traces']);
    steps(reader, o['nominalSteps'], `${at}.nominalSteps`, null);
    reader.list(o['bases'], `${at}.bases`, MOST_BASES).forEach((entry, i) => {
      const base = reader.record(entry, `${at}.bases[${i}]`, ['id', 'answers', 'credit', 'round', 'started', 'stems']);
      readBase(reader, base, `${at}.bases[${i}]`);
      readStems(reader, base['stems'], `${at}.bases[${i}].stems`);
    });
    readHashes(reader, o['known'], `${at}.known`);
    readParents(reader, o['parents'], `${at}.parents`);
    readHashes(reader, o['traces'], `${at}.traces`);
  },
  lessons: (reader, value, at, memory) => {
    const known = new Map(((memory ?? BEGINNING) as unknown as StallMemory).bases.map((base) => [base.id, base.stems]));
    const o = reader.record(value, at, ['nominalSteps', 'bases', 'parents', 'traces']);
    steps(reader, o['nominalSteps'], `${at}.nominalSteps`, null);
    reader.list(o['bases'], `${at}.bases`, MOST).forEach((entry, i) => {
      const path = `${at}.bases[${i}]`;
      const base = reader.record(entry, path, ['id', 'answers', 'credit', 'round', 'started', 'progress', 'added']);
      const stems = known.get(readBase(reader, base, path));
      readStems(reader, base['added'], `${path}.added`);
      for (const progress of reader.list(base['progress'], `${path}.progress`, MOST)) {
        const [size, arrival, next] = reader.integers(progress, `${path}.progress`, 3);
        if (next === undefined || next > MOST_COUNT || stems?.[size]?.[arrival] === undefined) reader.fail(`${path}.progress`, 'that of a stem that was there');
      }
    });
    readParents(reader, o['parents'], `${at}.parents`);
    readHashes(reader, o['traces'], `${at}.traces`);
  },
};

// ---- portfolio ------------------------------------------------------------------------------------

function readSeen(reader: JsonReader, value: unknown, at: string): void {
  for (const pair of reader.list(value, at, MOST)) {
    const [signature, times] = reader.list(pair, at, 2);
    reader.lines(signature, at, 3);
    reader.integer(times, at);
  }
}

/** Reads a member after the other. */
function readMembers(reader: JsonReader, value: unknown, at: string, read: (strategy: string, member: unknown, path: string, i: number) => void): void {
  const members = reader.list(value, at, MEMBERS.length);
  if (members.length < MEMBERS.length) reader.fail(at, `${MEMBERS.length} entries`);
  members.forEach((member, i) => {
    read(MEMBERS[i], member, `${at}[${i}]`, i);
  });
}

const portfolio: Readers = {
  memory: (reader, value, at) => {
    const o = reader.record(value, at, ['members', 'seen']);
    readMembers(reader, o['members'], `${at}.members`, (strategy, entry, path) => {
      const member = reader.record(entry, path, ['credit', 'cost', 'exhausted', 'memory']);
      reader.amount(member['credit'], `${path}.credit`);
      reader.amount(member['cost'], `${path}.cost`);
      reader.flag(member['exhausted'], `${path}.exhausted`);
      readMemory(reader, strategy, member['memory'], `${path}.memory`);
    });
    readSeen(reader, o['seen'], `${at}.seen`);
  },
  lessons: (reader, value, at, memory) => {
    const known = (memory as { readonly members: readonly { readonly memory: Json }[] } | null)?.members;
    const o = reader.record(value, at, ['members', 'seen']);
    readMembers(reader, o['members'], `${at}.members`, (strategy, entry, path, i) => {
      const member = reader.record(entry, path, ['earned', 'spent', 'exhausted', 'lessons']);
      reader.amount(member['earned'], `${path}.earned`);
      reader.amount(member['spent'], `${path}.spent`);
      reader.flag(member['exhausted'], `${path}.exhausted`);
      readLessons(reader, strategy, member['lessons'], `${path}.lessons`, known?.[i].memory ?? null);
    });
    readSeen(reader, o['seen'], `${at}.seen`);
  },
};

/** By name of the strategy: those that learn. */
const READERS: ReadonlyMap<string, Readers> = new Map([['greybox', greybox], ['stall', stall], ['pct', { memory: steps, lessons: steps }], ['portfolio', portfolio]]);
