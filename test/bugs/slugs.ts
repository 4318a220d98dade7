import { CARELESS_KCS_MOVES } from '../../src/host/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import { drawn, either, held, movesOf, type Bug, type Trait } from './bug.ts';
import * as mainline from './mends-mainline.ts';
import * as review from './mends-review.ts';
import * as v2 from './mends-v2.ts';
import { BT_BUGS } from './slugs-bt.ts';
import { RAW_BUGS } from './slugs-raw.ts';
import { ROUTER_BUGS } from './slugs-router.ts';
import { SSIF_BUGS } from './slugs-ssif.ts';

/** Budget of the hunt in which all bugs of a version are found, and its seed. */
export const BUDGET = 20_000;
export const SEEDS: Readonly<Record<string, number>> = {
  v2: 1, 'v2-unlocked': 1, review: 1, 'review-mended': 1, mainline: 1,
  'ssif-bmc@v10': 1, 'ssif-bmc@v10,i2c-aspeed@nak': 1, 'ssif-bmc@mainline': 1, 'ssif-bmc@2026-04': 1, 'i2c-aspeed@2022': 1,
  'ssif-bmc@fixed,i2c-aspeed@2022': 1, 'ipmi_ssif@2017': 1, 'bt-bmc@mainline': 1, 'kcs-raw@v2': 1, 'kcs-raw@openbmc': 1, 'ipmi-router@rfc-v1': 1,
};

// ---- decisions ----------------------------------------------------------------------------------

/** The host makes one of these moves. */
function moves(...names: readonly string[]): Trait {
  return movesOf(CARELESS_KCS_MOVES, 'host move', names);
}

/** The host begins anew while the BMC works on its request. */
const RESTARTS = moves('restart while waiting for the response', 'restart while writing', 'restart while reading');

// ---- moments ------------------------------------------------------------------------------------

const HOST_WRITE_START = 'host COMMAND(CA3h) := 61h';
const HOST_WRITE_END = 'host COMMAND(CA3h) := 62h';
const HOST_ABORT = 'host COMMAND(CA3h) := 60h';
/** ERROR_STATE is written to STR. */
const error = (frame: string): RegExp => new RegExp(`^bmc:\\w+ ${frame}: STR3 := [C-F][0-9A-F]h$`);
/** The host samples WRITE_STATE with IBF=0. */
const HOST_SEES_WRITE = /^host [\w ]+: STATUS\(CA3h\) (read|poll) = [89AB][014589CD]h$/;

/** Steps are listed by the host with its function before them. */
const host = (text: string): RegExp => new RegExp(`^host [\\w ]+: ${text.slice('host '.length).replaceAll(/[()]/g, '\\$&')}`);

const V2: readonly Bug[] = [
  {
    slug: 'kcsv2-copy-to-user-under-spinlock', version: 'v2', oracle: 'sleep-in-atomic', rule: 'copy_to_user-in-atomic-context',
    decisions: [],
    story: [
      'bmc:kcsd kcs_bmc_read: spin_lock_irq(lock)',
      'bmc:kcsd kcs_bmc_read: copy_to_user',
      '! sleep-in-atomic copy_to_user-in-atomic-context',
      'bmc:kcsd kcs_bmc_read: spin_unlock_irq(lock)',
    ],
    mended: v2.CopiesToUserUnlocked,
  },
  {
    slug: 'kcsv2-copy-from-user-under-spinlock', version: 'v2', oracle: 'sleep-in-atomic', rule: 'copy_from_user-in-atomic-context',
    decisions: [],
    story: [
      'driver phase WAIT_READ',
      'bmc:kcsd kcs_bmc_write: spin_lock_irq(lock)',
      'bmc:kcsd kcs_bmc_write: copy_from_user',
      '! sleep-in-atomic copy_from_user-in-atomic-context',
      'bmc:kcsd kcs_bmc_write: spin_unlock_irq(lock)',
    ],
    mended: v2.CopiesFromUserUnlocked,
  },
  {
    slug: 'kcsv2-blocking-read-eagain', version: 'v2', oracle: 'errno', rule: 'blocking-read-eagain',
    // It has left the wait, which has seen data_in_avail, and does not hold the lock yet.
    decisions: [held('bmc:kcsd', /^kcs_bmc_read: spin_lock_irq/)],
    story: [
      'request 1 is complete',
      'bmc:irq kcs_bmc_handle_data: wake_up_interruptible(queue)',
      host(HOST_WRITE_START),
      'bmc:irq kcs_bmc_handle_command: IDR3 read = 61h',
      'driver phase WRITE',
      'bmc:kcsd kcs_bmc_read: spin_lock_irq(lock)',
      'bmc:kcsd read() = -11',
      '! errno blocking-read-eagain',
    ],
    mended: v2.WaitsAgain,
  },
  {
    slug: 'kcsv2-avail-cleared-on-efault', version: 'v2', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [drawn('request buffer')],
    story: [
      'request 1 is complete',
      ['bmc:kcsd kcs_bmc_read: spin_lock_irq(lock)', 'bmc:kcsd kcs_bmc_read: copy_to_user'],
      'bmc:kcsd kcs_bmc_read: copy_to_user word = 2',
      'bmc:kcsd read() = -14',
      ['bmc:kcsd read()', 'bmc:kcsd kcs_bmc_read: prepare_to_wait(queue)', 'bmc:kcsd kcs_bmc_read: schedule(queue) sleeps'],
      '! lost-request never-delivered',
    ],
    mended: v2.KeepsOnEfault,
  },
  {
    slug: 'kcsv2-silent-truncate', version: 'v2', oracle: 'torn-message', rule: 'truncated',
    decisions: [drawn('short buffer')],
    story: ['request 1 is complete: 8 bytes', 'bmc:kcsd read() = 3', '! torn-message truncated'],
    mended: v2.RefusesShortBuffers,
  },
  {
    slug: 'kcsv2-overflow-ibf-storm', version: 'v2', oracle: 'irq-storm', rule: 'ibf-never-read',
    decisions: [moves('overlong message')],
    story: [
      'driver phase WRITE',
      // The handler sets OBF and leaves IDR, and with it IBF, as they are; again and again.
      ['bmc:irq kcs_bmc_handle_data: ODR3 := 00h', 'bmc:irq kcs_bmc_handle_event: spin_unlock_irqrestore(lock)'],
      ['bmc:irq kcs_bmc_handle_data: ODR3 := 00h', 'bmc:irq kcs_bmc_handle_event: spin_unlock_irqrestore(lock)'],
      '! irq-storm ibf-never-read',
    ],
    mended: v2.ReadsIdrAlways,
  },
  {
    slug: 'kcsv2-open-vs-complete', version: 'v2', oracle: 'lost-request', rule: 'never-delivered',
    decisions: [either(held('bmc:kcsd', /^open\(\)/), drawn('daemon starts late'))],
    story: [
      'request 1 is complete',
      'driver phase WAIT_READ',
      'bmc:kcsd kcs_bmc_open: spin_lock_irq(lock)',
      'driver phase IDLE',
      'bmc:kcsd open() = 0',
      'bmc:kcsd kcs_bmc_read: schedule(queue) sleeps',
      '! lost-request never-delivered',
    ],
    mended: v2.PublishesAlways,
  },
  {
    slug: 'kcsv2-open-resets-phase-mid-transfer', version: 'v2', oracle: 'protocol', rule: 'status-code',
    decisions: [either(held('bmc:kcsd', /open/), drawn('daemon starts late'))],
    story: [
      host(HOST_WRITE_START),
      'driver phase WRITE',
      'bmc:kcsd kcs_bmc_open: spin_lock_irq(lock)',
      'driver phase IDLE',
      'bmc:kcsd open() = 0',
      error('kcs_bmc_handle_data'),
      host(HOST_ABORT),
      '! protocol status-code',
    ],
    mended: v2.OpensWithoutReset,
  },
  {
    slug: 'kcsv2-not-open-not-handled', version: 'v2', oracle: 'hang', rule: 'not-open',
    decisions: [],
    story: [
      'bmc:kcsd release() = 0',
      host(HOST_WRITE_START),
      'bmc:irq kcs_bmc_handle_command: IDR3 read = 61h',
      'driver phase WRITE',
      'driver phase WAIT_READ',
      '! hang not-open',
    ],
    mended: v2.RefusesWhileClosed,
  },
  {
    slug: 'kcsv2-close-mid-transaction', version: 'v2', oracle: 'protocol', rule: 'close-without-error-state',
    decisions: [drawn('crash with a request in hand')],
    story: [
      'request 1 is complete',
      'bmc:kcsd read() = 8, tag 1',
      // STR is left as it is.
      ['bmc:kcsd kcs_bmc_release: spin_lock_irq(lock)', 'bmc:kcsd kcs_bmc_release: spin_unlock_irq(lock)', 'bmc:kcsd release() = 0'],
      '! protocol close-without-error-state',
    ],
    mended: v2.AbortsOnRelease,
  },
  {
    slug: 'kcsv2-command-phase-unchecked', version: 'v2', oracle: 'phantom-request', rule: 'never-sent',
    decisions: [moves('stray WRITE_END and byte')],
    story: [
      host(HOST_WRITE_END),
      'bmc:irq kcs_bmc_handle_command: IDR3 read = 62h',
      'driver phase WRITE_END',
      host('host DATA(CA2h) := '),
      'bmc:irq kcs_bmc_handle_data: IDR3 read',
      'driver phase WAIT_READ',
      'bmc:irq kcs_bmc_handle_data: wake_up_interruptible(queue)',
      'bmc:kcsd read() = ',
      '! phantom-request never-sent',
    ],
    mended: v2.ChecksWriteEnd,
  },
  {
    slug: 'kcsv2-response-to-restarted-request', version: 'v2', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [RESTARTS, either(held('bmc:kcsd', /^(return from read\(\)|sleep|write\(\)|kcs_bmc_write: spin_lock_irq)/), drawn('think longer'))],
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'bmc:kcsd read() = 8, tag 1',
      host(HOST_WRITE_START),
      'driver phase WRITE',
      'request 2 is complete: 8 bytes, tag 2',
      'driver phase WAIT_READ',
      'bmc:kcsd kcs_bmc_write: spin_lock_irq(lock)',
      'driver phase READ',
      'bmc:kcsd write() = 9, tag 1',
      '! wrong-response answers-another-request',
    ],
    mended: v2.WaitsForTheRead,
  },
  {
    slug: 'kcsv2-write-without-read', version: 'v2', oracle: 'wrong-response', rule: 'answers-nothing',
    decisions: [drawn('write without read')],
    story: [
      /^request \d is complete/,
      'driver phase WAIT_READ',
      // No read() between this write() and what the thread did last.
      ['bmc:kcsd sleep', 'bmc:kcsd write()', 'bmc:kcsd kcs_bmc_write: spin_lock_irq(lock)'],
      'driver phase READ',
      'bmc:kcsd write() = 3',
      '! wrong-response answers-nothing',
    ],
    mended: v2.WaitsForTheRead,
  },
  {
    slug: 'kcsv2-error-arm-keeps-phase', version: 'v2', oracle: 'state-mismatch', rule: 'KCS_PHASE_READ-in-ERROR',
    // Linux, when OBF does not come in time, writes READ before it recovers: the stray byte.
    decisions: [(d) => d.kind === 'stall' && d.actor === 'bmc:kcsd' && String(d.value).startsWith('timeouts'), held('host', /STATUS/)],
    story: [
      'driver phase WAIT_READ',
      host('host DATA(CA2h) := 68h'),
      error('kcs_bmc_handle_data'),
      'bmc:irq kcs_bmc_handle_data: IDR3 read = 68h',
      'bmc:kcsd kcs_bmc_write: spin_lock_irq(lock)',
      'driver phase READ',
      'bmc:kcsd write() = 9',
      '! state-mismatch KCS_PHASE_READ-in-ERROR',
    ],
    mended: v2.FailsInPhaseToo,
  },
  {
    slug: 'kcsv2-signal-looks-like-eagain', version: 'v2', oracle: 'errno', rule: 'signal-as-eagain',
    decisions: [drawn('signal')],
    story: [
      'bmc:kcsd kcs_bmc_read: schedule(queue) = -512',
      ['bmc:kcsd kcs_bmc_read: spin_lock_irq(lock)', 'bmc:kcsd kcs_bmc_read: spin_unlock_irq(lock)', 'bmc:kcsd read() = -11'],
      '! errno signal-as-eagain',
    ],
    mended: v2.ReturnsTheWait,
  },
];

const V2_UNLOCKED: readonly Bug[] = [
  {
    slug: 'v2-unlocked-torn-message', version: 'v2-unlocked', oracle: 'torn-message', rule: 'mixed',
    decisions: [RESTARTS],
    most: 3,
    story: [
      'request 1 is complete',
      'bmc:kcsd kcs_bmc_read: spin_unlock_irq(lock)',
      'bmc:kcsd kcs_bmc_read: copy_to_user word',
      host(HOST_WRITE_START),
      'bmc:irq kcs_bmc_handle_command: IDR3 read = 61h',
      'driver phase WRITE',
      'bmc:kcsd kcs_bmc_read: copy_to_user word',
      'bmc:kcsd read() = 8',
      '! torn-message mixed',
    ],
    mended: v2.CopiesAStagedRequest,
  },
];

const REVIEW: readonly Bug[] = [
  {
    slug: 'kcsrev-inverted-copy-test', version: 'review', oracle: 'errno', rule: 'efault-without-fault',
    decisions: [],
    story: [
      'request 1 is complete',
      'bmc:kcsd kcs_bmc_read: copy_to_user word',
      'bmc:kcsd read() = -14',
      '! errno efault-without-fault',
    ],
    mended: review.TestsTheCopy,
  },
  {
    slug: 'kcsrev-aba', version: 'review-mended', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [RESTARTS, either(held('bmc:kcsd', /^kcs_bmc_read: (copy_to_user|spin_unlock)/), drawn('request buffer'))],
    most: 4,
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'driver phase WRITE_END_DONE',
      ['bmc:kcsd kcs_bmc_read: spin_lock_irq(lock)', 'bmc:kcsd kcs_bmc_read: spin_unlock_irq(lock)'],
      host(HOST_WRITE_START),
      'driver phase WRITE',
      'request 2 is complete: 8 bytes, tag 2',
      'driver phase WRITE_END_DONE',
      'bmc:kcsd kcs_bmc_read (copied): spin_lock_irq(lock)',
      'driver phase WAIT_READ',
      'bmc:kcsd read() = 8, tag 1',
      'bmc:kcsd write() = 9, tag 1',
      '! wrong-response answers-another-request',
    ],
    mended: review.CountsGenerations,
  },
  {
    slug: 'kcsrev-overflow-not-reported', version: 'review-mended', oracle: 'hang', rule: 'overflow-not-reported',
    decisions: [drawn('short buffer')],
    story: ['request 1 is complete', 'driver phase WRITE_END_DONE', 'bmc:kcsd read() = -75', '! hang overflow-not-reported'],
    mended: review.TellsTheHost,
  },
];

const MAINLINE: readonly Bug[] = [
  {
    slug: 'kcs-read-aba', version: 'mainline', oracle: 'wrong-response', rule: 'answers-another-request',
    decisions: [RESTARTS, either(held('bmc:kcsd', /^kcs_bmc_ipmi_read: (copy_to_user|spin_unlock)/), drawn('request buffer'))],
    most: 4,
    story: [
      'request 1 is complete: 8 bytes, tag 1',
      'driver phase WRITE_DONE',
      // The reader copies A under the lock.
      ['bmc:kcsd kcs_bmc_ipmi_read: spin_lock_irq(lock)', 'bmc:kcsd kcs_bmc_ipmi_read: spin_unlock_irq(lock)'],
      host(HOST_WRITE_START),
      'bmc:irq kcs_bmc_ipmi_handle_cmd: IDR3 read = 61h',
      'driver phase WRITE_START',
      'request 2 is complete: 8 bytes, tag 2',
      'driver phase WRITE_DONE',
      // Its second section takes B's WRITE_DONE for A's.
      'bmc:kcsd kcs_bmc_ipmi_read (copied): spin_lock_irq(lock)',
      'driver phase WAIT_READ',
      'bmc:kcsd read() = 8, tag 1',
      'bmc:kcsd write() = 9, tag 1',
      '! wrong-response answers-another-request',
    ],
    mended: mainline.CountsGenerations,
  },
  {
    slug: 'kcs-closed-ibf-stuck', version: 'mainline', oracle: 'stuck-ibf', rule: 'closed',
    decisions: [],
    story: [
      'bmc:kcsd kcs_bmc_disable_device: spin_lock_irq(kcs_bmc->lock)',
      'bmc:kcsd release() = 0',
      /^host [\w ]+: (COMMAND|DATA)\(CA.h\) := /,
      '! stuck-ibf closed',
    ],
    mended: mainline.AnswersWhileClosed,
  },
  {
    slug: 'kcs-blocking-read-eagain', version: 'mainline', oracle: 'errno', rule: 'blocking-read-eagain',
    decisions: [held('bmc:kcsd', /^kcs_bmc_ipmi_read: (mutex_lock|spin_lock_irq|prepare_to_wait)/)],
    story: [
      'request 1 is complete',
      'bmc:irq kcs_bmc_ipmi_handle_data: wake_up_interruptible(queue)',
      // The host begins anew, or aborts, or reads on after its time-out, which the driver answers with ERROR_STATE.
      /^host [\w ]+: (COMMAND\(CA3h\) := 6|DATA\(CA2h\) := 68h)/,
      /^bmc:irq kcs_bmc_ipmi_(handle_cmd: IDR3 read = 6[01]h|force_abort: STR3 := [C-F][0-9A-F]h)$/,
      ['bmc:kcsd kcs_bmc_ipmi_read: spin_lock_irq(lock)', 'bmc:kcsd kcs_bmc_ipmi_read: spin_unlock_irq(lock)'],
      'bmc:kcsd read() = -11',
      '! errno blocking-read-eagain',
    ],
    mended: mainline.WaitsAgain,
  },
  {
    slug: 'kcs-overflow-abort-code', version: 'mainline', oracle: 'protocol', rule: 'status-code',
    decisions: [drawn('short buffer')],
    story: [
      'bmc:kcsd kcs_bmc_ipmi_read (too large): spin_lock_irq(lock)',
      error('kcs_bmc_ipmi_force_abort'),
      'driver phase ERROR',
      'bmc:kcsd read() = -75',
      host(HOST_ABORT),
      '! protocol status-code',
    ],
    mended: mainline.KeepsTheCause,
  },
  {
    slug: 'kcs-write-state-before-check', version: 'mainline', oracle: 'lost-byte', rule: 'dummy-read',
    decisions: [moves('stray WRITE_END and byte', 'illegal control code'), held('bmc:irq', /^kcs_bmc_ipmi_force_abort: /)],
    story: [
      host(HOST_WRITE_END),
      /^bmc:irq kcs_bmc_ipmi_handle_cmd: STR3 := [89AB][0-9A-F]h$/,
      'bmc:irq kcs_bmc_ipmi_handle_cmd: IDR3 read = 62h',
      HOST_SEES_WRITE,
      host('host DATA(CA2h) := '),
      'bmc:irq kcs_bmc_ipmi_force_abort: IDR3 read',
      '! lost-byte dummy-read',
    ],
    mended: mainline.ReadsIdrOnce,
  },
  {
    slug: 'kcs-remove-open-fd-uaf', version: 'mainline', oracle: 'use-after-free', rule: 'use-after-free',
    decisions: [drawn('driver is unbound')],
    story: [
      'bmc:kcsd open() = 0',
      'bmc:unbind mutex_unlock(misc_mtx)',
      'bmc:unbind kcs_bmc_disable_device: spin_unlock_irq(kcs_bmc->lock)',
      /^bmc:kcsd(\/2)? kcs_bmc_ipmi_/,
      '! use-after-free use-after-free',
    ],
    mended: mainline.CountsReferences,
  },
];

/** Every entry that is certain and concerns a version built here, and the race of v2-unlocked, which is nobody's entry. */
export const BUGS: readonly Bug[] = [...V2, ...V2_UNLOCKED, ...REVIEW, ...MAINLINE, ...SSIF_BUGS, ...BT_BUGS, ...RAW_BUGS, ...ROUTER_BUGS];

/** Whether a schedule has the decisions of a bug. */
export function hasDecisions(bug: Bug, decisions: readonly Decision[]): boolean {
  return bug.decisions.every((trait) => decisions.some(trait)) && decisions.length <= (bug.most ?? Infinity);
}
