import { Str } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { US, type Ps } from '../../sim/time.ts';
import type { Draw } from '../kcs/careless.ts';
import { RAW_PATIENCE, type RawPort } from './odr.ts';

/** Idle time before a byte, nominal first. */
const GAPS: readonly Ps[] = [20 * US, 400 * US, 600_000 * US];
/** Bytes that may wait for their answer at once, by what the schedule answers. */
const WINDOWS: readonly number[] = [1, 2, 3];

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

  /** Sends `count` bytes, each another, and reads the answers that `echoOf` tells, several of them late if so drawn. */
  *echo(count: number, echoOf: (byte: number) => number): Steps<boolean> {
    const window = WINDOWS[this.draw(WINDOWS.length, 'bytes in flight')];
    for (let i = 0; i < count; i++) {
      if (!(yield* this.send((this.next = (this.next + 1) & 0x3f)))) return false;
      this.outstanding.push(echoOf(this.next));
      while (this.outstanding.length >= window) if (!(yield* this.collect())) return false;
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
