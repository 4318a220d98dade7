import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Move, type Draw } from '../../../src/host/careless.ts';
import { CarelessSmbus } from '../../../src/host/ssif/careless.ts';
import { CARELESS_SSIF_MOVES, carelessSsifMove, type CarelessSsifMove } from '../../../src/host/ssif/careless-moves.ts';
import { otherController } from '../../../src/host/ssif/careless-other.ts';
import { pec } from '../../../src/smbus/index.ts';
import { MS, SEC, US } from '../../../src/sim/time.ts';
import { moveOf, numberedRequests, reckon } from '../careless.ts';
import { WireRig } from './wire-rig.ts';

interface Rig extends WireRig {
  careless: CarelessSmbus;
}

function rig(draw: Draw = () => 0): Rig {
  const wires = new WireRig();
  return Object.assign(wires, { careless: new CarelessSmbus(wires.host, wires.time, draw, numberedRequests(), wires.log, { patience: SEC }) });
}

const move = (name: string): CarelessSsifMove => moveOf(CARELESS_SSIF_MOVES, name);

/** Draws by label: the number for `several parts`, say; 0 for the others. */
function drawing(numbers: Readonly<Record<string, number>>): Draw {
  return (n, label) => (numbers[label] ?? 0) % n;
}

/** What a move puts on the wire, and the log of it. */
function played(name: string, numbers: Readonly<Record<string, number>> = {}, prepare: (r: Rig) => void = () => {}): Rig {
  const r = rig(drawing(numbers));
  prepare(r);
  r.run(() => move(name).run(r.careless));
  return r;
}

describe('a careless controller', () => {
  it('is polite as long as 0 is drawn', () => {
    const r = rig();
    r.run(() => carelessSsifMove(r.careless));
    expect(r.bmc.lines).toEqual(['S 20 02 05 c0 01 01 01 01 P', 'S 20 03 Sr 21 06 c4 01 00 01 01 01 N P']);
    expect(r.log.lines).toEqual(['began c0 01 01 01 01', 'sent', 'responded c4 01 00 01 01 01']);
  });

  it('sends and reads long messages in parts, with PEC where asked to', () => {
    const r = rig();
    r.careless.pec = true;
    r.careless.compose(70);
    expect(r.play(() => r.careless.transact())).toBe(Move.ok);
    expect(r.bmc.lines.map((line) => line.slice(5, 7))).toEqual(['06', '07', '08', '03', '09', '09']);
    expect(r.careless.responseLength).toBe(71);
    expect(r.bmc.requests).toEqual([[...r.careless.request.subarray(0, 70)]]);
  });

  it('tries again if the BMC is busy, five times', () => {
    const r = rig();
    r.bmc.naks = (transaction, byte) => transaction < 4 && byte === 1;
    r.careless.compose();
    expect(r.play(() => r.careless.transact())).toBe(Move.ok);
    r.bmc.naks = () => true;
    expect(r.play(() => r.careless.insist())).not.toBe(Move.ok);
  });

  it('breaks the rules exactly in the moves that are called illegal', () => {
    for (const { name, legal, run } of CARELESS_SSIF_MOVES) {
      const r = rig();
      r.run(() => run(r.careless));
      expect([name, r.log.lines.some((line) => line.startsWith('broke'))]).toEqual([name, !legal]);
    }
  });

  it('has names for its moves, all different, the plain one first', () => {
    expect(CARELESS_SSIF_MOVES[0]?.name).toBe('plain');
    expect(new Set(CARELESS_SSIF_MOVES.map(({ name }) => name)).size).toBe(CARELESS_SSIF_MOVES.length);
  });

  it('stops for good', () => {
    const r = rig();
    r.run(function* () {
      yield* move('stop').run(r.careless);
      yield* carelessSsifMove(r.careless);
    });
    expect(r.bmc.lines).toEqual([]);
    r.careless.reset();
    r.run(() => carelessSsifMove(r.careless));
    expect(r.bmc.lines).toHaveLength(2);
  });
});

/** What bugs.md asks of a host, each by the name of the bug that it is for. */
describe('on the wire', () => {
  const PLAIN = 'S 20 02 05 c0 01 01 01 01 P';

  it('ssif-empty-poll-clears-busy: an early read, then another request', () => {
    const r = played('asks too early, then sends another request', {}, ({ bmc }) => { bmc.delay = 10 * MS; });
    expect(r.bmc.lines.slice(0, 3)).toEqual([PLAIN, 'S 20 03 Sr 21 00 N P', 'S 20 02 05 c0 02 02 02 02 P']);
    expect(r.log.lines).toEqual([
      'began c0 01 01 01 01', 'sent', 'abandoned: given up for another', 'began c0 02 02 02 02', 'sent', 'responded c4 02 00 02 02 02',
    ]);
  });

  it('ssif-request-overwritten-torn-read: the other request has several parts', () => {
    const r = played('asks too early, then sends another request', { long: 1 }, ({ bmc }) => { bmc.delay = 10 * MS; });
    expect(r.bmc.lines[2]?.startsWith('S 20 06 20')).toBe(true);
  });

  it.each([[0, 0], [3, 600]])('ssif-late-write-answers-next-request: gives up after wait %i, %i ms', (wait, ms) => {
    const r = played('another request while the BMC works on one', { wait });
    expect(r.bmc.lines[1]).toBe('S 20 02 05 c0 02 02 02 02 P');
    expect(r.sim.now).toBeGreaterThan(ms * MS);
  });

  it.each([[0, 33], [1, 34], [2, 35]])('ssif-write-overruns-payload, ssif-length-gt-32-oob-read: 33 and more data bytes (%i)', (extra, bytes) => {
    for (const [count, expected] of [[0, '21'], [1, '22'], [2, '23'], [3, '20'], [5, 'fe']] as const) {
      const r = played('more data than a block holds', { 'bytes too many': extra, count, 'their value': 0 });
      const words = r.bmc.lines[0]?.split(' ') ?? [];
      expect(words.slice(0, 4)).toEqual(['S', '20', '02', expected]);
      expect(words.slice(4, -1)).toHaveLength(bytes);
      expect(words.at(-2)).toBe(expected);
    }
  });

  it('ssif-bad-pec-eats-next-request: a wrong PEC, then a good request', () => {
    for (const [byte, bit] of [[0, 0], [3, 7]] as const) {
      const r = played('noise on a request with PEC', { byte, bit });
      const bytes = r.bmc.lines[0]?.split(' ').slice(1, -1).map((word) => Number.parseInt(word, 16)) ?? [];
      expect(bytes).toHaveLength(3 + 5 + 1);
      expect(pec(0, Uint8Array.from(bytes), 0, bytes.length)).not.toBe(0);
      expect(r.bmc.requests).toEqual([[0xc0, 2, 2, 2, 2]]);
      expect(r.log.lines.slice(0, 2)).toEqual(['began c0 01 01 01 01', 'abandoned: its PEC is wrong']);
    }
  });

  it('ssif-stop-lost-desync: the host vanishes in the middle of a read', () => {
    const r = played('power lost while reading', { 'bytes read': 2, bits: 7 });
    expect(r.bmc.lines).toEqual([PLAIN]); // no STOP of the read
    expect(r.log.lines.at(-1)).toBe('abandoned: the host was reset');
    expect(r.play(() => r.careless.transact())).toBe(Move.ok);
  });

  it('a BMC that then keeps SDA low is clocked free, and sees a STOP', () => {
    const r = played('power lost while reading', { 'bytes read': 2, bits: 3 });
    expect(r.bmc.lines).toEqual([PLAIN, 'S 20 03 Sr 21 06 c4 P']);
    expect(r.play(() => r.careless.transact())).toBe(Move.ok);
  });

  it('ssif-end-without-start: 08h alone, or behind 07h', () => {
    expect(played('END without START').bmc.lines).toEqual(['S 20 08 05 c0 01 01 01 01 P']);
    expect(played('END without START', { 'with a middle part': 1 }).bmc.lines[0]?.slice(0, 10)).toBe('S 20 07 20');
  });

  it('ssif-zero-length-request', () => {
    expect(played('length 0').bmc.lines).toEqual(['S 20 02 00 P']);
  });

  it('ssif-bare-command-drops-response: 02h or 06h and STOP while a response is there', () => {
    const r = played('bare command', { wait: 1 });
    expect(r.bmc.lines.slice(0, 2)).toEqual([PLAIN, 'S 20 02 P']);
    expect(r.log.lines.at(-1)).toBe('responded c4 01 00 01 01 01');
    expect(played('bare command', { 'first of several parts': 1 }).bmc.lines[1]).toBe('S 20 06 P');
  });

  it('ssif-truncated-read-discards: one byte read, STOP, and the response asked for again', () => {
    const r = played('read broken off', { wait: 1 });
    expect(r.bmc.lines.slice(1)).toEqual(['S 20 03 Sr 21 06 N P', 'S 20 03 Sr 21 06 c4 01 00 01 01 01 N P']);
  });

  it('ssif-middle-retry-skips-block: a middle part is read again', () => {
    const r = played('middle part read again', { length: 2 });
    const reads = r.bmc.lines.filter((line) => line.includes('Sr')).map((line) => line.split(' ').slice(2, 7).join(' '));
    expect(reads.slice(0, 3)).toEqual(['03 Sr 21 20 00', '09 Sr 21 20 N', '09 Sr 21 20 00']);
  });

  it('ssif-read-in-ready: a read out of nowhere', () => {
    expect(played('read without a command').bmc.lines).toEqual(['S 21 00 N P']);
  });

  it('i2ca-coalesced-stop-start: STOP and START with nothing but tBUF between', () => {
    const r = played('back to back');
    expect(r.bmc.lines).toHaveLength(4);
    expect(r.labels.filter((label) => label.includes('sleep'))).toHaveLength(1); // that of the plain one at the end
  });

  it('i2ca-busy-ack, i2ca-last-cmd-armed: an address alone, and requests, while the BMC is busy', () => {
    expect(played('address alone', { 'while the BMC works': 1 }).bmc.lines[1]).toBe('S 20 P');
  });

  it('wrong lengths, missing STOP, reserved commands, more than there is, one byte, another address', () => {
    expect(played('wrong length').bmc.lines).toEqual(['S 20 02 06 c0 01 01 01 01 P']);
    expect(played('wrong length', { 'off by': 1 }).bmc.lines).toEqual(['S 20 02 04 c0 01 01 01 01 P']);
    expect(played('missing STOP').bmc.lines).toEqual(['S 20 02 05 c0 01 01 01 01 Sr 20 03 Sr 21 00 N P']);
    expect(played('reserved command').bmc.lines).toEqual(['S 20 00 05 c0 01 01 01 01 P']);
    expect(played('reads more than there is', { wait: 1 }).bmc.lines[1]?.split(' ')).toHaveLength(5 + 35 + 2);
    expect(played('one-byte message').bmc.lines[0]).toBe('S 20 02 01 c0 P');
    expect(played('another address').bmc.lines[0]).toBe('S a0 N P');
    expect(played('write broken off', { 'bytes written': 3 }).bmc.lines).toEqual(['S 20 02 05 c0 01 P']);
    expect(played('write broken off between parts').bmc.lines.map((line) => line.slice(5, 7))).toEqual(['06', '02', '03']);
    expect(played('overlong message', { length: 3 }).bmc.lines.length).toBe(10);
  });

  it('a slow controller takes longer, and is understood', () => {
    const r = played('slow controller', { 'how slow': 1 });
    expect(r.bmc.requests).toHaveLength(1);
    expect(r.sim.now).toBeGreaterThan(9 * MS + 700 * US);
  });
});

describe('another controller on the bus', () => {
  it('delays the host and takes part in arbitration, but never reaches the BMC', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 255 }), { minLength: 30, maxLength: 60 }), (draws) => {
      const r = rig();
      let at = 0;
      const done: Move[] = [];
      r.run(function* () {
        for (let n = 0; n < 3; n++) {
          r.careless.compose();
          done.push(yield* r.careless.transact());
        }
      }, () => otherController(r.other, r.otherTime, (n) => (draws[at++] ?? 0) % n, 6));
      expect(done).toEqual([Move.ok, Move.ok, Move.ok]);
      expect(r.bmc.requests.every((request) => request.length === 5)).toBe(true);
    }), { numRuns: 50 });
  });
});

describe('whatever is drawn', () => {
  it('comes to an end, tells a log that adds up, and can always go on', () => {
    const draws = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(fc.property(draws, fc.nat({ max: 100 }), fc.boolean(), (numbers, delay, usesPec) => {
      let at = 0;
      const r = rig((n) => (numbers[at++] ?? 0) % n);
      r.careless.pec = usesPec;
      r.bmc.delay = delay * MS;
      let last: Move = Move.gaveUp;
      const reason = r.run(function* () {
        while (at < numbers.length && !r.careless.stopped) yield* carelessSsifMove(r.careless);
        at = Infinity; // from here on the plain thing
        r.careless.stopped = false;
        r.careless.compose();
        last = yield* r.careless.transact();
      });
      expect(last, JSON.stringify([reason, r.bmc.lines.slice(-8), r.log.lines.slice(-8), r.sim.now])).toBe(Move.ok);

      expect(reckon(r.log.lines)).toEqual({ wrong: [], open: false });
      expect(r.careless.open).toBe(false);
    }), { numRuns: 300 });
  });
});
