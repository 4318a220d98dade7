import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import { IRQ_HANDLED } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip, judge } from './trip.ts';

class NeverReadsIdr extends KcsBmcFixed {
  override *event(): Steps<number> {
    yield this.in.kcs_bmc_ipmi_event.io.readStatus;
    return IRQ_HANDLED;
  }
}

/** A message of 1025 bytes; the driver's buffer holds 1000. */
const TOO_LONG = { answers: { 'host move': [moveOf('overlong message')], 'host length': [5] } };

describe('irq-storm', () => {
  it('reports a handler that leaves IBF set, and ends the run', () => {
    expectTrip({ driver: NeverReadsIdr }, 'irq-storm', 'ibf-never-read', /16 interrupts in a row have left IBF set: the level interrupt fires for ever/);
    expect(judge({ driver: NeverReadsIdr, oracles: ['irq-storm'] })).toMatchObject([{ step: expect.toSatisfy((step: number) => step < 1000) }]);
  });

  it('reports one that skips IDR when its buffer is full', () => {
    expectTrip({ driver: KcsBmcV2, ...TOO_LONG }, 'irq-storm', 'ibf-never-read');
  });

  it('leaves it to hang, if storms are not judged', () => {
    expectTrip({ driver: NeverReadsIdr, oracles: ['hang'] }, 'hang', 'endless', 'the BMC is busy for ever');
  });

  it('says nothing of a handler that reads what it has no room for', () => {
    expectFixedIsClean({});
    expectFixedIsClean(TOO_LONG);
  });
});
