import type { LpcRegisters } from '../hw/index.ts';
import { Str } from '../ipmi/index.ts';
import { Allocation, SpinLock, TimerList, type Kernel } from '../linux/index.ts';
import { US, type Ps, type Steps } from '../sim/index.ts';
import { AspeedKcs, KcsEvent, type AspeedKcsConfig } from './kcs-aspeed.ts';

/** Period and time-out of read_poll_timeout_atomic(). */
const SPIN_PERIOD: Ps = 1 * US;
export const OBE_SPIN: Ps = 100 * US;

/**
 * kcs_bmc_aspeed.c with the OBE event, which the chip does not have: STR is looked at every 500 ms, and since 2022
 * for up to 100 us on the spot ("ipmi: kcs_bmc_aspeed: Poll OBF briefly to reduce OBE latency"). If OBF falls within
 * that time there is no event at all: the client must look for itself.
 */
export class AspeedKcsObe extends AspeedKcs {
  /** For how long irq_mask_update() polls with interrupts as its caller has them, ps; 0: as before 2022. */
  spin: Ps = 0;
  private readonly lock: SpinLock;
  private readonly timer: TimerList;
  private remove = false;
  private readonly obe;
  /** KCS_OBE_POLL_PERIOD: HZ / 2, jiffies. */
  private readonly pollPeriod: number;

  constructor(kernel: Kernel, regs: LpcRegisters, config: AspeedKcsConfig) {
    super(kernel, regs, config);
    this.lock = new SpinLock(new Allocation(kernel, 'aspeed_kcs_bmc'), 'obe.lock');
    this.timer = new TimerList(kernel, 'obe.timer', () => this.checkObe());
    this.pollPeriod = Math.floor(kernel.config.hz / 2);
    const scope = (name: string) => {
      const frame = kernel.sim.ops.frame(name);
      return { io: this.at(frame), ...this.lock.at(frame) };
    };
    this.obe = {
      aspeed_kcs_irq_mask_update: scope('aspeed_kcs_irq_mask_update'),
      aspeed_kcs_check_obe: scope('aspeed_kcs_check_obe'),
      aspeed_kcs_remove: scope('aspeed_kcs_remove'),
    };
    kernel.sim.onReset(() => {
      this.remove = false;
    });
  }

  /** aspeed_kcs_irq_mask_update(). */
  override *irqMaskUpdate(mask: number, state: number): Steps {
    if ((mask & KcsEvent.OBE) !== 0) {
      if ((state & KcsEvent.OBE) !== 0) yield* this.awaitObe();
      else this.timer.delTimer();
    }
    yield* super.irqMaskUpdate(mask, state);
  }

  private *awaitObe(): Steps {
    const { io } = this.obe.aspeed_kcs_irq_mask_update;
    if (this.spin > 0) {
      // read_poll_timeout_atomic()
      const { sim } = this.kernel;
      const deadline = sim.now + this.spin;
      if (((yield io.pollStatus(Str.OBF, Str.OBF, SPIN_PERIOD, deadline)) & Str.OBF) === 0) return;
    }
    this.timer.modTimer(this.pollPeriod);
  }

  /** aspeed_kcs_check_obe(): the timer. */
  private *checkObe(): Steps {
    const { io, spinLockIrqsave, spinUnlockIrqrestore } = this.obe.aspeed_kcs_check_obe;
    yield spinLockIrqsave;
    if (this.remove) {
      yield spinUnlockIrqrestore;
      return;
    }
    const str = yield io.readStatus;
    if ((str & Str.OBF) !== 0) {
      this.timer.modTimer(this.pollPeriod);
      yield spinUnlockIrqrestore;
      return;
    }
    yield spinUnlockIrqrestore;
    yield* this.onEvent();
  }

  /** The end of aspeed_kcs_remove(): make sure that the timer is properly dead. */
  override *quiesce(): Steps {
    const { spinLockIrq, spinUnlockIrq } = this.obe.aspeed_kcs_remove;
    yield spinLockIrq;
    this.remove = true;
    yield spinUnlockIrq;
    yield this.timer.timerDeleteSync;
  }
}
