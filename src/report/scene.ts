import type { Loop } from '../explore/index.ts';
import type { Decision, Ps, Violation } from '../sim/index.ts';
import { callsOf, type Call } from './calls.ts';
import { mediumOf, type Medium } from './medium.ts';
import type { Conversation, Message } from './messages.ts';
import { tagOf } from './names.ts';
import { runsOf, type HandlerRun } from './runs.ts';
import { UNBINDER, type Hold, type Recording } from './recording.ts';

/** A recording with all that was made out of it, and what of it matters. */
export interface Scene {
  readonly recording: Recording;
  readonly medium: Medium;
  readonly conversation: Conversation;
  readonly calls: readonly Call[];
  readonly runs: readonly HandlerRun[];
  readonly violation: Violation | undefined;
  /** In which the run ends, if that was looked for and is so. */
  readonly loop: Loop | undefined;
  /** Nothing is folded or left out. */
  readonly all: boolean;
  /** Messages that are shown in detail; the others are one line each. */
  readonly detailed: ReadonlySet<Message>;
  /** The message that is under way at the end, if that is what it is about. */
  readonly last: Message | undefined;
  /** By act: the call to which it belongs. */
  readonly callAt: ReadonlyMap<number, Call>;
  /** Acts of the interrupt handlers. */
  readonly handled: ReadonlySet<number>;
  /** Calls of which every step is shown. */
  readonly stepwise: ReadonlySet<Call>;
  /** What is shown. */
  readonly from: Ps;
  readonly to: Ps;
}

export interface Focus {
  /** The breach that it is about; the first if not given, null: none. */
  readonly violation?: Violation | null;
  /** The loop in which the run ends, as findLoop() has found it; null: none. */
  readonly loop?: Loop | null;
  /** Shows the whole run, and every message in detail, rather than what matters. */
  readonly all?: boolean;
  /** Shows from here on, rather than from the first moment that matters. */
  readonly from?: Ps;
  /** Shows up to here, rather than up to the violation. */
  readonly to?: Ps;
}

/** Finds what of a recording matters. */
export function sceneOf(recording: Recording, focus: Focus = {}): Scene {
  const medium = mediumOf(recording);
  const { conversation } = medium;
  const calls = callsOf(recording);
  const violation = focus.violation === undefined ? recording.violations[0] : focus.violation ?? undefined;
  const all = focus.all === true;
  const to = focus.to ?? (all ? recording.time : violation?.at ?? recording.time);
  const runs = runsOf(recording, (act) => medium.accesses(act));
  const detailed = all ? new Set(conversation.messages) : detail(recording, conversation, runs, violation, to);
  const first = all ? 0 : Math.min(firstMoment(recording, detailed, to), violation?.oracle === 'use-after-free' ? freed(recording, to) : to);
  const from = focus.from ?? first;
  return {
    recording, medium, conversation, calls, runs, violation, loop: focus.loop ?? undefined, all, detailed, from, to,
    last: violation === undefined ? undefined : conversation.messages.findLast((message) => message.from <= to),
    callAt: callsByAct(recording, calls), handled: new Set(runs.flatMap((run) => run.acts)),
    stepwise: all ? new Set(calls) : stepwise(recording, calls, violation),
  };
}

function callsByAct(recording: Recording, calls: readonly Call[]): Map<number, Call> {
  const byAct = new Map<number, Call>();
  const first = new Map<number, Call>();
  for (const call of calls) first.set(call.first, call);
  const running = new Map<number, Call>();
  for (const [index, { actor }] of recording.acts.entries()) {
    const call = first.get(index) ?? running.get(actor);
    if (call === undefined || call.actor !== actor) continue;
    byAct.set(index, call);
    if (call.last === index) running.delete(actor);
    else running.set(actor, call);
  }
  return byAct;
}

/** Whether a stall is on at some time in [from, to]. */
export function heldWithin(hold: Hold, from: Ps, to: Ps): boolean {
  return hold.from <= to && (hold.to < 0 || hold.to >= from);
}

/** A decision that says how the run is made up, not what happens when. */
export function isSetting(decision: Decision): boolean {
  return decision.kind === 'config' || decision.label === 'more requests';
}

/** It changes what goes on, not only what comes next. */
function bitesAtOnce(decision: Decision): boolean {
  return !isSetting(decision) && !['gap', 'length', 'request buffer', 'short buffer'].includes(decision.label);
}

/** So many messages that pass while somebody is held are shown in detail; more of them are one row each. */
const PASSING = 2;

/** A move of the host is made of at most so many messages: one, and that for which it is given up, or bytes out of place. */
const OF_MOVE = 2;

function detail(recording: Recording, { messages, places }: Conversation, runs: readonly HandlerRun[], violation: Violation | undefined, to: Ps): Set<Message> {
  const begun = messages.filter((message) => message.from <= to);
  const chosen = new Set<Message>();
  const passing: Message[] = [];
  for (const message of begun) {
    const end = message.to < 0 ? recording.time : message.to;
    const within = (at: Ps) => at >= message.from && at <= end;
    const turns = recording.holds.some((hold) => within(hold.from) || within(hold.to));
    if (turns || recording.decisions.some(({ decision, at }) => bitesAtOnce(decision) && within(at))) chosen.add(message);
    else if (recording.holds.some((hold) => heldWithin(hold, message.from, end))) passing.push(message);
  }
  if (passing.length <= PASSING) for (const message of passing) chosen.add(message);
  for (const tag of mentioned(violation)) {
    const last = begun.findLast((message) => message.kind === 'request' && tagOf(message.bytes) === tag);
    if (last !== undefined) chosen.add(last);
  }
  for (const { decision, at } of recording.decisions) {
    if (isSetting(decision) || decision.kind === 'stall') continue;
    for (const message of moved(begun.filter(({ from }) => from >= at))) chosen.add(message);
  }
  // Only a request is to wake a reader: what else has done so is what it goes by.
  const woken = runs.filter((run) => run.woke && run.entered <= to).map(({ acts }) => places[acts[acts.length - 1]]?.message);
  const waker = woken.findLast((message) => message !== undefined && message.kind !== 'request');
  if (waker !== undefined && violation !== undefined) chosen.add(waker);
  const last = begun[begun.length - 1];
  if (last !== undefined && violation !== undefined) chosen.add(last);
  if (chosen.size === 0 && begun.length > 0) chosen.add(begun[0]);
  return chosen;
}

/** Of the messages behind a decision those of which it is about: the first, and what comes in place of its rest. */
function moved(messages: readonly Message[]): readonly Message[] {
  const whole = messages.findIndex(({ kind, ending }) => kind !== 'stray' && ending !== 'restarted' && ending !== 'aborted');
  return messages.slice(0, Math.min(whole < 0 ? OF_MOVE : whole + 1, OF_MOVE));
}

/** The tags of which the violation speaks. */
function mentioned(violation: Violation | undefined): ReadonlySet<number> {
  const tags = new Set<number>();
  for (const [, tag] of violation?.message.matchAll(/\btag (\d+)/g) ?? []) tags.add(Number(tag));
  return tags;
}

/** The first decision, or the beginning of the oldest message involved. */
function firstMoment(recording: Recording, detailed: ReadonlySet<Message>, to: Ps): Ps {
  let from = to;
  for (const { decision, at } of recording.decisions) if (!isSetting(decision) && at < from) from = at;
  for (const message of detailed) if (message.from < from) from = message.from;
  return from;
}

/** When memory began to go, of which the violation speaks: the driver's removal, or the kfree() itself. */
function freed({ acts, contexts, kinds }: Recording, to: Ps): Ps {
  const act = acts.find(({ actor, events }) => contexts[actor] === UNBINDER || events.some(({ code }) => kinds[code].name === 'bmc.kfree'));
  return act?.at ?? to;
}

/** Calls in which somebody is held, or in which the rule is broken. */
function stepwise(recording: Recording, calls: readonly Call[], violation: Violation | undefined): Set<Call> {
  const chosen = new Set<Call>();
  for (const call of calls) {
    const end = call.to < 0 ? recording.time : call.to;
    const held = recording.holds.some((hold) => hold.actor === call.actor && hold.from >= call.from && hold.from <= end);
    const name = recording.contexts[call.actor];
    const broken = violation !== undefined && violation.at >= call.from && violation.at <= end && violation.site.startsWith(`${name} `);
    const endless = violation !== undefined && violation.rule === 'endless' && violation.at >= call.from && violation.at <= end;
    if (held || broken || endless) chosen.add(call);
  }
  return chosen;
}
