import type { PortReg } from '../../../src/host/io.ts';
import { BT_BUFFER, BT_CTRL } from '../../../src/host/bt/bt-ports.ts';
import { BtCtrl, BtIntMask } from '../../../src/ipmi/bt.ts';
import { END_OF_TIME, type Ps } from '../../../src/sim/time.ts';
import { FakeIo } from '../fake-io.ts';

const IRQ = BtIntMask.B2H_IRQ | BtIntMask.B2H_IRQ_EN;

/**
 * A tiny BMC behind BT ports: it takes a request some time after H2B_ATN, is busy meanwhile only, and puts the response into the
 * buffer some time later, as soon as the host lets it.
 */
export class FakeBtBmc extends FakeIo {
  protected readonly statusReg = BT_CTRL;
  ctrl = 0;
  intmask = 0;
  /** Bytes of each buffer. */
  depth = 64;
  /** How often B2H_ATN has to be cleared until it is. */
  hits = 1;
  /** Takes no request. */
  deaf = false;
  /** What it puts into the buffer for a request, one after another; as it stands there. */
  replies: (frame: number[]) => number[][] = ([, netFn, seq, ...rest]) => {
    const [rspNetFn, ...rsp] = this.answer([netFn ?? 0, ...rest]);
    return [[rsp.length + 2, rspNetFn ?? 0, seq ?? 0, ...rsp]];
  };
  /** Requests as they stood in the buffer. */
  readonly frames: number[][] = [];
  private readonly host2bmc: number[] = [];
  private bmc2host: number[] = [];
  private writeAt = 0;
  private readAt = 0;
  private cleared = 0;
  private readonly waiting: number[][] = [];
  private taking: Ps = END_OF_TIME;
  private answering: Ps = END_OF_TIME;

  get irqAsserted(): boolean {
    return this.interrupts && (this.intmask & IRQ) === IRQ;
  }

  get nextEvent(): Ps {
    return Math.min(this.taking, this.answering);
  }

  get status(): number {
    return this.attention() ? this.ctrl | BtCtrl.SMS_ATN : this.ctrl;
  }

  protected happen(): void {
    if (this.taking <= this.answering) {
      this.taking = END_OF_TIME;
      this.take();
    } else {
      this.answering = END_OF_TIME;
      this.respond();
    }
  }

  protected hostRead(reg: PortReg): number {
    if (reg === BT_CTRL) return this.status;
    return reg === BT_BUFFER ? this.bmc2host[this.readAt++] ?? 0 : this.intmask;
  }

  protected hostWrite(reg: PortReg, value: number): void {
    if (reg === BT_CTRL) this.control(value);
    else if (reg === BT_BUFFER) {
      if (this.writeAt < this.depth) this.host2bmc[this.writeAt++] = value;
    } else this.intmask = (value & BtIntMask.B2H_IRQ_EN) | (this.intmask & ~value & BtIntMask.B2H_IRQ);
  }

  private control(value: number): void {
    if ((value & BtCtrl.CLR_WR_PTR) !== 0) this.writeAt = 0;
    if ((value & BtCtrl.CLR_RD_PTR) !== 0) this.readAt = 0;
    if ((value & BtCtrl.H_BUSY) !== 0) this.ctrl ^= BtCtrl.H_BUSY;
    if ((value & BtCtrl.B2H_ATN) !== 0 && (this.ctrl & BtCtrl.B2H_ATN) !== 0 && ++this.cleared >= this.hits) {
      this.ctrl &= ~BtCtrl.B2H_ATN;
      this.cleared = 0;
    }
    if ((value & BtCtrl.SMS_ATN) !== 0) this.ctrl &= ~BtCtrl.SMS_ATN;
    if ((value & BtCtrl.H2B_ATN) !== 0) {
      this.ctrl |= BtCtrl.H2B_ATN;
      if (this.now >= this.deadUntil && !this.deaf) this.taking = this.now + this.latency;
    }
    this.offer();
  }

  /** Another response goes into the buffer once the host has finished with the one before. */
  private offer(): void {
    const free = (this.ctrl & (BtCtrl.H_BUSY | BtCtrl.B2H_ATN)) === 0;
    if (free && this.waiting.length > 0 && this.answering === END_OF_TIME) this.answering = this.now + this.latency;
  }

  private take(): void {
    this.ctrl &= ~BtCtrl.H2B_ATN;
    const frame = this.host2bmc.slice(0, Math.min(this.writeAt, (this.host2bmc[0] ?? 0) + 1));
    const [, netFn = 0, , ...rest] = frame;
    this.frames.push(frame);
    this.requests.push([netFn, ...rest]);
    this.waiting.push(...this.replies(frame));
    if (this.waiting.length > 0) this.answering = this.now + this.delay;
  }

  private respond(): void {
    if ((this.ctrl & (BtCtrl.H_BUSY | BtCtrl.B2H_ATN)) !== 0) return; // the host's next access to BT_CTRL lets it
    this.bmc2host = this.waiting.shift() ?? [];
    this.ctrl |= BtCtrl.B2H_ATN;
    if ((this.intmask & BtIntMask.B2H_IRQ_EN) !== 0) this.intmask |= BtIntMask.B2H_IRQ;
  }
}
