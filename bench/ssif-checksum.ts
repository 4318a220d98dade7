import { I2C, I2C_EVENTS } from '../src/hw/index.ts';
import { operandOf, type Context, type Op, type Simulator, type StepObserver } from '../src/sim/index.ts';
import { WireChecksum } from './wire-checksum.ts';

/** What happens on an I2C bus and to the registers of its engine, as it enters the checksum. */
export const Access = {
  /** 1: repeated. */
  start: 1,
  /** Both with the flags of the trace above the byte. */
  address: 2,
  byte: 3,
  stop: 4,
  /** I2CG00. */
  globalRead: 5,
  /** Both plus the offset of the register. */
  read: 0x10,
  write: 0x40,
} as const;

/** A step of the BMC by its site: which access it is. */
const SITES: ReadonlyMap<string, number> = new Map([
  ['I2CG00 read', Access.globalRead],
  ...Object.entries(I2C).map(([name, offset]): [string, number] => [`${name} read`, Access.read + offset]),
  ...Object.entries(I2C).map(([name, offset]): [string, number] => [`${name} write`, Access.write + offset]),
]);

/** Bytes and conditions on an I2C bus, and accesses of the BMC to its engine, in the order in which they come. */
export class SsifChecksum extends WireChecksum implements StepObserver {
  private readonly sim: Simulator;

  constructor(sim: Simulator) {
    super();
    const { trace } = sim;
    this.sim = sim;
    sim.observer = this;
    trace.on(trace.code(I2C_EVENTS.start), (_at, _actor, repeated) => this.add(Access.start, repeated));
    trace.on(trace.code(I2C_EVENTS.address), (_at, _actor, byte, flags) => this.add(Access.address, byte | (flags << 8)));
    trace.on(trace.code(I2C_EVENTS.byte), (_at, _actor, byte, flags) => this.add(Access.byte, byte | (flags << 8)));
    trace.on(trace.code(I2C_EVENTS.stop), (_at, _actor, bare) => this.add(Access.stop, bare));
  }

  /** All that is written after the probe fits the step itself. */
  step(_ctx: Context, op: Op, value: number): void {
    const operand = operandOf(op);
    const access = SITES.get(this.sim.ops.def(op).site(operand));
    if (access !== undefined) this.add(access, access < Access.write ? value : operand & 0xff);
  }
}
