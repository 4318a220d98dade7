import { describe, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { Phase } from '../../src/drivers/kcs-bmc/mainline.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

class BelievesTheHost extends KcsBmcFixed {
  protected override *handleData(): Steps {
    const { state } = this;
    if (state.phase !== Phase.WRITE_DATA) {
      yield* super.handleData();
      return;
    }
    const { io } = this.in.kcs_bmc_ipmi_handle_data;
    yield* io.writeData(0);
    this.dataIn.set(state.dataInIdx++, yield io.readData);
  }
}

class BelievesTheDaemon extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    this.dataOut.copyFrom(this.kbuffer, this.dataOut.size + 1);
    return yield* super.write(file, buf, count);
  }
}

/** A message of 1025 bytes. */
const TOO_LONG = { answers: { 'host move': [moveOf('overlong message')], 'host length': [5] } };

describe('out-of-bounds', () => {
  it('reports a write beyond the end of a buffer, though the allocation goes on behind it', () => {
    expectTrip({ driver: BelievesTheHost, ...TOO_LONG }, 'out-of-bounds', 'write-beyond-data_in', 'write of data_in[1000], which has 1000 bytes');
  });

  it('reports a read beyond it', () => {
    expectTrip({ driver: BelievesTheDaemon }, 'out-of-bounds', 'read-beyond-kbuffer', 'read of kbuffer[1000], which has 1000 bytes');
  });

  it('says nothing of a driver that refuses what is too long', () => {
    expectFixedIsClean({});
    expectFixedIsClean(TOO_LONG);
  });
});
