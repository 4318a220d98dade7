import { JsonReader, readDecisions, type Candidate, type Json, type SliceResult } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import type { Violation } from '../sim/index.ts';
import { seal, unseal } from './sealed.ts';

const SLICE_FORMAT = 'inband-slice/1';
const MOST = 100_000;
const MOST_TRAITS = 10_000;

/** What came of a slice, as a text. */
export function serializeSlice(result: SliceResult): string {
  return seal(SLICE_FORMAT, result);
}

/** What came of a slice; undefined: the text is none. */
export function parseSlice(text: string): SliceResult | undefined {
  try {
    const reader = new JsonReader('slice', SLICE_FORMAT);
    return readSlice(reader, unseal(SLICE_FORMAT, text, 'slice'), '');
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Reads what came of a slice, all but its lessons, which are the strategy's. `at`: where it is, for messages. */
export function readSlice(reader: JsonReader, value: unknown, at: string): SliceResult {
  const o = reader.record(value, at, ['index', 'executions', 'made', 'violating', 'candidates', 'rest', 'exhausted', 'lessons']);
  const path = (key: string): string => (at === '' ? key : `${at}.${key}`);
  const integer = (key: string): number => reader.integer(o[key], path(key));
  const pairs = (key: string): readonly (readonly unknown[])[] => reader.list(o[key], path(key), MOST).map((entry) => reader.list(entry, path(key), 2));
  return {
    index: integer('index'),
    executions: integer('executions'),
    made: pairs('made').map(([name, n]) => [reader.text(name, path('made')), reader.integer(n, path('made'))]),
    violating: integer('violating'),
    candidates: reader.list(o['candidates'], path('candidates'), MOST).map((entry, i) => readCandidate(reader, entry, `${path('candidates')}[${i}]`)),
    rest: pairs('rest').map(([signature, tally]) => [readSignature(reader, signature, path('rest')), readTally(reader, tally, path('rest'))]),
    exhausted: reader.flag(o['exhausted'], path('exhausted')),
    lessons: o['lessons'] as Json,
  };
}

/** Reads how often something was seen. */
export function readTally(reader: JsonReader, value: unknown, at: string): { readonly explained: number; readonly unexplained: number } {
  const o = reader.record(value, at, ['explained', 'unexplained']);
  return { explained: reader.integer(o['explained'], at), unexplained: reader.integer(o['unexplained'], at) };
}

/** Reads causes, each as its traits. */
export function readCauses(reader: JsonReader, value: unknown, at: string): string[][] {
  return reader.list(value, at, MOST).map((traits) => reader.list(traits, at, MOST_TRAITS).map((trait) => reader.text(trait, at)));
}

/** Reads a breach that may deserve shrinking. */
export function readCandidate(reader: JsonReader, value: unknown, at: string): Candidate {
  const o = reader.record(value, at, ['signature', 'decisions', 'violation', 'execution', 'by', 'explained', 'times']);
  return {
    signature: readSignature(reader, o['signature'], `${at}.signature`),
    decisions: readDecisions(reader, o['decisions'], `${at}.decisions`),
    violation: readViolation(reader, o['violation'], `${at}.violation`),
    execution: reader.integer(o['execution'], `${at}.execution`),
    by: reader.text(o['by'], `${at}.by`),
    explained: reader.flag(o['explained'], `${at}.explained`),
    times: reader.integer(o['times'], `${at}.times`, 1),
  };
}

/** Reads a breach of a rule. */
export function readViolation(reader: JsonReader, value: unknown, at: string): Violation {
  const o = reader.record(value, at, ['oracle', 'rule', 'site', 'message', 'step', 'at']);
  const text = (key: string): string => reader.text(o[key], `${at}.${key}`);
  const integer = (key: string): number => reader.integer(o[key], `${at}.${key}`, Number.MIN_SAFE_INTEGER);
  return { oracle: text('oracle'), rule: text('rule'), site: text('site'), message: text('message'), step: integer('step'), at: integer('at') };
}

/** Reads oracle, rule and site, a line each. */
export function readSignature(reader: JsonReader, value: unknown, at: string): string {
  return reader.lines(value, at, 3);
}
