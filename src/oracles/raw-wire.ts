import { Str } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';
import { RequestLog } from './request-log.ts';

/** Follows one channel that is used for single bytes: what the BMC has taken from IDR, and put into ODR. */
export class RawWire extends RequestLog {
  readonly channel: number;
  /** Bytes that the BMC has taken from IDR while IBF was 1, and no read() has handed out yet; oldest first. */
  readonly pending: number[] = [];
  /** Reads of IDR, and writes of ODR and STR, in this run. */
  idrReads = 0;
  odrWrites = 0;
  /** By context: writes of ODR, and changes of the bits of STR that are software's. */
  private readonly odrBy: number[] = [];
  private readonly strBy: number[] = [];

  constructor(sim: Simulator, channel: number) {
    super(sim);
    this.channel = channel;
    const { trace } = sim;
    trace.on(trace.code('bmc.idr.read'), (_at, _actor, value, flags, ch) => {
      if (ch !== channel) return;
      this.idrReads++;
      if ((flags & Str.IBF) !== 0) this.pending.push(value);
    });
    trace.on(trace.code('bmc.odr.write'), (_at, actor, _value, _obf, ch) => {
      if (ch !== channel) return;
      this.odrWrites++;
      this.odrBy[actor] = (this.odrBy[actor] ?? 0) + 1;
    });
    trace.on(trace.code('bmc.str.write'), (_at, actor, before, after, ch) => {
      if (ch === channel && before !== after) this.strBy[actor] = (this.strBy[actor] ?? 0) + 1;
    });
    sim.onReset(() => {
      this.pending.length = 0;
      this.idrReads = 0;
      this.odrWrites = 0;
      this.odrBy.length = 0;
      this.strBy.length = 0;
    });
  }

  /** Forgets what `actor` has written. */
  watch(actor: number): void {
    this.odrBy[actor] = 0;
    this.strBy[actor] = 0;
  }

  /** What `actor` has written since: bytes to ODR, and changes of STR. */
  written(actor: number): { readonly odr: number; readonly str: number } {
    return { odr: this.odrBy[actor] ?? 0, str: this.strBy[actor] ?? 0 };
  }
}
