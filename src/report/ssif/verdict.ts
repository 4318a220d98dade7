import { SsifCmd } from '../../ipmi/index.ts';
import { hex, micros } from '../names.ts';
import { callsOf } from '../calls.ts';
import type { Verdict } from '../medium.ts';
import { messageName } from '../messages.ts';
import type { Recording } from '../recording.ts';
import { converseSsif, type Part } from './conversation.ts';
import { lostText } from './irq-rows.ts';
import { passesOf, type Pass } from './passes.ts';
import { SlaveEvent, bitsText } from './text.ts';
import { readIn, readsIn, refusedIn } from './transactions.ts';

/**
 * Judges both drivers by the recording. The bus driver owes its backend an event for each end and each beginning in
 * the status words; the backend owes the host that it takes a whole request of which it was told everything, and
 * is ready again after each STOP.
 */
export function ssifVerdict(recording: Recording): Verdict {
  const { parts } = converseSsif(recording);
  const passes = passesOf(recording);
  const bus = busFaults(recording, passes);
  const backend = [...stuckFaults(recording, passes), ...abortFaults(recording, parts, passes)];
  const faults = [...bus, ...backend].sort((one, other) => one.at - other.at);
  const reasons = faults.flatMap((fault) => (bus.includes(fault) ? [fault.text, ...orphanedReads(recording, passes)] : [fault.text]));
  return { blame: [...new Set(faults.map(({ who }) => who))], reasons: [...reasons, served(recording, parts)] };
}

interface Fault {
  readonly who: 'i2c-aspeed' | 'ssif-bmc';
  readonly at: number;
  readonly text: string;
}

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`);

/** Events that status words stood for, and that the bus driver did not tell. */
function busFaults(recording: Recording, passes: readonly Pass[]): readonly Fault[] {
  const losing = passes.filter(({ lost }) => lost.length > 0);
  const [first] = losing;
  if (first === undefined) return [];
  const { at } = recording.acts[first.act];
  const told = first.events.length === 0 ? 'nothing' : first.events.map(({ event }) => lostText(event)).join(', ');
  return [{
    who: 'i2c-aspeed', at,
    text: `i2c-aspeed reads INTR_STS=${hex(first.status)} (${bitsText(first.status)}) at ${micros(at)} us: an end and a beginning in one word, because the interrupt was taken after `
      + `the next address had come. It tells the backend ${told} and loses ${first.lost.map(lostText).join(', ')}; so ${times(losing.length)} in this run.`,
  }];
}

/** READ_REQUESTED in a state that has seen no command: the backend cannot know what is asked. */
function orphanedReads(recording: Recording, passes: readonly Pass[]): readonly string[] {
  const orphans = passes.filter(({ events, states }) => events.some(({ event }) => event === SlaveEvent.READ_REQUESTED) && states[0] === 'SSIF_READY');
  const [first] = orphans;
  if (first === undefined) return [];
  return [`So I2C_SLAVE_READ_REQUESTED reaches ssif-bmc in SSIF_READY (first at ${micros(recording.acts[first.act].at)} us, ${times(orphans.length)} in all), which has seen no command and can `
    + `only answer ${hex(Math.max(first.gives, 0))}: that is by its contract, and not its fault.`];
}

/** After STOP was told, the backend waits for a beginning. */
function stuckFaults(recording: Recording, passes: readonly Pass[]): readonly Fault[] {
  const stuck = passes.filter(({ events, states }) => events[events.length - 1]?.event === SlaveEvent.STOP && states.length > 1 && states[states.length - 1] !== 'SSIF_READY');
  const stays = passes.filter(({ events }, i) => events[events.length - 1]?.event === SlaveEvent.STOP && stateAfter(passes, i) !== 'SSIF_READY');
  const first = stuck[0] ?? stays[0];
  if (first === undefined) return [];
  const { at } = recording.acts[first.act];
  return [{
    who: 'ssif-bmc', at,
    text: `ssif-bmc is told I2C_SLAVE_STOP at ${micros(at)} us and stays in ${stateAfter(passes, passes.indexOf(first))}: it does not take what comes next for a beginning (${times(Math.max(stuck.length, stays.length))} in this run).`,
  }];
}

/** The backend's state after a pass. */
function stateAfter(passes: readonly Pass[], index: number): string {
  for (let i = index; i >= 0; i--) if (passes[i].states.length > 0) return passes[i].states[passes[i].states.length - 1];
  return 'SSIF_READY';
}

/** Requests of one part of which the backend was told everything from SSIF_READY on, and which it aborts all the same. */
function abortFaults(recording: Recording, parts: readonly Part[], passes: readonly Pass[]): readonly Fault[] {
  const aborted = parts.filter((part) => {
    const { transaction, command } = part;
    if (command !== SsifCmd.REQUEST || transaction.end !== 'stop' || refusedIn(transaction)) return false;
    const own = passes.filter(({ act }) => act >= transaction.first && act <= transaction.last);
    return own[0]?.states[0] === 'SSIF_READY' && own.every(({ lost }) => lost.length === 0) && own.some(({ states }) => states.includes('SSIF_ABORTING'));
  });
  const [first] = aborted;
  if (first === undefined) return [];
  const { transaction, message } = first;
  const left = unfetched(recording, parts, first) ? ' The response to the request before it had been accepted, and never fetched.' : '';
  return [{
    who: 'ssif-bmc', at: transaction.from,
    text: `ssif-bmc aborts ${messageName(message)} at ${micros(transaction.from)} us, although it is told every byte of it in order, from SSIF_READY on (${times(aborted.length)} in this run).${left}`,
  }];
}

/** When a part begins, write() has accepted a response to the request before it, which the host has never got. */
function unfetched(recording: Recording, parts: readonly Part[], part: Part): boolean {
  const before = parts.findLast(({ message }) => message.kind === 'request' && message.from < part.message.from)?.message;
  if (before === undefined || before.ending === 'answered') return false;
  return callsOf(recording).some(({ name, outcome, to }) => name === 'write' && outcome === 'done' && to >= before.sent && to <= part.transaction.from);
}

/** What the host has of it. */
function served(recording: Recording, parts: readonly Part[]): string {
  const requests = [...new Set(parts.map(({ message }) => message))].filter(({ kind }) => kind === 'request');
  const answered = requests.filter(({ ending }) => ending === 'answered').length;
  const empty = parts.filter(({ transaction }) => readsIn(transaction) && transaction.end === 'stop' && readIn(transaction)[0] === 0).length;
  return `The host has an answer to ${answered} of ${requests.length} request${requests.length === 1 ? '' : 's'}${empty === 0 ? '' : `, and count 00h from ${empty} read${empty === 1 ? '' : 's'}`}, `
    + `by ${micros(recording.time)} us.`;
}
