import type { HostIo, PortReg } from '../../../src/host/io.ts';
import { KcsControl, KcsState, Str, withState } from '../../../src/ipmi/kcs.ts';
import type { Op } from '../../../src/sim/op.ts';
import type { Steps } from '../../../src/sim/process.ts';
import { END_OF_TIME, US, type Ps } from '../../../src/sim/time.ts';

const READ = 1;
const WRITE = 2;
const POLL = 3;
const IRQ = 4;
const SLEEP = 5;

/** A port access: `r1` or `w0`, with its value. */
export interface Access {
  readonly at: Ps;
  readonly what: 'r0' | 'r1' | 'w0' | 'w1';
  readonly value: number;
}

/**
 * A tiny BMC behind a KCS channel, with a clock of its own and no simulator: it acts `latency` after each write, in
 * the order state, ODR, IDR, and answers `delay` after the last byte. What it does not do right is for tests.
 */
export class FakeBmc implements HostIo {
  now: Ps = 0;
  str = 0;
  odr = 0;
  samples = 1;
  /** Fold polls, or take one sample each (the caller then makes each event call itself). */
  folding = true;
  latency: Ps = 3 * US;
  delay: Ps = 100 * US;
  /** Whether OBF asserts the interrupt line. */
  interrupts = false;
  /** It does not act on what is written before that: dead, or alive again later. */
  deadUntil: Ps = 0;
  /** Keeps SMS_ATN, at each read of STATUS. */
  attention: () => boolean = () => false;
  /** The last dummy write never comes. */
  noDummyAtEnd = false;
  answer: (request: number[]) => number[] = ([netFn = 0, cmd = 0, ...data]) => [netFn | 4, cmd, 0, ...data];
  readonly accesses: Access[] = [];
  readonly requests: number[][] = [];
  private idr = 0;
  private phase: 'idle' | 'write' | 'end' | 'busy' | 'read' | 'abort1' | 'abort2' | 'error' = 'idle';
  private buffer: number[] = [];
  private out: number[] = [];
  private act: Ps = END_OF_TIME;
  private answering: Ps = END_OF_TIME;
  private argument = { mask: 0, last: 0, period: 1, deadline: 0 };

  inb(reg: PortReg): Op {
    return READ | (reg << 8);
  }

  outb(reg: PortReg, value: number): Op {
    return WRITE | (reg << 8) | (value << 9);
  }

  poll(mask: number, last: number, period: Ps, deadline: Ps): Op {
    this.argument = { mask, last, period, deadline };
    return POLL;
  }

  waitIrq(deadline: Ps): Op {
    this.argument.deadline = deadline;
    return IRQ;
  }

  sleep(ps: Ps): Op {
    this.argument.period = ps;
    return SLEEP;
  }

  at(): HostIo {
    return this;
  }

  get irqAsserted(): boolean {
    return this.interrupts && (this.str & Str.OBF) !== 0;
  }

  /** Runs host software to its end. */
  play<T>(steps: Steps<T>): T {
    let result = steps.next(0);
    for (let n = 0; result.done !== true; n++) {
      if (n > 2_000_000) throw new Error('the host does not come to an end');
      result = steps.next(this.exec(result.value));
    }
    return result.value;
  }

  /** Lets time pass. */
  until(at: Ps): void {
    for (;;) {
      const next = this.nextEvent;
      if (next > at) break;
      this.now = Math.max(this.now, next);
      if (next === this.act) {
        this.act = END_OF_TIME;
        this.bmc();
      } else {
        this.answering = END_OF_TIME;
        this.respond();
      }
    }
    this.now = Math.max(this.now, at);
  }

  private exec(op: Op): number {
    const { mask, last, period, deadline } = this.argument;
    const reg = ((op >> 8) & 1) as PortReg;
    switch (op & 0xff) {
      case READ:
        this.until(this.now + US);
        return this.read(reg);
      case WRITE:
        this.until(this.now + US);
        this.write(reg, op >> 9);
        return 0;
      case POLL: {
        this.samples = 0;
        for (;;) {
          // Nothing changes before the next event: pass over the looks that would see nothing.
          const vain = this.folding ? Math.floor((Math.min(this.nextEvent, deadline) - this.now) / period) - 1 : 0;
          if (vain > 0) {
            this.samples += vain;
            this.now += vain * period;
          }
          this.samples++;
          this.until(this.now + period);
          const changed = ((this.status ^ last) & mask) !== 0;
          if (!this.folding || changed || this.now >= deadline) return this.read(1);
        }
      }
      case IRQ:
        while (!this.irqAsserted && this.now < deadline) this.until(Math.min(deadline, this.nextEvent));
        return this.irqAsserted ? 1 : 0;
      default:
        this.until(this.now + period);
        return 0;
    }
  }

  /** When the BMC does something next. */
  get nextEvent(): Ps {
    return Math.min(this.act, this.answering);
  }

  get status(): number {
    return this.attention() ? this.str | Str.SMS_ATN : this.str;
  }

  /** A read by the host, now. */
  read(reg: PortReg): number {
    if (reg === 1) {
      this.accesses.push({ at: this.now, what: 'r1', value: this.status });
      return this.status;
    }
    this.str &= ~Str.OBF;
    this.accesses.push({ at: this.now, what: 'r0', value: this.odr });
    return this.odr;
  }

  /** A write by the host, now. */
  write(reg: PortReg, value: number): void {
    this.accesses.push({ at: this.now, what: reg === 1 ? 'w1' : 'w0', value });
    this.idr = value;
    this.str = (this.str & ~Str.C_D) | Str.IBF | (reg === 1 ? Str.C_D : 0);
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

/** The accesses in short: `r1=02 w1=61`. */
export function brief(accesses: readonly Access[]): string {
  return accesses.map(({ what, value }) => `${what}=${value.toString(16).padStart(2, '0')}`).join(' ');
}
