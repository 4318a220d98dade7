import type { Context, Op, Simulator } from '../../sim/index.ts';
import { apbReadTiming, apbWriteTiming, type ApbParams } from '../apb.ts';
import type { I2cBlock } from './block.ts';
import { I2cFootprints } from './footprints.ts';
import { formatI2c, i2cRegisterName } from './format.ts';

/** Of an operand: the engine in bits 12-14, the register's word index in bits 8-11, a byte below. */
const ENGINE_SHIFT = 12;
const WORD_SHIFT = 8;
/** Not a register of an engine, but I2CG00, which all share. */
const GLOBAL_WORD = 15;

/** The opcodes of the BMC's accesses, shared by every {@link I2cRegisters} of a system. */
export interface I2cOps {
  readonly sim: Simulator;
  readonly read: Op;
  readonly write: Op;
  readonly writeWide: Op;
}

/**
 * The registers of one I2C engine, and I2CG00, as the BMC's CPU reaches them. Its methods make the steps
 * that a bus driver yields; offsets are those of `I2C`.
 */
export class I2cRegisters {
  /** Which bus of the chip, 0 to 13. */
  readonly bus: number;
  /** Reads I2CG00: bit n is the interrupt of bus n. */
  readonly readGlobal: Op;
  private readonly ops: I2cOps;
  private readonly engine: number;
  private readonly readOp: Op;
  private readonly writeOp: Op;
  private readonly writeWideOp: Op;

  /** Use {@link I2cBlock.registers}, and {@link I2cRegisters.at}. */
  constructor(ops: I2cOps, bus: number, engine: number, frame: number) {
    this.ops = ops;
    this.bus = bus;
    this.engine = engine;
    const place = (engine << (ENGINE_SHIFT + 8)) | frame;
    this.readOp = ops.read | place;
    this.writeOp = ops.write | place;
    this.writeWideOp = ops.writeWide | place;
    this.readGlobal = this.readOp | (GLOBAL_WORD << (WORD_SHIFT + 8));
  }

  /** The same registers, with `frame` (of `sim.ops.frame(name)`) in the labels of its steps. */
  at(frame: number): I2cRegisters {
    return new I2cRegisters(this.ops, this.bus, this.engine, frame);
  }

  /** Reads the register at `offset`; resumes with its 32 bits. */
  read(offset: number): Op {
    return this.readOp | (offset << 14);
  }

  /** Writes 32 bits to the register at `offset`: a byte in the step itself, more by the context's `arg`. */
  write(offset: number, value: number): Op {
    const bits = value >>> 0;
    if (bits <= 0xff) return this.writeOp | (offset << 14) | (bits << 8);
    const ctx = this.ops.sim.current;
    if (ctx === null) throw new Error('an access is a step of a running context');
    ctx.arg = bits;
    return this.writeWideOp | (offset << 14);
  }
}

/** Registers the BMC's accesses with a system. */
export function defineI2cOps(sim: Simulator, block: I2cBlock, params: ApbParams): I2cOps {
  const footprints = new I2cFootprints(sim.ops, block.numbers);
  const engineOf = (operand: number) => operand >> ENGINE_SHIFT;
  const wordOf = (operand: number) => (operand >> WORD_SHIFT) & 0xf;
  const name = (operand: number) => (wordOf(operand) === GLOBAL_WORD ? 'I2CG00' : i2cRegisterName(wordOf(operand) << 2));
  return {
    sim,
    read: sim.ops.define({
      label: 'register read',
      kind: 'access',
      ...apbReadTiming(params),
      exec: (operand) => (wordOf(operand) === GLOBAL_WORD
        ? block.globalInterrupts : block.engines[engineOf(operand)].read(wordOf(operand) << 2)),
      footprint: (operand) => (wordOf(operand) === GLOBAL_WORD
        ? footprints.readGlobal : footprints.read(engineOf(operand), wordOf(operand))),
      site: (operand) => `${name(operand)} read`,
    }),
    write: sim.ops.define({
      label: 'register write',
      kind: 'access',
      ...apbWriteTiming(params),
      exec(operand) {
        block.engines[engineOf(operand)].write(wordOf(operand) << 2, operand & 0xff);
        return 0;
      },
      footprint: (operand) => footprints.write(engineOf(operand), wordOf(operand)),
      site: (operand) => `${name(operand)} write`,
      describe: (operand) => formatI2c(wordOf(operand) << 2, operand & 0xff).replace('=', ' := '),
    }),
    writeWide: sim.ops.define({
      label: 'register write',
      kind: 'access',
      ...apbWriteTiming(params),
      exec(operand, ctx: Context) {
        block.engines[engineOf(operand)].write(wordOf(operand) << 2, ctx.arg);
        return 0;
      },
      footprint: (operand) => footprints.write(engineOf(operand), wordOf(operand)),
      site: (operand) => `${name(operand)} write`,
    }),
  };
}

