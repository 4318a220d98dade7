import { BLOCKED, END_OF_TIME, type Context, type Op, type Ps, type Simulator } from '../../sim/index.ts';
import type { BtTrace } from '../bt/trace.ts';
import { apbReadTiming, apbWriteTiming, type ApbParams } from '../apb.ts';
import { LpcFootprints } from './footprints.ts';
import type { LpcController } from './lpc-controller.ts';
import { CHANNEL, KIND, Kind } from './register-map.ts';
import { hex, registerName, STR } from './registers.ts';
import type { LpcTraceCodes } from './trace.ts';

/** What software does in one go with an access, such as to take a lock. */
export interface AroundAccess {
  /** Before its effect. False: there is none yet, and `ctx` was parked until it can be tried again. */
  readonly before?: (ctx: Context) => boolean;
  /** At once after its effect. */
  readonly after?: (ctx: Context) => void;
}

/** The opcodes of the BMC's accesses, shared by every {@link LpcRegisters} of a system. */
interface ApbOps {
  readonly sim: Simulator;
  readonly read: Op;
  readonly write: Op;
  readonly write32: Op;
  readonly poll: Op;
}

/**
 * The registers of the LPC block as the BMC's CPU reaches them. Its methods make the steps that a BMC
 * driver yields; offsets are those of `LPC`.
 */
export class LpcRegisters {
  private readonly ops: ApbOps;
  private readonly readOp: Op;
  private readonly writeOp: Op;
  private readonly write32Op: Op;
  private readonly pollOp: Op;

  /** Use {@link defineLpcRegisters} for the first, {@link LpcRegisters.at} for others. */
  constructor(ops: ApbOps, frame: number) {
    this.ops = ops;
    this.readOp = ops.read | frame;
    this.writeOp = ops.write | frame;
    this.write32Op = ops.write32 | frame;
    this.pollOp = ops.poll | frame;
  }

  /** The same registers, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame: number): LpcRegisters {
    return new LpcRegisters(this.ops, frame);
  }

  /** The same registers, with something done around each access but {@link poll}. For the construction of a system: it defines steps. */
  around({ before = () => true, after = () => undefined }: AroundAccess): LpcRegisters {
    const { sim, read, write, write32, poll } = this.ops;
    const wrap = (op: Op): Op => {
      const def = sim.ops.def(op);
      return sim.ops.define({
        ...def,
        exec: (operand, ctx) => {
          if (!before(ctx)) return BLOCKED;
          const value = def.exec(operand, ctx);
          after(ctx);
          return value;
        },
      });
    };
    return new LpcRegisters({ sim, read: wrap(read), write: wrap(write), write32: wrap(write32), poll }, 0);
  }

  /** Reads the register at `offset`; resumes with its value. */
  read(offset: number): Op {
    return this.readOp | (offset << 14);
  }

  /** Writes a byte to the register at `offset`; a wider register's other bits become 0. */
  write(offset: number, byte: number): Op {
    return this.writeOp | (offset << 14) | ((byte & 0xff) << 8);
  }

  /** Writes 32 bits to the register at `offset`. The value goes through the context's `arg`. */
  write32(offset: number, value: number): Op {
    this.current().arg = value;
    return this.write32Op | (offset << 14);
  }

  /**
   * Reads the STR at `offset` now and then every `period` ps until (STR & `mask`) is not
   * (`last` & `mask`), or until the first sample at or after `deadline` (a time, ps). Resumes with STR.
   */
  poll(offset: number, mask: number, last: number, period: Ps, deadline: Ps = END_OF_TIME): Op {
    if (KIND[offset >> 2] !== Kind.str) throw new RangeError(`${registerName(offset)} cannot be polled`);
    if (!(period > 0)) throw new RangeError(`a poll needs a period, not ${period} ps`);
    const ctx = this.current();
    ctx.pollMask = mask;
    ctx.pollLast = last;
    ctx.pollPeriod = period;
    ctx.pollDeadline = deadline;
    return this.pollOp | (offset << 14);
  }

  private current(): Context {
    const ctx = this.ops.sim.current;
    if (ctx === null) throw new Error('an access is a step of a running context');
    return ctx;
  }
}

/** Registers the BMC's accesses with a system. */
export function defineLpcRegisters(
  sim: Simulator, lpc: LpcController, codes: LpcTraceCodes, bt: BtTrace, params: ApbParams,
): LpcRegisters {
  const { trace } = sim;
  const footprints = new LpcFootprints(sim.ops, lpc.params.btHostOem0 !== 0);
  const name = (operand: number) => registerName((operand >> 8) << 2);
  const readTiming = apbReadTiming(params);
  const writeTiming = apbWriteTiming(params);

  const read = (operand: number, ctx: Context): number => {
    const word = operand >> 8;
    const kind = KIND[word];
    if (kind === Kind.bt) bt.bmcRead(ctx.id, word << 2);
    else if (kind >= Kind.idr) {
      const channel = lpc.channels[CHANNEL[word]];
      const { str } = channel;
      if (kind === Kind.str) trace.emit(codes.bmcStrRead, ctx.id, str, 0, channel.number);
      else if (kind === Kind.idr) {
        trace.emit(codes.bmcIdrRead, ctx.id, channel.idr, str & (STR.IBF | STR.CD), channel.number);
      } else trace.emit(codes.bmcOdrRead, ctx.id, channel.odr, str & STR.OBF, channel.number);
    }
    return lpc.read(word << 2);
  };
  const write = (word: number, value: number, ctx: Context): number => {
    const kind = KIND[word];
    if (kind === Kind.odr) {
      const channel = lpc.channels[CHANNEL[word]];
      trace.emit(codes.bmcOdrWrite, ctx.id, value & 0xff, channel.str & STR.OBF, channel.number);
    } else if (kind === Kind.str) {
      const channel = lpc.channels[CHANNEL[word]];
      trace.emit(codes.bmcStrWrite, ctx.id, channel.str, channel.afterWrite(value), channel.number);
    } else if (kind === Kind.bt) bt.bmcWrite(ctx.id, word << 2, value);
    lpc.write(word << 2, value);
    return 0;
  };

  return new LpcRegisters({
    sim,
    read: sim.ops.define({
      label: 'register read',
      kind: 'access',
      ...readTiming,
      exec: read,
      footprint: (operand) => footprints.read(operand >> 8),
      site: (operand) => `${name(operand)} read`,
    }),
    write: sim.ops.define({
      label: 'register write',
      kind: 'access',
      ...writeTiming,
      exec: (operand, ctx) => write(operand >> 8, operand & 0xff, ctx),
      footprint: (operand) => footprints.write(operand >> 8, operand & 0xff),
      site: (operand) => `${name(operand)} write`,
      describe: (operand) => `${name(operand)} := ${hex(operand & 0xff)}`,
    }),
    write32: sim.ops.define({
      label: 'register write',
      kind: 'access',
      ...writeTiming,
      exec: (operand, ctx) => write(operand >> 8, ctx.arg, ctx),
      footprint: (operand) => footprints.write(operand >> 8),
      site: (operand) => `${name(operand)} write`,
    }),
    poll: sim.ops.define({
      label: 'register poll',
      kind: 'poll',
      ...readTiming,
      exec: (operand, ctx) => {
        const value = read(operand, ctx);
        if (((value ^ ctx.pollLast) & ctx.pollMask) !== 0 || sim.now >= ctx.pollDeadline) return value;
        return ctx.park(lpc.channels[CHANNEL[operand >> 8]].status);
      },
      footprint: (operand) => footprints.read(operand >> 8),
      site: (operand) => `${name(operand)} poll`,
    }),
  }, 0);
}
