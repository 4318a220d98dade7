import { KcsControl, KcsState, Str, stateOf } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { DATA, STATUS } from './kcs-ports.ts';
import type { HostIo } from '../io.ts';
import { KcsData, KcsSm } from './kcs-data.ts';
import { SiSmResult, type SiStateMachine, type Us } from '../si/si-sm.ts';

/**
 * The host's side of KCS as Linux plays it: drivers/char/ipmi/ipmi_kcs_sm.c, after the figures of IPMI 2.0
 * §9.15 and with the kernel's deviations from them, which a BMC meets in the field:
 *
 *  - After its patience with IBF it goes through ERROR0 in the same call: 60h is written with IBF still 1.
 *  - After its patience with OBF in WAIT_READ it still takes a byte, whatever ODR holds, and writes 68h.
 *  - After its patience with OBF in ERROR2 and ERROR3 it goes on as if OBF had come; the retry is counted,
 *    but the way to ERROR0 (or HOSED) is overwritten.
 *  - WAIT_WRITE_START reads ODR unasked. All other states clear OBF only if it was 1 in the STATUS of this call.
 *  - It ends in IDLE without waiting for the BMC's last, empty ODR write; IDLE drains that later.
 *  - After an abort the pending request is written again without START_OP: 61h whatever the state.
 *  - The error code is thrown away, and time is what the caller says has passed; only ERROR0 looks at jiffies.
 */
export class KcsStateMachine extends KcsData implements SiStateMachine {
  readonly statusReg = STATUS;
  readonly intMaskReg = null;

  /** `kcs_detect()`: no KCS reads all ones, an address where nobody answers does. */
  *detect(io: HostIo): Steps<boolean> {
    return (yield io.inb(STATUS)) !== 0xff;
  }

  /** `kcs_event()`: executes exactly one state. */
  *event(status: number, time: Us): Steps<SiSmResult> {
    if (!this.checkIbf(status, time)) return SiSmResult.CALL_WITH_DELAY;
    const { io } = this;
    const state = stateOf(status);
    const obf = (status & Str.OBF) !== 0;
    switch (this.state) {
      case KcsSm.IDLE:
        if (obf) yield io.inb(DATA);
        return (status & Str.SMS_ATN) !== 0 ? SiSmResult.ATTN : SiSmResult.IDLE;

      case KcsSm.START_OP:
        if (state !== KcsState.IDLE) {
          this.startErrorRecovery('not in IDLE_STATE at the start');
          break;
        }
        if (obf) yield io.inb(DATA);
        this.begin();
        yield io.outb(STATUS, KcsControl.WRITE_START);
        this.state = KcsSm.WAIT_WRITE_START;
        break;

      case KcsSm.WAIT_WRITE_START:
        if (state !== KcsState.WRITE) {
          this.startErrorRecovery('not in WRITE_STATE after WRITE_START');
          break;
        }
        yield io.inb(DATA); // whether OBF is set or not
        if (this.writeCount === 1) {
          yield io.outb(STATUS, KcsControl.WRITE_END);
          this.state = KcsSm.WAIT_WRITE_END;
        } else {
          yield io.outb(DATA, this.nextByte());
          this.state = KcsSm.WAIT_WRITE;
        }
        break;

      case KcsSm.WAIT_WRITE:
        if (state !== KcsState.WRITE) {
          this.startErrorRecovery('not in WRITE_STATE after a byte');
          break;
        }
        if (obf) yield io.inb(DATA);
        if (this.writeCount === 1) {
          yield io.outb(STATUS, KcsControl.WRITE_END);
          this.state = KcsSm.WAIT_WRITE_END;
        } else {
          yield io.outb(DATA, this.nextByte());
        }
        break;

      case KcsSm.WAIT_WRITE_END:
        if (state !== KcsState.WRITE) {
          this.startErrorRecovery('not in WRITE_STATE after WRITE_END');
          break;
        }
        if (obf) yield io.inb(DATA);
        yield io.outb(DATA, this.nextByte());
        this.log.sent();
        this.state = KcsSm.WAIT_READ;
        break;

      case KcsSm.WAIT_READ:
        if (state === KcsState.IDLE) {
          if (obf) yield io.inb(DATA); // broken BMCs never write it: not waited for
          this.complete();
          return SiSmResult.TRANSACTION_COMPLETE;
        }
        if (state !== KcsState.READ) {
          this.startErrorRecovery('neither in READ_STATE nor in IDLE_STATE while reading');
          break;
        }
        if (!this.checkObf(status, time)) return SiSmResult.CALL_WITH_DELAY;
        if (!obf) this.log.broke('9.15', 'READ is written though no byte has come');
        this.store(yield io.inb(DATA));
        yield io.outb(DATA, KcsControl.READ);
        break; // the state is ERROR0, or HOSED, if OBF did not come in time

      case KcsSm.ERROR0:
        if (obf) yield io.inb(DATA);
        if (((yield io.inb(STATUS)) & Str.OBF) !== 0 && this.jiffies < this.error0Timeout) {
          return SiSmResult.CALL_WITH_TICK_DELAY;
        }
        if ((status & Str.IBF) !== 0) this.log.broke('9.15', 'GET_STATUS/ABORT is written while IBF is set');
        yield io.outb(STATUS, KcsControl.GET_STATUS_ABORT);
        this.state = KcsSm.ERROR1;
        break;

      case KcsSm.ERROR1:
        if (obf) yield io.inb(DATA);
        yield io.outb(DATA, 0);
        this.state = KcsSm.ERROR2;
        break;

      case KcsSm.ERROR2:
        if (state !== KcsState.READ) {
          this.startErrorRecovery('not in READ_STATE for the error code');
          break;
        }
        if (!this.checkObf(status, time)) return SiSmResult.CALL_WITH_DELAY;
        if (obf) yield io.inb(DATA); // the error code
        else this.log.broke('9.15', 'READ is written though no error code has come');
        yield io.outb(DATA, KcsControl.READ);
        this.state = KcsSm.ERROR3; // even if OBF did not come in time
        break;

      case KcsSm.ERROR3:
        if (state !== KcsState.IDLE) {
          this.startErrorRecovery('not in IDLE_STATE after the error code');
          break;
        }
        if (!this.checkObf(status, time)) return SiSmResult.CALL_WITH_DELAY;
        if (obf) yield io.inb(DATA);
        if (this.origWriteCount === 0) {
          this.state = KcsSm.IDLE;
          return SiSmResult.TRANSACTION_COMPLETE;
        }
        this.rewind(); // restart_kcs_transaction()
        this.begin();
        this.state = KcsSm.WAIT_WRITE_START;
        yield io.outb(STATUS, KcsControl.WRITE_START);
        break;

      case KcsSm.HOSED:
        break;
    }
    if (this.state !== KcsSm.HOSED) return SiSmResult.CALL_WITHOUT_DELAY;
    this.init(KcsSm.ERROR0);
    return SiSmResult.HOSED;
  }
}
