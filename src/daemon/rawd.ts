import { EAGAIN, EINTR, EPOLLIN, EPOLLOUT, type Kernel, type MiscDevice, type OpenFile } from '../linux/index.ts';
import { MS, US, call, type Ps, type Steps } from '../sim/index.ts';
import type { Draw } from './daemon.ts';
import type { RawCalls, RawWitness } from './raw-calls.ts';
import { RawProcess, type RawShape } from './raw-process.ts';

/** Offsets of /dev/raw-kcs. */
const DATA = 0;
const STATUS = 1;
/** OBF in a value for STR: leaves the flag as it is. */
const KEEP_OBF = 0x01;

/** What debug-trigger of OpenBMC makes of a byte: collect data, or reboot. */
export const TRIGGER_DEBUG = 0x44;
export const TRIGGER_REBOOT = 0x52;

/** The answer to a byte of the host, so that neither can be taken for the other. */
export function echoOf(byte: number): number {
  return byte ^ 0x80;
}

/** Times for an answer beyond the nominal one, nominal first. */
const THINK: readonly Ps[] = [0, 300 * US, 20 * MS];
const THINK_NOMINAL: Ps = 20 * US;

/** Calls that do not fit the device, by what the schedule answers; 0: none. */
const ODD_CALLS: readonly (readonly ['read' | 'write', number, number])[] = [
  ['read', 3, 0], ['read', 1, 2], ['read', 2, 1], ['read', 0, 0], ['write', 3, 0], ['write', 1, 2], ['write', 2, 1], ['write', 0, 0],
];

/** How a run's process is made up. */
export interface RawdShape extends RawShape {
  /** `echo` answers each byte with another; `trigger` is debug-trigger, which only listens. */
  readonly role: 'echo' | 'trigger';
  /** It reads IDR and STR, and writes ODR and STR, in one call. */
  readonly pairs: boolean;
}

/** A process that serves bytes on /dev/raw-kcs: an echo for two threads, or debug-trigger. */
export class Rawd extends RawProcess {
  /** What debug-trigger was told to do. */
  triggered = 0;
  /** The upper bits of STR that it writes: a count of its answers. */
  private answers = 0;
  protected override shape: RawdShape = { threads: 1, nonBlocking: false, role: 'echo', pairs: false };

  constructor(kernel: Kernel, device: MiscDevice, draw: Draw, witness: RawWitness) {
    super('rawd', kernel, device, draw, witness);
  }

  override start(shape: RawdShape): void {
    super.start(shape);
  }

  protected override reset(): void {
    this.triggered = 0;
    this.answers = 0;
  }

  protected override *serve(calls: RawCalls, file: OpenFile): Steps<number> {
    yield* this.oddCall(calls, file);
    if (this.shape.threads === 1 && this.draw(calls.thread, 4, 'crash before read') === 1) {
      yield* this.crash(calls, file);
      return 0;
    }
    if (this.shape.nonBlocking) return yield* this.drain(calls, file);
    const result = yield* this.take(calls, file);
    if (result <= 0) return result;
    return yield call(this.use(calls, file, calls.bytes[0]));
  }

  /** Waits for IN, then reads until there is no more, as one does with O_NONBLOCK. */
  private *drain(calls: RawCalls, file: OpenFile): Steps<number> {
    const ready = yield* calls.poll(file, EPOLLIN);
    if (ready < 0) return ready;
    if ((ready & EPOLLIN) === 0) return -EAGAIN; // the device is gone
    let taken = 0;
    for (;;) {
      const result = yield* this.take(calls, file);
      // An event loop is not to be kept busy by a device that says IN and gives nothing.
      if (result === -EAGAIN) return taken > 0 ? taken : -EAGAIN;
      if (result <= 0) return result;
      taken++;
      const used = yield call(this.use(calls, file, calls.bytes[0]));
      if (used < 0 || this.file !== file) return used;
    }
  }

  private take(calls: RawCalls, file: OpenFile): Steps<number> {
    return calls.pread(file, this.shape.pairs ? 2 : 1, DATA);
  }

  /** One byte of the host's. */
  private *use(calls: RawCalls, file: OpenFile, byte: number): Steps<number> {
    if (this.shape.role === 'trigger') {
      if (byte === TRIGGER_DEBUG) this.triggered++;
      if (byte === TRIGGER_REBOOT && this.shape.threads === 1) yield* this.crash(calls, file);
      return 1;
    }
    yield this.kernel.sleep(THINK_NOMINAL + THINK[this.draw(calls.thread, THINK.length, 'think longer')]);
    return yield* this.answer(calls, file, echoOf(byte));
  }

  /** Goes on until the byte is in ODR, or a signal calls the thread away: then there is no answer. */
  private *answer(calls: RawCalls, file: OpenFile, byte: number): Steps<number> {
    const str = this.shape.pairs ? ((++this.answers & 0x0f) << 4) | KEEP_OBF : -1;
    for (;;) {
      this.kernel.sim.current!.home();
      const result = yield* calls.pwrite(file, DATA, byte, str);
      if (result !== -EAGAIN) return result;
      const ready = yield* calls.poll(file, EPOLLOUT);
      if (ready < 0 && ready !== -EINTR) return ready;
      if (ready > 0 && (ready & EPOLLOUT) === 0) return -EAGAIN;
    }
  }

  /** A call that the device has to refuse, or a look at STR, if the schedule says so. */
  private *oddCall(calls: RawCalls, file: OpenFile): Steps {
    const odd = this.draw(calls.thread, ODD_CALLS.length + 2, 'odd call');
    if (odd === 0) return;
    if (odd > ODD_CALLS.length) {
      yield* calls.pread(file, 1, STATUS);
      return;
    }
    const [name, count, pos] = ODD_CALLS[odd - 1];
    yield* name === 'read' ? calls.pread(file, count, pos) : calls.write(file, count, pos);
  }
}
