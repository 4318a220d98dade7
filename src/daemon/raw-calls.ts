import { EFAULT, UserBuffer, type Kernel, type NextPage, type OpenFile, type Syscalls } from '../linux/index.ts';
import { call, type Steps } from '../sim/index.ts';
import type { Draw } from './daemon.ts';

/** One call of a thread on /dev/raw-kcs: as it begins, and, with its result, as it returns. */
export interface RawCall {
  readonly thread: string;
  /** Id of the thread's context, by which the trace knows it. */
  readonly actor: number;
  readonly name: 'read' | 'write' | 'poll';
  /** Bytes and offset; of poll() the events. */
  readonly count: number;
  readonly pos: number;
  readonly nonBlocking: boolean;
  /** Bytes, events, or a negated errno. */
  readonly result: number;
  readonly bytes: Uint8Array;
  /** It has slept until something happened. */
  readonly slept: boolean;
  /** A signal reached it. */
  readonly signalled: boolean;
  /** Where the page of its buffer ended, and what lay beyond. */
  readonly pageEnd: number;
  readonly nextPage: NextPage;
}

/** Told what the threads of a process do with the device. */
export interface RawWitness {
  opened(thread: string): void;
  closed(thread: string): void;
  begins(call: RawCall): void;
  returned(call: RawCall): void;
}

/** Where a buffer may lie, nominal first: two bytes are in one page, which may be there or not. */
const PAGES: readonly NextPage[] = ['resident', 'not-resident', 'unmapped'];
const BYTES = 4;

/** The calls of one thread on the raw device; the schedule may lay its buffers where they fault. */
export class RawCalls {
  readonly thread: string;
  private readonly kernel: Kernel;
  private readonly sys: Syscalls;
  private readonly draw: Draw;
  private readonly witness: RawWitness;
  private readonly buffer = new UserBuffer(BYTES);
  private readonly current: { -readonly [K in keyof RawCall]: RawCall[K] };

  constructor(thread: string, kernel: Kernel, sys: Syscalls, draw: Draw, witness: RawWitness) {
    this.thread = thread;
    this.kernel = kernel;
    this.sys = sys;
    this.draw = draw;
    this.witness = witness;
    this.current = {
      thread, actor: -1, name: 'read', count: 0, pos: 0, nonBlocking: false, result: 0, bytes: this.buffer.bytes, slept: false,
      signalled: false, pageEnd: 0, nextPage: 'resident',
    };
  }

  /** What the last read() has brought. */
  get bytes(): Uint8Array {
    return this.buffer.bytes;
  }

  /** pread(): the result; the bytes are in {@link bytes}. From a good buffer if the first was bad. */
  *pread(file: OpenFile, count: number, pos: number): Steps<number> {
    this.place('request buffer');
    const result = yield call(this.read(file, count, pos));
    if (result !== -EFAULT) return result;
    this.buffer.place(BYTES, 'resident');
    return yield call(this.read(file, count, pos));
  }

  private *read(file: OpenFile, count: number, pos: number): Steps<number> {
    this.begin('read', file, count, pos);
    return this.end(yield call(this.sys.pread(file, this.buffer, count, pos)));
  }

  /** pwrite() of one or two bytes; again from a good buffer if the first was bad. */
  *pwrite(file: OpenFile, pos: number, first: number, second = -1): Steps<number> {
    const count = second < 0 ? 1 : 2;
    this.buffer.bytes[0] = first;
    this.buffer.bytes[1] = Math.max(second, 0);
    this.place('response buffer');
    const result = yield call(this.write(file, count, pos));
    if (result !== -EFAULT) return result;
    this.buffer.place(BYTES, 'resident');
    return yield call(this.write(file, count, pos));
  }

  /** write() of `count` bytes, whatever they are. */
  *write(file: OpenFile, count: number, pos: number): Steps<number> {
    this.begin('write', file, count, pos);
    return this.end(yield call(this.sys.pwrite(file, this.buffer, count, pos)));
  }

  /** Blocks until one of `events` is ready: those that are, or -EINTR. */
  *poll(file: OpenFile, events: number): Steps<number> {
    this.buffer.place(BYTES, 'resident');
    this.begin('poll', file, events, 0);
    return this.end(yield call(this.sys.poll(file, true, events)));
  }

  private place(question: string): void {
    const next = PAGES[this.draw(this.thread, PAGES.length, question)];
    this.buffer.place(next === 'resident' ? BYTES : 0, next);
  }

  private begin(name: RawCall['name'], file: OpenFile, count: number, pos: number): void {
    const { current } = this;
    current.actor = this.kernel.currentTask.ctx.id;
    current.name = name;
    current.count = count;
    current.pos = pos;
    current.nonBlocking = file.nonBlocking;
    current.pageEnd = this.buffer.pageEnd;
    current.nextPage = this.buffer.nextPage;
    this.witness.begins(current);
  }

  private end(result: number): number {
    const { current } = this;
    const task = this.kernel.currentTask;
    current.result = result;
    current.slept = task.slept;
    current.signalled = task.signalled;
    this.witness.returned(current);
    return result;
  }
}
