import { SmbusStatus, type SmbusHost } from '../../hw/i2c/smbus-host.ts';
import { EAGAIN, EIO } from '../../linux/errno.ts';
import type { Op } from '../../sim/op.ts';
import type { Steps } from '../../sim/process.ts';
import type { Simulator } from '../../sim/simulator.ts';
import { I2C_SMBUS_BLOCK_MAX, type SmbusAdapter } from './smbus.ts';
import { SMBUS_KINDS, type SmbusKind } from './smbus-kinds.ts';
import { SSIF_ADDRESS } from '../../ipmi/ssif.ts';

/** {@link SmbusAdapter} in the simulator: a driver of the host's SMBus controller. */
export class SimSmbus implements SmbusAdapter {
  pec = false;
  private readonly sim: Simulator;
  private readonly host: SmbusHost;
  private readonly kind: SmbusKind;
  /** The 7-bit address of the BMC. */
  readonly address: number;
  private readonly transfer: Op;

  constructor(sim: Simulator, host: SmbusHost, kind: SmbusKind = SMBUS_KINDS.i801, address: number = SSIF_ADDRESS) {
    this.sim = sim;
    this.host = host;
    this.kind = kind;
    this.address = address;
    this.transfer = host.transferAt(sim.ops.frame(`${kind.name}_access`));
  }

  *quickWrite(): Steps<number> {
    if (this.kind.noQuick !== 0) return this.kind.noQuick;
    this.host.quick(this.address, false);
    return yield* this.xfer();
  }

  *blockWrite(command: number, data: Uint8Array, length: number): Steps<number> {
    const count = Math.min(length, I2C_SMBUS_BLOCK_MAX); // i2c_smbus_write_block_data()
    if (count === 0 && this.kind.noData !== 0) return this.kind.noData;
    this.host.blockWrite(this.address, command, data, count, this.usesPec);
    return yield* this.xfer();
  }

  *blockRead(command: number, data: Uint8Array): Steps<number> {
    const { host, kind } = this;
    host.blockRead(this.address, command, this.usesPec).takeBadCountFor(Math.max(kind.badCount, 0));
    const result = yield* this.xfer();
    if (result < 0) return result;
    for (let i = 0; i < host.length; i++) data[i] = host.data[i];
    return host.length;
  }

  private get usesPec(): boolean {
    return this.pec && this.kind.pec;
  }

  /** __i2c_smbus_xfer(): lost arbitration is tried again. 0 or -errno. */
  private *xfer(): Steps<number> {
    const { kind, sim } = this;
    const begun = sim.now;
    let result = 0;
    for (let tried = 0; tried <= kind.retries; tried++) {
      result = this.errno(yield this.transfer);
      if (result !== -EAGAIN || sim.now > begun + kind.timeout) break;
    }
    return result;
  }

  private errno(status: number): number {
    const { kind } = this;
    switch (status) {
      case SmbusStatus.OK:
        return 0;
      case SmbusStatus.DEV_ERR:
        return kind.nak;
      case SmbusStatus.BUS_ERR:
        return kind.arbitration;
      case SmbusStatus.TIMEOUT:
        return kind.clockLow;
      case SmbusStatus.PEC_ERR:
        return kind.badPec;
      case SmbusStatus.COUNT_ERR:
        return kind.badCount;
      default:
        return -EIO;
    }
  }
}
