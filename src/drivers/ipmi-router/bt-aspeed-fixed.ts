import { BT_CTRL } from '../../hw/index.ts';
import { EAGAIN, EMSGSIZE } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { BtAspeedRfcV1 } from './bt-aspeed.ts';
import { BT_MSG_HEADER, type BtMsg } from './bt-msg.ts';

/**
 * The port of the RFC with its faults mended: the lock is taken once, and the router is called without it; messages that
 * do not fit the FIFO, and requests too short to be one, go nowhere.
 */
export class BtAspeedFixed extends BtAspeedRfcV1 {
  /** get_request(). */
  protected override *getRequest(): Steps {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.get_request;
    const { request } = this;
    yield spinLockIrqsave;
    if (((yield io.readCtrl) & BT_CTRL.H2B_ATN) === 0) {
      yield spinUnlockIrqrestore;
      return;
    }
    yield* io.setBBusy();
    yield io.clrH2bAtn;
    yield io.clrRdPtr;
    request.len = yield io.read;
    const { len } = request;
    const whole = len >= BT_MSG_HEADER && len < this.ibt.fifoDepth;
    if (whole) for (let i = 0; i < len; i++) request.buffer.set(1 + i, yield io.read);
    yield* io.clrBBusy();
    yield spinUnlockIrqrestore;

    // Neither interrupts of this line nor timers nest: nobody else writes the request meanwhile.
    if (whole) yield* this.bmc.handleRequest(request);
  }

  /** bt_bmc_send_response(). */
  protected override *sendResponse(response: BtMsg): Steps<number> {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.in.bt_bmc_send_response;
    if (response.total > this.ibt.fifoDepth) return -EMSGSIZE;
    yield spinLockIrqsave;
    const open = yield* this.open(io);
    if (open) yield* this.write(io, response);
    yield spinUnlockIrqrestore;
    return open ? 0 : -EAGAIN;
  }
}
