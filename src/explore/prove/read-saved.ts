import { formatRelease, parseRelease, type Release } from '../../sim/index.ts';
import { JsonReader, parseLongJson } from '../json-reader.ts';
import { KINDS, readFinding } from '../parse-finding.ts';
import { NUMBERED, RELEASE_KINDS, checkBounds, type Bounds } from './bounds.ts';
import type { Departure, UntilStep } from './departure.ts';
import type { SavedFrame, SavedProof, SavedState } from './saved.ts';
import type { SavedVerdicts } from './verdicts.ts';

/** Entries of one list: more than any run has points. */
const MOST = 10_000_000;

/** Reads the bounds of a proof. Throws UsageError of one line. */
export function readBounds(reader: JsonReader, value: unknown, path: string): Bounds {
  const o = reader.record(value, path, [...NUMBERED, 'releases']);
  const of = (axis: (typeof NUMBERED)[number]): number => reader.integer(o[axis], `${path}.${axis}`);
  const releases = reader.list(o['releases'], `${path}.releases`, RELEASE_KINDS.length).map((kind, i) => (
    RELEASE_KINDS.find((known) => known === kind) ?? reader.fail(`${path}.releases[${i}]`, RELEASE_KINDS.join(', '))));
  const bounds = { stalls: of('stalls'), timings: of('timings'), orders: of('orders'), faults: of('faults'), workload: of('workload'), timeouts: of('timeouts'), releases };
  checkBounds(bounds, reader.name);
  return bounds;
}

/** Reads what {@link Prover.save} gave. Throws UsageError of one line. */
export function readSavedProof(reader: JsonReader, value: unknown, path: string): SavedProof {
  const o = reader.record(value, path, ['executions', 'merged', 'frames', 'verdicts']);
  return {
    executions: reader.integer(o['executions'], `${path}.executions`),
    merged: reader.integer(o['merged'], `${path}.merged`),
    frames: reader.list(o['frames'], `${path}.frames`, MOST).map((frame, i) => readFrame(reader, frame, `${path}.frames[${i}]`)),
    verdicts: readVerdicts(reader, o['verdicts'], `${path}.verdicts`),
  };
}

/** Reads one of {@link Prover.saveStates} from its line. `line`: its number in the file, for messages. Throws UsageError of one line. */
export function readSavedState(reader: JsonReader, text: string, line: number): SavedState {
  const at = `line ${line}`;
  const o = reader.list(parseLongJson(text, `${reader.name}: ${at}`), at, STATE);
  const [key, check, budget, sum, steps, time, reason, counts] = o;
  if (o.length !== STATE || typeof sum !== 'number' || (sum | 0) !== sum) reader.fail(at, 'a state');
  const integer = (entry: unknown): number => reader.integer(entry, at);
  return [integer(key), integer(check), integer(budget), sum, integer(steps), integer(time), reader.text(reason, at), readCounts(reader, counts, at)];
}

/** Members of a state. */
const STATE = 8;

function readFrame(reader: JsonReader, value: unknown, path: string): SavedFrame {
  const o = reader.record(value, path, ['path', 'points', 'counts', 'at', 'option', 'targets']);
  return {
    path: reader.list(o['path'], `${path}.path`, MOST).map((entry, i) => readDeparture(reader, entry, `${path}.path[${i}]`)),
    points: reader.integer(o['points'], `${path}.points`),
    counts: readCounts(reader, o['counts'], `${path}.counts`),
    // Of a frame of which all points are done it is -1.
    at: o['at'] === -1 ? -1 : reader.integer(o['at'], `${path}.at`),
    option: reader.integer(o['option'], `${path}.option`),
    targets: reader.list(o['targets'], `${path}.targets`, MOST).map((entry, i) => readTarget(reader, entry, `${path}.targets[${i}]`)),
  };
}

function readDeparture(reader: JsonReader, value: unknown, path: string): Departure {
  const o = reader.record(value, path, ['at', 'kind', 'actor', 'step', 'label', 'placed', 'value', 'release'], ['release']);
  return {
    at: reader.integer(o['at'], `${path}.at`),
    kind: KINDS.find((kind) => kind === o['kind']) ?? reader.fail(`${path}.kind`, `one of ${KINDS.join(', ')}`),
    actor: reader.text(o['actor'], `${path}.actor`),
    step: reader.integer(o['step'], `${path}.step`),
    label: reader.text(o['label'], `${path}.label`),
    placed: reader.flag(o['placed'], `${path}.placed`),
    value: reader.integer(o['value'], `${path}.value`),
    ...(o['release'] === undefined ? {} : { release: readRelease(reader, o['release'], `${path}.release`) }),
  };
}

function readRelease(reader: JsonReader, value: unknown, path: string): Release {
  const o = reader.record(value, path, ['kind', 'past', 'n', 'actor', 'step', 'ps'], ['past', 'n', 'actor', 'step', 'ps']);
  // What is no release is written as something that is not read as one.
  return parseRelease(formatRelease(o as Release)) ?? reader.fail(path, 'until when a stall lasts');
}

function readTarget(reader: JsonReader, value: unknown, path: string): UntilStep {
  const o = reader.record(value, path, ['actor', 'step']);
  return { actor: reader.text(o['actor'], `${path}.actor`), step: reader.integer(o['step'], `${path}.step`) };
}

function readVerdicts(reader: JsonReader, value: unknown, path: string): SavedVerdicts {
  const o = reader.record(value, path, ['findings', 'violating', 'shrinkExecutions', 'unexplained']);
  return {
    findings: reader.list(o['findings'], `${path}.findings`, MOST).map((finding, i) => readFinding(reader, finding, `${path}.findings[${i}]`)),
    violating: reader.integer(o['violating'], `${path}.violating`),
    shrinkExecutions: reader.integer(o['shrinkExecutions'], `${path}.shrinkExecutions`),
    unexplained: reader.list(o['unexplained'], `${path}.unexplained`, MOST).map((entry, i) => {
      const at = `${path}.unexplained[${i}]`;
      const pair = reader.list(entry, at, 2);
      // A signature has three parts, a line each.
      return [reader.lines(pair[0], at, 3), reader.integer(pair[1], at)];
    }),
  };
}

/** Numbers of schedules: they may be beyond the integers that a double tells apart. */
function readCounts(reader: JsonReader, value: unknown, path: string): readonly number[] {
  const list = reader.list(value, path, MOST);
  for (const entry of list) if (typeof entry !== 'number' || !(entry >= 0)) reader.fail(path, 'numbers, 0 or more');
  return list as readonly number[];
}
