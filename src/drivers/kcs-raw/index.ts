import type { KcsRawVersion } from './driver.ts';
import { KcsRawFixed } from './fixed.ts';
import { KcsRawOpenBmc } from './openbmc.ts';
import { KcsRawV2 } from './v2.ts';
import { KcsRawV3 } from './v3.ts';

export * from '../kcs-aspeed-obe.ts';
export * from './driver.ts';

/** Every version of the driver, in the order of the story. */
export const KCS_RAW_VERSIONS: readonly KcsRawVersion[] = [
  {
    version: 'v2', model: 2, driver: KcsRawV2, spins: false,
    text: 'as reviewed: the test for O_NONBLOCK is inverted, writers overwrite each other, IBF interrupts before anybody listens',
    source: '[PATCH v2 16/21] ipmi: kcs_bmc: Add a "raw" character device interface, 2021, on kcs_bmc.c of 15/21',
  },
  {
    version: 'v3', model: 1, driver: KcsRawV3, spins: true,
    text: 'v2 with IBF let through only while the device is open',
    source: 'drivers/char/ipmi/kcs_bmc_cdev_raw.c of OpenBMC\'s Linux, 2021 (d66d0df)',
  },
  {
    version: 'openbmc', model: 1, driver: KcsRawOpenBmc, spins: true,
    text: 'the later copy: O_NONBLOCK means nothing to read(), poll() never says that ODR is free, write() waits for an interrupt',
    source: 'drivers/char/ipmi/kcs_bmc_cdev_raw.c of the OpenBMC kernels as Nuvoton carries them (a1bd3f7)',
  },
  {
    version: 'fixed', model: 3, driver: KcsRawFixed, spins: false,
    text: 'v3 with every fault mended that is known here',
    source: 'ours, on top of v3',
  },
];
