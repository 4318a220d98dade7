import { CompletionCode, answer, createBmcState, resetBmcState, writeResponse, type BmcState } from '../ipmi/index.ts';
import {
  Allocation, EAGAIN, EFAULT, EINTR, EMSGSIZE, Mutex, OpenFile, Syscalls, type Kernel, type MiscDevice, type MutexOps, type NextPage, type Task,
} from '../linux/index.ts';
import { MS, US, call, type Ps, type Steps } from '../sim/index.ts';
import { DaemonThread } from './thread.ts';
import type { DaemonWitness } from './witness.ts';

/** Failures in a row after which the process gives up. */
const PATIENCE = 4;
/** Answers to whether a process writes without having read; only 1 means it does: no daemon should. */
const UNSOLICITED = 8;
/** Times after which a crashed daemon is back, nominal first. */
const RESTART: readonly Ps[] = [100 * US, 500 * US, 3 * MS, 30 * MS];
/** When the daemon first opens the device, nominal first. */
const LATE: readonly Ps[] = [0, 250 * US, 1 * MS, 20 * MS];

/** A daemon that takes this long for an answer is slow: a host may give up on it. */
const SLOW: Ps = 500 * MS;

/** How a run's daemon is made up. */
export interface DaemonShape {
  /** Threads that read, answer and write. */
  readonly threads: 1 | 2;
  /** Threads hold one lock from read() to write(). */
  readonly locked: boolean;
  readonly nonBlocking: boolean;
}

/** What distinguishes the daemons of the interfaces. */
export interface DaemonKind {
  /** `kcsd`: its threads are `bmc:kcsd` and `bmc:kcsd/2`. */
  readonly name: string;
  /** What the process offers to read(), bytes. */
  readonly buffer: number;
  /** The longest response that the driver takes, bytes. */
  readonly longestResponse: number;
  /** What the schedule may make of a user buffer, nominal first: where its page ends, and what lies beyond. */
  readonly pages: readonly (readonly [number, NextPage])[];
  /** Times that the daemon takes for an answer beyond its nominal one, nominal first. */
  readonly think: readonly Ps[];
}

/** A buffer too short for any request with data. */
const SHORT = 3;

/** Asks the seam; see {@link Kernel.sim}. */
export type Draw = (thread: string, n: number, label: string) => number;

/** A daemon that serves an IPMI device: reads requests, thinks, answers, can crash and come back. */
export abstract class Daemon<Shape extends DaemonShape> {
  readonly tasks: readonly Task[];
  readonly bmc: BmcState = createBmcState();
  protected readonly kernel: Kernel;
  protected readonly sys: Syscalls;
  protected readonly witness: DaemonWitness;
  protected readonly thinkTime: Ps;
  /** Until when answers that take long keep it busy, ps; 0: none has. */
  private slowUntil: Ps = 0;
  protected readonly draw: Draw;
  protected readonly kind: DaemonKind;
  protected shape: Shape;
  protected file: OpenFile | null = null;
  private readonly device: MiscDevice;
  private readonly lock: MutexOps;
  protected readonly threads: readonly DaemonThread[];
  /** What the process offers to read(), bytes. */
  private count: number;
  /** The process is gone for good. */
  private dead = false;

  constructor(kind: DaemonKind, shape: Shape, kernel: Kernel, device: MiscDevice, thinkTime: Ps, draw: Draw, witness: DaemonWitness) {
    this.kind = kind;
    this.shape = shape;
    this.kernel = kernel;
    this.sys = new Syscalls(kernel);
    this.device = device;
    this.thinkTime = thinkTime;
    this.draw = draw;
    this.witness = witness;
    this.count = kind.buffer;
    this.lock = new Mutex(new Allocation(kernel, 'daemon'), 'pthread_mutex').at(kernel.sim.ops.frame(kind.name));
    this.threads = [`bmc:${kind.name}`, `bmc:${kind.name}/2`].map((name) => new DaemonThread(name, kind.buffer));
    this.tasks = this.threads.map((thread, i) => kernel.thread(thread.name, () => this.main(i)));
    kernel.sim.onReset(() => {
      resetBmcState(this.bmc);
      this.file = null;
      this.dead = false;
      for (const thread of this.threads) thread.reset();
      this.slowUntil = 0;
      this.reset();
    });
  }

  /** Starts the process in this run. */
  start(shape: Shape): void {
    this.shape = shape;
    for (const thread of this.threads) thread.header = this.header();
    this.tasks[0].ctx.start(LATE[this.draw(this.threads[0].name, LATE.length, 'daemon starts late')]);
  }

  /** Whether the process has the device open. */
  get opened(): boolean {
    return this.file !== null;
  }

  /** Whether it has the device open and still reads from it. */
  get serves(): boolean {
    return this.file !== null && !this.dead;
  }

  /** Until when it makes the host wait itself, ps; 0: it has not. */
  get hindersUntil(): Ps {
    return this.slowUntil;
  }

  // ---- what the daemons of the interfaces add --------------------------------------------------

  /** Forgets what a run has left. */
  protected reset(): void {}

  /** Bytes before the message in what read() and write() carry. */
  protected header(): number {
    return 0;
  }

  /** What the process offers to read() for a message of any length, bytes. */
  protected wholeMessage(): number {
    return this.kind.buffer;
  }

  /** The device is open. */
  protected *afterOpen(_thread: DaemonThread, _file: OpenFile): Steps {}

  /** What a process may do that has nothing to answer. */
  protected abstract beforeRead(thread: DaemonThread, file: OpenFile): Steps;

  /** Answers the request of `length` bytes that the thread has read. */
  protected abstract respond(thread: DaemonThread, file: OpenFile, length: number): Steps;

  /** The process gives up: nobody is left to serve the host. */
  protected *beforeEnd(_file: OpenFile): Steps {}

  /** Whether a process that gives up because of `error` closes the device. */
  protected closesAfter(_error: number): boolean {
    return true;
  }

  /** The length of the message in the thread's buffer, of which read() has filled `result` bytes. */
  protected decode(_thread: DaemonThread, result: number): number {
    return result;
  }

  /** Puts the header before the response. */
  protected encode(_thread: DaemonThread): void {}

  /** Waits until write() has room, if the process has to do that by itself. */
  protected *beforeWrite(_file: OpenFile): Steps {}

  /** Whether it tries again after a write() that came to `result`. */
  protected writesAgain(_result: number): boolean {
    return false;
  }

  /** After what time a process tries again that could not open the device, ps; -1: it gives up. */
  protected reopens(_error: number): Ps {
    return -1;
  }

  // ---- the process ----------------------------------------------------------------------------

  private *main(index: number): Steps {
    const thread = this.threads[index];
    if (index === 0 || this.shape.threads === 1) yield* this.openDevice(thread);
    if (index === 0 && this.shape.threads === 2) this.tasks[1].ctx.start();
    while (!this.dead && !thread.ended) {
      this.kernel.sim.current!.home();
      if (this.shape.locked && this.shape.threads === 2) yield this.lock.mutexLock;
      yield call(this.serve(thread));
      if (this.shape.locked && this.shape.threads === 2) yield this.lock.mutexUnlock;
    }
  }

  private *openDevice(thread: DaemonThread): Steps {
    let file = yield* this.sys.open(this.device, this.shape.nonBlocking);
    while (typeof file === 'number') {
      const pause = this.reopens(file);
      if (pause < 0) {
        this.giveUp(thread);
        return;
      }
      yield this.kernel.sleepToRetry(pause);
      file = yield* this.sys.open(this.device, this.shape.nonBlocking);
    }
    this.file = file;
    this.count = this.draw(thread.name, 2, 'short buffer') === 1 ? SHORT : this.wholeMessage();
    this.witness.opened(thread.name);
    yield* this.afterOpen(thread, file);
  }

  private giveUp(thread: DaemonThread): void {
    this.dead = true;
    this.witness.exited(thread.name);
  }

  /** Reads one request and answers it. */
  private *serve(thread: DaemonThread): Steps {
    const { file } = this;
    if (file === null) return;
    yield* this.beforeRead(thread, file);
    const length = yield call(this.readRequest(thread, file));
    if (length < 0) {
      yield* this.failed(thread, length);
      return;
    }
    thread.failures = 0;
    if (this.shape.locked && this.draw(thread.name, 2, 'crash with a request in hand') === 1) {
      yield* this.crash(thread, file);
      return;
    }
    yield* this.respond(thread, file, length);
  }

  /** A response to nothing, if the schedule says so. */
  protected *unsolicited(thread: DaemonThread, file: OpenFile): Steps {
    if (this.draw(thread.name, UNSOLICITED, 'write without read') !== 1 || this.file !== file) return;
    yield this.kernel.sleep(this.thinkTime);
    thread.requestLength = 0;
    thread.responseLength = 3;
    thread.message.set([0x1c, 0x01, 0xc0]);
    yield* this.writeResponse(thread, file);
  }

  /** Makes the response to the thread's request. */
  protected answer(thread: DaemonThread, length: number): void {
    thread.responseLength = answer(this.bmc, thread.request, length, thread.message);
    if (thread.responseLength > this.kind.longestResponse) {
      thread.responseLength = writeResponse(thread.message, thread.request, length, CompletionCode.CANNOT_RETURN_DATA);
    }
  }

  /** How long the daemon takes for an answer, ps. */
  protected thinks(thread: DaemonThread): Ps {
    const { think } = this.kind;
    return this.takes(this.thinkTime + think[this.draw(thread.name, think.length, 'think longer')]);
  }

  /** Remembers that it takes so long from now on, if that is long enough to matter. Returns `ps`. */
  protected takes(ps: Ps): Ps {
    if (ps >= SLOW) this.slowUntil = Math.max(this.slowUntil, this.kernel.sim.now + ps);
    return ps;
  }

  /** read() into the thread's request; its length, or -errno. */
  protected *readRequest(thread: DaemonThread, file: OpenFile): Steps<number> {
    if (this.file !== file) return -EAGAIN;
    const { name, buffer, header } = thread;
    const { count } = this;
    const { pages } = this.kind;
    const [pageEnd, nextPage] = pages[this.draw(name, pages.length, 'request buffer')];
    buffer.place(pageEnd, nextPage);
    this.witness.reads(name);
    if (this.shape.nonBlocking) {
      const ready = yield* this.sys.poll(file, true);
      if (ready < 0) return ready;
    }
    const raw = yield call(this.sys.read(file, buffer, count));
    const { signalled } = this.kernel.currentTask;
    const result = raw < 0 ? raw : this.decode(thread, raw);
    const bytes = header === 0 ? buffer.bytes : buffer.bytes.subarray(header);
    this.witness.read({
      thread: name, result, bytes, seq: thread.seq, count: Math.max(count - header, 0), nonBlocking: this.shape.nonBlocking, signalled,
      pageEnd: Math.max(pageEnd - header, 0), nextPage,
    });
    if (result > 0) thread.request.set(bytes.subarray(0, result));
    thread.requestLength = Math.max(result, 0);
    return result;
  }

  /** write() of the thread's response to `request`; again from a good buffer, or shorter, if that was bad. */
  protected *writeResponse(
    thread: DaemonThread, file: OpenFile, request = thread.request, requestLength = thread.requestLength,
  ): Steps {
    const { name, response, header } = thread;
    const { pages } = this.kind;
    this.encode(thread);
    response.place(...pages[this.draw(name, pages.length, 'response buffer')]);
    let result = 0;
    for (let tries = 0; tries < PATIENCE;) {
      yield* this.beforeWrite(file);
      result = yield call(this.sys.write(file, response, header + thread.responseLength));
      if (this.writesAgain(result)) continue;
      tries++;
      if (result === -EFAULT) response.place(...pages[0]);
      else if (result === -EMSGSIZE) {
        thread.responseLength = writeResponse(thread.message, request, requestLength, CompletionCode.CANNOT_RETURN_DATA);
        this.encode(thread);
      } else break;
    }
    if (result > 0) result = Math.max(result - header, 0);
    this.witness.wrote({ thread: name, result, bytes: thread.message, length: thread.responseLength, request, requestLength, mixedUp: thread.mixedUp });
  }

  /** read() failed: try again, but not for ever. */
  protected *failed(thread: DaemonThread, error: number): Steps {
    if (error === -EINTR || ++thread.failures < PATIENCE) return;
    const { file } = this;
    this.giveUp(thread);
    if (file === null) return;
    yield* this.beforeEnd(file);
    if (this.closesAfter(error)) yield* this.closeDevice(thread, file);
  }

  /** Closes the device; with another thread in the driver its release() comes later, and is still under way when the last has let go. */
  protected *closeDevice(thread: DaemonThread, file: OpenFile): Steps {
    this.file = null;
    this.witness.closes(thread.name);
    yield* this.sys.close(file);
    if (file.released) this.witness.closed(thread.name);
  }

  /** The process dies, and is started again. */
  protected *crash(thread: DaemonThread, file: OpenFile): Steps {
    yield* this.closeDevice(thread, file);
    yield this.kernel.sleep(RESTART[this.draw(thread.name, RESTART.length, 'restart delay')]);
    yield* this.openDevice(thread);
  }
}
