import { I2C, INTR } from '../../hw/index.ts';
import { IRQ_HANDLED, IRQ_NONE } from '../../linux/index.ts';
import { call, type Steps } from '../../sim/index.ts';
import { AspeedI2c2023 } from './2023-12.ts';
import { INTR_RECV_MASK } from './bus.ts';

/** ASPEED_I2CD_INTR_ACK_RX_TX. */
const ACK_RX_TX = INTR.RX_DONE | INTR.TX_ACK | INTR.TX_NAK;

/**
 * "[PATCH v4 2/2] i2c: aspeed: Acknowledge Tx done with and without ACK irq late", December 2023, not merged.
 *
 * S_TX comes before the acknowledgement of the TX_ACK that asked for it: if the handler is held in between for
 * as long as a byte takes, the acknowledgement clears the next TX_ACK as well, and SCL is held for ever.
 */
export class AspeedI2cLateAck extends AspeedI2c2023 {
  /** aspeed_i2c_bus_irq(). */
  protected override *busIrq(): Steps<number> {
    const { io, spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    yield spinLock;
    let irqReceived = yield io.read(I2C.INTR_STS);
    // To acknowledge the others now would let the hardware go on before they are dealt with.
    if ((irqReceived & ~ACK_RX_TX) !== 0) {
      yield io.write(I2C.INTR_STS, irqReceived & ~ACK_RX_TX);
      yield io.read(I2C.INTR_STS);
    }
    irqReceived &= INTR_RECV_MASK;
    const irqRemaining = this.remaining(irqReceived, yield call(this.slaveIrq(irqReceived)));

    if ((irqReceived & ACK_RX_TX) !== 0) {
      yield io.write(I2C.INTR_STS, irqReceived & ACK_RX_TX);
      yield io.read(I2C.INTR_STS);
    }
    yield spinUnlock;
    return irqRemaining !== 0 ? IRQ_NONE : IRQ_HANDLED;
  }
}
