import { BLOCKED, call, type Op, type Steps } from '../sim/index.ts';
import { EBADF, EBUSY, EINTR, ENODEV, ERESTARTSYS, formatResult } from './errno.ts';
import { Allocation } from './memory.ts';
import { Mutex, type MutexOps } from './mutex.ts';
import type { Kernel } from './kernel.ts';
import type { UserBuffer } from './uaccess.ts';

/** Offset of read() and write(): no driver of ours moves the position of a file. */
const START = 0;

/** poll() mask bits. */
export const EPOLLIN = 0x001;
export const EPOLLOUT = 0x004;
export const EPOLLERR = 0x008;
export const EPOLLHUP = 0x010;

/** struct file_operations: each returns a result or a negated errno. */
export interface FileOperations {
  open(file: OpenFile): Steps<number>;
  release(file: OpenFile): Steps<number>;
  /**
   * `pos` is *ppos: the offset of pread(), or the file's position. `moves`: the call is read(), which leaves the file's
   * position behind what it has read; a driver that moves it keeps it, and is given {@link START}.
   */
  read(file: OpenFile, buf: UserBuffer, count: number, pos: number, moves?: boolean): Steps<number>;
  write(file: OpenFile, buf: UserBuffer, count: number, pos: number, moves?: boolean): Steps<number>;
  /**
   * The events that are ready, as EPOLL bits; queues the caller by poll_wait(). `requested` is what the caller
   * waits for (poll_requested_events()).
   */
  poll(file: OpenFile, requested: number): Steps<number>;
  ioctl(file: OpenFile, cmd: number): Steps<number>;
}

/** struct file. */
export class OpenFile {
  readonly fops: FileOperations;
  readonly nonBlocking: boolean;
  /** Descriptors and running system calls that hold it. */
  references = 1;
  /** The descriptor was closed. */
  closed = false;
  /** release() has returned, for whoever was the last to let go of it. */
  released = false;

  constructor(fops: FileOperations, nonBlocking: boolean) {
    this.fops = fops;
    this.nonBlocking = nonBlocking;
  }
}

/** struct miscdevice: a name in /dev until misc_deregister(). */
export class MiscDevice {
  readonly name: string;
  readonly fops: FileOperations;
  registered = false;
  /** misc_register() finds no minor number: a fault. */
  refused = false;
  /** misc_mtx, which misc_open() holds across the driver's open(). */
  readonly mutex: MutexOps;

  constructor(kernel: Kernel, name: string, fops: FileOperations) {
    this.name = name;
    this.fops = fops;
    this.mutex = new Mutex(new Allocation(kernel, 'misc'), 'misc_mtx').at(0);
    kernel.sim.onReset(() => {
      this.registered = false;
    });
  }

  /** misc_register(): 0, or -EBUSY if there is no minor number left. */
  register(): number {
    if (this.refused) return -EBUSY;
    this.registered = true;
    return 0;
  }

  /** misc_deregister(): from here on no open() finds it, and none is under way. */
  *deregister(): Steps {
    yield this.mutex.mutexLock;
    this.registered = false;
    yield this.mutex.mutexUnlock;
  }
}

/**
 * The system calls of the threads of one process: entry, the driver's function, return to user
 * space. A file is released when the last descriptor and the last running call are gone (fput()).
 */
export class Syscalls {
  private readonly kernel: Kernel;
  private readonly enter: Readonly<Record<Call, Op>>;
  private readonly exit: Readonly<Record<Call, Op>>;
  private readonly pollSchedule: Op;
  private readonly returned: number;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    const { sim, config } = kernel;
    const entry = (name: Call): Op => sim.ops.define({
      label: `${name}()`, lead: config.syscall,
      exec: (_operand, ctx) => {
        const task = kernel.taskOf(ctx);
        task.userMode = false;
        task.syscall = `${name}()`;
        task.signalled = false;
        task.slept = false;
        return 0;
      },
    });
    const back = (name: Call): Op => sim.ops.define({
      label: `return from ${name}()`, lead: config.syscall,
      exec: (_operand, ctx) => {
        const task = kernel.taskOf(ctx);
        task.userMode = true;
        task.syscall = '';
        task.signalPending = false;
        return 0;
      },
    });
    this.returned = sim.trace.define({
      name: 'bmc.syscall', lane: 'task', fields: ['call', 'result'],
      text: (call, result) => `${CALLS[call]}() = ${formatResult(result)}`,
    });
    this.pollSchedule = sim.ops.define({
      label: 'poll_schedule_timeout', kind: 'block', lead: config.lock,
      exec: (_operand, ctx) => {
        const task = kernel.taskOf(ctx);
        if (task.woken) return 0;
        if (kernel.signalFault(ctx)) return -ERESTARTSYS;
        task.asleep = true;
        task.slept = true;
        return BLOCKED;
      },
    });
    this.enter = forCalls(entry);
    this.exit = forCalls(back);
  }

  /** open(): a file, or a negated errno. */
  *open(device: MiscDevice, nonBlocking: boolean): Steps<OpenFile | number> {
    yield this.enter.open;
    let result = -ENODEV;
    const file = new OpenFile(device.fops, nonBlocking);
    yield device.mutex.mutexLock;
    if (device.registered) result = yield* device.fops.open(file);
    yield device.mutex.mutexUnlock;
    this.returns('open', result);
    yield this.exit.open;
    return result === 0 ? file : result;
  }

  read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return this.pread(file, buf, count, START, true);
  }

  /** pread(): read() at the offset `pos`, bytes; `moves`: as read() itself. */
  *pread(file: OpenFile, buf: UserBuffer, count: number, pos: number, moves = false): Steps<number> {
    yield this.enter.read;
    if (file.closed) return yield* this.badFile('read');
    file.references++;
    const task = this.kernel.currentTask;
    task.nonBlocking = file.nonBlocking;
    const result = yield call(file.fops.read(file, buf, count, pos, moves));
    task.nonBlocking = false;
    yield* this.put(file);
    this.returns('read', result);
    yield this.exit.read;
    return restarted(result);
  }

  write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return this.pwrite(file, buf, count, START, true);
  }

  /** pwrite(): write() at the offset `pos`, bytes; `moves`: as write() itself. */
  *pwrite(file: OpenFile, buf: UserBuffer, count: number, pos: number, moves = false): Steps<number> {
    yield this.enter.write;
    if (file.closed) return yield* this.badFile('write');
    file.references++;
    const task = this.kernel.currentTask;
    task.nonBlocking = file.nonBlocking;
    const result = yield call(file.fops.write(file, buf, count, pos, moves));
    task.nonBlocking = false;
    yield* this.put(file);
    this.returns('write', result);
    yield this.exit.write;
    return restarted(result);
  }

  *ioctl(file: OpenFile, cmd: number): Steps<number> {
    yield this.enter.ioctl;
    if (file.closed) return yield* this.badFile('ioctl');
    file.references++;
    const result = yield* file.fops.ioctl(file, cmd);
    yield* this.put(file);
    this.returns('ioctl', result);
    yield this.exit.ioctl;
    return restarted(result);
  }

  /**
   * poll() of one descriptor for `events`: those of them that are ready, and EPOLLERR and EPOLLHUP. With `block` it
   * sleeps until there are some (or a signal: -EINTR), else it answers at once.
   */
  *poll(file: OpenFile, block: boolean, events = EPOLLIN): Steps<number> {
    yield this.enter.poll;
    if (file.closed) return yield* this.badFile('poll');
    file.references++;
    const task = this.kernel.currentTask;
    const wanted = events | EPOLLERR | EPOLLHUP;
    let result = (yield* file.fops.poll(file, events)) & wanted;
    while (block && result === 0) {
      result = yield this.pollSchedule;
      if (result === 0) result = (yield* file.fops.poll(file, events)) & wanted;
    }
    task.polling?.forget(task);
    task.polling = null;
    yield* this.put(file);
    yield this.exit.poll;
    return restarted(result);
  }

  *close(file: OpenFile): Steps<number> {
    yield this.enter.close;
    if (file.closed) return yield* this.badFile('close');
    file.closed = true;
    yield* this.put(file);
    yield this.exit.close;
    return 0;
  }

  /** Tells the trace with what a call goes back to user space. */
  private returns(call: Call, result: number): void {
    const { kernel } = this;
    kernel.sim.trace.emit(this.returned, kernel.currentTask.ctx.id, CALLS.indexOf(call), result);
  }

  private *badFile(call: Call): Steps<number> {
    yield this.exit[call];
    return -EBADF;
  }

  private *put(file: OpenFile): Steps {
    if (--file.references > 0) return;
    const task = this.kernel.currentTask;
    const outer = task.syscall;
    task.syscall = 'release()';
    yield* file.fops.release(file);
    file.released = true;
    task.syscall = outer;
  }
}

const CALLS = ['open', 'read', 'write', 'ioctl', 'poll', 'close'] as const;
type Call = (typeof CALLS)[number];

function forCalls<T>(make: (name: Call) => T): Record<Call, T> {
  return {
    open: make('open'), read: make('read'), write: make('write'), ioctl: make('ioctl'), poll: make('poll'), close: make('close'),
  };
}

/** A signal handler without SA_RESTART: user space sees EINTR. */
function restarted(result: number): number {
  return result === -ERESTARTSYS ? -EINTR : result;
}
