import { AppCmd } from '../ipmi/commands.ts';
import { MessageFlag } from '../ipmi/bmc-state.ts';
import { Lun, NetFn, netFnLun } from '../ipmi/netfn.ts';
import { SsifCmd } from '../ipmi/ssif.ts';
import { RecordingError, integer, string, type Fields, type Recording } from './recording.ts';
import { headerTransactions, type RecordedTransaction } from './transactions.ts';

/** Kinds of bus events: QEMU's `i2c_event`, `i2c_send` and `i2c_recv`. */
export const SSIF_EVENTS = ['start_send', 'send', 'start_recv', 'recv', 'nack', 'finish'] as const;
export type SsifEventKind = (typeof SSIF_EVENTS)[number];

/** One recorded event on the bus. */
export interface SsifEvent {
  /** Number in the recording. */
  readonly i: number;
  readonly kind: SsifEventKind;
  /** 7-bit address of the target. */
  readonly address: number;
  /** The byte of a send or recv; 0 else. */
  readonly value: number;
}

/** A recording of ipmi_ssif, checked and reduced to what is compared. */
export interface SsifRecord {
  readonly events: readonly SsifEvent[];
  /** Of the header; undefined: to be rebuilt from the writes. */
  readonly transactions: readonly RecordedTransaction[] | undefined;
  /** Whether the driver may be loaded in it: it holds more than one command's transactions. */
  readonly session: boolean;
}

/** Whether a recording is one of ipmi_ssif. */
export function isSsifHost({ header }: Recording): boolean {
  return header['client'] === 'ipmi_ssif';
}

/** Takes a recording of a host apart. Throws {@link RecordingError} if it is none. */
export function ssifRecord(recording: Recording): SsifRecord {
  const { header, lines } = recording;
  if (!isSsifHost(recording)) throw new RecordingError('header: client is not "ipmi_ssif"');
  const events: SsifEvent[] = [];
  for (const [at, line] of lines.entries()) {
    // Others are accesses to the ports of the SMBus controller.
    if (line['ev'] !== undefined) events.push(event(line, `line ${at + 2}`));
  }
  if (events.length === 0) throw new RecordingError('the recording has no bus event');
  return { events, transactions: headerTransactions(header), session: header['req'] === undefined && header['cmd'] === undefined };
}

function event(line: Fields, where: string): SsifEvent {
  const name = string(line, 'ev', where);
  const kind = SSIF_EVENTS.find((known) => known === name);
  if (kind === undefined) throw new RecordingError(`${where}: ev is "${name}"`);
  const value = kind === 'send' || kind === 'recv' ? integer(line, 'val', where) : 0;
  if (value < 0 || value > 0xff) throw new RecordingError(`${where}: val is not a byte`);
  return { i: integer(line, 'i', where), kind, address: integer(line, 'addr', where), value };
}

/** The bytes sent from the START at event `at` on, up to the next START or the end of the transaction. */
function sent(events: readonly SsifEvent[], at: number): number[] {
  const list: number[] = [];
  for (let i = at + 1; events[i]?.kind === 'send'; i++) list.push(events[i].value);
  return list;
}

/** The bytes received in the transaction that begins at event `at`. */
function received(events: readonly SsifEvent[], at: number): number[] {
  const list: number[] = [];
  for (let i = at; i < events.length && events[i].kind !== 'finish'; i++) {
    if (events[i].kind === 'recv') list.push(events[i].value);
  }
  return list;
}

/** Where the transaction after the one at `at` begins. */
function next(events: readonly SsifEvent[], at: number): number {
  let i = at + 1;
  while (i < events.length && events[i].kind !== 'start_send') i++;
  return i;
}

/** Whether an address alone is sent at event `at`. */
export function quickAhead(events: readonly SsifEvent[], at: number): boolean {
  return events[at]?.kind === 'start_send' && events[at + 1]?.kind === 'finish';
}

/** The request that is written from event `at` on, put together from its parts; undefined: there is none. */
export function requestAhead(events: readonly SsifEvent[], at: number): Uint8Array | undefined {
  if (events[at]?.kind !== 'start_send') return undefined;
  const [command, , ...message] = sent(events, at);
  if (command === SsifCmd.REQUEST) return Uint8Array.from(message);
  if (command !== SsifCmd.MULTI_PART_REQUEST_START) return undefined;
  for (let i = next(events, at); i < events.length; i = next(events, i)) {
    const [part, , ...more] = sent(events, i);
    if (part !== SsifCmd.MULTI_PART_REQUEST_MIDDLE && part !== SsifCmd.MULTI_PART_REQUEST_END) break;
    message.push(...more);
  }
  return Uint8Array.from(message);
}

/** Whether the last part of a long request is ever sent as 08h; true if none is long. */
export function endsWith08(events: readonly SsifEvent[]): boolean {
  let long = false;
  for (let i = 0; i < events.length; i = next(events, i)) {
    const [command] = sent(events, i);
    if (command === SsifCmd.MULTI_PART_REQUEST_END) return true;
    long ||= command === SsifCmd.MULTI_PART_REQUEST_START;
  }
  return !long;
}

/** Where the next request after the one at event `at` begins; the number of events if there is none. */
function afterRequest(events: readonly SsifEvent[], at: number): number {
  let i = next(events, at);
  while (i < events.length && requestAhead(events, i) === undefined && !quickAhead(events, i)) i = next(events, i);
  return i;
}

/** Whether the driver is loaded at event `at`: it scans the address, or asks for capabilities and goes on as the probe does. */
export function probeAhead(events: readonly SsifEvent[], at: number): boolean {
  if (quickAhead(events, at)) return true;
  if (!isApp(requestAhead(events, at), AppCmd.GET_SYSTEM_INTERFACE_CAPABILITIES)) return false;
  const then = requestAhead(events, afterRequest(events, at));
  if (then === undefined || isApp(then, AppCmd.CLEAR_MESSAGE_FLAGS)) return true;
  return isApp(then, AppCmd.GET_DEVICE_ID) && then.length > 2;
}

/**
 * Whether the request at event `at` is the driver's own Get Message Flags: its next one is what the flags in the
 * response ask for. By itself it is the same on the bus as one of the upper layer.
 */
export function flagFetchAhead(events: readonly SsifEvent[], at: number): boolean {
  if (!isApp(requestAhead(events, at), AppCmd.GET_MESSAGE_FLAGS)) return false;
  const flags = received(events, next(events, at))[4] ?? 0; // behind count and header
  const then = requestAhead(events, afterRequest(events, at));
  if ((flags & MessageFlag.WATCHDOG_PRE_TIMEOUT) !== 0) return isApp(then, AppCmd.CLEAR_MESSAGE_FLAGS);
  if ((flags & MessageFlag.RECEIVE_MESSAGE) !== 0) return isApp(then, AppCmd.GET_MESSAGE);
  return (flags & MessageFlag.EVENT_MESSAGE_BUFFER_FULL) !== 0 && isApp(then, AppCmd.READ_EVENT_MESSAGE_BUFFER);
}

function isApp(request: Uint8Array | undefined, cmd: number): boolean {
  return request !== undefined && request[0] === netFnLun(NetFn.APP, Lun.BMC) && request[1] === cmd;
}
