import { CMD, I2C, INTR } from '../../hw/index.ts';
import { I2cSlaveEvent } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { AspeedI2cBus, Complaint, SlaveState } from './bus.ts';

/**
 * i2c-aspeed.c of Linux 6.7 and mainline since: with "i2c: aspeed: Handle the coalesced stop conditions with the
 * start conditions." (b4cc1cbba519, December 2023).
 *
 * A NORMAL_STOP is reported whatever the state: after a read, whose TX_NAK has ended it already, for a second time.
 */
export class AspeedI2c2023 extends AspeedI2cBus {
  /** aspeed_i2c_slave_irq(). */
  protected override *slaveIrq(irqStatus: number): Steps<number> {
    const { io } = this.in.aspeed_i2c_slave_irq;
    const { state, value } = this;
    const { slave } = state;
    let irqHandled = 0;
    if (slave === null) return 0;

    // The end of one transfer may come with the start of the next, whose interrupt was not taken in between.
    if ((irqStatus & INTR.NORMAL_STOP) !== 0) {
      irqHandled |= INTR.NORMAL_STOP;
      state.slaveState = SlaveState.STOP;
    }
    if ((irqStatus & INTR.TX_NAK) !== 0 && state.slaveState === SlaveState.READ_PROCESSED) {
      irqHandled |= INTR.TX_NAK;
      state.slaveState = SlaveState.STOP;
    }

    if (state.slaveState === SlaveState.STOP) {
      yield* this.slaveEvent(slave, I2cSlaveEvent.STOP);
      state.slaveState = SlaveState.INACTIVE;
    }

    // Addressed again.
    if ((irqStatus & INTR.SLAVE_MATCH) !== 0) {
      irqHandled |= INTR.SLAVE_MATCH;
      state.slaveState = SlaveState.START;
    }

    if (state.slaveState === SlaveState.INACTIVE) return irqHandled;

    yield io.read(I2C.CMD);

    if ((irqStatus & INTR.RX_DONE) !== 0) {
      value.value = ((yield io.read(I2C.BYTE_BUF)) >> 8) & 0xff;
      // The first byte is the address, with the direction in bit 0.
      if (state.slaveState === SlaveState.START) {
        state.slaveState = (value.value & 1) !== 0 ? SlaveState.READ_REQUESTED : SlaveState.WRITE_REQUESTED;
      }
      irqHandled |= INTR.RX_DONE;
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
        // The address was ACKed by the hardware; the next byte is the first that can be NAKed.
        if ((yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED)) < 0) yield io.write(I2C.CMD, CMD.M_S_RX_CMD_LAST);
        break;
      case SlaveState.WRITE_RECEIVED:
        yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_RECEIVED);
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
}
