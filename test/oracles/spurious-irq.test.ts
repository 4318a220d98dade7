import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { IRQ_NONE } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectFixedIsClean, expectTrip, judge } from './trip.ts';

class ClaimsNothing extends KcsBmcFixed {
  override *event(): Steps<number> {
    yield* super.event();
    return IRQ_NONE;
  }
}

/** Claims all but every eighth interrupt. */
class ForgetsOneInEight extends KcsBmcFixed {
  private count = 0;

  override *event(): Steps<number> {
    const ret = yield* super.event();
    return ++this.count % 8 === 0 ? IRQ_NONE : ret;
  }
}

describe('spurious-irq', () => {
  it('reports interrupts that no handler claims', () => {
    expectTrip({ driver: ClaimsNothing }, 'spurious-irq', 'nobody-cared', /8 interrupts in a row that no handler claims \(irq 8: nobody cared\)/);
  });

  it('says nothing of one now and then, as on a shared line', () => {
    expect(judge({ driver: ForgetsOneInEight, oracles: ['spurious-irq'] })).toEqual([]);
  });

  it('says nothing of a handler that claims what it handles', () => {
    expectFixedIsClean({});
  });
});
