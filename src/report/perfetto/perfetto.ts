import type { Ps } from '../../sim/index.ts';
import { callsOf } from '../calls.ts';
import { causesOf } from '../causes.ts';
import { mediumOf } from '../medium.ts';
import { messageName } from '../messages.ts';
import { messageText, siteText } from '../names.ts';
import { sideOf, type Recording } from '../recording.ts';
import { runsOf } from '../runs.ts';
import { lines, registers, together } from '../signals/signals.ts';
import { formatEvents, type Count, type Flow, type Mark, type Slice, type Track, type TrackGroup } from './events.ts';
import { stepSlices, type StepSlices } from './steps.ts';
import { wireSlices } from './wires.ts';

/** Processes of the trace, in the order in which they are shown. */
const HOST = 1;
const WIRES = 2;
const BMC = 3;
const GROUPS: readonly TrackGroup[] = [{ pid: HOST, name: 'host' }, { pid: WIRES, name: 'between host and BMC' }, { pid: BMC, name: 'BMC' }];

/** Thread of the messages; contexts come behind it, by their ids, then those of messages that overlap others. */
const MESSAGES = 1;
const FIRST_CONTEXT = 2;

/** A recording as a trace for Perfetto: see {@link formatEvents}. */
export function formatPerfetto(recording: Recording): string {
  const contexts = recording.contexts.map((name, id): Track => ({ pid: sideOf(recording, id) === 'host' ? HOST : BMC, tid: FIRST_CONTEXT + id, name }));
  const steps = stepSlices(recording, (actor) => contexts[actor]);
  const wires = wireSlices(recording, WIRES);
  const messages: Track = { pid: HOST, tid: MESSAGES, name: 'messages' };
  const more = (n: number): Track => ({ pid: HOST, tid: FIRST_CONTEXT + contexts.length + n, name: `messages (${n + 2})` });
  const told = messageSlices(recording, messages, more);
  const slices = [...told, ...callSlices(recording, contexts), ...passSlices(recording, contexts), ...steps.all, ...wires.slices];
  const used = new Set(slices.map(({ track }) => track));
  const marks = markSlices(recording, messages);
  return formatEvents({
    groups: GROUPS,
    tracks: [...new Set([messages, ...told.map(({ track }) => track), ...contexts, ...wires.tracks])].filter((track) => used.has(track) || marks.some((mark) => mark.track === track)),
    slices,
    marks,
    flows: flows(recording, steps, wires.samples),
    counts: counters(recording),
  });
}

/** Causes that are drawn as arrows: bytes on their way, interrupts, and who is woken. Every look at a status would hide them. */
const DRAWN = /^[IO]DR\d|HOST2BMC|BMC2HOST|IRQ\d|interrupt|IRQ to|queue$/;

function flows(recording: Recording, { byAct }: StepSlices, samples: ReadonlyMap<number, Slice>): Flow[] {
  const sliceAt = (act: number): Slice | undefined => byAct.get(act) ?? samples.get(act);
  return causesOf(recording).flatMap(({ cause, effect, through }): Flow[] => {
    const [from, to] = [sliceAt(cause), sliceAt(effect)];
    // An effect that was over before its cause began is none.
    return !DRAWN.test(through) || from === undefined || to === undefined || from === to || to.to <= from.from ? [] : [{ name: through, from, to }];
  });
}

/**
 * What the host says, and how long it takes to be answered: on the first track whose last message is over, since one
 * that begins before that one ends would cross it. `more` makes the tracks beside the first.
 */
function messageSlices(recording: Recording, first: Track, more: (n: number) => Track): Slice[] {
  const { words, conversation } = mediumOf(recording);
  const tracks: { readonly track: Track; until: Ps }[] = [{ track: first, until: 0 }];
  const slices: Slice[] = [];
  for (const message of [...conversation.messages].sort((one, other) => one.from - other.from)) {
    const { from } = message;
    const to = message.to < 0 ? recording.time : message.to;
    let free = tracks.find(({ until }) => until <= from);
    if (free === undefined) tracks.push(free = { track: more(tracks.length - 1), until: 0 });
    free.until = to;
    slices.push({
      track: free.track, name: messageName(message), category: message.kind, from, to,
      args: { request: messageText(message.bytes), response: messageText(message.response), ending: words.end[message.ending] },
    });
  }
  return slices;
}

/** System calls of the daemon, around their steps. */
function callSlices(recording: Recording, contexts: readonly Track[]): Slice[] {
  return callsOf(recording).map((call): Slice => ({
    track: contexts[call.actor], name: `${call.name}()`, category: 'call', from: call.from, to: call.to < 0 ? recording.time : call.to,
    args: { outcome: call.outcome, ...(call.result === undefined ? {} : { result: call.result }) },
  }));
}

/** Passes of the interrupt handler, around their steps. */
function passSlices(recording: Recording, contexts: readonly Track[]): Slice[] {
  const medium = mediumOf(recording);
  return runsOf(recording, (act) => medium.accesses(act)).map((run): Slice => ({
    track: contexts[run.actor], name: run.source < 0 ? 'spurious interrupt' : `interrupt, VIC ${run.source}`, category: 'interrupt',
    from: run.entered, to: recording.acts[run.acts[run.acts.length - 1]].at,
    args: { handled: run.handled === undefined ? 'no end' : run.handled ? 'IRQ_HANDLED' : 'IRQ_NONE', ...(run.phase === '' ? {} : { phase: run.phase }) },
  }));
}

/** Decisions and broken rules. */
function markSlices({ decisions, violations }: Recording, track: Track): Mark[] {
  return [
    ...decisions.map(({ decision, at }): Mark => ({
      track, name: `decision: ${decision.actor}: ${siteText(decision.label)} = ${decision.value}`, category: 'decision', at,
    })),
    ...violations.map(({ oracle, rule, message, at }): Mark => ({ track, name: `${oracle}/${rule}: ${message}`, category: 'violation', at })),
  ];
}

/** Flags, interrupt lines and the state of the interface, as numbers. */
function counters(recording: Recording): Count[] {
  const { wires, levels } = together([registers(recording), lines(recording)]);
  const shown = new Set(wires.filter(({ name, width }) => width === 1 && /^(?:kcs|vic|serirq\.IRQ)/.test(name)).map(({ name }) => name));
  const known = new Map<string, number>();
  return levels.flatMap(({ at, wire, value }): Count[] => {
    const level = Number(value);
    if (!shown.has(wire) || (known.get(wire) ?? 0) === level) return [];
    known.set(wire, level);
    return [{ name: wire, pid: WIRES, at, value: level }];
  });
}
