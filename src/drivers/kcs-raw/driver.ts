import type { Kernel, MiscDevice } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { AspeedKcsObe } from '../kcs-aspeed-obe.ts';

/** Offsets in /dev/raw-kcs: IDR or ODR, and STR (Documentation/ABI/testing/dev-raw-kcs). */
export const RAW_KCS_DATA = 0;
export const RAW_KCS_STATUS = 1;

/** One version of the raw KCS driver, bound to a channel. */
export interface KcsRawDriver {
  /** /dev/raw-kcs<channel>. */
  readonly miscdev: MiscDevice;
  /** Binds the driver. */
  probe(): Steps<number>;
  /** Unbinds it, as rmmod or `unbind` in sysfs do, whoever has the device open. */
  remove(): Steps;
  /** A byte of the host's is held for the next read(); null: that cannot be seen. */
  readonly holds: boolean | null;
  /** The KCS core has somebody to tell of events; null: that cannot be seen. */
  readonly hasClient: boolean | null;
  /** What it holds, and the events that it listens for, for reports. */
  readonly phaseName: string;
}

export type KcsRawDriverClass = new (kernel: Kernel, aspeed: AspeedKcsObe) => KcsRawDriver;

/** A version of the driver, as `list drivers` shows it. */
export interface KcsRawVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  readonly driver: KcsRawDriverClass;
  /** Whether kcs_bmc_aspeed.c of the same time polls OBF on the spot. */
  readonly spins: boolean;
}
