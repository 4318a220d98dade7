import type { Json } from '../json.ts';
import type { Question } from '../anchor.ts';
import type { JsonReader } from '../json-reader.ts';
import { KINDS, readDecisions } from '../parse-finding.ts';
import { SLICE } from '../slice.ts';
import { MOST_STALLS, MOST_STEPS } from './base-search.ts';
import { MOST_SEEDS } from './corpus.ts';
import { SLOTS } from './coverage.ts';
import { MEMBERS } from './index.ts';
import { PCT_HISTORY } from './pct.ts';
import { BEGINNING, MOST_BASES, baseId, type StallMemory } from './stall-memory.ts';

/** What comes from elsewhere has at most so many of anything. */
const MOST = 1 << 20;
const MOST_CONTEXTS = 64;
/** Far more steps than a run may take. */
const MOST_COUNT = 1 << 30;
/** Far more steps than a slice may take, or breaches than it may find; sums of as many as an epoch has remain safe integers. */
const MOST_SPENT = 1 << 30;
/** Rounds of a search: who continues one goes through them again. */
const MOST_ROUNDS = 1 << 17;
/** How often an execution may take a schedule for a parent. */
const MOST_PARENTS = 2;

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

// ---- pct ------------------------------------------------------------------------------------------

const lengths: Read = (reader, value, at) => {
  reader.list(value, at, PCT_HISTORY).forEach((length, i) => steps(reader, length, `${at}[${i}]`, null));
};

const steps: Read = (reader, value, at) => {
  if (reader.integer(value, at, 1) > MOST_COUNT) reader.fail(at, `at most ${MOST_COUNT}`);
};

// ---- greybox --------------------------------------------------------------------------------------

/** `most`: executions that can have shown a feature. */
function readHits(reader: JsonReader, value: unknown, at: string, most: number): void {
  const hits = reader.integers(value, at, 2 * SLOTS);
  if (hits.length % 2 !== 0 || hits.some((n, i) => (i % 2 === 0 ? n >= SLOTS : n > most))) reader.fail(at, `pairs of a feature below ${SLOTS} and a number of at most ${most}`);
}

function readSeeds(reader: JsonReader, value: unknown, at: string, most: number): void {
  reader.list(value, at, MOST_SEEDS).forEach((entry, i) => {
    const path = `${at}[${i}]`;
    const o = reader.record(entry, path, ['decisions', 'asked', 'features', 'taken']);
    readDecisions(reader, o['decisions'], `${path}.decisions`);
    readQuestions(reader, o['asked'], `${path}.asked`);
    reader.integers(o['features'], `${path}.features`, SLOTS, SLOTS);
    if (reader.integer(o['taken'], `${path}.taken`) > most) reader.fail(`${path}.taken`, `at most ${most}`);
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
    readHits(reader, o['hits'], `${at}.hits`, MOST_COUNT);
    readSeeds(reader, o['seeds'], `${at}.seeds`, MOST_COUNT);
  },
  lessons: (reader, value, at) => {
    const o = reader.record(value, at, ['hits', 'seeds', 'taken']);
    readHits(reader, o['hits'], `${at}.hits`, SLICE);
    readSeeds(reader, o['seeds'], `${at}.seeds`, MOST_PARENTS * SLICE);
    for (const pair of reader.list(o['taken'], `${at}.taken`, MOST_SEEDS)) {
      const [index, times] = reader.integers(pair, `${at}.taken`, 2, MOST_SEEDS);
      if (index === undefined || times === undefined || times > MOST_PARENTS * SLICE) reader.fail(`${at}.taken`, 'pairs of a seed and how often it was taken');
    }
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

/** What a base and what a slice has made of one have in common; returns its id. `most`: steps that it may spend, or has. */
function readBase(reader: JsonReader, o: Readonly<Record<string, unknown>>, at: string, most: number): number {
  const answers = readDecisions(reader, o['answers'], `${at}.answers`);
  const id = reader.integer(o['id'], `${at}.id`, Number.MIN_SAFE_INTEGER);
  if (id !== baseId(answers)) reader.fail(`${at}.id`, 'that of its answers');
  if (reader.integer(o['credit'], `${at}.credit`, -most) > most) reader.fail(`${at}.credit`, `at most ${most}`);
  if (reader.integer(o['round'], `${at}.round`) > MOST_ROUNDS) reader.fail(`${at}.round`, `at most ${MOST_ROUNDS}`);
  reader.flag(o['started'], `${at}.started`);
  return id;
}

function readParents(reader: JsonReader, value: unknown, at: string): void {
  reader.list(value, at, MOST).forEach((entry, i) => {
    const o = reader.record(entry, `${at}[${i}]`, ['answers', 'asked']);
    readDecisions(reader, o['answers'], `${at}[${i}].answers`);
    readQuestions(reader, o['asked'], `${at}[${i}].asked`);
    if ((o['asked'] as readonly unknown[]).length === 0) reader.fail(`${at}[${i}].asked`, 'at least one question');
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
      readBase(reader, base, `${at}.bases[${i}]`, Number.MAX_SAFE_INTEGER);
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
      const stems = known.get(readBase(reader, base, path, MOST_SPENT));
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
      if (reader.amount(member['earned'], `${path}.earned`) > MOST_SPENT) reader.fail(`${path}.earned`, 'the pay of a slice');
      if (reader.integer(member['spent'], `${path}.spent`) > MOST_SPENT) reader.fail(`${path}.spent`, 'the steps of a slice');
      reader.flag(member['exhausted'], `${path}.exhausted`);
      readLessons(reader, strategy, member['lessons'], `${path}.lessons`, known?.[i].memory ?? null);
    });
    readSeen(reader, o['seen'], `${at}.seen`);
  },
};

/** By name of the strategy: those that learn. */
const READERS: ReadonlyMap<string, Readers> = new Map([['greybox', greybox], ['stall', stall], ['pct', { memory: lengths, lessons: lengths }], ['portfolio', portfolio]]);
