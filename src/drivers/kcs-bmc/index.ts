import type { KcsBmcVersion } from './driver.ts';
import { KcsBmcFixed } from './fixed.ts';
import { KcsBmcMainline } from './mainline.ts';
import { KcsBmcReviewMended } from './review-mended.ts';
import { KcsBmcReview } from './review.ts';
import { KcsBmcV2Unlocked } from './v2-unlocked.ts';
import { KcsBmcV2 } from './v2.ts';

export * from '../kcs-aspeed.ts';
export * from './driver.ts';

const REVIEW = 'Re: [PATCH arm/aspeed/ast2500 v2] ipmi: add an Aspeed KCS IPMI BMC driver, 2018';

/** Every version of the driver, in the order of the story. */
export const KCS_BMC_VERSIONS: readonly KcsBmcVersion[] = [
  {
    version: 'v2', model: 1, driver: KcsBmcV2,
    text: 'as first reviewed: user copies under the spinlock, a restarted request gets the old answer',
    source: '[PATCH arm/aspeed/ast2500 v2] ipmi: add an Aspeed KCS IPMI BMC driver, 2018',
  },
  {
    version: 'v2-unlocked', model: 1, driver: KcsBmcV2Unlocked,
    text: 'v2 with the lock merely dropped around the user copies: a restart tears the message',
    source: `never posted: the shortest answer to ${REVIEW}`,
  },
  {
    version: 'review', model: 1, driver: KcsBmcReview,
    text: 'v2 with the read() that the reviewer proposed, its inverted test of copy_to_user() included',
    source: REVIEW,
  },
  {
    version: 'review-mended', model: 1, driver: KcsBmcReviewMended,
    text: 'the same with that test put right: a copy of A still passes for a restarted B',
    source: `never posted: the proposal of ${REVIEW}, with one "!" removed`,
  },
  {
    version: 'mainline', model: 1, driver: KcsBmcMainline,
    text: 'what Linux has: the answer to A can still go to a restarted B',
    source: 'drivers/char/ipmi/kcs_bmc_cdev_ipmi.c, kcs_bmc.c and kcs_bmc_aspeed.c, 2025',
  },
  {
    version: 'fixed', model: 1, driver: KcsBmcFixed,
    text: 'mainline with every fault mended that is known here',
    source: 'ours, on top of mainline',
  },
];
