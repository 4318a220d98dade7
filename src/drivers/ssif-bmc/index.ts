import { SsifBmc2026 } from './2026-04.ts';
import type { SsifBmcVersion } from './driver.ts';
import { SsifBmcFixed } from './fixed.ts';
import { SsifBmcMainline } from './mainline.ts';
import { SsifBmcV10 } from './v10.ts';

export * from './driver.ts';

/** Every version of the driver, in the order of the story. */
export const SSIF_BMC_VERSIONS: readonly SsifBmcVersion[] = [
  {
    version: 'v10', model: 1, driver: SsifBmcV10,
    text: 'as tested on the list: a request that comes before its predecessor was answered is lost',
    source: '[PATCH v10 1/3] ipmi: ssif_bmc: Add SSIF BMC driver, 2022',
  },
  {
    version: 'mainline', model: 1, driver: SsifBmcMainline,
    text: 'what Linux had until 2026: the answer to A can go to B, and 33 bytes of data overrun the buffer of 32',
    source: 'drivers/char/ipmi/ssif_bmc.c, 2025',
  },
  {
    version: '2026-04', model: 1, driver: SsifBmc2026,
    text: 'with the fixes of April 2026: a lost STOP costs nothing any more, but data may pass for a command',
    source: 'drivers/char/ipmi/ssif_bmc.c of Linux 7.1 (ea641be7a4fa, 1d38e849adb6, 7fc3e2546cf3)',
  },
  {
    version: 'fixed', model: 1, driver: SsifBmcFixed,
    text: '2026-04 with every fault mended that is known here',
    source: 'ours, on top of 2026-04',
  },
];
