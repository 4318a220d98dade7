import { IRQ_NONE } from '../linux/index.ts';
import type { Steps } from '../sim/index.ts';
import { KcsEvent } from './kcs-aspeed.ts';
import { KcsBmcDevice, type KcsBmcClient } from './kcs-core.ts';

/**
 * kcs_bmc.c below the raw device of March 2021, which is that of the patch before it: "[PATCH v2 15/21] ipmi: kcs_bmc:
 * Don't enforce single-open policy in the kernel". A second open is let in and associates nothing: events go to the first
 * client. The policy came back before 5.14.
 */
export class KcsBmcDeviceV2 extends KcsBmcDevice {
  /**
   * kcs_bmc_handle_event(), called by the interrupt and by the timer of aspeed_kcs_check_obe(). The lock is taken with
   * interrupts as they are, which in the timer is on; "[PATCH] ipmi: fix potential deadlock on &kcs_bmc->lock", 2023, turns
   * them off. `if (!WARN_ON_ONCE(!client))`: without a client there is a splat in the log, of which nothing is modelled, and
   * the event is not handled.
   */
  override *handleEvent(): Steps<number> {
    const { spinLock, spinUnlock } = this.in.kcs_bmc_handle_event;
    let rc = IRQ_NONE;
    yield spinLock;
    if (this.client !== null) rc = yield* this.client.event();
    yield spinUnlock;
    return rc;
  }

  /** kcs_bmc_enable_device(): 0, whether the device has become this client's or is another's already, or its own. */
  override *enableDevice(client: KcsBmcClient): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_enable_device;
    yield spinLockIrq;
    if (this.client === null) {
      this.client = client;
      yield* this.updateEventMask(KcsEvent.IBF, KcsEvent.IBF);
    }
    yield spinUnlockIrq;
    return 0;
  }

  // kcs_bmc_disable_device() is that of 5.14: it masks IBF and OBE and drops the client, whoever else has it open.
}
