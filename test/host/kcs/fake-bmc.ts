import type { PortReg } from '../../../src/host/io.ts';
import { STATUS } from '../../../src/host/kcs/kcs-ports.ts';
import { KcsControl, KcsState, Str, withState } from '../../../src/ipmi/kcs.ts';
import { END_OF_TIME, type Ps } from '../../../src/sim/time.ts';
import { FakeIo } from '../fake-io.ts';

/**
 * A tiny BMC behind a KCS channel: it acts some time after each write, in the order state, ODR, IDR, and answers
 * some time after the last byte.
 */
export class FakeBmc extends FakeIo {
  protected readonly statusReg = STATUS;
  str = 0;
  odr = 0;
  /** The last dummy write never comes. */
  noDummyAtEnd = false;
  private idr = 0;
  private phase: 'idle' | 'write' | 'end' | 'busy' | 'read' | 'abort1' | 'abort2' | 'error' = 'idle';
  private buffer: number[] = [];
  private out: number[] = [];
  private act: Ps = END_OF_TIME;
  private answering: Ps = END_OF_TIME;

  /** OBF asserts the interrupt line. */
  get irqAsserted(): boolean {
    return this.interrupts && (this.str & Str.OBF) !== 0;
  }

  get nextEvent(): Ps {
    return Math.min(this.act, this.answering);
  }

  get status(): number {
    return this.attention() ? this.str | Str.SMS_ATN : this.str;
  }

  protected happen(): void {
    if (this.act <= this.answering) {
      this.act = END_OF_TIME;
      this.bmc();
    } else {
      this.answering = END_OF_TIME;
      this.respond();
    }
  }

  protected hostRead(reg: PortReg): number {
    if (reg === STATUS) return this.status;
    this.str &= ~Str.OBF;
    return this.odr;
  }

  protected hostWrite(reg: PortReg, value: number): void {
    this.idr = value;
    this.str = (this.str & ~Str.C_D) | Str.IBF | (reg === STATUS ? Str.C_D : 0);
    if (this.now >= this.deadUntil) this.act = this.now + this.latency;
  }

  private turn(state: KcsState, odr = -1): void {
    this.str = withState(this.str, state);
    if (odr < 0) return;
    this.odr = odr;
    this.str |= Str.OBF;
  }

  private bmc(): void {
    const byte = this.idr;
    if ((this.str & Str.C_D) !== 0) this.command(byte);
    else this.data(byte);
    this.str &= ~Str.IBF;
  }

  private command(byte: number): void {
    this.answering = END_OF_TIME;
    this.turn(KcsState.WRITE, 0);
    if (byte === KcsControl.WRITE_START) {
      this.buffer = [];
      this.phase = 'write';
    } else if (byte === KcsControl.WRITE_END) {
      this.phase = 'end';
    } else if (byte === KcsControl.GET_STATUS_ABORT) {
      this.phase = 'abort1';
    } else {
      this.fail();
    }
  }

  private data(byte: number): void {
    switch (this.phase) {
      case 'write':
        this.buffer.push(byte);
        this.turn(KcsState.WRITE, 0);
        break;
      case 'end':
        this.buffer.push(byte);
        this.turn(KcsState.READ);
        this.phase = 'busy';
        this.requests.push(this.buffer);
        this.answering = this.now + this.delay;
        break;
      case 'read':
        this.next();
        break;
      case 'abort1':
        this.turn(KcsState.READ, 1);
        this.phase = 'abort2';
        break;
      case 'abort2':
        this.turn(KcsState.IDLE, 0);
        this.phase = 'idle';
        break;
      default:
        this.fail();
    }
  }

  private fail(): void {
    this.turn(KcsState.ERROR, 0);
    this.phase = 'error';
  }

  private respond(): void {
    this.out = this.answer(this.buffer);
    this.phase = 'read';
    this.next();
  }

  private next(): void {
    const byte = this.out.shift();
    if (byte !== undefined) this.turn(KcsState.READ, byte);
    else {
      this.turn(KcsState.IDLE, this.noDummyAtEnd ? -1 : 0);
      this.phase = 'idle';
    }
  }
}
