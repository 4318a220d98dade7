import { AspeedI2c2023 } from '../../src/drivers/i2c-aspeed/2023-12.ts';
import { AspeedI2c2022 } from '../../src/drivers/i2c-aspeed/2022.ts';
import { AspeedI2cNak } from '../../src/drivers/i2c-aspeed/nak.ts';
import { SsifBmcFixed } from '../../src/drivers/ssif-bmc/fixed.ts';
import { SsifBmcMainline } from '../../src/drivers/ssif-bmc/mainline.ts';
import { SsifBmcV10 } from '../../src/drivers/ssif-bmc/v10.ts';
import { CARELESS_SSIF_MOVES, type SsifVersion } from '../../src/host/index.ts';
import { ipmiSsifVersion } from '../../src/scenarios/index.ts';
import type { SsifBmcDriverClass } from '../../src/drivers/ssif-bmc/index.ts';
import { drawn, either, held, movesOf, type Bug, type Trait } from './bug.ts';
import type { SsifDrivers } from './drivers.ts';
import * as host from './mends-hssif.ts';
import * as ssif from './mends-ssif.ts';

/** The host makes one of these moves. */
function moves(...names: readonly string[]): Trait {
  return movesOf(CARELESS_SSIF_MOVES, 'which move?', names);
}

/** The SSIF driver with something mended, on the bus driver that Linux has. */
function on2023(ssifBmc: SsifBmcDriverClass): SsifDrivers {
  return { ssifBmc, i2cAspeed: AspeedI2c2023 };
}

/** The same, on the bus driver of before. */
function on2022(ssifBmc: SsifBmcDriverClass): SsifDrivers {
  return { ssifBmc, i2cAspeed: AspeedI2c2022 };
}

/** The command byte of a write or of a read, ACKed. */
const SINGLE = /^bus > 02h$/;
const START = /^bus > 06h$/;
const END = /^bus > 08h$/;
const MIDDLE_READ = /^bus > 09h$/;
/** The driver takes a request for complete. */
const TAKEN = 'bmc:irq handle_request: wake_up_all(wait_queue)';
/** It takes a response for sent, or void. */
const SENT = 'bmc:irq complete_response: wake_up_all(wait_queue)';
const TIMER = 'bmc:softirq response_timeout: spin_lock_irqsave(lock)';

const V10: readonly Bug[] = [
  {
    slug: 'ssif-new-request-cleared', version: 'ssif-bmc@v10', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [moves('another request while the BMC works on one', 'asks too early, then sends another request')],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:ssifd write() = 13, tag 1',
      SINGLE,
      SENT,
      'bus > 08h',
      'driver phase ABORTING',
      'request 2 is complete: 8 bytes, tag 2',
      '! lost-request never-delivered',
    ],
    mended: on2023(ssif.KeepsTheCommand),
  },
  {
    slug: 'ssif-len-type-abi', version: 'ssif-bmc@v10', oracle: 'torn-message', rule: 'other-framing',
    decisions: [drawn('daemon of an older ABI')],
    most: 1,
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:ssifd ssif_bmc_read: copy_to_user',
      // Four bytes of length, of which the daemon knows one.
      'bmc:ssifd read() = 12, tag 1',
      '! torn-message other-framing',
    ],
    mended: on2023(ssif.ChecksTheAbi),
  },
];

const V10_NAK: readonly Bug[] = [
  {
    slug: 'ssif-read-in-ready', version: 'ssif-bmc@v10,i2c-aspeed@nak', oracle: 'lost-response', rule: 'withheld',
    decisions: [drawn('fast bus')],
    story: [
      'bmc:ssifd write() = ',
      'driver phase RES_SENDING',
      'bus STOP',
      // STOP, SLAVE_MATCH and RX_DONE in one word: of the START of the next read nobody is told.
      /^bmc:irq aspeed_i2c_bus_irq: INTR_STS read = 9[46]h$/,
      'bmc:irq event STOP',
      'driver phase READY',
      MIDDLE_READ,
      ['bus START', 'bus 10h R'],
      'bmc:irq event READ_REQUESTED',
      'driver phase ABORTING',
      'bus < 00h NAK',
      '! lost-response withheld',
    ],
    mended: { ssifBmc: SsifBmcV10, i2cAspeed: ssif.TellsOfEveryStart },
  },
];

const MAINLINE: readonly Bug[] = [
  {
    slug: 'ssif-late-write-answers-next-request', version: 'ssif-bmc@mainline', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [drawn('which move?'), either(held('bmc:ssifd', /./), drawn('think longer'))],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      // The daemon has A, whatever becomes of it.
      ['bmc:ssifd ssif_bmc_read: spin_lock_irqsave(lock)', 'bmc:ssifd ssif_bmc_read: spin_unlock_irqrestore(lock)'],
      TIMER,
      'request 2 is complete: 8 bytes, tag 2',
      TAKEN,
      'bmc:ssifd ssif_bmc_write: spin_lock_irqsave(lock)',
      'bmc:ssifd write() = 13, tag 1',
      '! wrong-response answers-another-request',
    ],
    mended: on2023(ssif.AnswersWhatWasRead),
  },
  {
    slug: 'ssif-remove-timer-uaf', version: 'ssif-bmc@mainline', oracle: 'use-after-free', rule: 'timer',
    decisions: [drawn('driver is unbound')],
    story: [
      'request 1 is complete',
      TAKEN,
      'bmc:unbind aspeed_i2c_unreg_slave: spin_unlock_irqrestore(bus->lock)',
      'bmc:unbind mutex_unlock(misc_mtx)',
      '! use-after-free timer',
    ],
    mended: on2023(ssif.DeletesTheTimer),
  },
  {
    slug: 'ssif-remove-open-fd-uaf', version: 'ssif-bmc@mainline', oracle: 'use-after-free', rule: 'use-after-free',
    decisions: [drawn('driver is unbound')],
    story: [
      'bmc:ssifd open() = 0',
      'bmc:unbind mutex_unlock(misc_mtx)',
      /^bmc:ssifd(\/2)? ssif_bmc_/,
      '! use-after-free use-after-free',
    ],
    mended: on2023(ssif.CountsReferences),
  },
  {
    slug: 'ssif-write-overruns-payload', version: 'ssif-bmc@mainline', oracle: 'out-of-bounds', rule: 'write-beyond-part_buf.payload',
    decisions: [moves('more data than a block holds')],
    story: [
      SINGLE,
      'bus > 21h',
      'driver phase REQ_RECVING',
      'bmc:irq event WRITE_RECEIVED',
      '! out-of-bounds write-beyond-part_buf.payload',
      'bus STOP',
    ],
    mended: on2023(ssif.BoundsTheIndex),
  },
  {
    slug: 'ssif-length-gt-32-oob-read', version: 'ssif-bmc@mainline', oracle: 'out-of-bounds', rule: 'read-beyond-part_buf.payload',
    decisions: [moves('more data than a block holds')],
    story: [
      SINGLE,
      'bus > 21h',
      'bus STOP',
      'bmc:irq event STOP',
      TAKEN,
      '! out-of-bounds read-beyond-part_buf.payload',
      'bmc:ssifd read() = 37',
    ],
    mended: on2023(ssif.ChecksTheLength),
  },
  {
    slug: 'ssif-bad-pec-eats-next-request', version: 'ssif-bmc@mainline', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [moves('noise on a request with PEC')],
    story: [
      'driver phase REQ_RECVING',
      'bus STOP',
      'bmc:irq event STOP',
      ['bus START', 'bus 10h W'],
      'bmc:irq event WRITE_REQUESTED',
      'driver phase ABORTING',
      'request 1 is complete: 8 bytes, tag 2',
      '! lost-request never-delivered',
    ],
    mended: on2023(ssif.EndsWithStop),
  },
  {
    slug: 'ssif-stop-lost-desync', version: 'ssif-bmc@mainline', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [moves('power lost while reading')],
    story: [
      'bmc:ssifd write() = 13, tag 1',
      'driver phase RES_SENDING',
      'bus is let go',
      ['bus START', 'bus 10h W'],
      'bmc:irq event WRITE_REQUESTED',
      'driver phase ABORTING',
      'request 2 is complete: 8 bytes, tag 2',
      'bus 10h R',
      'driver phase RES_SENDING',
      '! wrong-response answers-another-request',
    ],
    mended: on2023(ssif.StartEndsTheRead),
  },
  {
    slug: 'ssif-copy-to-user-positive', version: 'ssif-bmc@mainline', oracle: 'errno', rule: 'fault-not-reported',
    decisions: [drawn('request buffer')],
    story: [
      'request 1 is complete',
      'bmc:ssifd ssif_bmc_read: copy_to_user',
      'bmc:ssifd read() = 12',
      '! errno fault-not-reported',
    ],
    mended: on2023(ssif.SeesBytesLeft),
  },
  {
    slug: 'ssif-end-without-start', version: 'ssif-bmc@mainline', oracle: 'phantom-request', rule: 'never-sent',
    decisions: [moves('END without START')],
    story: [
      END,
      'driver phase REQ_RECVING',
      'bus STOP',
      'bmc:irq event STOP',
      TAKEN,
      'bmc:ssifd read() = 12',
      '! phantom-request never-sent',
    ],
    mended: on2023(ssif.KnowsTheBeginning),
  },
  {
    slug: 'ssif-zero-length-request', version: 'ssif-bmc@mainline', oracle: 'phantom-request', rule: 'empty',
    decisions: [moves('length 0')],
    story: [
      ['bus > 02h', 'bus > 00h', 'bus STOP'],
      'bmc:irq event STOP',
      TAKEN,
      'bmc:ssifd read() = 4',
      '! phantom-request empty',
    ],
    mended: on2023(ssif.WantsTwoBytes),
  },
  {
    slug: 'ssif-bare-command-drops-response', version: 'ssif-bmc@mainline', oracle: 'lost-response', rule: 'accepted',
    decisions: [moves('bare command')],
    story: [
      'bmc:ssifd write() = 13, tag 1',
      ['bus START', 'bus 10h W', SINGLE],
      SENT,
      'bus STOP',
      '! lost-response accepted',
    ],
    mended: on2023(ssif.DropsWhenComplete),
  },
  {
    slug: 'ssif-truncated-read-discards', version: 'ssif-bmc@mainline', oracle: 'lost-response', rule: 'accepted',
    decisions: [moves('read broken off')],
    story: [
      'bmc:ssifd write() = 13, tag 1',
      'driver phase RES_SENDING',
      // The count, and nothing of what it counts.
      'bus < 09h NAK',
      'bmc:irq event STOP',
      SENT,
      '! lost-response accepted',
    ],
    mended: on2023(ssif.CountsTheBytes),
  },
  {
    slug: 'ssif-middle-retry-skips-block', version: 'ssif-bmc@mainline', oracle: 'torn-message', rule: 'response',
    decisions: [moves('middle part read again')],
    story: [
      MIDDLE_READ,
      'driver phase RES_SENDING',
      'bus < 20h NAK',
      'bmc:irq event STOP',
      MIDDLE_READ,
      // The block that follows, which is the last.
      'bus < FFh',
      '! torn-message response',
    ],
    mended: on2023(ssif.AdvancesOnStop),
  },
  {
    slug: 'ssif-release-keeps-state', version: 'ssif-bmc@mainline', oracle: 'phantom-request', rule: 'left-behind',
    decisions: [drawn('before read')],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      TAKEN,
      ['bmc:ssifd ssif_bmc_release: spin_lock_irq(lock)', 'bmc:ssifd ssif_bmc_release: spin_unlock_irq(lock)', 'bmc:ssifd release() = 0'],
      'bmc:ssifd open() = 0',
      'bmc:ssifd read() = 12, tag 1',
      '! phantom-request left-behind',
    ],
    mended: on2023(ssif.ForgetsOnRelease),
  },
  {
    slug: 'ssif-timeout-errno', version: 'ssif-bmc@mainline', oracle: 'errno', rule: 'late-as-einval',
    decisions: [drawn('think longer')],
    story: [
      'bmc:ssifd read() = 12, tag 1',
      TIMER,
      'bmc:ssifd write() = -22',
      '! errno late-as-einval',
    ],
    mended: on2023(ssif.TellsWhoIsLate),
  },
];

const V2026: readonly Bug[] = [
  {
    slug: 'ssif-request-gone-on-efault', version: 'ssif-bmc@2026-04', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [drawn('request buffer')],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:ssifd ssif_bmc_read: copy_to_user',
      'bmc:ssifd read() = -14',
      'bmc:ssifd ssif_bmc_read: schedule(wait_queue) sleeps',
      '! lost-request never-delivered',
    ],
    mended: on2023(ssif.KeepsOnEfault),
  },
];

const I2C_2022: readonly Bug[] = [
  {
    slug: 'ssif-empty-poll-clears-busy', version: 'i2c-aspeed@2022', oracle: 'state-mismatch', rule: 'busy-dropped',
    decisions: [],
    story: [
      /^request \d is complete/,
      'bmc:ssifd write() = ',
      /^request \d is complete/,
      TAKEN,
      // A poll to which there is no answer.
      'bus 10h R',
      'bus < 00h NAK',
      'bmc:irq event STOP',
      SENT,
      '! state-mismatch busy-dropped',
    ],
    mended: on2022(ssif.CompletesWhatThereIs),
  },
  {
    slug: 'ssif-request-overwritten-torn-read', version: 'i2c-aspeed@2022', oracle: 'torn-message', rule: 'unfinished',
    decisions: [either(drawn('several parts'), drawn('long'), drawn('length'))],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      TAKEN,
      START,
      'bus STOP',
      'bmc:irq event STOP',
      // 32 bytes of what the host is still writing.
      'bmc:ssifd read() = 36',
      '! torn-message unfinished',
    ],
    mended: on2022(ssif.AssemblesApart),
  },
  {
    slug: 'i2ca-busy-ack', version: 'i2c-aspeed@2022', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [moves('another request while the BMC works on one')],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      TAKEN,
      // The second request is taken while the first is in hand.
      ['bus START', 'bus 10h W', SINGLE],
      'request 2 is complete: 8 bytes, tag 2',
      TAKEN,
      'bmc:ssifd write() = 13, tag 1',
      '! wrong-response answers-another-request',
    ],
    mended: { ssifBmc: SsifBmcMainline, i2cAspeed: AspeedI2cNak },
  },
];

/** The bus driver alone: ssif_bmc has nothing to answer for. */
const I2C_2022_FIXED: readonly Bug[] = [
  {
    slug: 'i2ca-coalesced-stop-start', version: 'ssif-bmc@fixed,i2c-aspeed@2022', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [drawn('fast bus')],
    story: [
      'bus STOP',
      ['bus START', 'bus 10h W'],
      // STOP, SLAVE_MATCH and RX_DONE, and after a read TX_NAK, in one word: of which STOP is told, and the START is not.
      /^bmc:irq aspeed_i2c_bus_irq: INTR_STS read = 9[46]h$/,
      'bmc:irq event STOP',
      'driver phase READY',
      /^request \d is complete/,
      '! lost-request never-delivered',
    ],
    mended: { ssifBmc: SsifBmcFixed, i2cAspeed: ssif.EndsBeforeItBegins },
  },
];

/** The host's driver, on what the scenario has for a BMC. */
function onHost(info: SsifVersion['info']): SsifDrivers {
  const ipmiSsif = ipmiSsifVersion('ipmi_ssif@2017');
  return { ssifBmc: SsifBmcV10, i2cAspeed: AspeedI2c2023, ipmiSsif: { ...ipmiSsif, info } };
}

/** Get Message Flags, written by the host; and the header of an answer in one part. */
const GET_FLAGS = ['bus START', 'bus 10h W', SINGLE, 'bus > 02h', 'bus > 18h', 'bus > 31h'];
const answer = (command: string): readonly string[] => ['bus 10h R', 'bus < 04h', 'bus < 1Ch', `bus < ${command}`, 'bus < 00h'];
/** The thread waits for something to do. */
const WAITS = 'host ipmi_ssif_thread: host: sleep';

const HOST_2017: readonly Bug[] = [
  {
    slug: 'hssif-invalid-flags-lock', version: 'ipmi_ssif@2017', oracle: 'deadlock', rule: 'ssif_info--lock-is-taken-twice',
    decisions: [drawn('host asks for events'), drawn('answers another command')],
    story: [
      GET_FLAGS,
      TAKEN,
      // As long as the answer that it wants, and of another command.
      answer('2Fh'),
      'bus STOP',
      '! deadlock ssif_info--lock-is-taken-twice',
    ],
    mended: onHost(host.UnlocksOnInvalidFlags),
  },
  {
    slug: 'hssif-null-on-error', version: 'ipmi_ssif@2017', oracle: 'crash', rule: 'data-is-NULL',
    decisions: [drawn('host asks for events')],
    story: [
      GET_FLAGS,
      // The last of 250 reads to which there is no answer.
      'bus 10h R',
      'bus STOP',
      '! crash data-is-NULL',
    ],
    mended: onHost(host.LooksAtTheLength),
  },
  {
    slug: 'hssif-alloc-fail-lock', version: 'ipmi_ssif@2017', oracle: 'deadlock', rule: 'ssif_info--lock-is-left-locked',
    decisions: [drawn('host asks for events'), drawn('ipmi_alloc_smi_msg fails')],
    story: [
      GET_FLAGS,
      TAKEN,
      answer('31h'),
      'bus STOP',
      '! deadlock ssif_info--lock-is-left-locked',
    ],
    mended: onHost(host.UnlocksWithoutMemory),
  },
  {
    slug: 'hssif-kthread-left', version: 'ipmi_ssif@2017', oracle: 'use-after-free', rule: 'ssif_info-is-freed',
    decisions: [drawn('host loads its driver'), drawn('ipmi_register_smi fails')],
    story: [
      // Get System Interface Capabilities, and the last of what a probe asks.
      ['bus > 18h', 'bus > 57h'],
      ['bus > 18h', 'bus > 2Eh'],
      'bus STOP',
      [WAITS, WAITS],
      '! use-after-free ssif_info-is-freed',
    ],
    mended: onHost(host.StopsTheThread),
  },
];

/** Every entry that is certain and concerns a version built here. */
export const SSIF_BUGS: readonly Bug[] = [...V10, ...V10_NAK, ...MAINLINE, ...V2026, ...I2C_2022, ...I2C_2022_FIXED, ...HOST_2017];
