import { Str } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { MS, US, type Ps } from '../../sim/time.ts';
import type { Draw } from '../careless.ts';
import { RAW_PATIENCE, type RawPort } from './odr.ts';

/** Idle time before a byte, nominal first. */
const GAPS: readonly Ps[] = [20 * US, 400 * US, 600 * MS];
/** Bytes that may wait for their answer at once, nominal first: one thread serves one, two have work with three. */
const WINDOWS: Readonly<Record<1 | 2, readonly number[]>> = { 1: [1, 2, 3], 2: [3, 2, 1] };
/** For how long the host is busy elsewhere before it looks for answers, nominal first. */
const LATE: Readonly<Record<1 | 2, readonly Ps[]>> = { 1: [0, 2 * MS, 700 * MS], 2: [2 * MS, 0, 700 * MS] };

/** A host that sends single bytes, and waits for an answer to each where there is one. */
export class ByteHost {
  private readonly port: RawPort;
  private readonly draw: Draw;
  private readonly outstanding: number[] = [];
  private next = 0;
  /** Bytes sent so far in this run. */
  sent = 0;

  constructor(port: RawPort, draw: Draw) {
    this.port = port;
    this.draw = draw;
  }

  reset(): void {
    this.outstanding.length = 0;
    this.next = 0;
    this.sent = 0;
  }

  /** Sends `count` bytes, each another, to as many threads, and reads the answers that `echoOf` tells. */
  *echo(count: number, threads: 1 | 2, echoOf: (byte: number) => number): Steps<boolean> {
    const { port } = this;
    const window = WINDOWS[threads][this.draw(WINDOWS[threads].length, 'bytes in flight')];
    const late = LATE[threads][this.draw(LATE[threads].length, 'looks late')];
    for (let i = 0; i < count; i++) {
      if (!(yield* this.send((this.next = (this.next + 1) & 0x3f)))) return false;
      this.outstanding.push(echoOf(this.next));
      if (this.outstanding.length < window) continue;
      if (late > 0) yield port.io.sleep(late);
      while (this.outstanding.length > 0) if (!(yield* this.collect())) return false;
    }
    while (this.outstanding.length > 0) if (!(yield* this.collect())) return false;
    return true;
  }

  /** Sends bytes that nobody answers. */
  *tell(bytes: readonly number[]): Steps<boolean> {
    for (const byte of bytes) if (!(yield* this.send(byte))) return false;
    return yield* this.port.waitWhile(Str.IBF, Str.IBF, 'IBF=0');
  }

  private *send(byte: number): Steps<boolean> {
    const { port } = this;
    yield port.io.sleep(GAPS[this.draw(GAPS.length, 'gap')]);
    if (!(yield* port.waitWhile(Str.IBF, Str.IBF, 'IBF=0'))) return false;
    yield* port.put(byte);
    this.sent++;
    return true;
  }

  /** Reads one answer; false: none came, and those that are due are given up. */
  private *collect(): Steps<boolean> {
    const { port, outstanding } = this;
    const deadline = port.io.now + RAW_PATIENCE;
    if (!(yield* port.waitForBmc(deadline, false))) {
      if (!port.absent) port.log.gaveUp('an answer to its byte');
      outstanding.length = 0;
      return false;
    }
    const at = outstanding.indexOf(yield* port.take());
    if (at >= 0) outstanding.splice(at, 1);
    return true;
  }
}
