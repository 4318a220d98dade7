import { CMD, I2C } from '../../hw/index.ts';
import { I2cSlaveEvent, type I2cSlaveBackend } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { AspeedI2c2022 } from './2022.ts';

/**
 * i2c-aspeed.c of Linux 6.1: with "i2c: aspeed: Assert NAK when slave is busy" (fd66bd74afe8), which came with
 * the series of ssif_bmc.
 */
export class AspeedI2cNak extends AspeedI2c2022 {
  /** The address was ACKed by the hardware; the next byte is the first that can be NAKed. */
  protected override *writeRequested(slave: I2cSlaveBackend): Steps {
    const { io } = this.in.aspeed_i2c_slave_irq;
    if ((yield* this.slaveEvent(slave, I2cSlaveEvent.WRITE_REQUESTED)) < 0) yield io.write(I2C.CMD, CMD.M_S_RX_CMD_LAST);
  }
}
