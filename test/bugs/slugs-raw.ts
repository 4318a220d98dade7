import { drawn, either, held, type Bug, type Trait } from './bug.ts';
import * as mends from './mends-raw.ts';
import type { Moment } from './story.ts';
import { PROTOCOLS } from '../../src/scenarios/index.ts';

/** What runs on the device. */
function speaks(protocol: (typeof PROTOCOLS)[number]): Trait {
  return (d) => d.label === 'protocol' && d.value === PROTOCOLS.indexOf(protocol);
}

/** A thread of the echo. */
const rawd = (text: string): RegExp => new RegExp(`^bmc:rawd(/2)? ${text.replaceAll(/[()+]/g, '\\$&')}`);

/** An interrupt that the core tells nobody of. */
const UNHEARD: Moment = ['bmc:irq kcs_bmc_handle_event: spin_lock(kcs_bmc->lock)', 'bmc:irq kcs_bmc_handle_event: spin_unlock(kcs_bmc->lock)'];

const V2: readonly Bug[] = [
  {
    slug: 'raw-nonblock-inverted', version: 'kcs-raw@v2', oracle: 'errno', rule: 'eagain-with-data',
    decisions: [drawn('O_NONBLOCK')],
    story: [
      // One byte is held, the next one is in IDR: there could not be more to read.
      /^driver phase readable/,
      /^host [\w ]+: DATA\(CA2h\) := /,
      /^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_read: STR3 read = [0-9A-F][2367ABEF]h$/,
      /^bmc:(mctpd|rawd(\/2)?) read\(\) = -11$/,
      '! errno eagain-with-data',
    ],
    mended: { kcsRaw: mends.TestsForNothing, spins: false },
  },
  {
    slug: 'raw-signal-cancels-other-writer', version: 'kcs-raw@v2', oracle: 'hang', rule: 'write-asleep',
    decisions: [speaks('echo'), drawn('signal')],
    story: [
      rawd('kcs_bmc_raw_write: schedule(queue) sleeps'),
      rawd('kcs_bmc_raw_write: schedule(queue) = -512'),
      // It masks OBE for the other one, too.
      /^driver phase empty( writable)? IBF$/,
      rawd('write() = -4'),
      /^host [\w ]+: DATA\(CA2h\) read/,
      '! hang write-asleep',
    ],
    mended: { kcsRaw: mends.MasksForTheLast, spins: false },
  },
  {
    slug: 'raw-two-writers-overwrite', version: 'kcs-raw@v2', oracle: 'lost-byte', rule: 'odr-overwritten',
    decisions: [speaks('echo')],
    story: [
      rawd('kcs_bmc_raw_write: schedule(queue) sleeps'),
      rawd('kcs_bmc_raw_write: schedule(queue) sleeps'),
      /^host [\w ]+: DATA\(CA2h\) read/,
      // The timer finds OBF=0 and wakes both.
      'bmc:softirq kcs_bmc_raw_event: wake_up_locked(queue)',
      rawd('kcs_bmc_raw_write: ODR3 := '),
      rawd('write() = '),
      rawd('kcs_bmc_raw_write: STR3 read = 01h'),
      rawd('kcs_bmc_raw_write: ODR3 := '),
      '! lost-byte odr-overwritten',
    ],
    mended: { kcsRaw: mends.LooksAgain, spins: false },
  },
  {
    slug: 'raw-detach-open-fd-uaf', version: 'kcs-raw@v2', oracle: 'use-after-free', rule: 'use-after-free',
    decisions: [drawn('driver is unbound')],
    story: [
      /^bmc:(mctpd|rawd) open\(\) = 0$/,
      'bmc:unbind mutex_unlock(misc_mtx)',
      'bmc:unbind kcs_bmc_disable_device: spin_unlock_irq(kcs_bmc->lock)',
      /^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_/,
      '! use-after-free use-after-free',
    ],
    mended: { kcsRaw: mends.CountsReferences, spins: false },
  },
  {
    slug: 'raw-register-fail-leaves-ibf', version: 'kcs-raw@v2', oracle: 'irq-storm', rule: 'ibf-without-device',
    decisions: [drawn('misc_register fails')],
    story: [
      /^host [\w ]+: DATA\(CA2h\) := /,
      UNHEARD,
      UNHEARD,
      '! irq-storm ibf-without-device',
    ],
    mended: { kcsRaw: mends.RegistersFirst, spins: false },
  },
  {
    slug: 'raw-ibf-enabled-without-client', version: 'kcs-raw@v2', oracle: 'irq-storm', rule: 'ibf-without-client',
    // Nobody has opened the device yet. What closes it masks IBF.
    decisions: [either(drawn('daemon starts late'), held('bmc:rawd', /open/), held('bmc:mctpd', /open/))],
    story: [
      /^host [\w ]+: DATA\(CA2h\) := /,
      UNHEARD,
      UNHEARD,
      '! irq-storm ibf-without-client',
    ],
    mended: { kcsRaw: mends.MasksUntilOpened, spins: false },
  },
  {
    // Ours; "[PATCH] ipmi: fix potential deadlock on &kcs_bmc->lock", 2023.
    slug: 'raw-check-obe-deadlock', version: 'kcs-raw@v2', oracle: 'deadlock', rule: 'lock-held-below',
    decisions: [held('bmc:softirq', /^kcs_bmc_/)],
    story: [
      // The timer finds OBF=0 and tells the client, with interrupts on; the host writes a byte.
      /^bmc:softirq aspeed_kcs_check_obe: STR3 read/,
      'bmc:softirq kcs_bmc_handle_event: spin_lock(kcs_bmc->lock)',
      'bmc:irq kcs_bmc_handle_event: spin_lock(kcs_bmc->lock)',
      '! deadlock lock-held-below',
    ],
    mended: { kcsRaw: mends.KeepsInterruptsOut, spins: false },
  },
  {
    // Ours: kcs_bmc_enable_device() lets IBF through, and priv->events says that it is not listened for.
    slug: 'raw-reopen-ibf-unheard', version: 'kcs-raw@v2', oracle: 'irq-storm', rule: 'ibf-never-read',
    decisions: [either(drawn('crash before poll'), drawn('crash before read'))],
    story: [
      /^driver phase readable( writable)?$/,
      /^bmc:(mctpd|rawd) release\(\) = 0$/,
      /^bmc:(mctpd|rawd) kcs_bmc_enable_device: spin_unlock_irq/,
      /^bmc:irq kcs_bmc_raw_event: STR3 read = [0-9A-F][2367ABEF]h$/,
      /^bmc:irq kcs_bmc_raw_event: STR3 read = [0-9A-F][2367ABEF]h$/,
      '! irq-storm ibf-never-read',
    ],
    mended: { kcsRaw: mends.KeepsBackPressure, spins: false },
  },
];

const OPENBMC: readonly Bug[] = [
  {
    slug: 'rawob-nonblock-read-blocks', version: 'kcs-raw@openbmc', oracle: 'hang', rule: 'nonblocking-read-sleeps',
    decisions: [drawn('O_NONBLOCK')],
    story: [
      /^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_read: STR3 read = [0-9A-F][0189]h$|^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_read: STR3 read$/,
      /^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_read: schedule\(queue\) sleeps$/,
      '! hang nonblocking-read-sleeps',
    ],
    mended: { kcsRaw: mends.TestsForNothingLater, spins: true },
  },
  {
    slug: 'kcsaspeed-obe-poll-under-lock', version: 'kcs-raw@openbmc', oracle: 'latency', rule: 'interrupts-off',
    decisions: [],
    story: [
      /^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_write: spin_lock_irq\(queue\.lock\)$/,
      /^bmc:(mctpd|rawd(\/2)?) kcs_bmc_raw_write: STR3 read = [0-9A-F][13579BDF]h$/,
      // A hundred looks at STR, with the lock held and interrupts off.
      /^bmc:(mctpd|rawd(\/2)?) aspeed_kcs_irq_mask_update: STR3 poll/,
      '! latency interrupts-off',
    ],
    mended: { kcsRaw: mends.LeavesItToTheTimer, spins: true },
  },
];

/** Every entry on the raw device that is certain, and one that is likely. */
export const RAW_BUGS: readonly Bug[] = [...V2, ...OPENBMC];
