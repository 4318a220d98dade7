import { describe, expect, it } from 'vitest';
import { AspeedI2cFixed } from '../../src/drivers/i2c-aspeed/fixed.ts';
import { INTR } from '../../src/hw/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectSsifFixedIsClean, expectSsifTrip, judgeSsif } from './trip-ssif.ts';

/** Takes note of TX_ACK, and gives the hardware no other byte. */
class SendsOneByte extends AspeedI2cFixed {
  protected override *slaveIrq(irqStatus: number): Steps<number> {
    return (irqStatus & INTR.TX_ACK) !== 0 ? irqStatus : yield* super.slaveIrq(irqStatus);
  }
}

const HELD = { stalls: [{ actor: 'bmc:irq', at: 'INTR_STS', nth: 100 }] };

describe('hang, SCL', () => {
  it('reports a target that keeps SCL low until the host gives up', () => {
    expectSsifTrip({ i2cAspeed: SendsOneByte }, 'hang', 'scl-held', /^the BMC has kept SCL low for 30 ms, .* the driver is in SSIF_RES_SENDING$/);
  });

  it('says nothing of one that is slow for a while', () => {
    expectSsifFixedIsClean(HELD);
    expectSsifFixedIsClean({ answers: { 'slow interrupts': 1, 'fast bus': 1 } });
  });

  it('asks for nothing else of a bus that nobody serves', () => {
    expect(judgeSsif({ answers: { 'driver is unbound': 1 } })).toEqual([]);
  });
});
