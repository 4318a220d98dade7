import type { Ps } from '../../sim/index.ts';

/** A track: one thread of one process in the viewer. */
export interface Track {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
}

/** A group of tracks. */
export interface TrackGroup {
  readonly pid: number;
  readonly name: string;
}

/** Something that lasts, on a track; slices of one track nest. */
export interface Slice {
  readonly track: Track;
  readonly name: string;
  /** What it is, for the viewer's filters: `step`, `call`, `held`. */
  readonly category: string;
  readonly from: Ps;
  readonly to: Ps;
  readonly args?: Readonly<Record<string, number | string>>;
}

/** Something that happens at one time. */
export interface Mark {
  readonly track: Track;
  readonly name: string;
  readonly category: string;
  readonly at: Ps;
}

/** From a cause to its effect, each a slice. */
export interface Flow {
  readonly name: string;
  readonly from: Slice;
  readonly to: Slice;
}

/** A number over time. */
export interface Count {
  readonly name: string;
  readonly pid: number;
  readonly at: Ps;
  readonly value: number;
}

/** What a trace is made of. */
export interface TraceParts {
  readonly groups: readonly TrackGroup[];
  readonly tracks: readonly Track[];
  readonly slices: readonly Slice[];
  readonly marks: readonly Mark[];
  readonly flows: readonly Flow[];
  readonly counts: readonly Count[];
}

/** One line of the file: its members as JSON texts, so that times keep all their digits. */
type Line = readonly (readonly [name: string, json: string])[];

/**
 * The Trace Event Format of Chrome, which Perfetto and about:tracing read. `ts` is microseconds: written with six
 * decimals, every picosecond is in the text, and a reader's double gives it back up to 2^52 ps (75 minutes) if it is
 * rounded. Viewers that count in nanoseconds cut the rest, so each slice also says its times in `args`, ps.
 *
 * Slices are complete events (`X`), each track in order of time with the longer of two that begin together first, as
 * nesting asks for; flows are `s` and `f` within their slices, `f` bound to the one that encloses it (`bp: e`).
 */
export function formatEvents({ groups, tracks, slices, marks, flows, counts }: TraceParts): string {
  const timed: { readonly at: Ps; readonly line: Line }[] = [];
  const ordered = [...slices].sort((one, other) => one.from - other.from || other.to - one.to);
  for (const slice of ordered) timed.push({ at: slice.from, line: sliceLine(slice) });
  for (const mark of marks) timed.push({ at: mark.at, line: markLine(mark) });
  for (const count of counts) timed.push({ at: count.at, line: countLine(count) });
  for (const [index, flow] of flows.entries()) {
    timed.push({ at: flow.from.from, line: flowLine(flow, index + 1, 's') }, { at: arrival(flow), line: flowLine(flow, index + 1, 'f') });
  }
  timed.sort((one, other) => one.at - other.at);
  const lines = [
    ...groups.flatMap(({ pid, name }) => [
      metadata('process_name', pid, 0, `{"name":${JSON.stringify(name)}}`), metadata('process_sort_index', pid, 0, `{"sort_index":${pid}}`),
    ]),
    ...tracks.flatMap(({ pid, tid, name }) => [
      metadata('thread_name', pid, tid, `{"name":${JSON.stringify(name)}}`), metadata('thread_sort_index', pid, tid, `{"sort_index":${tid}}`),
    ]),
    ...timed.map(({ line }) => line),
  ];
  const texts = lines.map((line) => `{${line.map(([name, json]) => `"${name}":${json}`).join(',')}}`);
  return `{"displayTimeUnit":"ns","traceEvents":[\n${texts.join(',\n')}\n]}\n`;
}

/** Microseconds with six decimals: exact. */
function micros(ps: Ps): string {
  return `${Math.floor(ps / 1_000_000)}.${String(ps % 1_000_000).padStart(6, '0')}`;
}

function place({ pid, tid }: Track): Line {
  return [['pid', String(pid)], ['tid', String(tid)]];
}

function head(ph: string, name: string, category: string, at: Ps): Line {
  return [['ph', `"${ph}"`], ['name', JSON.stringify(name)], ['cat', JSON.stringify(category)], ['ts', micros(at)]];
}

function metadata(name: string, pid: number, tid: number, args: string): Line {
  return [['ph', '"M"'], ['name', `"${name}"`], ['pid', String(pid)], ['tid', String(tid)], ['args', args]];
}

function sliceLine({ track, name, category, from, to, args }: Slice): Line {
  const all = { ...args, from_ps: from, duration_ps: to - from };
  return [...head('X', name, category, from), ['dur', micros(to - from)], ...place(track), ['args', JSON.stringify(all)]];
}

/** An instant of a thread. */
function markLine({ track, name, category, at }: Mark): Line {
  return [...head('i', name, category, at), ...place(track), ['s', '"t"'], ['args', JSON.stringify({ at_ps: at })]];
}

function countLine({ name, pid, at, value }: Count): Line {
  return [...head('C', name, 'signal', at), ['pid', String(pid)], ['tid', '0'], ['args', `{"level":${value}}`]];
}

/** When the arrow ends: a poll that sees the effect has begun before its cause. */
function arrival({ from, to }: Flow): Ps {
  return Math.max(from.from, to.from);
}

/** It begins with its slice, and ends as early as it can: there each end is within its own slice. */
function flowLine({ name, from, to }: Flow, id: number, ph: 's' | 'f'): Line {
  const slice = ph === 's' ? from : to;
  return [...head(ph, name, 'cause', ph === 's' ? from.from : arrival({ name, from, to })), ...place(slice.track), ['id', String(id)], ...(ph === 'f' ? [['bp', '"e"'] as const] : [])];
}
