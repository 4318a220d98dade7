import { VIC_I2C, I2CG00, type I2cRegisters } from '../hw/index.ts';
import {
  EBUSY, I2cSlaveEvent, type I2cSlaveBackend, type I2cSlaveBus, type I2cSlaveValue, type IrqAction, type Kernel,
} from '../linux/index.ts';
import { call, type Steps } from '../sim/index.ts';
import { CModule } from './module.ts';
import type { Offers } from './api/host.ts';
import type { DriverCode } from './code.ts';

/** Registers of one bus, bytes; bus 0 is behind those that all share. */
const BUS_SIZE = 0x40;
/** Offsets of `algo` in struct i2c_adapter and of `reg_slave` in struct i2c_algorithm (inband/i2c.h). */
const ALGO = 8;
const REG_SLAVE = 12;
/** SCL that the device tree asks for, Hz. */
const CLOCK_FREQUENCY = 100_000;

/** The interrupt controller of the buses, which has a driver of its own. */
interface InterruptDomain {
  requestIrq(bus: number, action: IrqAction): void;
}

/** A bus driver in C for one I2C engine of the AST2500, as a target, below an SSIF driver of ours. */
export class CI2cBus extends CModule implements I2cSlaveBus {
  private backend: I2cSlaveBackend | null = null;
  /** struct i2c_adapter; 0: none was added. */
  private adapter = 0;
  /** Its interrupt handler is under way: what it has acknowledged it may not have told yet. */
  private handling = false;
  private readonly value: I2cSlaveValue = { value: 0 };
  private readonly bus: number;
  private readonly delivered: number;

  constructor(kernel: Kernel, code: DriverCode, registers: I2cRegisters, ic: InterruptDomain) {
    const base = I2CG00 + BUS_SIZE * (registers.bus + 1);
    const properties: Readonly<Record<string, readonly number[]>> = {
      reg: [BUS_SIZE * (registers.bus + 1), BUS_SIZE], 'bus-frequency': [CLOCK_FREQUENCY], 'clock-frequency': [CLOCK_FREQUENCY],
    };
    super(kernel, code, {
      read: (address) => registers.read((address - base) & (BUS_SIZE - 1)),
      write: (address, value) => registers.write((address - base) & (BUS_SIZE - 1), value),
    }, {
      compatible: ['aspeed,ast2500-i2c-bus'],
      parent: ['simple-bus'],
      irq: () => VIC_I2C,
      requestIrq: (action) => ic.requestIrq(registers.bus, { name: action.name, handler: () => this.handle(action) }),
      base,
      size: BUS_SIZE,
      syscon: base,
      property: (name) => properties[name],
    });
    this.bus = registers.bus;
    this.delivered = kernel.sim.trace.define({
      name: 'i2c.slave_event', lane: 'irq', fields: ['event', 'value', 'bus'], section: 'Linux Documentation/i2c/slave-interface.rst',
      text: (event, value, bus) => `I2C${bus}: ${EVENTS[event]}${event === I2cSlaveEvent.WRITE_RECEIVED ? ` ${value.toString(16).toUpperCase().padStart(2, '0')}h` : ''}`,
    });
    kernel.sim.onReset(() => {
      this.backend = null;
      this.adapter = 0;
      this.handling = false;
      this.value.value = 0;
    });
    this.rehearse();
  }

  protected offers(): Offers {
    return {
      __inband_adapter: ['value', (_t, _site, adapter) => {
        this.adapter = adapter;
        return 0;
      }],
      __inband_backend_event: ['steps', (_t, _site, event, at) => this.event(event as I2cSlaveEvent, at)],
    };
  }

  protected missing(): string | null {
    const { memory } = this.machine;
    const algorithm = this.adapter === 0 ? 0 : memory.I32[(this.adapter + ALGO) >> 2];
    if (algorithm !== 0 && memory.I32[(algorithm + REG_SLAVE) >> 2] !== 0) return null;
    return 'the driver adds no I2C adapter whose algorithm has reg_slave';
  }

  private *handle(action: IrqAction): Steps<number> {
    this.handling = true;
    const result = yield call(action.handler());
    this.handling = false;
    return result;
  }

  /** i2c_slave_event(), called by the driver. */
  private *event(event: I2cSlaveEvent, at: number): Steps<number> {
    const { machine, value, backend } = this;
    const { sim } = this.kernel;
    value.value = machine.access.get(at);
    sim.trace.emit(this.delivered, sim.current?.id ?? -1, event, value.value, this.bus);
    const result = backend === null ? 0 : yield* backend.slaveEvent(event, value);
    machine.access.set(at, value.value);
    return result;
  }

  // ---- struct i2c_algorithm ---------------------------------------------------------------------

  /** i2c_slave_register() of the client above. */
  *regSlave(address: number, backend: I2cSlaveBackend): Steps<number> {
    if (this.backend !== null) return -EBUSY;
    this.backend = backend;
    const result = (yield call(this.machine.enter('__inband_reg_slave', address))) | 0;
    if (result !== 0) this.backend = null;
    return result;
  }

  *unregSlave(): Steps<number> {
    const result = (yield call(this.machine.enter('__inband_unreg_slave'))) | 0;
    if (result === 0) this.backend = null;
    return result;
  }

  get busy(): boolean {
    return this.handling;
  }

  /** What stands in the driver's own struct nobody knows. */
  get stateName(): string {
    return '';
  }
}

/** enum i2c_slave_event by name. */
const EVENTS = Object.keys(I2cSlaveEvent).map((name) => `I2C_SLAVE_${name}`);
