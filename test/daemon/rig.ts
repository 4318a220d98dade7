import { Kcsd, type DaemonWitness, type KcsdShape } from '../../src/daemon/index.ts';
import {
  Allocation, DEFAULT_KERNEL, EAGAIN, EPOLLIN, Kernel, MiscDevice, WaitQueue, waitEventInterruptible, type FileOperations, type OpenFile,
  type UserBuffer,
} from '../../src/linux/index.ts';
import { END_OF_TIME, Simulator, US, type Op, type Ps, type Steps } from '../../src/sim/index.ts';

/** A request in bytes, or what read() returns instead. */
export type Arrival = readonly number[] | number;

/** What a daemon did, in the order in which it came back: `read 2`, `write 1c 01 00`, ... */
export type Log = string[];

const hex = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
const IOCTL = ['SET_SMS_ATN', 'CLEAR_SMS_ATN', 'FORCE_ABORT'];

/** A daemon on a device that hands out what a test puts in, without hardware. */
export class DaemonRig implements FileOperations {
  readonly sim = new Simulator();
  readonly kernel: Kernel;
  readonly daemon: Kcsd;
  readonly log: Log = [];
  /** Times of the log's entries. */
  readonly times: Ps[] = [];
  /** Arrivals with the times at which they come. */
  arrivals: readonly (readonly [Ps, Arrival])[] = [];
  /** What write() returns instead of the count, call by call. */
  writeResults: number[] = [];
  /** Who is inside read(). */
  readonly reading = new Set<string>();
  mostReaders = 0;
  private readonly device: MiscDevice;
  private readonly queue: WaitQueue;
  private readonly wait;
  private readonly wakeUp: Op;
  private readonly pending: Arrival[] = [];
  private answers: Readonly<Record<string, readonly number[]>> = {};
  private readonly asked = new Map<string, number>();

  constructor(think: Ps = 200 * US) {
    const { sim } = this;
    this.kernel = new Kernel(sim, { ...DEFAULT_KERNEL }, { next: () => -1, mask() {}, unmask() {} });
    this.queue = new WaitQueue(new Allocation(this.kernel, 'fake'), 'queue');
    this.wait = this.queue.at(0);
    this.wakeUp = this.wait.wakeUpInterruptible;
    this.device = new MiscDevice(this.kernel, 'fake', this);
    this.daemon = new Kcsd(this.kernel, this.device, think, (thread, n, label) => this.draw(thread, n, label), this.witness());
    const hardware = this.kernel.thread('device', () => this.deliver());
    sim.onReset(() => hardware.ctx.start());
    sim.finished = () => false;
  }

  /** Runs the daemon until nothing happens any more. Answers by label, one question after the other. */
  run(shape: Partial<KcsdShape>, answers: Readonly<Record<string, readonly number[]>> = {}): Log {
    this.answers = answers;
    this.asked.clear();
    this.log.length = 0;
    this.times.length = 0;
    this.pending.length = 0;
    this.reading.clear();
    this.mostReaders = 0;
    this.sim.limit = 20_000;
    this.sim.reset();
    this.device.registered = true;
    this.daemon.start({ threads: 1, locked: true, nonBlocking: false, bridge: false, ...shape });
    const reason = this.sim.run();
    if (reason !== 'stuck') throw new Error(`the daemon does not come to rest: ${reason}`);
    return this.log;
  }

  /** When the entry of the log was made. */
  at(entry: string): Ps {
    const index = this.log.indexOf(entry);
    return index < 0 ? END_OF_TIME : this.times[index];
  }

  private note(entry: string): void {
    this.log.push(entry);
    this.times.push(this.sim.now);
  }

  private draw(thread: string, n: number, label: string): number {
    const key = `${thread} ${label}` in this.answers ? `${thread} ${label}` : label;
    const rank = this.asked.get(key) ?? 0;
    this.asked.set(key, rank + 1);
    const value = this.answers[key]?.[rank] ?? 0;
    if (value >= n) throw new RangeError(`${label} has ${n} answers`);
    return value;
  }

  private *deliver(): Steps {
    for (const [at, arrival] of this.arrivals) {
      yield this.kernel.sleep(Math.max(1, at - this.sim.now));
      this.pending.push(arrival);
      yield this.wakeUp;
    }
  }

  private witness(): DaemonWitness {
    return {
      opened: (thread) => this.note(`${thread} opened`),
      closes: () => {},
      closed: (thread) => this.note(`${thread} closed`),
      reads: () => {},
      read: ({ thread, result }) => this.note(`${thread} read ${result}`),
      wrote: ({ thread, result, bytes, length }) => this.note(`${thread} wrote ${hex(bytes.subarray(0, Math.min(length, 5)))}: ${result}`),
      aborted: () => {},
      exited: (thread) => this.note(`${thread} exited`),
    };
  }

  // ---- the device -----------------------------------------------------------------------------

  *open(file: OpenFile): Steps<number> {
    this.note(file.nonBlocking ? 'open O_NONBLOCK' : 'open');
    return 0;
  }

  *release(_file: OpenFile): Steps<number> {
    this.note('release');
    return 0;
  }

  *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { name } = this.kernel.currentTask.ctx;
    this.reading.add(name);
    this.mostReaders = Math.max(this.mostReaders, this.reading.size);
    let result = 0;
    if (!file.nonBlocking) result = yield* waitEventInterruptible(this.queue, this.wait, () => this.pending.length > 0);
    this.reading.delete(name);
    if (result < 0) return result;
    const arrival = this.pending.shift();
    if (arrival === undefined) return -EAGAIN;
    if (typeof arrival === 'number') return arrival;
    if (arrival.length > count) throw new RangeError('the buffer is too short');
    buf.bytes.set(arrival);
    return arrival.length;
  }

  *write(_file: OpenFile, _buf: UserBuffer, count: number): Steps<number> {
    return this.writeResults.shift() ?? count;
  }

  *poll(_file: OpenFile): Steps<number> {
    yield this.wait.pollWait;
    return this.pending.length > 0 ? EPOLLIN : 0;
  }

  *ioctl(_file: OpenFile, cmd: number): Steps<number> {
    this.note(IOCTL[cmd]);
    return 0;
  }
}
