import { CompletionCode, answer, attention, createBmcState, resetBmcState, writeResponse, type BmcState } from '../ipmi/index.ts';
import {
  Allocation, EAGAIN, EFAULT, EINTR, EOVERFLOW, EPOLLIN, Mutex, OpenFile, Syscalls, UserBuffer, type Kernel, type MiscDevice,
  type MutexOps, type NextPage, type Task,
} from '../linux/index.ts';
import { MS, US, call, type Ps, type Steps } from '../sim/index.ts';
import type { DaemonWitness } from './witness.ts';

/** ioctl() requests of linux/ipmi_bmc.h. */
const SET_SMS_ATN = 0;
const CLEAR_SMS_ATN = 1;
const FORCE_ABORT = 2;

/** Largest message that the daemons handle, bytes. */
const BUFFER = 1024;
/** The longest response that the drivers take, bytes. */
const LONGEST_RESPONSE = 1000;
/** A buffer too short for any request with data. */
const SHORT = 3;
/** Failures in a row after which the process gives up. */
const PATIENCE = 4;

/** What the schedule may make of a user buffer: nominal first. */
const PAGES: readonly (readonly [number, NextPage])[] = [
  [BUFFER, 'resident'], [4, 'not-resident'], [4, 'unmapped'], [0, 'not-resident'], [0, 'unmapped'],
];
/** Answers to whether a process writes without having read; only 1 means it does: no daemon should. */
const UNSOLICITED = 8;
/** Times that the daemon takes for an answer, nominal first. */
const THINK: readonly Ps[] = [0, 20 * US, 500 * US, 2 * MS, 20 * MS];
/** Times after which a crashed daemon is back, nominal first. */
const RESTART: readonly Ps[] = [100 * US, 500 * US, 3 * MS, 30 * MS];
/** When the daemon first opens the device, nominal first. */
const LATE: readonly Ps[] = [0, 250 * US, 1 * MS, 20 * MS];

/** How a run's daemon is made up. */
export interface KcsdShape {
  /** Threads that read, answer and write. */
  readonly threads: 1 | 2;
  /** Threads hold one lock from read() to write(). */
  readonly locked: boolean;
  readonly nonBlocking: boolean;
  /** Like kcsbridged: FORCE_ABORT first, and a request that arrives cancels the answer under way. */
  readonly bridge: boolean;
}

/** Asks the seam; see {@link Kernel.sim}. */
type Draw = (thread: string, n: number, label: string) => number;

/** A daemon that serves /dev/ipmi-kcs: reads requests, thinks, answers, can crash and come back. */
export class Kcsd {
  readonly tasks: readonly Task[];
  readonly bmc: BmcState = createBmcState();
  private readonly kernel: Kernel;
  private readonly sys: Syscalls;
  private readonly device: MiscDevice;
  private readonly witness: DaemonWitness;
  private readonly thinkTime: Ps;
  private readonly draw: Draw;
  private readonly lock: MutexOps;
  private readonly threads: readonly Thread[];
  private shape: KcsdShape = { threads: 1, locked: true, nonBlocking: false, bridge: false };
  private file: OpenFile | null = null;
  private attentionSet = false;
  /** What the process offers to read(), bytes. */
  private count = BUFFER;
  /** The process is gone for good. */
  private dead = false;

  constructor(kernel: Kernel, device: MiscDevice, thinkTime: Ps, draw: Draw, witness: DaemonWitness) {
    this.kernel = kernel;
    this.sys = new Syscalls(kernel);
    this.device = device;
    this.thinkTime = thinkTime;
    this.draw = draw;
    this.witness = witness;
    this.lock = new Mutex(new Allocation(kernel, 'daemon'), 'pthread_mutex').at(kernel.sim.ops.frame('kcsd'));
    this.threads = [new Thread('bmc:kcsd'), new Thread('bmc:kcsd/2')];
    this.tasks = this.threads.map((thread, i) => kernel.thread(thread.name, () => this.main(i)));
    kernel.sim.onReset(() => {
      resetBmcState(this.bmc);
      this.file = null;
      this.attentionSet = false;
      this.dead = false;
      for (const thread of this.threads) thread.reset();
    });
  }

  /** Starts the process in this run. */
  start(shape: KcsdShape): void {
    this.shape = shape;
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

  private *main(index: number): Steps {
    const thread = this.threads[index];
    if (index === 0) {
      yield* this.openDevice(thread);
      if (this.shape.threads === 2) this.tasks[1].ctx.start();
    }
    while (!this.dead) {
      if (this.shape.locked && this.shape.threads === 2) yield this.lock.mutexLock;
      yield call(this.serve(thread));
      if (this.shape.locked && this.shape.threads === 2) yield this.lock.mutexUnlock;
    }
  }

  private *openDevice(thread: Thread): Steps {
    const file = yield* this.sys.open(this.device, this.shape.nonBlocking);
    if (typeof file === 'number') {
      this.giveUp(thread);
      return;
    }
    this.file = file;
    this.count = this.draw(thread.name, 2, 'short buffer') === 1 ? SHORT : BUFFER;
    this.witness.opened(thread.name);
    if (this.shape.bridge) yield* this.forceAbort(thread, file);
    yield* this.updateAttention(file); // what a crashed process has left
  }

  private giveUp(thread: Thread): void {
    this.dead = true;
    this.witness.exited(thread.name);
  }

  private *forceAbort(thread: Thread, file: OpenFile): Steps {
    this.witness.aborted(thread.name);
    yield* this.sys.ioctl(file, FORCE_ABORT);
  }

  /** Reads one request and answers it. */
  private *serve(thread: Thread): Steps {
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
    thread.responseLength = answer(this.bmc, thread.request, length, thread.response.bytes);
    if (thread.responseLength > LONGEST_RESPONSE) {
      thread.responseLength = writeResponse(thread.response.bytes, thread.request, length, CompletionCode.CANNOT_RETURN_DATA);
    }
    yield this.kernel.sleep(this.thinkTime + THINK[this.draw(thread.name, THINK.length, 'think longer')]);
    if (this.shape.bridge && ((yield* this.sys.poll(file, false)) & EPOLLIN) !== 0) return; // the host has gone on
    yield call(this.writeResponse(thread, file));
    yield* this.updateAttention(file);
  }

  /** What a process may do that has nothing to answer. */
  private *beforeRead(thread: Thread, file: OpenFile): Steps {
    switch (this.draw(thread.name, 5, 'before read')) {
      case 1:
        yield* this.forceAbort(thread, file);
        break;
      case 2:
        yield* this.sys.ioctl(file, SET_SMS_ATN);
        this.attentionSet = true;
        break;
      case 3:
        yield* this.sys.ioctl(file, CLEAR_SMS_ATN);
        this.attentionSet = false;
        break;
      case 4:
        if (this.file !== null && this.shape.locked) yield* this.crash(thread, file);
        break;
    }
    if (this.draw(thread.name, UNSOLICITED, 'write without read') === 1 && this.file === file) {
      yield this.kernel.sleep(this.thinkTime);
      thread.requestLength = 0;
      thread.responseLength = 3;
      thread.response.bytes.set([0x1c, 0x01, 0xc0]);
      yield* this.writeResponse(thread, file);
    }
  }

  private *readRequest(thread: Thread, file: OpenFile): Steps<number> {
    if (this.file !== file) return -EAGAIN;
    const { name, buffer } = thread;
    const { count } = this;
    const [pageEnd, nextPage] = PAGES[this.draw(name, PAGES.length, 'request buffer')];
    buffer.place(pageEnd, nextPage);
    this.witness.reads(name);
    if (this.shape.nonBlocking) {
      const ready = yield* this.sys.poll(file, true);
      if (ready < 0) return ready;
    }
    const result = yield call(this.sys.read(file, buffer, count));
    const { signalled } = this.kernel.currentTask;
    this.witness.read({
      thread: name, result, bytes: buffer.bytes, count, nonBlocking: this.shape.nonBlocking, signalled, pageEnd, nextPage,
    });
    if (result > 0) thread.request.set(buffer.bytes.subarray(0, result));
    thread.requestLength = Math.max(result, 0);
    return result;
  }

  private *writeResponse(thread: Thread, file: OpenFile): Steps {
    const { name, response, responseLength, request, requestLength } = thread;
    response.place(...PAGES[this.draw(name, PAGES.length, 'response buffer')]);
    let result = yield call(this.sys.write(file, response, responseLength));
    if (result === -EFAULT) {
      response.place(...PAGES[0]);
      result = yield* this.sys.write(file, response, responseLength);
    }
    this.witness.wrote({ thread: name, result, bytes: response.bytes, length: responseLength, request, requestLength });
  }

  private *updateAttention(file: OpenFile): Steps {
    const wanted = attention(this.bmc);
    if (wanted === this.attentionSet) return;
    this.attentionSet = wanted;
    yield* this.sys.ioctl(file, wanted ? SET_SMS_ATN : CLEAR_SMS_ATN);
  }

  /** read() failed: try again, but not for ever. What is too long for it a process leaves alone. */
  private *failed(thread: Thread, error: number): Steps {
    if (error === -EINTR || ++thread.failures < PATIENCE) return;
    const { file } = this;
    this.giveUp(thread);
    if (file === null) return;
    if (this.attentionSet) yield* this.sys.ioctl(file, CLEAR_SMS_ATN); // nobody is left to serve it
    if (error !== -EOVERFLOW) yield* this.closeDevice(thread, file);
  }

  /** Closes the device; with another thread in the driver its release() comes later. */
  private *closeDevice(thread: Thread, file: OpenFile): Steps {
    this.file = null;
    this.witness.closes(thread.name);
    yield* this.sys.close(file);
    if (file.references === 0) this.witness.closed(thread.name);
  }

  /** The process dies, and is started again. */
  private *crash(thread: Thread, file: OpenFile): Steps {
    yield* this.closeDevice(thread, file);
    yield this.kernel.sleep(RESTART[this.draw(thread.name, RESTART.length, 'restart delay')]);
    yield* this.openDevice(thread);
  }
}

/** Memory of one thread. */
class Thread {
  readonly name: string;
  readonly buffer = new UserBuffer(BUFFER);
  readonly request = new Uint8Array(BUFFER);
  requestLength = 0;
  readonly response = new UserBuffer(BUFFER);
  responseLength = 0;
  failures = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** A driver may say that it has copied what it has not: then a process sees what its buffer held before. */
  reset(): void {
    this.buffer.bytes.fill(0);
    this.requestLength = 0;
    this.responseLength = 0;
    this.failures = 0;
  }
}
