import { FUN_CTRL, I2C, INTR, type I2cRegisters } from '../../hw/index.ts';
import {
  Allocation, EINVAL, I2cSlaveEvent, IRQ_HANDLED, IRQ_NONE, SpinLock, type I2cSlaveBackend, type I2cSlaveBus, type I2cSlaveValue,
  type Kernel,
} from '../../linux/index.ts';
import { call, constant, type Steps } from '../../sim/index.ts';
import type { I2cAspeedBus } from './driver.ts';
import type { AspeedI2cIc } from './ic.ts';

/** enum aspeed_i2c_slave_state. */
export const SlaveState = {
  INACTIVE: 0,
  START: 1,
  READ_REQUESTED: 2,
  READ_PROCESSED: 3,
  WRITE_REQUESTED: 4,
  WRITE_RECEIVED: 5,
  STOP: 6,
} as const;
export type SlaveState = (typeof SlaveState)[keyof typeof SlaveState];

const STATES = Object.keys(SlaveState).map((name) => `ASPEED_I2C_SLAVE_${name}`);
/** enum i2c_slave_event by name. */
const EVENTS = Object.keys(I2cSlaveEvent).map((name) => `I2C_SLAVE_${name}`);

/** ASPEED_I2CD_INTR_MASTER_ERRORS. */
const MASTER_ERRORS = INTR.SDA_DL_TIMEOUT | INTR.SCL_TIMEOUT | INTR.ABNORMAL | INTR.ARBIT_LOSS;
/** ASPEED_I2CD_INTR_ALL: what is enabled. SLAVE_MATCH is not, and its handler finds it all the same. */
const INTR_ALL = MASTER_ERRORS | INTR.BUS_RECOVER_DONE | INTR.NORMAL_STOP | INTR.RX_DONE | INTR.TX_NAK | INTR.TX_ACK;
/** ASPEED_I2CD_INTR_RECV_MASK. */
export const INTR_RECV_MASK = 0xf000_ffff;
/** SCL of 100 kHz from an APB of 24.75 MHz: base divisor 3, high 15, low 14 (aspeed_i2c_25xx_get_clk_reg_val()). */
const CLK_REG_VAL = (15 << 16) | (14 << 12) | 3;
/** tBUF, tHDSTA and tACST of AC_TIMING1, which aspeed_i2c_init_clk() leaves as they are. */
const KEPT_TIMING = 0xfff0_0000;
const DEV_ADDR_MASK = 0x7f;

/** What dev_err() is called for, as the trace tells it. */
export const Complaint = {
  ACK_ON_READ_REQUEST: 0,
  NO_ACK_AFTER_READ: 1,
  UNKNOWN_STATE: 2,
  NOT_HANDLED: 3,
} as const;

/** struct aspeed_i2c_bus, as far as the target needs it. */
class State {
  slave: I2cSlaveBackend | null = null;
  slaveState: SlaveState = SlaveState.INACTIVE;
}

/**
 * What all versions of i2c-aspeed.c share: probe, registration of the target, and the frame of the interrupt
 * handler. The controller mode is left out; master_state is INACTIVE throughout.
 */
export abstract class AspeedI2cBus implements I2cAspeedBus, I2cSlaveBus {
  protected readonly kernel: Kernel;
  protected readonly lock: SpinLock;
  protected readonly state: State;
  protected readonly in;
  /** The `u8 value` on the handler's stack, which some events find as the last one left it. */
  protected readonly value: I2cSlaveValue = { value: 0 };
  private readonly ic: AspeedI2cIc;
  private readonly number: number;
  private readonly complaint: number;
  private readonly delivered: number;

  constructor(kernel: Kernel, regs: I2cRegisters, ic: AspeedI2cIc) {
    this.kernel = kernel;
    this.ic = ic;
    this.number = regs.bus;
    const memory = new Allocation(kernel, 'aspeed_i2c_bus');
    this.lock = new SpinLock(memory, 'bus->lock');
    this.state = kernel.shared('aspeed_i2c_bus', new State(), ['slave', 'slaveState']);
    const scope = (name: string) => {
      const frame = kernel.sim.ops.frame(name);
      return { ...this.lock.at(frame), io: regs.at(frame) };
    };
    this.in = constant({
      aspeed_i2c_bus_irq: scope('aspeed_i2c_bus_irq'),
      aspeed_i2c_slave_irq: scope('aspeed_i2c_slave_irq'),
      aspeed_i2c_probe_bus: scope('aspeed_i2c_probe_bus'),
      aspeed_i2c_init: scope('aspeed_i2c_init'),
      aspeed_i2c_reg_slave: scope('aspeed_i2c_reg_slave'),
      aspeed_i2c_unreg_slave: scope('aspeed_i2c_unreg_slave'),
    });
    this.complaint = kernel.sim.trace.define({
      name: 'i2c.dev_err', lane: 'irq', fields: ['what', 'expected', 'handled'], section: 'Linux i2c-aspeed.c',
      text: (what, expected, handled) => complain(what, expected, handled),
    });
    this.delivered = kernel.sim.trace.define({
      name: 'i2c.slave_event', lane: 'irq', fields: ['event', 'value', 'bus'], section: 'Linux Documentation/i2c/slave-interface.rst',
      text: (event, value, bus) => `I2C${bus}: ${EVENTS[event]}${event === I2cSlaveEvent.WRITE_RECEIVED ? ` ${value.toString(16).toUpperCase().padStart(2, '0')}h` : ''}`,
    });
    kernel.sim.onReset(() => {
      Object.assign(this.state, new State());
      this.value.value = 0;
    });
  }

  /** aspeed_i2c_probe_bus(). */
  *probe(): Steps<number> {
    const { io } = this.in.aspeed_i2c_probe_bus;
    yield io.write(I2C.INTR_CTRL, 0);
    yield io.write(I2C.INTR_STS, 0xffff_ffff);
    yield* this.init();
    this.ic.requestIrq(this.number, { name: 'aspeed_i2c_bus', handler: () => this.busIrq() });
    return 0;
  }

  /** aspeed_i2c_init(), with aspeed_i2c_init_clk(). */
  private *init(): Steps {
    const { io } = this.in.aspeed_i2c_init;
    yield io.write(I2C.FUN_CTRL, 0);
    const timing = yield io.read(I2C.AC_TIMING1);
    yield io.write(I2C.AC_TIMING1, (timing & KEPT_TIMING) | CLK_REG_VAL);
    yield io.write(I2C.AC_TIMING2, 0); // no time-out: a driver that dies holds SCL for ever
    const control = yield io.read(I2C.FUN_CTRL);
    yield io.write(I2C.FUN_CTRL, control | FUN_CTRL.MASTER_EN | FUN_CTRL.MULTI_MASTER_DIS);
    yield io.write(I2C.INTR_CTRL, INTR_ALL);
  }

  get stateName(): string {
    return STATES[this.state.slaveState];
  }

  get busy(): boolean {
    return this.lock.held;
  }

  // ---- interrupt ------------------------------------------------------------------------------

  /** aspeed_i2c_slave_irq(): returns the bits of `irqStatus` with which it has dealt. */
  protected abstract slaveIrq(irqStatus: number): Steps<number>;

  /** aspeed_i2c_bus_irq(). */
  protected *busIrq(): Steps<number> {
    const { io, spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    yield spinLock;
    let irqReceived = yield io.read(I2C.INTR_STS);
    // All but RX_DONE are acknowledged now; the read makes sure that it has arrived.
    yield io.write(I2C.INTR_STS, irqReceived & ~INTR.RX_DONE);
    yield io.read(I2C.INTR_STS);
    irqReceived &= INTR_RECV_MASK;
    const irqRemaining = this.remaining(irqReceived, yield call(this.slaveIrq(irqReceived)));

    // While RX_DONE is pending SCL is held: the next byte cannot overwrite this one.
    if ((irqReceived & INTR.RX_DONE) !== 0) {
      yield io.write(I2C.INTR_STS, INTR.RX_DONE);
      yield io.read(I2C.INTR_STS);
    }
    yield spinUnlock;
    return irqRemaining !== 0 ? IRQ_NONE : IRQ_HANDLED;
  }

  /** The part of aspeed_i2c_bus_irq() behind the target: its controller's turn. Returns what nobody wanted. */
  protected remaining(irqReceived: number, handledBySlave: number): number {
    const irqHandled = handledBySlave | this.masterIrq(irqReceived & ~handledBySlave);
    const irqRemaining = irqReceived & ~irqHandled;
    if (irqRemaining !== 0) this.devErr(Complaint.NOT_HANDLED, irqReceived, irqHandled);
    return irqRemaining;
  }

  /** aspeed_i2c_master_irq() with master_state INACTIVE: takes note of errors and does nothing. */
  private masterIrq(irqStatus: number): number {
    return irqStatus & (INTR.BUS_RECOVER_DONE | MASTER_ERRORS);
  }

  protected devErr(what: number, expected = 0, handled = 0): void {
    const { sim } = this.kernel;
    sim.trace.emit(this.complaint, sim.current?.id ?? -1, what, expected, handled);
  }

  /** i2c_slave_event(). */
  protected slaveEvent(slave: I2cSlaveBackend, event: I2cSlaveEvent): Steps<number> {
    const { sim } = this.kernel;
    sim.trace.emit(this.delivered, sim.current?.id ?? -1, event, this.value.value, this.number);
    return slave.slaveEvent(event, this.value);
  }

  // ---- registration ---------------------------------------------------------------------------

  /** aspeed_i2c_reg_slave(). */
  *regSlave(address: number, backend: I2cSlaveBackend): Steps<number> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.aspeed_i2c_reg_slave;
    const { state } = this;
    let ret = 0;
    yield spinLockIrqsave;
    if (state.slave !== null) {
      ret = -EINVAL;
    } else {
      // The rest of the register holds the enables of the second address: 0.
      yield io.write(I2C.DEV_ADDR, address & DEV_ADDR_MASK);
      const control = yield io.read(I2C.FUN_CTRL);
      yield io.write(I2C.FUN_CTRL, control | FUN_CTRL.SLAVE_EN);
      state.slaveState = SlaveState.INACTIVE;
      state.slave = backend;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }

  /** aspeed_i2c_unreg_slave(). The lock waits for a handler that is under way on another CPU. */
  *unregSlave(): Steps<number> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.aspeed_i2c_unreg_slave;
    const { state } = this;
    let ret = 0;
    yield spinLockIrqsave;
    if (state.slave === null) {
      ret = -EINVAL;
    } else {
      const control = yield io.read(I2C.FUN_CTRL);
      yield io.write(I2C.FUN_CTRL, control & ~FUN_CTRL.SLAVE_EN);
      state.slave = null;
    }
    yield spinUnlockIrqrestore;
    return ret;
  }
}

function complain(what: number, expected: number, handled: number): string {
  const hex = (value: number): string => `${(value >>> 0).toString(16).toUpperCase().padStart(2, '0')}h`;
  switch (what) {
    case Complaint.ACK_ON_READ_REQUEST:
      return 'unexpected ACK on read request';
    case Complaint.NO_ACK_AFTER_READ:
      return 'expected ACK after processed read';
    case Complaint.UNKNOWN_STATE:
      return `unknown slave_state: ${expected}`;
    default:
      return `irq handled != irq: expected ${hex(expected)}, but was ${hex(handled)}`;
  }
}
