import { KcsControl, KcsState, Str, stateOf } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';
import { RequestLog } from './request-log.ts';

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
export class KcsWire extends RequestLog {
  readonly channel: number;
  phase: WirePhase = WirePhase.idle;
  /** STR as far as it is known. */
  str = 0;
  private errorBeforeAbort = false;
  /** ODR holds a byte that the host has not read. */
  private unread = false;
  /** That byte was there before the status code was asked for: the host has not cleared OBF first (figure 9-8). */
  private stale = false;
  readonly listeners: WireListener[] = [];

  constructor(sim: Simulator, channel: number) {
    super(sim);
    this.channel = channel;
    const { trace } = sim;
    trace.on(trace.code('bmc.idr.read'), (_at, _actor, value, flags, ch) => {
      if (ch !== channel || (flags & Str.IBF) === 0) return;
      if ((flags & Str.C_D) !== 0) this.command(value);
      else this.data(value);
    });
    trace.on(trace.code('bmc.str.write'), (_at, _actor, _before, after, ch) => {
      if (ch !== channel) return;
      if ((after & Str.OBF) === 0) this.unread = this.stale = false;
      this.status(after);
    });
    trace.on(trace.code('host.idr.write'), (_at, _actor, value, flags, ch) => {
      if (ch === channel && (flags & Str.C_D) !== 0 && value === KcsControl.GET_STATUS_ABORT) {
        this.errorBeforeAbort = stateOf(this.str) === KcsState.ERROR;
      }
    });
    trace.on(trace.code('bmc.odr.write'), (_at, _actor, _value, _obf, ch) => {
      if (ch !== channel) return;
      this.unread = true;
      this.stale = false;
    });
    trace.on(trace.code('host.odr.read'), (_at, _actor, value, obf, ch) => {
      if (ch !== channel) return;
      const { stale } = this;
      this.unread = this.stale = false;
      if (stale || obf === 0 || this.phase !== WirePhase.abortCode || stateOf(this.str) !== KcsState.READ) return;
      this.phase = WirePhase.idle;
      for (const listener of this.listeners) listener.statusCode?.(value, this.errorBeforeAbort);
    });
    sim.onReset(() => {
      this.phase = WirePhase.idle;
      this.str = 0;
      this.errorBeforeAbort = false;
      this.unread = false;
      this.stale = false;
    });
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

  private command(code: number): void {
    switch (code) {
      case KcsControl.WRITE_START:
        this.begin();
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
        current!.append(byte);
        return;
      case WirePhase.ending:
        current!.append(byte);
        this.complete();
        this.phase = WirePhase.response;
        return;
      case WirePhase.abort:
        this.phase = WirePhase.abortCode;
        this.stale = this.unread;
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
