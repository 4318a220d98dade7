import { CMD, I2C, INTR } from '../../hw/index.ts';
import { I2cSlaveEvent, type I2cSlaveBackend } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { AspeedI2cBus, Complaint, SlaveState } from './bus.ts';

/** i2c-aspeed.c as it was until 2022: a status word makes one event at most. */
export class AspeedI2c2022 extends AspeedI2cBus {
  /** aspeed_i2c_slave_irq(). */
  protected override *slaveIrq(irqStatus: number): Steps<number> {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { state, value } = this;
    const { slave } = state;
    let irqHandled = 0;
    if (slave === null) return 0;

    yield io.read(I2C.CMD);

    // Addressed: whatever was under way is over.
    if ((irqStatus & INTR.SLAVE_MATCH) !== 0) {
      irqHandled |= INTR.SLAVE_MATCH;
      state.slaveState = SlaveState.START;
    }

    // Not addressed: the interrupt is the controller's.
    if (state.slaveState === SlaveState.INACTIVE) return irqHandled;

    if ((irqStatus & INTR.RX_DONE) !== 0) {
      value.value = ((yield io.read(I2C.BYTE_BUF)) >> 8) & 0xff;
      // The first byte is the address, with the direction in bit 0.
      if (state.slaveState === SlaveState.START) {
        state.slaveState = (value.value & 1) !== 0 ? SlaveState.READ_REQUESTED : SlaveState.WRITE_REQUESTED;
      }
      irqHandled |= INTR.RX_DONE;
    }

    // STOP, or the NAK with which the host ends a read, overrides what was found above.
    if ((irqStatus & INTR.NORMAL_STOP) !== 0) {
      irqHandled |= INTR.NORMAL_STOP;
      state.slaveState = SlaveState.STOP;
    }
    if ((irqStatus & INTR.TX_NAK) !== 0 && state.slaveState === SlaveState.READ_PROCESSED) {
      irqHandled |= INTR.TX_NAK;
      state.slaveState = SlaveState.STOP;
    }

    switch (state.slaveState) {
      case SlaveState.READ_REQUESTED:
        if ((irqStatus & INTR.TX_ACK) !== 0) this.devErr(Complaint.ACK_ON_READ_REQUEST);
        state.slaveState = SlaveState.READ_PROCESSED;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_REQUESTED);
        yield io.write(I2C.BYTE_BUF, value.value);
        yield io.write(I2C.CMD, CMD.S_TX);
        break;
      case SlaveState.READ_PROCESSED:
        if ((irqStatus & INTR.TX_ACK) === 0) {
          this.devErr(Complaint.NO_ACK_AFTER_READ);
          break;
        }
        irqHandled |= INTR.TX_ACK;
        yield* this.slaveEvent(slave, I2cSlaveEvent.READ_PROCESSED);
        yield io.write(I2C.BYTE_BUF, value.value);
        yield io.write(I2C.CMD, CMD.S_TX);
        break;
      case SlaveState.WRITE_REQUESTED:
        state.slaveState = SlaveState.WRITE_RECEIVED;
        yield* this.writeRequested(slave);
        break;
      case SlaveState.WRITE_RECEIVED:
        yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_RECEIVED);
        break;
      case SlaveState.STOP:
        yield* this.slaveEvent(slave, I2cSlaveEvent.STOP);
        state.slaveState = SlaveState.INACTIVE;
        break;
      case SlaveState.START:
        // The address byte comes with the next interrupt.
        break;
      default:
        this.devErr(Complaint.UNKNOWN_STATE, state.slaveState);
        state.slaveState = SlaveState.INACTIVE;
        break;
    }

    return irqHandled;
  }

  /** The address was ACKed by the hardware; that the backend is busy tells nobody. */
  protected writeRequested(slave: I2cSlaveBackend): Steps<unknown> {
    return this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED);
  }
}
