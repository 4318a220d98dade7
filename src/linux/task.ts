import type { Context } from '../sim/index.ts';
import type { UserBuffer } from './uaccess.ts';
import type { ByteArray } from './struct.ts';
import type { WaitQueue } from './waitqueue.ts';

/** What the kernel keeps about one thread. */
export class Task {
  readonly ctx: Context;
  /** It is in the kernel from its start: a kernel thread, or a process in a call that is not modelled. */
  readonly inKernel: boolean;
  /** In user mode: any other task may take the CPU. */
  userMode: boolean;
  /** Sections in which preemption is disabled, nested. */
  preemptCount = 0;
  /** Its interrupt flag while it is not on the CPU. */
  irqsOff = false;
  /** Preempted while stalled by the schedule. */
  offCpu = false;
  /** Times that it has given up the CPU. */
  switches = 0;
  /** Woken since it was put on a wait queue. */
  woken = false;
  /** Asleep until a wait queue wakes it, and not for a lock or a page. */
  asleep = false;
  /** It has slept on a wait queue in the current system call. */
  slept = false;
  signalPending = false;
  /** A signal reached it in the current system call. */
  signalled = false;
  /** The queue on which poll() left it. */
  polling: WaitQueue | null = null;
  /** It is in a call on a file with O_NONBLOCK. */
  nonBlocking = false;
  /** The system call it is in, for reports; empty in user mode. */
  syscall = '';

  /** The user copy in progress. */
  copyUser: UserBuffer | null = null;
  copyKernel: ByteArray | null = null;
  copyAt = 0;
  copyEnd = 0;
  /** Where it begins in the user buffer. */
  copyOffset = 0;

  constructor(ctx: Context, inKernel: boolean) {
    this.ctx = ctx;
    this.inKernel = inKernel;
    this.userMode = !inKernel;
  }

  reset(): void {
    this.userMode = !this.inKernel;
    this.preemptCount = 0;
    this.irqsOff = false;
    this.offCpu = false;
    this.switches = 0;
    this.woken = false;
    this.asleep = false;
    this.slept = false;
    this.signalPending = false;
    this.signalled = false;
    this.polling = null;
    this.nonBlocking = false;
    this.syscall = '';
    this.copyUser = null;
    this.copyKernel = null;
  }

  /** Whether another task may take the CPU from it here. */
  preemptible(preempt: 'none' | 'full'): boolean {
    return this.userMode || (preempt === 'full' && this.preemptCount === 0);
  }
}
