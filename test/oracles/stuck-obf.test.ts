import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import type { KcsSystem } from '../../src/scenarios/index.ts';
import { US } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip, judge, type Case } from './trip.ts';

/** Hardware whose OBF stays up when the host reads ODR. */
function obfStays(system: KcsSystem): void {
  const channel = system.soc.lpc.channels[2];
  channel.hostReadData = () => channel.odr;
}

/** Hardware on which software sets OBF by writing STR, as every version of the driver writes back what it has read. */
function obfIsWritable(system: KcsSystem): void {
  const channel = system.soc.lpc.channels[2];
  channel.writeStr = (value) => {
    channel.str = (channel.str & 0x0a) | (value & ~0x0a);
    channel.status.changed();
  };
}

/** ioctl(SET_SMS_ATN) is held so many us between its read and its write of STR. */
function heldInIoctl(us: number): Omit<Case, 'driver'> {
  return {
    settings: { hostMode: 'poll' },
    answers: { 'before read': [0, 2] },
    stalls: [{ actor: 'bmc:kcsd', at: 'ioctl: STR3 write', release: { kind: 'for', ps: us * US } }],
  };
}
const SPANS = [10, 15, 20, 25, 30, 35, 40, 45, 50];

describe('stuck-obf', () => {
  it('reports an OBF that the read of ODR does not clear', () => {
    expectTrip({ driver: KcsBmcFixed, sabotage: obfStays }, 'stuck-obf', 'set-after-read', /the host has read ODR and nothing was written since, but STR=.* OBF/);
  });

  it('reports one that a read-modify-write of STR has brought back, where STR.OBF can be written', () => {
    const all = SPANS.flatMap((us) => judge({ driver: KcsBmcFixed, sabotage: obfIsWritable, ...heldInIoctl(us) }));
    expect(all.map(({ oracle }) => oracle)).toContain('stuck-obf');
  });

  it('says nothing of hardware whose OBF falls', () => {
    expectFixedIsClean({});
    for (const us of SPANS) expectFixedIsClean(heldInIoctl(us));
  });
});
