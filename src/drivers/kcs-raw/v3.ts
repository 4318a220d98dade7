import type { OpenFile } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { KcsEvent } from '../kcs-aspeed.ts';
import type { AspeedKcsObe } from '../kcs-aspeed-obe.ts';
import { KcsBmcDevice } from '../kcs-core.ts';
import { KcsRawV2 } from './v2.ts';

/** kcs_bmc_cdev_raw.c as OpenBMC's kernels have had it since 5.10: IBF is let through only while the device is open. */
export class KcsRawV3 extends KcsRawV2 {
  /** The core of Linux 5.14, which unmasks IBF for its client and masks everything when that goes. */
  protected override makeDevice(aspeed: AspeedKcsObe): KcsBmcDevice {
    return new KcsBmcDevice(this.kernel, aspeed);
  }

  /** kcs_bmc_raw_add_device(): nothing is let through until user space opens the device. */
  protected override *attachCdev(): Steps<number> {
    yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, 0);
    return this.miscdev.register();
  }

  /** kcs_bmc_raw_open(). */
  override *open(_file: OpenFile): Steps<number> {
    this.state.events = KcsEvent.IBF;
    const rc = yield* this.device.enableDevice(this);
    if (rc !== 0) this.state.events = 0;
    return rc;
  }

  /** kcs_bmc_raw_release(). */
  override *release(_file: OpenFile): Steps<number> {
    yield* this.device.disableDevice(this);
    this.state.events = 0;
    return 0;
  }
}
