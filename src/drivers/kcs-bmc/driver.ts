import type { Kernel, MiscDevice } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { AspeedKcs } from '../kcs-aspeed.ts';

/** Size of the driver's message buffers, bytes (KCS_MSG_BUFSIZ). */
export const KCS_MSG_BUFSIZ = 1000;

/** Written to ODR only to set OBF (KCS_ZERO_DATA). */
export const KCS_ZERO_DATA = 0;

/** ioctl() requests of linux/ipmi_bmc.h. */
export const IPMI_BMC_IOCTL_SET_SMS_ATN = 0;
export const IPMI_BMC_IOCTL_CLEAR_SMS_ATN = 1;
export const IPMI_BMC_IOCTL_FORCE_ABORT = 2;

/** One version of the KCS BMC driver, bound to a channel. */
export interface KcsBmcDriver {
  /** /dev/ipmi-kcs<channel>. */
  readonly miscdev: MiscDevice;
  /** Binds the driver. */
  probe(): Steps<number>;
  /** Unbinds it, as rmmod or `unbind` in sysfs do, whoever has the device open. */
  remove(): Steps;
  /** The interface state that the driver's phase means (IPMI Table 9-2), or -1 if it does not tell. */
  stateOfPhase(): number;
  /** A critical section of the driver is entered: phase and STR may differ for the moment. */
  readonly busy: boolean;
  /** Phase by name, for reports. */
  readonly phaseName: string;
}

export type KcsBmcDriverClass = new (kernel: Kernel, aspeed: AspeedKcs) => KcsBmcDriver;

/** A version of the driver, as `list drivers` shows it. */
export interface KcsBmcVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  readonly driver: KcsBmcDriverClass;
}
