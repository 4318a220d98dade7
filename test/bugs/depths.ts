/**
 * How deep each known bug is: the forced context switches that it needs beyond running each actor to completion. By
 * depth, from 0.
 */
const BY_DEPTH: readonly (readonly string[])[] = [
  // The input alone is enough, or any schedule.
  [
    'kcsv2-copy-to-user-under-spinlock', 'kcsv2-copy-from-user-under-spinlock', 'kcsv2-avail-cleared-on-efault',
    'kcsv2-silent-truncate', 'kcsv2-overflow-ibf-storm', 'kcsv2-not-open-not-handled', 'kcsv2-command-phase-unchecked',
    'kcsv2-write-without-read', 'kcsrev-inverted-copy-test', 'kcsrev-overflow-not-reported', 'kcs-closed-ibf-stuck',
    'kcs-overflow-abort-code', 'ssif-new-request-cleared', 'ssif-len-type-abi', 'ssif-read-in-ready', 'ssif-write-overruns-payload',
    'ssif-length-gt-32-oob-read', 'ssif-bad-pec-eats-next-request', 'ssif-copy-to-user-positive', 'ssif-end-without-start',
    'ssif-zero-length-request', 'ssif-bare-command-drops-response', 'ssif-truncated-read-discards', 'ssif-middle-retry-skips-block',
    'ssif-release-keeps-state', 'ssif-timeout-errno', 'ssif-request-gone-on-efault', 'ssif-empty-poll-clears-busy', 'i2ca-busy-ack',
    'hssif-invalid-flags-lock', 'hssif-null-on-error', 'hssif-alloc-fail-lock', 'hssif-kthread-left', 'bt-oversize-write',
    'bt-efault-request-lost', 'bt-short-count-truncates', 'bt-zero-length-message', 'bt-nonblock-ignored', 'bt-efault-stale-response',
    'raw-nonblock-inverted', 'raw-register-fail-leaves-ibf', 'raw-ibf-enabled-without-client', 'raw-reopen-ibf-unheard',
    'rawob-nonblock-read-blocks', 'kcsaspeed-obe-poll-under-lock', 'rtr-unregister-from-callback', 'rtr-match-conflict', 'rtr-double-response', 'rtr-null-callback',
    'rtr-einval-means-invalid-command',
  ],
  // One forced switch beyond letting each actor run to its end.
  [
    'kcsv2-blocking-read-eagain', 'kcsv2-open-vs-complete', 'kcsv2-open-resets-phase-mid-transfer', 'kcsv2-close-mid-transaction',
    'kcsv2-response-to-restarted-request', 'kcsv2-error-arm-keeps-phase', 'kcsv2-signal-looks-like-eagain',
    'v2-unlocked-torn-message', 'kcsrev-aba', 'kcs-read-aba', 'kcs-blocking-read-eagain', 'kcs-write-state-before-check',
    'kcs-remove-open-fd-uaf', 'ssif-remove-timer-uaf', 'ssif-remove-open-fd-uaf', 'ssif-stop-lost-desync',
    'ssif-request-overwritten-torn-read', 'i2ca-coalesced-stop-start', 'bt-close-open-busy-stuck', 'bt-two-readers-eio',
    'bt-remove-open-fd-uaf', 'hbt-busy-recheck', 'raw-signal-cancels-other-writer', 'raw-two-writers-overwrite',
    'raw-detach-open-fd-uaf', 'raw-check-obe-deadlock', 'rtr-publish-without-assign', 'rtr-error-response-dropped',
  ],
  // Two of them.
  [
    'ssif-late-write-answers-next-request', 'bt-seq-reuse-after-timeout',
  ],
];

/** Those that need an assumption about the hardware, the version of the core or the compiler. */
const LIKELY: readonly string[] = ['raw-ibf-enabled-without-client', 'rtr-double-response'];

/** The depth of a bug, by its slug. Throws if it has none. */
export function depthOf(slug: string): number {
  const depth = BY_DEPTH.findIndex((slugs) => slugs.includes(slug));
  if (depth < 0) throw new Error(`no depth of ${slug} in test/bugs/depths.ts`);
  return depth;
}

/** Whether a bug follows from the text of its version alone. */
export function isCertain(slug: string): boolean {
  return !LIKELY.includes(slug);
}
