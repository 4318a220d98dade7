import { describe, expect, it } from 'vitest';
import { formatEvents } from '../../../src/report/perfetto/events.ts';
import { formatPerfetto, record, type Recording } from '../../../src/report/index.ts';
import { SSIF } from '../../../src/scenarios/index.ts';
import { FINDINGS, recordFinding } from '../findings.ts';
import { readAba, run } from '../runs.ts';

/** One event, as the Trace Event Format names its members. */
interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly id?: number;
  readonly bp?: string;
  readonly s?: string;
  readonly args?: Readonly<Record<string, number | string>>;
}

const MICROSECOND = 1_000_000;

function eventsOf(text: string): readonly TraceEvent[] {
  const { displayTimeUnit, traceEvents } = JSON.parse(text) as { displayTimeUnit: string; traceEvents: TraceEvent[] };
  expect(displayTimeUnit).toBe('ns');
  return traceEvents;
}

/** Picoseconds of a time in microseconds, as a reader with doubles finds them. */
const ps = (micros: number): number => Math.round(micros * MICROSECOND);
const track = ({ pid, tid }: Pick<TraceEvent, 'pid' | 'tid'>): string => `${pid}/${tid}`;
const endOf = ({ ts = 0, dur = 0 }: Pick<TraceEvent, 'ts' | 'dur'>): number => ps(ts) + ps(dur);

/** The slices of each track, in the order in which they are written. */
function slicesOf(events: readonly TraceEvent[]): Map<string, TraceEvent[]> {
  const tracks = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.ph !== 'X') continue;
    const slices = tracks.get(track(event));
    if (slices === undefined) tracks.set(track(event), [event]);
    else slices.push(event);
  }
  return tracks;
}

/** Slices that begin within another one of their track and end behind it. */
function crossing(events: readonly TraceEvent[]): string[] {
  const found: string[] = [];
  for (const [name, slices] of slicesOf(events)) {
    const open: TraceEvent[] = [];
    for (const slice of slices) {
      while (open.length > 0 && endOf(open[open.length - 1]) <= ps(slice.ts!) && !(endOf(open[open.length - 1]) === ps(slice.ts!) && slice.dur === 0)) open.pop();
      const outer = open[open.length - 1];
      if (outer !== undefined && endOf(slice) > endOf(outer)) found.push(`${name}: ${slice.name} in ${outer.name} at ${slice.ts}`);
      open.push(slice);
    }
  }
  return found;
}

const RECORDINGS: readonly (readonly [string, () => Recording])[] = [
  ['a finding', () => readAba()],
  ['interrupts', () => run({ settings: { hostMode: 'irq' }, oracles: [] })],
  ['kipmid', () => run({ settings: { hostMode: 'kipmid', threads: 2 }, oracles: [] })],
  ['SSIF', () => record(SSIF.build({ settings: {} }))],
  ['stalls', () => run({ stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_read: mutex_lock' }, { actor: 'bmc:irq', at: 'IDR3 read', nth: 3 }, { actor: 'bmc:kcsd', at: 'copy_to_user', release: { kind: 'for', ps: 777_777 } }] })],
];

it('a context that is held as it wakes up sleeps until then, not on', () => {
  const recording = run({ stalls: [{ actor: 'bmc:kcsd', at: 'kcs_bmc_ipmi_read: mutex_lock', release: { kind: 'for', ps: 5_000_000 } }] });
  const [hold] = recording.holds;
  const slices = eventsOf(formatPerfetto(recording)).filter(({ ph }) => ph === 'X');
  const held = slices.find(({ cat }) => cat === 'held')!;
  const sleep = slices.find(({ cat, ...event }) => cat === 'sleep' && track(event) === track(held) && endOf(event) > hold.from - 1_000_000)!;
  expect([endOf(sleep), ps(held.ts!), endOf(held)]).toEqual([hold.from, hold.from, hold.to]);
});

describe.each(RECORDINGS)('the trace of %s keeps the rules of the Trace Event Format', (_name, make) => {
  const recording = make();
  const text = formatPerfetto(recording);
  const events = eventsOf(text);
  const timed = events.filter(({ ph }) => ph !== 'M');

  it('every event has the members of its phase, and no phase is unknown', () => {
    const members: Readonly<Record<string, readonly string[]>> = {
      M: ['ph', 'name', 'pid', 'tid', 'args'], X: ['ph', 'name', 'cat', 'ts', 'dur', 'pid', 'tid', 'args'], i: ['ph', 'name', 'cat', 'ts', 'pid', 'tid', 's', 'args'],
      C: ['ph', 'name', 'cat', 'ts', 'pid', 'tid', 'args'], s: ['ph', 'name', 'cat', 'ts', 'pid', 'tid', 'id'], f: ['ph', 'name', 'cat', 'ts', 'pid', 'tid', 'id', 'bp'],
    };
    for (const event of events) expect(Object.keys(event), event.ph).toEqual(members[event.ph]);
  });

  it('time goes forwards, and no duration is negative', () => {
    const times = timed.map(({ ts }) => ts!);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(timed.filter(({ ph, dur }) => ph === 'X' && !(dur! >= 0))).toEqual([]);
  });

  it('slices of a track nest', () => {
    expect(slicesOf(events).size).toBeGreaterThan(2);
    expect(crossing(events)).toEqual([]);
  });

  it('processes and threads are named once, and each that is used is', () => {
    const names = (kind: string): string[] => events.filter(({ ph, name }) => ph === 'M' && name === kind).map(track);
    for (const kind of ['process_name', 'thread_name']) expect(new Set(names(kind)).size).toBe(names(kind).length);
    const threads = new Set(names('thread_name'));
    for (const event of timed) if (event.ph !== 'C') expect(threads.has(track(event)), track(event)).toBe(true);
    const processes = new Set(names('process_name').map((name) => name.split('/')[0]));
    for (const { pid } of timed) expect(processes.has(String(pid))).toBe(true);
  });

  it('a flow begins and ends once, within a slice, and not before it begins', () => {
    const begins = events.filter(({ ph }) => ph === 's');
    const ends = new Map(events.filter(({ ph }) => ph === 'f').map((event) => [event.id, event]));
    expect(new Set(begins.map(({ id }) => id)).size).toBe(begins.length);
    expect(ends.size).toBe(begins.length);
    const tracks = slicesOf(events);
    const bound = (event: TraceEvent): boolean => (tracks.get(track(event)) ?? []).some((slice) => (
      ps(slice.ts!) <= ps(event.ts!) && (ps(event.ts!) < endOf(slice) || (slice.dur === 0 && slice.ts === event.ts))));
    for (const begin of begins) {
      const end = ends.get(begin.id)!;
      expect(end).toMatchObject({ name: begin.name, cat: begin.cat, bp: 'e' });
      expect(end.ts).toBeGreaterThanOrEqual(begin.ts!);
      expect(bound(begin) && bound(end), `${begin.name} ${begin.id}`).toBe(true);
    }
  });

  it('times are exact: the text has every picosecond, and a double gives it back', () => {
    for (const { ph, ts, dur, args } of timed) {
      if (ph === 'X') expect({ from: ps(ts!), length: ps(dur!) }).toEqual({ from: args!['from_ps'], length: args!['duration_ps'] });
      if (ph === 'i') expect(ps(ts!)).toBe(args!['at_ps']);
    }
    for (const [, micros] of text.matchAll(/"(?:ts|dur)":([^,]*)/g)) expect(micros).toMatch(/^\d+\.\d{6}$/);
  });

  it('every step is a slice with its time and value; sleeps and stalls are between them', () => {
    const steps = recording.acts.flatMap(({ step }) => (step !== null && recording.ops.def(step.op).kind !== 'poll' ? [step] : []));
    const slices = events.filter(({ cat }) => cat === 'step');
    expect(slices.map(({ args }) => [args!['from_ps'], args!['step']]).sort()).toEqual(steps.map(({ issuedAt, step }) => [issuedAt, step]).sort());
    const held = events.filter(({ cat }) => cat === 'held').map(({ args }) => [args!['from_ps'], Number(args!['from_ps']) + Number(args!['duration_ps'])]);
    expect(held).toEqual(recording.holds.filter(({ from, to }) => to !== from).map(({ from, to }) => [from, to < 0 ? recording.time : to]));
  });

  it('counters go where their lines go', () => {
    const lines = recording.acts.flatMap(({ events: told }) => told.filter(({ code }) => recording.kinds[code].name === 'vic.line').map(({ at, a }) => [at, a]));
    expect(events.filter(({ ph, name }) => ph === 'C' && name === 'vic.IRQ').map(({ ts, args }) => [ps(ts!), args!['level']])).toEqual(lines);
  });
});

// Two writers of a raw device, or a host that asks anew: its messages overlap.
it.each(FINDINGS)('slices of a track nest in %s', (name) => {
  expect(crossing(eventsOf(formatPerfetto(recordFinding(name))))).toEqual([]);
}, 60_000);

it('a handler that has returned does not sleep', () => {
  const events = eventsOf(formatPerfetto(readAba()));
  const irq = events.find(({ ph, args }) => ph === 'M' && args?.['name'] === 'bmc:irq')!;
  const own = events.filter(({ ph, ...event }) => ph === 'X' && track(event) === track(irq));
  expect(own.length).toBeGreaterThan(100);
  expect(own.filter(({ cat }) => cat === 'sleep')).toEqual([]);
});

it('a poll that the end of the run cuts off lasts until then', () => {
  const recording = recordFinding('kcsv2-overflow-ibf-storm');
  const polls = eventsOf(formatPerfetto(recording)).filter(({ cat }) => cat === 'poll');
  expect(endOf(polls.at(-1)!)).toBe(recording.time);
});

describe('flows', () => {
  const flows = (recording: Recording) => {
    const events = eventsOf(formatPerfetto(recording));
    const threads = new Map(events.filter(({ name }) => name === 'thread_name').map((event) => [track(event), event.args!['name']]));
    const ends = new Map(events.filter(({ ph }) => ph === 'f').map((event) => [event.id, event]));
    return events.filter(({ ph }) => ph === 's').map((event) => `${event.name}: ${threads.get(track(event))} -> ${threads.get(track(ends.get(event.id)!))}`);
  };

  it('lead from each byte that the host writes to the BMC\'s read of it', () => {
    const recording = run({ settings: { hostMode: 'irq' }, oracles: [] });
    const written = recording.acts.flatMap(({ events }) => events.filter(({ code }) => recording.kinds[code].name === 'host.idr.write'));
    const found = flows(recording);
    expect(found.filter((flow) => flow === 'IDR3: host -> bmc:irq')).toHaveLength(written.length);
    for (const flow of ['ODR3: bmc:irq -> host', 'IRQ to the BMC: host -> bmc:irq', 'IRQ5: bmc:irq -> SerIRQ: IRQ5', 'host interrupt: SerIRQ: IRQ5 -> host']) expect(found).toContain(flow);
  });
});

describe('a flow to a slice that began before its cause', () => {
  it('ends within both: a poll sees what has happened meanwhile', () => {
    const slice = (tid: number, from: number, to: number) => ({ track: { pid: 1, tid, name: String(tid) }, name: 'x', category: 'step', from, to });
    const [cause, effect] = [slice(1, 500, 700), slice(2, 100, 900)];
    const events = eventsOf(formatEvents({ groups: [], tracks: [], slices: [cause, effect], marks: [], counts: [], flows: [{ name: 'x', from: cause, to: effect }] }));
    expect(events.filter(({ cat }) => cat === 'cause').map(({ ph, ts, tid }) => [ph, ps(ts!), tid])).toEqual([['s', 500, 1], ['f', 500, 2]]);
  });
});

it('the same run gives the same bytes', () => {
  expect(formatPerfetto(readAba())).toBe(formatPerfetto(readAba()));
});
