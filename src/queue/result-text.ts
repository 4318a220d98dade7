import { readSlice, readViolation } from '../campaign/index.ts';
import {
  JsonReader, MEMBERS, SLICE, parseLongJson, readDecisions, readLessons, signatureOf, type HuntTaskResult, type Knowledge, type Members, type ShrinkResult, type ShrinkTask,
  type SliceResult, type SliceTask,
} from '../explore/index.ts';
import type { QueueJob } from './job-text.ts';

const RESULT_FORMAT = 'inband-result/2';
/** Longest result that is looked at, MiB: hundreds of times what a slice comes to. */
export const MOST_RESULT_MIB = 16;
/** Ways to what a candidate was shrunk to: one for each time that an expensive pass found something. */
const MOST_WAYS = 1000;
/** Executions to shrink one candidate: far more than the longest budget. */
const MOST_EXECUTIONS = 1 << 30;

/** What came of a task, as a text. */
export function serializeResult(result: HuntTaskResult): string {
  return JSON.stringify({ format: RESULT_FORMAT, result });
}

/**
 * Reads what came of a job. Throws UsageError of one line, beginning with `name`, on what no honest worker can have sent: but
 * whether it is so that a schedule breaks a rule only a {@link Trial} tells.
 */
export function parseResult(text: string, job: QueueJob, knowledge: Knowledge, name: string): HuntTaskResult {
  const reader = new JsonReader(name, RESULT_FORMAT);
  const whole = reader.members(parseLongJson(text, name), '');
  if (whole['format'] !== RESULT_FORMAT) reader.fail('format', JSON.stringify(RESULT_FORMAT));
  const { result } = reader.record(whole, '', ['format', 'result']);
  return job.task.kind === 'slice' ? sliceResult(reader, result, job.task, job, knowledge) : shrunk(reader, reader.members(result, 'result'), job.task);
}

function sliceResult(reader: JsonReader, value: unknown, { slice, size, stopAtFirst }: SliceTask, { strategy }: QueueJob, { memory }: Knowledge): SliceResult {
  const result = readSlice(reader, value, 'result');
  const { index, executions, made, violating, candidates, rest, exhausted } = result;
  const names = strategy === 'portfolio' ? MEMBERS : [strategy];
  const expect = (holds: boolean, path: string, expected: string): void => {
    if (!holds) reader.fail(`result.${path}`, expected);
  };
  const distinct = (all: readonly string[]): boolean => new Set(all).size === all.length;
  expect(index === slice.index, 'index', `${slice.index}, the slice that was asked for`);
  expect(executions === size || (executions < size && (exhausted || stopAtFirst)), 'executions', `${size}, or less of a slice that is exhausted`);
  expect(distinct(made.map(([by]) => by)) && made.every(([by]) => names.includes(by)), 'made', `of ${names.join(', ')}`);
  expect(made.reduce((sum, [, n]) => sum + n, 0) === executions, 'made', `${executions} executions together`);
  expect(violating <= executions, 'violating', `at most ${executions}`);
  expect(candidates.length === 0 || violating > 0, 'candidates', 'none, for no rule was broken');
  for (const [i, { signature, violation, execution, by, times }] of candidates.entries()) {
    const at = `candidates[${i}]`;
    expect(signature === signatureOf(violation), `${at}.signature`, 'that of its violation');
    expect(execution >= index * SLICE && execution < index * SLICE + executions, `${at}.execution`, 'one of the slice');
    expect(names.includes(by), `${at}.by`, `one of ${names.join(', ')}`);
    expect(times <= MOST_EXECUTIONS, `${at}.times`, `at most ${MOST_EXECUTIONS}`);
  }
  const seen = new Set(candidates.map(({ signature }) => signature));
  expect(distinct(rest.map(([signature]) => signature)) && rest.every(([signature]) => seen.has(signature)), 'rest', 'signatures of the candidates, each once');
  expect(rest.every(([, { explained, unexplained }]) => explained + unexplained <= MOST_EXECUTIONS), 'rest', `at most ${MOST_EXECUTIONS} times each`);
  return { ...result, lessons: readLessons(reader, strategy, result.lessons, 'result.lessons', memory) };
}

function shrunk(reader: JsonReader, value: Members, task: ShrinkTask): ShrinkResult {
  const o = reader.record(value, 'result', ['number', 'executions', 'decisions', 'violation', 'hash', 'ways'], ['violation']);
  if (o['number'] !== task.number) reader.fail('result.number', `${task.number}, the one that was asked for`);
  const executions = reader.integer(o['executions'], 'result.executions', 1);
  if (executions > MOST_EXECUTIONS) reader.fail('result.executions', `at most ${MOST_EXECUTIONS}`);
  return {
    number: task.number, executions,
    decisions: readDecisions(reader, o['decisions'], 'result.decisions'),
    ...(o['violation'] === undefined ? {} : { violation: readViolation(reader, o['violation'], 'result.violation') }),
    hash: reader.integer(o['hash'], 'result.hash', Number.MIN_SAFE_INTEGER),
    ways: reader.list(o['ways'], 'result.ways', MOST_WAYS).map((way, i) => readDecisions(reader, way, `result.ways[${i}]`)),
  };
}
