import { BT_REQUEST_LEAST, BtCtrl, RESPONSE_BIT } from '../ipmi/index.ts';
import type { Simulator } from '../sim/index.ts';
import type { Oracle } from './context.ts';
import { RequestLog, type WireRequest } from './request-log.ts';

/** The largest FIFO, bytes. */
const LARGEST = 256;
/** The place of a byte that a FIFO did not take. */
const OUTSIDE = -1;
/** Bytes of a request that are looked at. */
const KEPT = 256;
/** While one of these is set the host leaves HOST2BMC alone (IPMI 11.7). */
const TAKEN = BtCtrl.B_BUSY | BtCtrl.H2B_ATN;

/** What stands in a FIFO, as far as its writer has filled it. */
class Shadow {
  private readonly bytes = new Uint8Array(LARGEST);
  private depth: number;
  /** The writer has gone past the end since it last cleared its pointer. */
  overrun = false;

  constructor(depth: number) {
    this.depth = depth;
  }

  reset(): void {
    this.bytes.fill(0);
    this.overrun = false;
  }

  write(value: number, place: number): void {
    if (place === OUTSIDE) this.overrun = true;
    else this.bytes[place] = value;
  }

  /** What a reader from the start gets at `place`: past the end a FIFO gives 0. */
  at(place: number): number {
    return place < this.depth ? this.bytes[place] : 0;
  }

  get length(): number {
    return this.bytes[0];
  }
}

/**
 * Follows the iBT block from the trace: each request as it stood in HOST2BMC when the host raised H2B_ATN (IPMI 11.7),
 * without length byte and sequence number. The ground truth against which the driver's messages are judged.
 */
export class BtWire extends RequestLog implements Oracle {
  readonly names: readonly string[] = [];
  private readonly host2bmc: Shadow;
  private readonly bmc2host: Shadow;
  private ctrl = 0;
  /** Number of the request that the BMC has taken last, by clearing H2B_ATN (IPMI 11.7); -1: none. */
  taken = -1;
  /** B_BUSY was set because of a request: the BMC reads it. */
  private reading = false;
  /** The BMC has written into BMC2HOST since it last raised B2H_ATN. */
  private written = false;
  /** Told when it raises B2H_ATN, and has written nothing. */
  onEmptyOffer: () => void = () => {};
  /** The host has written into HOST2BMC while the BMC was reading it, or could begin to. */
  garbled = false;
  /**
   * What answers the request in hand cannot be told: NetFn, Cmd and sequence number are those of one whose answer the
   * host has not taken, or the host has raised H2B_ATN for something else than it meant to ask.
   */
  ambiguous = false;
  /** What the host means to ask, until it raises H2B_ATN. */
  private readonly meant = new Uint8Array(KEPT);
  private meantLength = -1;

  constructor(sim: Simulator, depth: number) {
    super(sim);
    this.host2bmc = new Shadow(depth);
    this.bmc2host = new Shadow(depth);
    const { trace } = sim;
    trace.on(trace.code('host.bt.fifo.write'), (_at, _actor, value, place) => {
      if (this.reading || (this.ctrl & BtCtrl.H2B_ATN) !== 0) this.garbled = true;
      this.host2bmc.write(value, place);
    });
    trace.on(trace.code('host.bt.ctrl.write'), (_at, _actor, value, before, after) => {
      this.ctrl = after;
      if ((before & ~after & BtCtrl.B2H_ATN) !== 0) this.answered();
      if ((value & BtCtrl.CLR_WR_PTR) !== 0) this.host2bmc.overrun = false;
      if ((value & BtCtrl.H2B_ATN) !== 0) this.latch((before & TAKEN) === 0);
    });
    trace.on(trace.code('bmc.bt.fifo.write'), (_at, _actor, value, place) => {
      this.written = true;
      this.bmc2host.write(value, place);
    });
    trace.on(trace.code('bmc.bt.ctrl.write'), (_at, _actor, _value, before, after) => {
      this.ctrl = after;
      const turned = before ^ after;
      if ((turned & after & BtCtrl.B2H_ATN) !== 0) this.offer();
      if ((turned & before & BtCtrl.H2B_ATN) !== 0) this.taken = this.begun - 1;
      if ((turned & BtCtrl.B_BUSY) !== 0) this.reading = (after & BtCtrl.B_BUSY) !== 0 && (before & BtCtrl.H2B_ATN) !== 0;
    });
    sim.onReset(() => {
      this.host2bmc.reset();
      this.bmc2host.reset();
      this.ctrl = 0;
      this.taken = -1;
      this.reading = false;
      this.written = false;
      this.garbled = false;
      this.ambiguous = false;
      this.meantLength = -1;
    });
  }

  hostBegan(request: Uint8Array, length: number): void {
    this.meantLength = length;
    for (let i = 0; i < length && i < KEPT; i++) this.meant[i] = request[i];
  }

  /** The host has its response: what it asked is done with. */
  hostResponded(): void {
    this.drop();
  }

  /** H2B_ATN: what is in the FIFO is a request; `due`: by IPMI 11.7 the host may make one. */
  private latch(due: boolean): void {
    const { host2bmc } = this;
    const { length } = host2bmc;
    const request = this.begin();
    for (let place = 1; place <= length; place++) {
      if (place === 2) request.seq = host2bmc.at(place);
      else request.append(host2bmc.at(place));
    }
    const asked = request.equals(this.meant, this.meantLength);
    this.meantLength = -1;
    this.ambiguous = !asked || this.unanswered(request.bytes[0], request.bytes[1], request.seq, request) !== null;
    this.complete();
    if (!due || !asked || this.garbled || length < BT_REQUEST_LEAST || host2bmc.overrun) this.abandon();
  }

  /** B2H_ATN: of a response that is none the host gets what was there before. */
  private offer(): void {
    if (!this.written) {
      this.ambiguous = true;
      this.onEmptyOffer();
    }
    this.written = false;
  }

  /** The host has taken a response: the oldest request that fits has had its answer. */
  private answered(): void {
    const { bmc2host } = this;
    const request = this.unanswered(bmc2host.at(1) & ~RESPONSE_BIT, bmc2host.at(3), bmc2host.at(2), null);
    if (request !== null) request.responded = true;
  }

  /** The oldest request but `not` of that NetFn/LUN, Cmd and sequence number that no response has come to. */
  private unanswered(netFnLun: number, cmd: number, seq: number, not: WireRequest | null): WireRequest | null {
    for (const request of this.requests()) {
      const { bytes } = request;
      if (request !== not && !request.responded && request.seq === seq && bytes[0] === netFnLun && bytes[1] === cmd) return request;
    }
    return null;
  }
}
