import { I2cSlaveEvent, type I2cSlaveBus, type I2cSlaveValue } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { BtI2cRfcV1 } from './bt-i2c.ts';
import { BT_MSG_HEADER, BT_MSG_SIZE } from './bt-msg.ts';
import type { IpmiBmc } from './driver.ts';

/**
 * The port of the RFC with its faults mended: the router is called without the lock; a request goes to it once, whatever
 * follows it in the same transfer; a response is sent when its last byte is, and not when that is loaded.
 */
export class BtI2cFixed extends BtI2cRfcV1 {
  /** The write under way has brought a whole request already. */
  private whole = false;
  /** A read is under way. */
  private reading = false;

  constructor(bmc: IpmiBmc, i2c: I2cSlaveBus, address: number) {
    super(bmc, i2c, address);
    this.kernel.sim.onReset(() => {
      this.whole = false;
      this.reading = false;
    });
  }

  /** bt_i2c_slave_cb(). */
  override *slaveEvent(event: I2cSlaveEvent, val: I2cSlaveValue): Steps<number> {
    const { spinLock, spinUnlock } = this.in.bt_i2c_slave_cb;
    const { state, request, response } = this;
    let arrived = false;
    yield spinLock;
    // A STOP can be lost: what comes next ends the transfer as well.
    const over = event !== I2cSlaveEvent.READ_PROCESSED && event !== I2cSlaveEvent.WRITE_RECEIVED;
    const sent = over && this.endOfRead();
    switch (event) {
      case I2cSlaveEvent.WRITE_REQUESTED:
        state.msgIdx = 0;
        this.whole = false;
        break;
      case I2cSlaveEvent.WRITE_RECEIVED:
        if (this.whole || state.msgIdx >= BT_MSG_SIZE) break;
        request.buffer.set(state.msgIdx++, val.value);
        this.whole = state.msgIdx >= request.total;
        arrived = this.whole && request.len >= BT_MSG_HEADER;
        break;
      case I2cSlaveEvent.READ_REQUESTED:
        state.msgIdx = 0;
        this.reading = state.responseInProgress;
        val.value = this.reading ? response.len : 0;
        break;
      case I2cSlaveEvent.READ_PROCESSED:
        if (state.msgIdx < response.total) state.msgIdx++;
        val.value = this.reading && state.msgIdx < response.total ? response.buffer.get(state.msgIdx) : 0;
        break;
      case I2cSlaveEvent.STOP:
        state.msgIdx = 0;
        break;
    }
    yield spinUnlock;
    if (arrived) yield* this.handOn();
    if (sent) yield* this.bmc.signalResponseOpen();
    return 0;
  }

  /** A read has ended. True: its last byte was the response's, or one behind it. */
  private endOfRead(): boolean {
    const { state, response } = this;
    const sent = this.reading && state.msgIdx >= response.total - 1;
    this.reading = false;
    if (sent) {
      response.len = 0;
      state.responseInProgress = false;
    }
    return sent;
  }
}
