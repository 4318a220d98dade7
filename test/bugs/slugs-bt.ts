import { drawn, either, type Bug } from './bug.ts';
import { aroundMainline } from './drivers.ts';
import * as bt from './mends-bt.ts';

/** The host raises H2B_ATN. */
const H2B_ATN = /^host .*BT_CTRL\(0E4h\) := 04h$/;
/** Bits of BT_CTRL as the BMC or the host reads it: B_BUSY. */
const SEES_BUSY = /BT_CTRL\(0E4h\) (?:read|poll) = [89A-F][0-9A-F]h$/;

/** Every entry under bt-bmc that is certain and can be met with one device, one more that was found here, and that of the host. */
export const BT_BUGS: readonly Bug[] = [
  {
    slug: 'bt-close-open-busy-stuck', version: 'bt-bmc@mainline', oracle: 'stuck-busy', rule: 'while-open',
    decisions: [drawn('successor opens at once')],
    story: [
      'bmc:btd open() = 0',
      // open() finds nobody there, and B_BUSY clear; release() goes on and sets it.
      /^bmc:btd\/2 bt_bmc_open: iBTCR4 read$/,
      'bmc:btd bt_bmc_release: iBTCR4 := 80h',
      '! stuck-busy while-open',
    ],
    mended: { btBmc: bt.SetsBusyFirst },
  },
  {
    slug: 'bt-oversize-write', version: 'bt-bmc@mainline', oracle: 'torn-message', rule: 'response',
    decisions: [drawn('length')],
    most: 1,
    story: [
      /^request 1 is complete: (?:62|63) bytes, tag 1$/,
      'bmc:btd bt_bmc_write: iBTCR4 := 01h',
      'bmc:btd bt_bmc_write: iBTCR4 := 08h',
      /^bmc:btd write\(\) = 6[5-9], tag 1$/,
      '! torn-message response',
    ],
    mended: { btBmc: bt.BoundsTheWrite },
  },
  {
    slug: 'bt-efault-request-lost', version: 'bt-bmc@mainline', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [drawn('request buffer')],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:btd bt_bmc_read: iBTCR4 := 04h',
      'bmc:btd read() = -14',
      '! lost-request never-delivered',
    ],
    mended: { btBmc: bt.KeepsTheRequest },
  },
  {
    slug: 'bt-short-count-truncates', version: 'bt-bmc@mainline', oracle: 'torn-message', rule: 'truncated',
    decisions: [drawn('short buffer')],
    most: 1,
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:btd bt_bmc_read: iBTCR4 := 04h',
      'bmc:btd read() = 3',
      '! torn-message truncated',
    ],
    mended: { btBmc: bt.RefusesShortCounts },
  },
  {
    slug: 'bt-zero-length-message', version: 'bt-bmc@mainline', oracle: 'phantom-request', rule: 'empty',
    decisions: [drawn('host move')],
    story: [
      H2B_ATN,
      'bmc:btd bt_bmc_read: iBTCR4 := 04h',
      /^bmc:btd bt_bmc_read: iBTCR5 read$/,
      'bmc:btd read() = 0',
      '! phantom-request empty',
    ],
    mended: { btBmc: bt.SkipsEmptyMessages },
  },
  {
    slug: 'bt-nonblock-ignored', version: 'bt-bmc@mainline', oracle: 'errno', rule: 'nonblocking-sleeps',
    decisions: [drawn('O_NONBLOCK')],
    story: [
      /^bmc:btd(?:\/2)? read\(\)$/,
      /^bmc:btd(?:\/2)? bt_bmc_(?:read|write): schedule\(queue\) sleeps$/,
      '! errno nonblocking-sleeps',
    ],
    mended: { btBmc: bt.HonoursNonblock },
  },
  {
    slug: 'bt-two-readers-eio', version: 'bt-bmc@mainline', oracle: 'errno', rule: 'eio-without-error',
    decisions: [drawn('threads')],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:irq bt_bmc_irq: wake_up(queue)',
      /^bmc:btd(?:\/2)? bt_bmc_read: iBTCR4 := 04h$/,
      /^bmc:btd(?:\/2)? read\(\) = -5$/,
      '! errno eio-without-error',
    ],
    mended: { btBmc: bt.WaitsAgain },
  },
  {
    slug: 'bt-remove-open-fd-uaf', version: 'bt-bmc@mainline', oracle: 'use-after-free', rule: 'use-after-free',
    decisions: [drawn('driver is unbound')],
    story: [
      'bmc:unbind mutex_unlock(misc_mtx)',
      /^bmc:btd(?:\/2)? bt_bmc_/,
      '! use-after-free use-after-free',
    ],
    mended: { btBmc: bt.CountsReferences },
  },
  {
    slug: 'bt-efault-stale-response', version: 'bt-bmc@mainline', oracle: 'protocol', rule: 'attention-without-response',
    decisions: [drawn('response buffer')],
    most: 1,
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:btd bt_bmc_write: copy_from_user word = 2',
      // A response is offered of which nothing has come.
      'bmc:btd bt_bmc_write: iBTCR4 := 08h',
      '! protocol attention-without-response',
      'bmc:btd write() = -14',
    ],
    mended: { btBmc: bt.OffersWhatItHas },
  },
  {
    slug: 'bt-seq-reuse-after-timeout', version: 'bt-bmc@mainline', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [drawn('daemon like btbridged'), drawn('ipmid is slow'), either(drawn('driver is loaded anew'), drawn('host move'))],
    story: [
      /^bmc:btd read\(\) = 10, tag \d$/,
      // CEh, after a second.
      /^bmc:btd write\(\) = 5$/,
      /^bmc:btd read\(\) = 10, tag \d$/,
      /^bmc:btd write\(\) = 11, tag \d$/,
      '! wrong-response answers-another-request',
    ],
    mended: aroundMainline({ system: bt.MendedBridge }),
  },
  {
    slug: 'hbt-busy-recheck', version: 'bt-bmc@mainline', oracle: 'protocol', rule: 'host-a-request-is-written-while-B_BUSY-is-set',
    decisions: [],
    story: [
      // The host is in XACTION_START, and sees no B_BUSY.
      /^host smi_event_handler: BT_CTRL\(0E4h\) (?:read|poll)(?: = [0-7][0-9A-F]h)?$/,
      /^bmc:btd(?:\/2)? bt_bmc_release: iBTCR4 := 80h$/,
      SEES_BUSY,
      '! protocol host-a-request-is-written-while-B_BUSY-is-set',
    ],
    mended: aroundMainline({ host: 'ipmi_si@mended' }),
  },
];
