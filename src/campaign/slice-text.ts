import { JsonReader, readDecisions, type Candidate, type Json, type SliceResult } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { seal, unseal } from './sealed.ts';

const SLICE_FORMAT = 'inband-slice/1';
const MOST = 100_000;

/** What came of a slice, as a text. */
export function serializeSlice(result: SliceResult): string {
  return seal(SLICE_FORMAT, result);
}

/** What came of a slice; undefined: the text is none. */
export function parseSlice(text: string): SliceResult | undefined {
  try {
    const reader = new JsonReader('slice', SLICE_FORMAT);
    const o = reader.record(unseal(SLICE_FORMAT, text, 'slice'), '', ['index', 'executions', 'made', 'violating', 'candidates', 'rest', 'exhausted', 'lessons']);
    const pair = (value: unknown, at: string): readonly unknown[] => reader.list(value, at, 2);
    return {
      index: reader.integer(o['index'], 'index'),
      executions: reader.integer(o['executions'], 'executions'),
      made: reader.list(o['made'], 'made', MOST).map((entry) => pair(entry, 'made')).map(([name, n]) => [reader.text(name, 'made'), reader.integer(n, 'made')]),
      violating: reader.integer(o['violating'], 'violating'),
      candidates: reader.list(o['candidates'], 'candidates', MOST).map((entry, i) => readCandidate(reader, entry, `candidates[${i}]`)),
      rest: reader.list(o['rest'], 'rest', MOST).map((entry) => pair(entry, 'rest')).map(([signature, tally]) => {
        const counts = reader.record(tally, 'rest', ['explained', 'unexplained']);
        return [readSignature(reader, signature, 'rest'), {
          explained: reader.integer(counts['explained'], 'rest'), unexplained: reader.integer(counts['unexplained'], 'rest'),
        }];
      }),
      exhausted: o['exhausted'] === true,
      lessons: o['lessons'] as Json,
    };
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function readCandidate(reader: JsonReader, value: unknown, at: string): Candidate {
  const o = reader.record(value, at, ['signature', 'decisions', 'violation', 'execution', 'by', 'explained', 'times']);
  const violation = reader.record(o['violation'], `${at}.violation`, ['oracle', 'rule', 'site', 'message', 'step', 'at']);
  const text = (key: string): string => reader.text(violation[key], `${at}.violation.${key}`);
  return {
    signature: readSignature(reader, o['signature'], `${at}.signature`),
    decisions: readDecisions(reader, o['decisions'], `${at}.decisions`),
    violation: {
      oracle: text('oracle'), rule: text('rule'), site: text('site'), message: text('message'),
      step: reader.integer(violation['step'], `${at}.violation.step`, Number.MIN_SAFE_INTEGER), at: reader.integer(violation['at'], `${at}.violation.at`, Number.MIN_SAFE_INTEGER),
    },
    execution: reader.integer(o['execution'], `${at}.execution`),
    by: reader.text(o['by'], `${at}.by`),
    explained: o['explained'] === true,
    times: reader.integer(o['times'], `${at}.times`, 1),
  };
}

/** Oracle, rule and site, a line each. */
function readSignature(reader: JsonReader, value: unknown, at: string): string {
  if (typeof value !== 'string') reader.fail(at, 'a signature');
  const lines = value.split('\n');
  if (lines.length !== 3) reader.fail(at, 'oracle, rule and site');
  for (const line of lines) reader.text(line, at);
  return value;
}
