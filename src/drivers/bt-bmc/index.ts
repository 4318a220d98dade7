import type { BtBmcVersion } from './driver.ts';
import { BtBmcFixed } from './fixed.ts';
import { BtBmcMainline } from './mainline.ts';

export * from './driver.ts';
export * from '../ibt-io.ts';

/** Every version of the driver, in the order of the story. */
export const BT_BMC_VERSIONS: readonly BtBmcVersion[] = [
  {
    version: 'mainline', model: 1, driver: BtBmcMainline,
    text: 'what Linux has: a request is gone when its read() fails, and B_BUSY can stay set while the device is open',
    source: 'drivers/char/ipmi/bt-bmc.c, 2025',
  },
  {
    version: 'fixed', model: 1, driver: BtBmcFixed,
    text: 'mainline with every fault mended that is known here',
    source: 'ours, on top of mainline',
  },
];
