import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Move, carelessMove, type Draw } from '../../../src/host/careless.ts';
import { CarelessKcsHost } from '../../../src/host/kcs/careless-kcs.ts';
import { CARELESS_KCS_MOVES, recover } from '../../../src/host/kcs/careless-kcs-moves.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { moveOf, numberedRequests, reckon } from '../careless.ts';
import { brief } from '../fake-io.ts';
import { FakeBmc } from './fake-bmc.ts';
import { recordingLog } from '../log.ts';

interface Rig {
  readonly bmc: FakeBmc;
  readonly host: CarelessKcsHost;
  readonly log: ReturnType<typeof recordingLog>;
}

function rig(draw: Draw = () => 0): Rig {
  const bmc = new FakeBmc();
  const log = recordingLog();
  return { bmc, log, host: new CarelessKcsHost(bmc, draw, numberedRequests(), log) };
}

const move = (name: string): (typeof CARELESS_KCS_MOVES)[number] => moveOf(CARELESS_KCS_MOVES, name);

describe('a careless host', () => {
  it('is polite as long as 0 is drawn, and waits for the last dummy as figure 9-7 says', () => {
    const { bmc, host, log } = rig();
    bmc.play(carelessMove(host, CARELESS_KCS_MOVES));
    bmc.play(carelessMove(host, CARELESS_KCS_MOVES));
    expect(log.lines).toEqual([
      'began c0 01 01 01 01', 'sent', 'responded c4 01 00 01 01 01', 'began c0 02 02 02 02', 'sent', 'responded c4 02 00 02 02 02',
    ]);
    expect(brief(bmc.accesses.slice(-2))).toBe('r1=01 r0=00');
  });

  it('gets the error code of an abort', () => {
    const { bmc, host } = rig();
    host.compose();
    bmc.play(host.write(2));
    expect(bmc.play(host.abort())).toBe(1);
    expect(host.open).toBe(false);
    expect(bmc.play(host.transact())).toBe(Move.ok);
  });

  it('restarts while the BMC thinks, and gets the second answer', () => {
    const { bmc, host, log } = rig();
    bmc.delay = 10 * MS;
    bmc.play(move('restart while waiting for the response').run(host));
    expect(log.lines).toEqual([
      'began c0 01 01 01 01', 'sent', 'abandoned: restarted',
      'began c0 02 02 02 02', 'sent', 'responded c4 02 00 02 02 02',
    ]);
  });

  it('breaks the protocol exactly in the moves that are called illegal', () => {
    for (const { name, legal, run } of CARELESS_KCS_MOVES) {
      const { bmc, host, log } = rig();
      bmc.play(run(host));
      expect([name, log.lines.some((line) => line.startsWith('broke'))]).toEqual([name, !legal]);
    }
  });

  it('has names for its moves, all different, the plain one first', () => {
    expect(CARELESS_KCS_MOVES[0]?.name).toBe('plain');
    expect(new Set(CARELESS_KCS_MOVES.map(({ name }) => name)).size).toBe(CARELESS_KCS_MOVES.length);
  });

  it('stops for good', () => {
    const { bmc, host } = rig();
    bmc.play(move('stop').run(host));
    const { length } = bmc.accesses;
    bmc.play(carelessMove(host, CARELESS_KCS_MOVES));
    expect(bmc.accesses).toHaveLength(length);
    host.reset();
    bmc.play(carelessMove(host, CARELESS_KCS_MOVES));
    expect(bmc.accesses.length).toBeGreaterThan(length);
  });

  it('comes to an end whatever is drawn, tells a log that adds up, and can always go on', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 60 }), fc.nat({ max: 300 }), (draws, dead) => {
      let at = 0;
      const { bmc, host, log } = rig((n) => (draws[at++] ?? 0) % n);
      bmc.deadUntil = dead > 250 ? dead * MS : 0;
      while (at < draws.length && !host.stopped) bmc.play(carelessMove(host, CARELESS_KCS_MOVES));

      expect(reckon(log.lines)).toEqual({ wrong: [], open: host.open });

      bmc.deadUntil = 0;
      bmc.until(bmc.now + SEC);
      host.reset();
      if (bmc.str & 2) bmc.write(1, 0x60); // what a dead BMC has missed
      bmc.until(bmc.now + SEC);
      expect(bmc.play(recover(host))).toBe(true);
      host.compose();
      expect(bmc.play(host.transact())).toBe(Move.ok);
    }));
  });
});
