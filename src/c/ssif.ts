import type { I2cSlaveBackend, I2cSlaveBus, I2cSlaveEvent, I2cSlaveValue, Kernel } from '../linux/index.ts';
import { call, type Steps } from '../sim/index.ts';
import { CDriver } from './driver.ts';
import type { Offers } from './api/host.ts';
import type { DriverCode } from './code.ts';

/** A BMC-side SSIF driver in C: an I2C target below a bus driver of ours, and a character device. */
export class CSsifDriver extends CDriver implements I2cSlaveBackend {
  private readonly where: { readonly bus: I2cSlaveBus; readonly address: number };

  /** @param address 7-bit */
  constructor(kernel: Kernel, code: DriverCode, bus: I2cSlaveBus, address: number) {
    super(kernel, code, {
      device: 'ipmi-ssif-host',
      ioctlBase: 0,
      bus: {
        read: () => this.machine.trap('a register access of a driver that has no registers'),
        write: () => this.machine.trap('a register access of a driver that has no registers'),
      },
      node: { compatible: ['ssif-bmc', 'ampere,ssif-bmc', 'aspeed,ast2500-ssif-bmc'], parent: [], irq: () => -1, base: 0, size: 0, syscon: 0, property: () => undefined },
    });
    this.where = { bus, address };
    this.rehearse();
  }

  protected override offers(): Offers {
    return {
      ...super.offers(),
      __inband_i2c_address: ['value', () => this.where.address],
      __inband_slave_register: ['steps', () => this.where.bus.regSlave(this.where.address, this)],
      __inband_slave_unregister: ['steps', () => unregister(this.where.bus)],
    };
  }

  /** i2c_slave_event(), in the bus driver's interrupt handler. */
  *slaveEvent(event: I2cSlaveEvent, val: I2cSlaveValue): Steps<number> {
    const result = (yield call(this.machine.enter('__inband_slave_event', event, val.value))) | 0;
    val.value = (yield call(this.machine.enter('__inband_slave_value'))) & 0xff;
    return result;
  }

  // What stands in the driver's own struct nobody knows.

  get stateName(): string {
    return '';
  }

  get busy(): boolean {
    return false;
  }

  get refuses(): boolean {
    return false;
  }

  get responding(): boolean {
    return false;
  }

  get requesting(): boolean {
    return false;
  }
}

function* unregister(bus: I2cSlaveBus): Steps<number> {
  yield* bus.unregSlave();
  return 0;
}
