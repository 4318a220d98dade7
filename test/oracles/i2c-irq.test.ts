import { describe, expect, it } from 'vitest';
import { AspeedI2cFixed } from '../../src/drivers/i2c-aspeed/fixed.ts';
import { AspeedI2c2022 } from '../../src/drivers/i2c-aspeed/2022.ts';
import { IRQ_HANDLED, IRQ_NONE } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { expectSsifFixedIsClean, expectSsifTrip, judgeSsif } from './trip-ssif.ts';

/** Takes every interrupt for its own, and leaves the status as it is. */
class AcknowledgesNothing extends AspeedI2cFixed {
  protected override *busIrq(): Steps<number> {
    const { spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    yield spinLock;
    yield spinUnlock;
    return IRQ_HANDLED;
  }
}

/** Does not even do that. */
class ClaimsNothing extends AspeedI2cFixed {
  protected override *busIrq(): Steps<number> {
    const { spinLock, spinUnlock } = this.in.aspeed_i2c_bus_irq;
    yield spinLock;
    yield spinUnlock;
    return IRQ_NONE;
  }
}

describe('irq-storm and spurious-irq of the I2C bus', () => {
  it('reports a handler that never clears the status', () => {
    expectSsifTrip({ i2cAspeed: AcknowledgesNothing }, 'irq-storm', 'status-never-cleared', /^16 interrupts in a row, with nothing new on the bus/);
  });

  it('reports interrupts that no handler claims', () => {
    expectSsifTrip({ i2cAspeed: ClaimsNothing }, 'spurious-irq', 'nobody-cared', /^8 interrupts in a row that no handler claims \(irq 12: nobody cared\)/);
  });

  it('says nothing of a handler that claims and clears', () => {
    expectSsifFixedIsClean({});
  });

  it('says nothing of single ones: the STOP behind a read that has ended is nobody\'s in i2c-aspeed.c', () => {
    expect(judgeSsif({ i2cAspeed: AspeedI2c2022, oracles: ['irq-storm', 'spurious-irq'] })).toEqual([]);
  });
});
