import { describe, expect, it } from 'vitest';
import { CarelessSmbus } from '../../../src/host/ssif/careless.ts';
import { CARELESS_SSIF_MOVES } from '../../../src/host/ssif/careless-moves.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { moveOf, numberedRequests } from '../careless.ts';
import { SystemRig } from './system-rig.ts';

interface Seen {
  /** What the host told, a line each. */
  readonly log: readonly string[];
  /** Requests as the BMC's user has read them. */
  readonly requests: readonly (readonly number[])[];
  readonly violations: readonly string[];
}

interface Bug {
  readonly name: string;
  /** A version that has it, and the bus driver that it needs. */
  readonly bmc: string;
  readonly i2c: string;
  readonly moves: readonly string[];
  /** What is drawn, by label; 0 else. */
  readonly draws?: Readonly<Record<string, number>>;
  /** How long the BMC's user thinks, ms. */
  readonly delay?: number;
  readonly pec?: boolean;
  /** Whether it shows. */
  shows(seen: Seen): boolean;
}

/** Plays the moves one after the other, in nominal time. */
function played({ moves, draws = {}, delay = 1, pec = false }: Bug, bmc: string, i2c: string): Seen {
  const rig = new SystemRig(bmc, i2c);
  rig.delay = delay * MS;
  const careless = new CarelessSmbus(rig.own, rig.time, (n, label) => (draws[label] ?? 0) % n, numberedRequests(), rig.log, { patience: 2 * SEC });
  careless.pec = pec;
  expect(rig.run(function* () {
    for (const name of moves) yield* moveOf(CARELESS_SSIF_MOVES, name).run(careless);
  })).toBe('done');
  return { log: rig.log.lines, requests: rig.requests, violations: rig.violations };
}

const lost = ({ log }: Seen): boolean => log.includes('gave up response');
/** A response with another tag than the request that began last. */
const mixedUp = ({ log }: Seen): boolean => log.some((line, n) => {
  const began = log.slice(0, n).findLast((before) => before.startsWith('began'));
  return line.startsWith('responded') && line.split(' ')[2] !== began?.split(' ')[2];
});
const overruns = (how: string) => ({ violations }: Seen): boolean => violations.some((rule) => rule.startsWith(`out-of-bounds: ${how}`));

/** Every bug of the catalogue that the host's doing alone brings about, without any schedule. */
const BUGS: readonly Bug[] = [
  {
    name: 'ssif-empty-poll-clears-busy', bmc: 'mainline', i2c: '2022', delay: 100,
    moves: ['plain', 'asks too early, then sends another request'], shows: mixedUp,
  },
  {
    name: 'ssif-request-overwritten-torn-read (a long request)', bmc: 'mainline', i2c: '2022', delay: 100,
    moves: ['plain', 'asks too early, then sends another request'], draws: { long: 1, length: 3 }, shows: mixedUp,
  },
  {
    name: 'ssif-late-write-answers-next-request', bmc: 'mainline', i2c: '2023-12', delay: 700,
    moves: ['another request while the BMC works on one'], draws: { wait: 3 }, shows: mixedUp,
  },
  {
    name: 'ssif-write-overruns-payload', bmc: 'mainline', i2c: '2023-12',
    moves: ['more data than a block holds'], draws: { 'bytes too many': 2 }, shows: overruns('write'),
  },
  {
    name: 'ssif-length-gt-32-oob-read', bmc: 'mainline', i2c: '2023-12',
    moves: ['more data than a block holds', 'plain'], shows: overruns('read'),
  },
  {
    name: 'ssif-bad-pec-eats-next-request', bmc: 'mainline', i2c: '2023-12', pec: true,
    moves: ['noise on a request with PEC'], shows: lost,
  },
  {
    name: 'ssif-stop-lost-desync', bmc: 'mainline', i2c: '2023-12',
    moves: ['power lost while reading', 'plain'], draws: { 'bytes read': 2, bits: 7, wait: 1 }, shows: mixedUp,
  },
  {
    name: 'ssif-new-request-cleared', bmc: 'v10', i2c: 'nak',
    moves: ['another request while the BMC works on one'], draws: { wait: 1 }, shows: lost,
  },
  {
    name: 'ssif-end-without-start', bmc: 'mainline', i2c: '2023-12',
    moves: ['END without START', 'plain'], shows: ({ requests }) => requests.length === 2,
  },
  {
    name: 'ssif-zero-length-request', bmc: 'mainline', i2c: '2023-12',
    moves: ['length 0', 'plain'], shows: ({ requests }) => requests[0]?.length === 0,
  },
  {
    name: 'ssif-bare-command-drops-response', bmc: 'mainline', i2c: '2023-12',
    moves: ['bare command'], draws: { wait: 1 }, shows: lost,
  },
  {
    name: 'ssif-truncated-read-discards', bmc: 'mainline', i2c: '2023-12',
    moves: ['read broken off'], draws: { wait: 1 }, shows: lost,
  },
  {
    name: 'ssif-middle-retry-skips-block', bmc: 'mainline', i2c: '2023-12',
    moves: ['middle part read again'], draws: { length: 3 },
    shows: ({ log }) => log.some((line) => line.startsWith('responded') && line.split(' ').length - 1 < 98),
  },
  {
    name: 'i2ca-busy-ack', bmc: 'v10', i2c: '2022', delay: 100,
    moves: ['another request while the BMC works on one'],
    // Taken at the first try, though the BMC has not answered the one before: the answer is to that.
    shows: (seen) => seen.log.filter((line) => line.startsWith('began')).length === 2,
  },
];

describe('careless moves bring about', () => {
  it.each(BUGS)('$name', (bug) => {
    expect(bug.shows(played(bug, bug.bmc, bug.i2c))).toBe(true);
  });
});

describe('the mended drivers withstand', () => {
  it.each(BUGS)('$name', (bug) => {
    expect(bug.shows(played(bug, 'fixed', 'fixed'))).toBe(false);
  });
});
