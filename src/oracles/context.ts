import type { Ps, Simulator } from '../sim/index.ts';
import type { BtWire } from './bt-wire.ts';
import type { KcsWire } from './kcs-wire.ts';
import type { RequestLog } from './request-log.ts';
import type { SsifWire } from './ssif-wire.ts';

/** What the oracles of every interface may ask of the system, beside the trace. */
export interface SystemView {
  readonly sim: Simulator;
  readonly wire: RequestLog;
  /** The interface as the host sees it now, for messages: `STR=40h READ`. */
  face(): string;
  /** The interface itself is stuck: what became of the request cannot be told yet. */
  stuck(): boolean;
  /** The host can see that its request came to nothing. */
  refused(): boolean;
  /** For how long the driver has to keep a request that nobody reads or answers, ps. */
  readonly keeps: Ps;
  /** The driver has to keep it, or to tell the host, when the device is closed. */
  readonly minds: boolean;
  /** The driver still has a response that nobody fetches. */
  holdsResponse(): boolean;
  /** The driver is bound to the channel. */
  bound(): boolean;
  /** A daemon has the device open. */
  open(): boolean;
  /** It also still reads from it. */
  serving(): boolean;
  /** Until when it makes the host wait itself, ps: by answers that take long, or by an SMS_ATN that it has forgotten. */
  hindersUntil(): Ps;
  /** The daemon may mix up answers by itself: its threads share no lock. */
  answersMix(): boolean;
  /** The daemon reads on while it makes an answer, and picks the request that it is for by itself. */
  readsOn(): boolean;
  /** The daemon was built for other messages than the driver has: it makes nothing of them. */
  misfits(): boolean;
  /** The host has written over a message that the BMC may have been reading: what is read is nobody's fault. */
  garbled(): boolean;
  /** The request in hand cannot be told, by what the protocol compares, from one that may still be answered. */
  ambiguous(): boolean;
  /** The driver of the host's own controller has made the response up: what the BMC sent was none. */
  madeUp(): boolean;
}

/** What the oracles of KCS may ask. */
export interface KcsSystemView extends SystemView {
  readonly wire: KcsWire;
  /** STR of the channel, without side effects. */
  str(): number;
  /** The interface state that the driver's phase means, or -1. */
  stateOfPhase(): number;
  phaseName(): string;
  /** The driver is inside a critical section. */
  busy(): boolean;
}

/** What the oracles of SSIF may ask. */
export interface SsifSystemView extends SystemView {
  readonly wire: SsifWire;
  /** The state of the driver by name: `SSIF_READY`. */
  stateName(): string;
  /** The driver asks for a NAK: a request is in hand. */
  refuses(): boolean;
  /** A status bit of the I2C engine is pending that the BMC is to be interrupted for. */
  pending(): boolean;
  /** A driver is inside a critical section. */
  busy(): boolean;
}

/** What the oracles of BT may ask. */
export interface BtSystemView extends SystemView {
  readonly wire: BtWire;
  /** BT_CTRL, without side effects. */
  ctrl(): number;
  /** A call is inside the driver's critical section. */
  busy(): boolean;
  /** The host is driven by its driver now, not by other software. */
  polite(): boolean;
}

/** One KCS channel, whatever it is used for. */
export interface ChannelView {
  readonly sim: Simulator;
  readonly wire: { readonly channel: number };
  /** STR of the channel, without side effects. */
  str(): number;
}

/** What the oracles of the raw KCS device may ask. */
export interface RawSystemView extends ChannelView {
  /** The driver is bound to the channel. */
  bound(): boolean;
  /** A process has the device open. */
  open(): boolean;
  /** It also still uses it. */
  serving(): boolean;
  /** The driver holds a byte for the next read(). */
  holds(): boolean;
  /** The thread sleeps until the driver wakes it. */
  asleep(actor: number): boolean;
  /** What the driver holds and listens for, for messages. */
  phaseName(): string;
}

/** One call on the raw KCS device as the oracles see it, as it begins and as it returns. */
export interface RawCallSeen {
  readonly thread: string;
  readonly actor: number;
  readonly name: 'read' | 'write' | 'poll';
  /** Bytes; of poll() the events. */
  readonly count: number;
  readonly pos: number;
  readonly nonBlocking: boolean;
  readonly result: number;
  readonly bytes: Uint8Array;
  readonly slept: boolean;
  readonly signalled: boolean;
  readonly pageEnd: number;
  readonly nextPage: 'resident' | 'not-resident' | 'unmapped';
}

/** One read() as the oracles see it; see the daemon's witness. */
export interface ReadSeen {
  readonly thread: string;
  readonly result: number;
  readonly bytes: Uint8Array;
  readonly seq: number;
  readonly count: number;
  readonly nonBlocking: boolean;
  readonly signalled: boolean;
  readonly pageEnd: number;
  readonly nextPage: 'resident' | 'not-resident' | 'unmapped';
}

/** One write() as the oracles see it. */
export interface WriteSeen {
  readonly thread: string;
  readonly result: number;
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly request: Uint8Array;
  readonly requestLength: number;
  /** It answers another command than the request's. */
  readonly mixedUp: boolean;
}

/** A monitor. Each hook is optional; all are told in the order in which the oracles were listed. */
export interface Oracle {
  /** The names of the contract under which it reports. */
  readonly names: readonly string[];
  hostBegan?(request: Uint8Array, length: number): void;
  hostResponded?(response: Uint8Array, length: number): void;
  hostBroke?(section: string, what: string): void;
  hostAbandoned?(why: string): void;
  hostGaveUp?(what: string): void;
  daemonReads?(thread: string): void;
  daemonRead?(read: ReadSeen): void;
  daemonWrote?(write: WriteSeen): void;
  daemonCloses?(thread: string): void;
  daemonClosed?(thread: string): void;
  rawBegins?(call: RawCallSeen): void;
  rawReturned?(call: RawCallSeen): void;
  /** A process has opened the raw device, or closed it. */
  rawOpened?(): void;
  rawClosed?(): void;
  packetSent?(side: 'bmc' | 'host', packet: Uint8Array, length: number): void;
  packetReceived?(side: 'bmc' | 'host', packet: Uint8Array, length: number): void;
  packetDropped?(side: 'bmc' | 'host', why: string): void;
  /** The host wants a channel: what was under way is void. */
  channelStarts?(): void;
  /** The host got no answer; `instance` of the request, -1: no channel. */
  packetGaveUp?(what: string, instance: number): void;
  /** A system call has returned, or an interrupt was handled. */
  settled?(): void;
  /** The run is over; `satisfied`: the polite host's last request, made at `askedAt`, was answered. */
  finish?(satisfied: boolean, askedAt: Ps): void;
}
