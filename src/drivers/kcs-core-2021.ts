import { EBUSY } from '../linux/index.ts';
import type { Steps } from '../sim/index.ts';
import { KcsBmcDevice, type KcsBmcClient } from './kcs-core.ts';

/** kcs_bmc.c as of the second round of the series of 2021: who is the client has nothing to do with the event masks. */
export class KcsBmcDeviceV2 extends KcsBmcDevice {
  /** kcs_bmc_enable_device(). */
  override *enableDevice(client: KcsBmcClient): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_enable_device;
    let rc = 0;
    yield spinLockIrqsave;
    if (this.client !== null) rc = -EBUSY;
    else this.client = client;
    yield spinUnlockIrqrestore;
    return rc;
  }

  /** kcs_bmc_disable_device(). */
  override *disableDevice(client: KcsBmcClient): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_disable_device;
    yield spinLockIrqsave;
    if (this.client === client) this.client = null;
    yield spinUnlockIrqrestore;
  }
}
