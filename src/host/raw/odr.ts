import { Str } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { SEC, US, type Ps } from '../../sim/time.ts';
import type { HostIo } from '../io.ts';
import { DATA, STATUS } from '../kcs/kcs-ports.ts';
import type { HostLog } from '../log.ts';

/** What a port reads that nobody answers. */
const ABSENT = 0xff;
/** Between two looks at STATUS, ps. */
const PERIOD: Ps = 10 * US;
/** How long the host waits for the BMC: longer than several looks at OBF that the BMC takes every 500 ms. */
export const RAW_PATIENCE: Ps = 3 * SEC;

/** How a host learns that ODR is full. */
export type RawHostMode = 'poll' | 'irq';

/** The host's end of a raw KCS channel: two registers, and the patience to wait for the other side. */
export class RawPort {
  mode: RawHostMode = 'poll';
  /** Nobody answers: the channel is gone. */
  absent = false;
  readonly io: HostIo;
  readonly log: HostLog;
  /** STATUS as read last. */
  status = 0;

  constructor(io: HostIo, log: HostLog) {
    this.io = io.at('raw host');
    this.log = log;
  }

  reset(): void {
    this.absent = false;
    this.status = 0;
  }

  /** Reads STATUS. */
  *look(): Steps<number> {
    this.status = yield this.io.inb(STATUS);
    if (this.status === ABSENT) this.absent = true;
    return this.status;
  }

  /** Waits until (STATUS & mask) is not `value`: false if it still is after `patience`, or nobody is there. */
  *waitWhile(mask: number, value: number, what: string, patience: Ps = RAW_PATIENCE): Steps<boolean> {
    const deadline = this.io.now + patience;
    yield* this.look();
    if (!this.absent && (this.status & mask) === value) {
      this.status = yield this.io.poll(mask, this.status, PERIOD, deadline);
      if (this.status === ABSENT) this.absent = true;
    }
    if (this.absent) return false;
    if ((this.status & mask) !== value) return true;
    this.log.gaveUp(what);
    return false;
  }

  /** Waits for OBF=1, or also for IBF=0 if there is something to write; false: neither came until `deadline`. */
  *waitForBmc(deadline: Ps, toWrite: boolean): Steps<boolean> {
    for (;;) {
      yield* this.look();
      if (this.absent) return false;
      if ((this.status & Str.OBF) !== 0 || (toWrite && (this.status & Str.IBF) === 0)) return true;
      if (this.io.now >= deadline) return false;
      if (this.mode === 'irq' && !toWrite) {
        yield this.io.waitIrq(deadline);
      } else {
        this.status = yield this.io.poll(toWrite ? Str.OBF | Str.IBF : Str.OBF, this.status, PERIOD, deadline);
      }
    }
  }

  /** Reads ODR. */
  *take(): Steps<number> {
    return yield this.io.inb(DATA);
  }

  /** Writes IDR, by the data port. */
  *put(byte: number): Steps {
    yield this.io.outb(DATA, byte);
  }
}
