import { BT_EVENTS } from '../src/hw/index.ts';
import type { Simulator } from '../src/sim/index.ts';
import { WireChecksum } from './wire-checksum.ts';

/** What happens to the iBT block, as it enters the checksum: all but reads of BT_CTRL, of which time says how many there are. */
export const Access = { hostCtrl: 1, hostPut: 2, hostTake: 3, bmcCtrl: 4, bmcPut: 5, bmcTake: 6 } as const;

/** Writes of BT_CTRL with what it is then, and bytes through the FIFOs, in the order in which they come. */
export class BtChecksum extends WireChecksum {
  constructor({ trace }: Simulator) {
    super();
    const ctrl = (event: string, access: number): void => {
      trace.on(trace.code(event), (_at, _actor, value, _before, after) => this.add(access, value | (after << 8)));
    };
    const byte = (event: string, access: number): void => {
      trace.on(trace.code(event), (_at, _actor, value, place) => this.add(access, value | (place << 8)));
    };
    ctrl(BT_EVENTS.hostCtrlWrite, Access.hostCtrl);
    ctrl(BT_EVENTS.bmcCtrlWrite, Access.bmcCtrl);
    byte(BT_EVENTS.hostFifoWrite, Access.hostPut);
    byte(BT_EVENTS.hostFifoRead, Access.hostTake);
    byte(BT_EVENTS.bmcFifoWrite, Access.bmcPut);
    byte(BT_EVENTS.bmcFifoRead, Access.bmcTake);
  }
}
