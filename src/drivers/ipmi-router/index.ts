import type { AspeedIbt } from '../ibt-io.ts';
import { BtAspeedFixed } from './bt-aspeed-fixed.ts';
import { BtAspeedRfcV1 } from './bt-aspeed.ts';
import { BtI2cFixed } from './bt-i2c-fixed.ts';
import { BtI2cRfcV1 } from './bt-i2c.ts';
import type { IpmiBmcCore } from './core.ts';
import { BmcDevintfFixed } from './devintf-fixed.ts';
import { BmcDevintfRfcV1 } from './devintf.ts';
import { IpmiBmcFixed } from './fixed.ts';
import { IpmiBmcRfcV1 } from './rfc-v1.ts';
import type { IpmiBmc } from './driver.ts';
import type { I2cSlaveBus, Rcu } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';

export { NO_DEVICE } from './core.ts';
export * from './driver.ts';
export * from './oem.ts';
export type { BmcDevintfRfcV1 as BmcDevintf } from './devintf.ts';

/** The router itself, and the device through which daemons get what no other device wants. */
export interface IpmiRouterClasses {
  readonly core: new (rcu: Rcu) => IpmiBmcCore;
  readonly devintf: new (bmc: IpmiBmc) => BmcDevintfRfcV1;
}

/** A version of the router, as `list drivers` shows it. */
export interface IpmiRouterVersion extends IpmiRouterClasses {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
}

/** Every version of the router. */
export const IPMI_ROUTER_VERSIONS: readonly IpmiRouterVersion[] = [
  {
    version: 'rfc-v1', model: 2, core: IpmiBmcRfcV1, devintf: BmcDevintfRfcV1,
    text: 'as posted for comments: pointers published by plain assignment, error responses dropped, conflicts silent',
    source: '[RFC v1 1/4] ipmi_bmc: framework for BT IPMI on BMCs, and 2/4, 2017',
  },
  {
    version: 'fixed', model: 4, core: IpmiBmcFixed, devintf: BmcDevintfFixed,
    text: 'rfc-v1 with every fault mended that is known here',
    source: 'ours, on top of rfc-v1',
  },
];

/** A bus driver of the router, whatever it stands on. */
export interface RouterBus {
  probe(): Steps<unknown>;
  remove(): Steps;
  /** A critical section of it is entered. */
  readonly busy: boolean;
}

export type BtAspeedClass = new (bmc: IpmiBmc, ibt: AspeedIbt) => RouterBus;

/** A version of the router's bus driver for the iBT block. */
export interface BtAspeedVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  readonly driver: BtAspeedClass;
}

/** Every version of it. */
export const BT_ASPEED_VERSIONS: readonly BtAspeedVersion[] = [
  {
    version: 'rfc-v1', model: 1, driver: BtAspeedRfcV1,
    text: 'bt-bmc.c as a bus of the router: takes its lock twice for each response, and calls the router with it held',
    source: '[RFC v1 4/4] ipmi_bmc: bt-aspeed: port driver to IPMI BMC framework, 2017',
  },
  {
    version: 'fixed', model: 1, driver: BtAspeedFixed,
    text: 'the same with every fault mended that is known here',
    source: 'ours, on top of rfc-v1',
  },
];

export type BtI2cClass = new (bmc: IpmiBmc, i2c: I2cSlaveBus, address: number) => RouterBus & { readonly responding: boolean };

/** A version of the router's bus driver for a target on I2C. */
export interface BtI2cVersion extends Omit<BtAspeedVersion, 'driver'> {
  readonly driver: BtI2cClass;
}

/** Every version of it. */
export const BT_I2C_VERSIONS: readonly BtI2cVersion[] = [
  {
    version: 'rfc-v1', model: 1, driver: BtI2cRfcV1,
    text: 'BT on an I2C bus: calls the router with its lock held, and hands on a request again with each byte behind it',
    source: '[RFC v1 3/4] ipmi_bmc: bt-i2c: port driver to IPMI BMC framework, 2017',
  },
  {
    version: 'fixed', model: 1, driver: BtI2cFixed,
    text: 'the same with every fault mended that is known here',
    source: 'ours, on top of rfc-v1',
  },
];
