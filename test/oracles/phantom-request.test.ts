import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcV2 } from '../../src/drivers/kcs-bmc/v2.ts';
import type { OpenFile } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class BeginsWithData extends KcsBmcFixed {
  override *open(file: OpenFile): Steps<number> {
    const rc = yield* super.open(file);
    this.state.dataInAvail = true;
    this.state.dataInIdx = 3;
    return rc;
  }
}

/** After a request comes WRITE_END with one byte, and no WRITE_START. */
const STRAY_END = { answers: { 'host move': [0, moveOf('stray WRITE_END and byte')], 'more requests': 1, byte: 0x55 } };

describe('phantom-request', () => {
  it('reports a read() that returns what was never sent', () => {
    expectTrip({ driver: BeginsWithData }, 'phantom-request', 'never-sent', /read\(\) returned \[00 00 00\], which the host never sent/);
  });

  it('reports a request that comes again with a byte behind it', () => {
    expectTrip({ driver: KcsBmcV2, ...STRAY_END }, 'phantom-request', 'never-sent', /returned \[c0 0e 01 07 31 68 0b b1 55\], which the host never sent/);
  });

  it('says nothing of a driver that answers a stray WRITE_END with ERROR_STATE', () => {
    expectFixedIsClean({});
    expectFixedIsClean(STRAY_END);
  });
});
