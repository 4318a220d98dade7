import { createHash } from 'node:crypto';
import { readCauses, readStrategy } from '../campaign/index.ts';
import {
  JsonReader, OPTIONAL_SUBJECT, SLICE, readDecisions, readSubject, sliceAt, type HuntTask, type Members, type ShrinkTask, type SliceTask, type SubjectMembers,
} from '../explore/index.ts';

export const JOB_FORMAT = 'inband-job/3';

/** All that a worker must be told to do a task of a hunt, but for what the epoch knows. Plain JSON, and no code. */
export interface QueueJob {
  readonly subject: SubjectMembers;
  readonly strategy: string;
  readonly seed: number;
  /** Of a slice: the {@link digest} of what it starts from. */
  readonly knowledge: string | null;
  readonly task: HuntTask;
}

const SUBJECT = ['scenario', 'driver', 'host', 'daemon', 'settings', 'oracles', 'observed', 'model'] as const satisfies readonly (keyof SubjectMembers)[];
const MOST_SLICES = Number.MAX_SAFE_INTEGER / SLICE;

/** Tells contents apart: 64 hexadecimal digits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What is put into the queue, and by which name: the same job has the same, whoever puts it there and however often. */
export function postJob(job: QueueJob): { readonly id: string; readonly data: Members } {
  const data = { format: JOB_FORMAT, ...job };
  return { id: digest(JSON.stringify(data, byName)), data };
}

/** For JSON.stringify: members in the order of their names. */
function byName(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads a job. Throws UsageError of one line, beginning with `name`, on what is not exactly one. */
export function readJob(value: unknown, name: string): QueueJob {
  const reader = new JsonReader(name, JOB_FORMAT);
  const whole = reader.members(value, '');
  if (whole['format'] !== JOB_FORMAT) reader.fail('format', JSON.stringify(JOB_FORMAT));
  const o = reader.record(whole, '', ['format', 'subject', 'strategy', 'seed', 'knowledge', 'task']);
  const kind = reader.members(o['task'], 'task')['kind'];
  const task = kind === 'slice' ? readSliceTask(reader, o['task']) : kind === 'shrink' ? readShrinkTask(reader, o['task']) : reader.fail('task.kind', 'slice or shrink');
  return {
    subject: readSubject(reader, reader.record(o['subject'], 'subject', SUBJECT, OPTIONAL_SUBJECT), 'subject.'),
    strategy: readStrategy(reader, o['strategy'], 'strategy'),
    seed: reader.integer(o['seed'], 'seed'),
    knowledge: kind === 'slice' ? reader.matching(o['knowledge'], 'knowledge', /^[0-9a-f]{64}$/, '64 hexadecimal digits')
      : o['knowledge'] === null ? null : reader.fail('knowledge', 'null: shrinking needs none'),
    task,
  };
}

function readSliceTask(reader: JsonReader, value: unknown): SliceTask {
  const o = reader.record(value, 'task', ['kind', 'slice', 'size', 'stopAtFirst']);
  const given = reader.record(o['slice'], 'task.slice', ['index', 'epoch', 'turn', 'of']);
  const index = reader.integer(given['index'], 'task.slice.index');
  if (index > MOST_SLICES) reader.fail('task.slice.index', `at most ${MOST_SLICES}`);
  const slice = sliceAt(index);
  for (const key of ['epoch', 'turn', 'of'] as const) if (given[key] !== slice[key]) reader.fail(`task.slice.${key}`, `${slice[key]}, as slice ${index} has it`);
  const size = reader.integer(o['size'], 'task.size', 1);
  if (size > SLICE) reader.fail('task.size', `at most ${SLICE}`);
  return { kind: 'slice', slice, size, stopAtFirst: reader.flag(o['stopAtFirst'], 'task.stopAtFirst') };
}

function readShrinkTask(reader: JsonReader, value: unknown): ShrinkTask {
  const o = reader.record(value, 'task', ['kind', 'number', 'decisions', 'target', 'known', 'ways', 'budget'], ['ways', 'budget']);
  const target = reader.record(o['target'], 'task.target', ['oracle', 'rule']);
  return {
    kind: 'shrink',
    number: reader.integer(o['number'], 'task.number'),
    decisions: readDecisions(reader, o['decisions'], 'task.decisions'),
    target: { oracle: reader.text(target['oracle'], 'task.target.oracle'), rule: reader.text(target['rule'], 'task.target.rule') },
    known: readCauses(reader, o['known'], 'task.known'),
    ...(o['ways'] === undefined ? {} : { ways: readCauses(reader, o['ways'], 'task.ways') }),
    ...(o['budget'] === undefined ? {} : { budget: reader.integer(o['budget'], 'task.budget', 1) }),
  };
}
