import { describe, expect, it, vi } from 'vitest';
import { AstlpcCommand } from '../../src/mctp/index.ts';
import { PacketOracle } from '../../src/oracles/packets.ts';
import { scenario, type System } from '../../src/scenarios/index.ts';
import type { Release } from '../../src/sim/index.ts';
import { play, type Script } from '../scenarios/script.ts';

const timeouts = (n: number): Release => ({ kind: 'timeouts', n });

/** In which the daemon comes late: the host has given up asking, and begins when the BMC shows that it is there. */
const LATE: Script = {
  stalls: [{ actor: 'bmc:mctpd', at: 'open()', release: timeouts(1) }, { actor: 'bmc:mctpd', at: 'mutex_lock', release: timeouts(2) }],
};
/** And then is silent for as long again, so that the host begins anew; the answer to its old request comes in between. */
const TWICE: Script = {
  stalls: [
    ...LATE.stalls!,
    { actor: 'bmc:mctpd', at: 'return from write()', nth: 3, release: timeouts(2) },
    { actor: 'host', at: 'LPC firmware read', nth: 3 },
  ],
};

/** How often the host has asked for the channel, by its writes of IDR and by what the oracle is told; and what it reports. */
function starts(script: Script): { readonly written: number; readonly told: number; readonly violations: readonly string[] } {
  const system: System = scenario('mctp').build({ driver: 'kcs-raw@fixed', settings: {} });
  const told = vi.spyOn(PacketOracle.prototype, 'channelStarts');
  let written = 0;
  try {
    const { violations } = play(system, script);
    told.mockClear();
    system.sim.trace.on(system.sim.trace.code('host.idr.write'), (_at, _actor, byte) => {
      if (byte === AstlpcCommand.INITIALISE) written++;
    });
    play(system, script);
    return { written, told: told.mock.calls.length, violations: violations.map(({ oracle, rule }) => `${oracle}/${rule}`) };
  } finally {
    told.mockRestore();
  }
}

describe('packets of MCTP over LPC', () => {
  it('the host begins once, without a schedule', () => {
    expect(starts({})).toEqual({ written: 1, told: 1, violations: [] });
  });

  it('the host has begun, too, when it does so only as the BMC shows itself', () => {
    const { written, told, violations } = starts(LATE);
    expect([told, violations]).toEqual([written, []]);
    expect(written).toBeGreaterThan(0);
  });

  it('nothing is a duplicate after it has begun a second time: commands of the old channel look like those of the new', () => {
    const { written, told, violations } = starts(TWICE);
    expect([told, violations]).toEqual([written, []]);
    expect(written).toBeGreaterThan(1);
  });
});
