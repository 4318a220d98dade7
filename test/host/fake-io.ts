import type { HostIo, PortReg } from '../../src/host/io.ts';
import type { Op } from '../../src/sim/op.ts';
import type { Steps } from '../../src/sim/process.ts';
import { US, type Ps } from '../../src/sim/time.ts';

const READ = 1;
const WRITE = 2;
const POLL = 3;
const IRQ = 4;
const SLEEP = 5;

/** A port access: `r1` or `w0`, with its value. */
export interface Access {
  readonly at: Ps;
  readonly what: `${'r' | 'w'}${PortReg}`;
  readonly value: number;
}

/**
 * A tiny BMC behind the ports of an interface, with a clock of its own and no simulator: an access takes 1 us. What it
 * does not do right is for tests.
 */
export abstract class FakeIo implements HostIo {
  now: Ps = 0;
  samples = 1;
  /** Fold polls, or take one sample each (the caller then makes each event call itself). */
  folding = true;
  /** From an access of the host to what the BMC does about it. */
  latency: Ps = 3 * US;
  /** From a request to its response. */
  delay: Ps = 100 * US;
  /** Whether the BMC interrupts the host. */
  interrupts = false;
  /** It does not act on what is written before that: dead, or alive again later. */
  deadUntil: Ps = 0;
  /** Keeps SMS_ATN, at each read of the status. */
  attention: () => boolean = () => false;
  answer: (request: number[]) => number[] = ([netFn = 0, cmd = 0, ...data]) => [netFn | 4, cmd, 0, ...data];
  readonly accesses: Access[] = [];
  readonly requests: number[][] = [];
  private argument = { mask: 0, last: 0, period: 1, deadline: 0, first: 1 };

  /** The register that {@link poll} samples. */
  protected abstract readonly statusReg: PortReg;
  /** What a read of it would give now. */
  abstract readonly status: number;
  abstract readonly irqAsserted: boolean;
  /** When the BMC does something next. */
  abstract readonly nextEvent: Ps;
  /** It does that, now. */
  protected abstract happen(): void;
  /** The value of a read by the host, and what comes of it. */
  protected abstract hostRead(reg: PortReg): number;
  /** What comes of a write by the host. */
  protected abstract hostWrite(reg: PortReg, value: number): void;

  /** A read by the host, now. */
  read(reg: PortReg): number {
    const value = this.hostRead(reg);
    this.accesses.push({ at: this.now, what: `r${reg}`, value });
    return value;
  }

  /** A read of the status by the host, now. */
  sample(): number {
    return this.read(this.statusReg);
  }

  /** A write by the host, now. */
  write(reg: PortReg, value: number): void {
    this.accesses.push({ at: this.now, what: `w${reg}`, value });
    this.hostWrite(reg, value);
  }

  inb(reg: PortReg): Op {
    return READ | (reg << 8);
  }

  outb(reg: PortReg, value: number): Op {
    return WRITE | (reg << 8) | (value << 10);
  }

  poll(mask: number, last: number, period: Ps, deadline: Ps, first: Ps = period): Op {
    this.argument = { mask, last, period, deadline, first };
    return POLL;
  }

  waitIrq(deadline: Ps): Op {
    this.argument.deadline = deadline;
    return IRQ;
  }

  sleep(ps: Ps): Op {
    if (!(ps >= 0)) throw new RangeError(`a sleep of ${ps} ps`);
    this.argument.period = ps;
    return SLEEP;
  }

  at(): HostIo {
    return this;
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
      this.happen();
    }
    this.now = Math.max(this.now, at);
  }

  private exec(op: Op): number {
    const { mask, last, period, deadline, first } = this.argument;
    const reg = ((op >> 8) & 3) as PortReg;
    switch (op & 0xff) {
      case READ:
        this.until(this.now + US);
        return this.read(reg);
      case WRITE:
        this.until(this.now + US);
        this.write(reg, op >> 10);
        return 0;
      case POLL: {
        this.samples = 0;
        for (let wait = first; ; wait = period) {
          // Nothing changes before the next event: pass over the looks that would see nothing.
          const vain = this.folding && this.samples > 0 ? Math.floor((Math.min(this.nextEvent, deadline) - this.now) / period) - 1 : 0;
          if (vain > 0) {
            this.samples += vain;
            this.now += vain * period;
          }
          this.samples++;
          this.until(this.now + wait);
          const changed = ((this.status ^ last) & mask) !== 0;
          if (!this.folding || changed || this.now >= deadline) return this.sample();
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
}

/** The accesses in short: `r1=02 w1=61`. */
export function brief(accesses: readonly Access[]): string {
  return accesses.map(({ what, value }) => `${what}=${value.toString(16).padStart(2, '0')}`).join(' ');
}
