import { KcsControl, KcsState, Str, stateOf } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';

/** Longest request that is kept, bytes; of longer ones only the length counts. */
const KEPT = 1200;
/** Requests of one run that are kept. */
const REQUESTS = 64;

/** One request as the BMC has latched it from IDR, byte by byte, with IBF=1. */
export class WireRequest {
  readonly bytes = new Uint8Array(KEPT);
  length = 0;
  /** The byte after WRITE_END has been read. */
  complete = false;
  /** The host still wants an answer, and the BMC has not refused it by ERROR_STATE. */
  owed = false;
  /** The host has let go of it. */
  abandoned = false;
  /** Times that it was handed to a daemon. */
  delivered = 0;
  /** A response was accepted by the driver while this was the request in hand. */
  answered = false;
  /** read() refused to hand it out because the daemon's buffer is too short. */
  overflowed = false;
  /** write() refused a response to it. */
  refused = false;

  reset(): void {
    this.length = 0;
    this.complete = false;
    this.owed = false;
    this.abandoned = false;
    this.delivered = 0;
    this.answered = false;
    this.overflowed = false;
    this.refused = false;
  }

  equals(bytes: Uint8Array, length: number): boolean {
    if (length !== this.length || length > KEPT) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.bytes[i]) return false;
    return true;
  }

  /** How far `bytes[from..length)` is what stands here in the same place: up to the index returned. */
  agreesTo(bytes: Uint8Array, from: number, length: number): number {
    const end = Math.min(length, this.length, KEPT);
    let at = from;
    while (at < end && bytes[at] === this.bytes[at]) at++;
    return at;
  }

  /** Whether `bytes[0..length)` is the beginning of this request, and less than all of it. */
  beginsWith(bytes: Uint8Array, length: number): boolean {
    if (length >= this.length) return false;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.bytes[i]) return false;
    return true;
  }
}

/** Where the wire stands, by what the host has written and the BMC read (IPMI 2.0 figures 9-6 to 9-8). */
export const WirePhase = { idle: 0, writing: 1, ending: 2, response: 3, abort: 4, abortCode: 5 } as const;
export type WirePhase = (typeof WirePhase)[keyof typeof WirePhase];

/** What an oracle may want to hear from the wire. */
export interface WireListener {
  /** The BMC has read a control code that is illegal, or illegal here. */
  illegalCommand?(code: number): void;
  /** The host has read the status code of an abort (Table 9-4); `own`: the BMC was in ERROR_STATE before. */
  statusCode?(code: number, own: boolean): void;
}

/** Follows one channel from the trace; the ground truth against which the driver's messages are judged. */
export class KcsWire {
  readonly sim: Simulator;
  readonly channel: number;
  phase: WirePhase = WirePhase.idle;
  private readonly pool: WireRequest[] = Array.from({ length: REQUESTS }, () => new WireRequest());
  private used = 0;
  /** The request that is being written or waits for its answer. */
  current: WireRequest | null = null;
  /** STR as far as it is known. */
  str = 0;
  private errorBeforeAbort = false;
  readonly listeners: WireListener[] = [];

  constructor(sim: Simulator, channel: number) {
    this.sim = sim;
    this.channel = channel;
    const { trace } = sim;
    trace.on(trace.code('bmc.idr.read'), (_at, _actor, value, flags, ch) => {
      if (ch !== channel || (flags & Str.IBF) === 0) return;
      if ((flags & Str.C_D) !== 0) this.command(value);
      else this.data(value);
    });
    trace.on(trace.code('bmc.str.write'), (_at, _actor, _before, after, ch) => {
      if (ch === channel) this.status(after);
    });
    trace.on(trace.code('host.idr.write'), (_at, _actor, value, flags, ch) => {
      if (ch === channel && (flags & Str.C_D) !== 0 && value === KcsControl.GET_STATUS_ABORT) {
        this.errorBeforeAbort = stateOf(this.str) === KcsState.ERROR;
      }
    });
    trace.on(trace.code('host.odr.read'), (_at, _actor, value, obf, ch) => {
      if (ch !== channel || obf === 0 || this.phase !== WirePhase.abortCode || stateOf(this.str) !== KcsState.READ) return;
      this.phase = WirePhase.idle;
      for (const listener of this.listeners) listener.statusCode?.(value, this.errorBeforeAbort);
    });
    sim.onReset(() => {
      for (let i = 0; i < this.used; i++) this.pool[i].reset();
      this.used = 0;
      this.current = null;
      this.phase = WirePhase.idle;
      this.str = 0;
      this.errorBeforeAbort = false;
    });
  }

  /** Requests of this run, oldest first. */
  *requests(): Generator<WireRequest> {
    for (let i = 0; i < this.used; i++) yield this.pool[i];
  }

  /** Requests that have begun in this run. */
  get begun(): number {
    return this.used;
  }

  /** A transfer is under way: the BMC owes the host a response or ERROR_STATE. */
  get inProgress(): boolean {
    switch (this.phase) {
      case WirePhase.writing:
      case WirePhase.ending:
      case WirePhase.response:
        return this.current !== null && !this.current.abandoned;
      default:
        return false; // an abort is no transfer
    }
  }

  /** The host no longer wants an answer to what it has sent. */
  abandon(): void {
    if (this.current === null) return;
    this.current.owed = false;
    this.current.abandoned = true;
  }

  /** The request in hand has come to its end, whatever it was. */
  private drop(): void {
    this.abandon();
    this.current = null;
  }

  private command(code: number): void {
    switch (code) {
      case KcsControl.WRITE_START:
        this.drop();
        this.current = this.pool[this.used < REQUESTS ? this.used++ : REQUESTS - 1];
        this.current.reset();
        this.phase = WirePhase.writing;
        return;
      case KcsControl.WRITE_END:
        if (this.phase === WirePhase.writing) {
          this.phase = WirePhase.ending;
          return;
        }
        break;
      case KcsControl.GET_STATUS_ABORT:
        this.drop();
        this.phase = WirePhase.abort;
        return;
    }
    this.drop();
    this.phase = WirePhase.idle;
    for (const listener of this.listeners) listener.illegalCommand?.(code);
  }

  private data(byte: number): void {
    const { current } = this;
    switch (this.phase) {
      case WirePhase.writing:
        append(current!, byte);
        return;
      case WirePhase.ending:
        append(current!, byte);
        current!.complete = true;
        current!.owed = !current!.abandoned;
        this.phase = WirePhase.response;
        return;
      case WirePhase.abort:
        this.phase = WirePhase.abortCode;
        return;
      case WirePhase.response:
        // READ asks for the next byte; anything else ends the transfer.
        if (byte === KcsControl.READ) return;
        break;
    }
    this.drop();
    if (this.phase !== WirePhase.abortCode) this.phase = WirePhase.idle;
  }

  private status(after: number): void {
    const before = stateOf(this.str);
    this.str = after;
    const state = stateOf(after);
    if (state === before) return;
    if (state === KcsState.ERROR) {
      this.drop(); // the host is told that its request came to nothing
      this.phase = WirePhase.idle;
    } else if (state === KcsState.IDLE && this.phase === WirePhase.response) {
      this.drop();
      this.phase = WirePhase.idle;
    }
  }
}

function append(request: WireRequest, byte: number): void {
  if (request.length < KEPT) request.bytes[request.length] = byte;
  request.length++;
}
