import { CMD, I2C, INTR, type I2cRegisters } from '../../hw/index.ts';
import { I2cSlaveEvent, IRQ_HANDLED, IRQ_NONE, type I2cSlaveBackend, type Kernel } from '../../linux/index.ts';
import { call, type Steps } from '../../sim/index.ts';
import { AspeedI2cBus, INTR_RECV_MASK, SlaveState } from './bus.ts';
import type { AspeedI2cIc } from './ic.ts';

/** What struct aspeed_i2c_bus has gained; under its lock, as the rest. */
class Added {
  /** RX_CMD_LAST is set: the next byte is NAKed, if one comes. */
  nakArmed = false;
  /** Bits of the status that are still to be acknowledged. */
  unacked = 0;
}

/**
 * 2023-12 with its faults mended; the methods below are the patch. One status word may tell of the end of a transfer
 * and of the start of the next, in this order: last byte, STOP, address. After the address nothing can follow,
 * because SCL is held until RX_DONE is acknowledged.
 */
export class AspeedI2cFixed extends AspeedI2cBus {
  private readonly added: Added;

  constructor(kernel: Kernel, regs: I2cRegisters, ic: AspeedI2cIc) {
    super(kernel, regs, ic);
    this.added = kernel.shared('aspeed_i2c_bus', new Added(), ['nakArmed', 'unacked']);
    kernel.sim.onReset(() => Object.assign(this.added, new Added()));
  }

  /** aspeed_i2c_bus_irq(): RX_DONE and TX_ACK, on which the host waits, are acknowledged when they are dealt with. */
  protected override *busIrq(): Steps<number> {
    const { io, spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    const { added } = this;
    yield spinLock;
    let irqReceived = yield io.read(I2C.INTR_STS);
    added.unacked = irqReceived & (INTR.RX_DONE | INTR.TX_ACK);
    if (irqReceived !== added.unacked) {
      yield io.write(I2C.INTR_STS, irqReceived & ~added.unacked);
      yield io.read(I2C.INTR_STS);
    }
    irqReceived &= INTR_RECV_MASK;
    const irqRemaining = this.remaining(irqReceived, yield call(this.slaveIrq(irqReceived)));

    if (added.unacked !== 0) {
      yield io.write(I2C.INTR_STS, added.unacked);
      yield io.read(I2C.INTR_STS);
    }
    yield spinUnlock;
    return irqRemaining !== 0 ? IRQ_NONE : IRQ_HANDLED;
  }

  /** aspeed_i2c_slave_irq(). */
  protected override *slaveIrq(irqStatus: number): Steps<number> {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { state, value, added } = this;
    const { slave } = state;
    let irqHandled = 0;
    if (slave === null) return 0;

    // Without a match a byte is data. It comes first: a STOP that is there as well came after it.
    const match = (irqStatus & INTR.SLAVE_MATCH) !== 0;
    if (!match && (irqStatus & INTR.RX_DONE) !== 0 && state.slaveState === SlaveState.WRITE_RECEIVED) {
      irqHandled |= INTR.RX_DONE;
      value.value = ((yield io.read(I2C.BYTE_BUF)) >> 8) & 0xff;
      // To the host a byte that was NAKed has not been taken.
      if (!added.nakArmed) yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_RECEIVED);
      added.nakArmed = false;
    }

    // A read ends with TX_NAK, and again with the STOP that follows: one event, whether they come together or not.
    let ended = (irqStatus & (INTR.NORMAL_STOP | INTR.ABNORMAL)) !== 0;
    irqHandled |= irqStatus & (INTR.NORMAL_STOP | INTR.ABNORMAL);
    if (state.slaveState === SlaveState.READ_PROCESSED) {
      irqHandled |= irqStatus & (INTR.TX_NAK | INTR.TX_ACK);
      ended ||= (irqStatus & INTR.TX_NAK) !== 0;
    }
    if (ended && state.slaveState !== SlaveState.INACTIVE) {
      yield* this.disarm();
      yield* this.slaveEvent(slave, I2cSlaveEvent.STOP);
      state.slaveState = SlaveState.INACTIVE;
    }

    if (match) {
      // A TX_ACK beside the new address is of a byte that the read before it has sent.
      irqHandled |= irqStatus & (INTR.SLAVE_MATCH | INTR.TX_ACK);
      yield* this.disarm();
      state.slaveState = SlaveState.START;
    }

    if (state.slaveState === SlaveState.START && (irqStatus & INTR.RX_DONE) !== 0) {
      irqHandled |= INTR.RX_DONE;
      value.value = ((yield io.read(I2C.BYTE_BUF)) >> 8) & 0xff;
      if ((value.value & 1) !== 0) {
        state.slaveState = SlaveState.READ_PROCESSED;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_REQUESTED);
        yield* this.sendByte();
      } else {
        state.slaveState = SlaveState.WRITE_RECEIVED;
        yield* this.writeRequested(slave);
      }
    } else if (state.slaveState === SlaveState.READ_PROCESSED && (irqStatus & INTR.TX_ACK) !== 0) {
      yield* this.slaveEvent(slave, I2cSlaveEvent.READ_PROCESSED);
      yield* this.sendByte();
    }
    return irqHandled;
  }

  /** I2C_SLAVE_WRITE_REQUESTED: the address was ACKed by the hardware; the next byte is the first that can be NAKed. */
  private *writeRequested(slave: I2cSlaveBackend): Steps {
    if ((yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED)) >= 0) return;
    this.added.nakArmed = true;
    yield this.in.aspeed_i2c_slave_irq.io.write(I2C.CMD, CMD.M_S_RX_CMD_LAST);
  }

  /** RX_CMD_LAST without a byte: it must not hit the first one of the next transfer. */
  private *disarm(): Steps {
    const { io } = this.in.aspeed_i2c_slave_irq;
    if (!this.added.nakArmed) return;
    this.added.nakArmed = false;
    const command = yield io.read(I2C.CMD);
    yield io.write(I2C.CMD, command & COMMANDS & ~CMD.M_S_RX_CMD_LAST);
  }

  /**
   * The next byte of a read. TX_ACK of the one before is acknowledged after this one is in place, and before S_TX
   * lets it go: its own TX_ACK cannot be taken for the old one.
   */
  private *sendByte(): Steps {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { added } = this;
    yield io.write(I2C.BYTE_BUF, this.value.value);
    if ((added.unacked & INTR.TX_ACK) !== 0) {
      added.unacked &= ~INTR.TX_ACK;
      yield io.write(I2C.INTR_STS, INTR.TX_ACK);
      yield io.read(I2C.INTR_STS);
    }
    yield io.write(I2C.CMD, CMD.S_TX);
  }
}

/** The bits of CMD that are commands; the rest tells the state of the bus. */
const COMMANDS = 0x3f;
