import { BLOCKED, type Context, type Op, type OpDef, type Steps } from '../sim/index.ts';
import type { Kernel } from './kernel.ts';
import type { ByteArray } from './struct.ts';

/** State of the page into which a user buffer runs at {@link UserBuffer.pageEnd}. */
export type NextPage = 'resident' | 'not-resident' | 'unmapped';

/** Memory of a user process. */
export class UserBuffer {
  readonly bytes: Uint8Array;
  /** Offset at which the page that is surely there ends; a multiple of 4. */
  pageEnd = 0;
  nextPage: NextPage = 'resident';

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  /** Lays the buffer anew: a page end at `pageEnd`, beyond it a page in state `nextPage`. */
  place(pageEnd: number, nextPage: NextPage): void {
    this.pageEnd = pageEnd;
    this.nextPage = nextPage;
  }
}

export interface UserCopyOps {
  readonly toUser: Op;
  readonly toUserWord: Op;
  readonly fromUser: Op;
  readonly fromUserWord: Op;
}

/** Bytes per step of a copy. */
const WORD = 4;
/** Value of a word step: go on; the page was brought in, again; the address is bad. */
const NEXT = 0;
const AGAIN = 1;
const FAULT = 2;

/** copy_to_user() and copy_from_user(): in words of 4 bytes, each a step; may sleep, or stop part-way. */
export class UserAccess {
  private readonly kernel: Kernel;
  private readonly ops: UserCopyOps;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    const { sim, config } = kernel;
    const define = (label: string, kind: OpDef['kind'], exec: OpDef['exec']): Op => sim.ops.define({
      label, kind, lead: config.copyWord, exec,
    });
    this.ops = {
      toUser: define('copy_to_user', 'compute', (_operand, ctx) => this.mightFault(ctx, 'copy_to_user')),
      toUserWord: define('copy_to_user word', 'block', (_operand, ctx) => this.word(ctx, true)),
      fromUser: define('copy_from_user', 'compute', (_operand, ctx) => this.mightFault(ctx, 'copy_from_user')),
      fromUserWord: define('copy_from_user word', 'block', (_operand, ctx) => this.word(ctx, false)),
    };
  }

  at(frame: number): UserCopyOps {
    const { ops } = this;
    return {
      toUser: ops.toUser | frame,
      toUserWord: ops.toUserWord | frame,
      fromUser: ops.fromUser | frame,
      fromUserWord: ops.fromUserWord | frame,
    };
  }

  /** might_fault(): reported at the call, whether a page is missing or not. */
  private mightFault(ctx: Context, what: string): number {
    this.kernel.mightSleep(ctx, what);
    return 0;
  }

  private word(ctx: Context, toUser: boolean): number {
    const task = this.kernel.taskOf(ctx);
    const { copyUser: user, copyKernel: memory } = task;
    if (user === null || memory === null) throw new Error('no copy in progress');
    const at = task.copyAt;
    const { copyOffset: offset } = task;
    if (offset + at >= user.pageEnd && user.nextPage !== 'resident') {
      // do_page_fault() of arch/arm/mm/fault.c brings nothing in where it sees that preemption is disabled.
      if (user.nextPage === 'unmapped' || (this.kernel.config.preempt === 'full' && task.preemptCount > 0)) return FAULT;
      user.nextPage = 'resident';
      ctx.doze(this.kernel.config.pageFault, AGAIN);
      return BLOCKED;
    }
    const end = Math.min(at + WORD, task.copyEnd);
    for (let i = at; i < end; i++) {
      if (toUser) user.bytes[offset + i] = memory.get(i);
      else memory.set(i, user.bytes[offset + i]);
    }
    task.copyAt = end;
    return NEXT;
  }

  /** copy_to_user(to + at, from, n): returns the number of bytes that could not be copied. */
  *copyToUser(ops: UserCopyOps, to: UserBuffer, from: ByteArray, n: number, at = 0): Steps<number> {
    yield ops.toUser;
    return yield* this.copy(ops.toUserWord, to, from, n, at);
  }

  /** copy_from_user(to, from + at, n): returns the number of bytes that could not be copied. */
  *copyFromUser(ops: UserCopyOps, to: ByteArray, from: UserBuffer, n: number, at = 0): Steps<number> {
    yield ops.fromUser;
    return yield* this.copy(ops.fromUserWord, from, to, n, at);
  }

  private *copy(word: Op, user: UserBuffer, memory: ByteArray, n: number, offset: number): Steps<number> {
    const task = this.kernel.currentTask;
    task.copyUser = user;
    task.copyKernel = memory;
    task.copyAt = 0;
    task.copyOffset = offset;
    task.copyEnd = n;
    while (task.copyAt < n) {
      if ((yield word) === FAULT) return n - task.copyAt;
    }
    return 0;
  }
}
