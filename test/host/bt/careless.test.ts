import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Move, carelessMove, type CarelessMove, type Draw } from '../../../src/host/careless.ts';
import { CarelessBtHost } from '../../../src/host/bt/careless-bt.ts';
import { CARELESS_BT_MOVES } from '../../../src/host/bt/careless-bt-moves.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { moveOf, numberedRequests, reckon } from '../careless.ts';
import { brief } from '../fake-io.ts';
import { recordingLog } from '../log.ts';
import { FakeBtBmc } from './fake-bt-bmc.ts';

interface Rig {
  readonly bmc: FakeBtBmc;
  readonly host: CarelessBtHost;
  readonly log: ReturnType<typeof recordingLog>;
}

function rig(draw: Draw = () => 0): Rig {
  const bmc = new FakeBtBmc();
  const log = recordingLog();
  return { bmc, log, host: new CarelessBtHost(bmc, draw, numberedRequests(), log) };
}

const move = (name: string): CarelessMove<CarelessBtHost> => moveOf(CARELESS_BT_MOVES, name);

/** Answers to questions by their label, 0 to all others. */
function answers(wanted: Readonly<Record<string, number>>): Draw {
  return (_, label) => wanted[label] ?? 0;
}

describe('a careless BT host', () => {
  it('is polite as long as 0 is drawn', () => {
    const { bmc, host, log } = rig();
    bmc.play(carelessMove(host, CARELESS_BT_MOVES));
    bmc.play(carelessMove(host, CARELESS_BT_MOVES));
    expect(log.lines).toEqual([
      'began c0 01 01 01 01', 'sent', 'responded c4 01 00 01 01 01', 'began c0 02 02 02 02', 'sent', 'responded c4 02 00 02 02 02',
    ]);
    expect(bmc.frames).toEqual([[6, 0xc0, 0, 1, 1, 1, 1], [6, 0xc0, 1, 2, 2, 2, 2]]);
    expect(bmc.ctrl).toBe(0);
  });

  it('looks before each toggle of H_BUSY', () => {
    const { bmc, host } = rig();
    bmc.ctrl = BtCtrl.H_BUSY;
    bmc.play(carelessMove(host, CARELESS_BT_MOVES));
    const toggles = bmc.accesses.flatMap(({ what, value }, at) => (what === 'w0' && value === BtCtrl.H_BUSY ? [at] : []));
    expect(toggles).toHaveLength(3);
    for (const at of toggles) expect(bmc.accesses[at - 1]?.what).toBe('r0');
  });

  it('breaks the protocol exactly in the moves that are called illegal', () => {
    for (const { name, legal, run } of CARELESS_BT_MOVES) {
      const { bmc, host, log } = rig();
      bmc.play(run(host));
      expect([name, log.lines.some((line) => line.startsWith('broke'))]).toEqual([name, !legal]);
    }
  });

  it('has names for its moves, all different, the plain one first', () => {
    expect(CARELESS_BT_MOVES[0]?.name).toBe('plain');
    expect(new Set(CARELESS_BT_MOVES.map(({ name }) => name)).size).toBe(CARELESS_BT_MOVES.length);
  });

  it('sends a request again with its number, and another with the next', () => {
    for (const [name, seqs] of [
      ['the same request again while waiting for the response', [0, 0]],
      ['another request while waiting for the response', [0, 1]],
      ['same sequence number for another request', [0, 0]],
    ] as const) {
      const { bmc, host, log } = rig();
      bmc.delay = 5 * MS;
      bmc.play(move(name).run(host));
      expect(bmc.frames.map(([, , seq]) => seq)).toEqual(seqs);
      const same = name.startsWith('the same request');
      expect(log.lines.filter((line) => line.startsWith('responded'))).toHaveLength(1);
      expect(log.lines.filter((line) => line.startsWith('began')).every((line) => line === 'began c0 01 01 01 01')).toBe(same);
    }
  });

  it.each([[0, 0], [1, 1], [2, 2], [3, 5], [4, 7], [5, 255]] as const)('writes wrong length byte no. %i: %i', (draw, length) => {
    const { bmc, host } = rig(answers({ 'length byte': draw }));
    bmc.play(move('wrong length byte').run(host));
    expect(bmc.accesses.filter(({ what }) => what === 'w1').map(({ value }) => value)).toEqual([length, 0xc0, 0, 1, 1, 1, 1]);
    expect(bmc.frames).toHaveLength(1);
  });

  it.each([[0, 65], [1, 66], [2, 100], [3, 255]] as const)('writes overlong message no. %i: %i bytes', (draw, bytes) => {
    const { bmc, host } = rig(answers({ length: draw }));
    bmc.play(move('overlong message').run(host));
    expect(bmc.accesses.filter(({ what }) => what === 'w1')).toHaveLength(bytes);
  });

  it('sets H2B_ATN without any byte, and writes while H2B_ATN is set', () => {
    const bare = rig();
    bare.bmc.play(move('H2B_ATN without a message').run(bare.host));
    const writes = brief(bare.bmc.accesses.filter(({ what }) => what.startsWith('w')));
    expect(writes).toMatch(/^w0=04\b/);
    expect(writes).not.toContain('w1');

    const { bmc, host } = rig();
    bmc.deaf = true;
    bmc.play(move('write without waiting for B_BUSY and H2B_ATN').run(host));
    const trace = brief(bmc.accesses);
    expect(trace).toMatch(/w0=04 w0=01 w1=06 w1=c0 w1=01 .*w0=04/);
  });

  it('clears the write pointer in the middle: the BMC sees the rest as a message', () => {
    const { bmc, host } = rig(answers({ 'bytes written': 2 }));
    bmc.play(move('CLR_WR_PTR in the middle of a message').run(host));
    expect(brief(bmc.accesses.filter(({ what }) => what.startsWith('w'))).split(' ').slice(0, 9))
      .toEqual(['w0=01', 'w1=06', 'w1=c0', 'w1=00', 'w0=01', 'w1=01', 'w1=01', 'w1=01', 'w1=01']);
  });

  it('stops for good', () => {
    const { bmc, host } = rig();
    bmc.play(move('stop').run(host));
    const { length } = bmc.accesses;
    bmc.play(carelessMove(host, CARELESS_BT_MOVES));
    expect(bmc.accesses).toHaveLength(length);
    host.reset();
    bmc.play(carelessMove(host, CARELESS_BT_MOVES));
    expect(bmc.accesses.length).toBeGreaterThan(length);
  });

  it('comes to an end whatever is drawn, tells a log that adds up, and can always go on', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 60 }), fc.nat({ max: 300 }), (draws, dead) => {
      let at = 0;
      const { bmc, host, log } = rig((n) => (draws[at++] ?? 0) % n);
      bmc.deadUntil = dead > 250 ? dead * MS : 0;
      while (at < draws.length && !host.stopped) bmc.play(carelessMove(host, CARELESS_BT_MOVES));

      expect(reckon(log.lines)).toEqual({ wrong: [], open: host.open });

      bmc.deadUntil = 0;
      bmc.until(bmc.now + SEC);
      host.reset();
      if (bmc.ctrl & BtCtrl.H2B_ATN) bmc.write(0, BtCtrl.H2B_ATN); // what a dead BMC has missed
      bmc.until(bmc.now + SEC);
      host.compose();
      bmc.play(host.transact()); // throws away what is left over from before
      host.compose();
      expect(bmc.play(host.transact())).toBe(Move.ok);
      expect(bmc.ctrl & BtCtrl.H_BUSY).toBe(0);
    }));
  });
});
