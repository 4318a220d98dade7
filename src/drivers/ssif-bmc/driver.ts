import { SsifCmd } from '../../ipmi/index.ts';
import type { I2cSlaveBackend, I2cSlaveBus, Kernel, MiscDevice } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';

/** Size of `unsigned int len`, with which each message begins on the device, bytes. */
export const SSIF_MSG_LEN = 4;
/** sizeof(struct ipmi_ssif_msg): length, payload, and padding to a multiple of 4, bytes. */
export const SSIF_MSG_SIZE = 260;

/** RESPONSE_TIMEOUT: from a complete request until the BMC counts as dead, ms. The host's budget is 227 (IPMI 12.17, there called 12.7). */
export const RESPONSE_TIMEOUT_MS = 500;

/** SMBus commands of SSIF by the names of ssif_bmc.c. */
export const SsifCommand = {
  SINGLEPART_WRITE: SsifCmd.REQUEST,
  SINGLEPART_READ: SsifCmd.RESPONSE,
  MULTIPART_WRITE_START: SsifCmd.MULTI_PART_REQUEST_START,
  MULTIPART_WRITE_MIDDLE: SsifCmd.MULTI_PART_REQUEST_MIDDLE,
  MULTIPART_WRITE_END: SsifCmd.MULTI_PART_REQUEST_END,
  /** The same as SINGLEPART_READ: the response tells. */
  MULTIPART_READ_START: SsifCmd.RESPONSE,
  MULTIPART_READ_MIDDLE: SsifCmd.MULTI_PART_RESPONSE_MIDDLE,
} as const;

/** One version of the SSIF BMC driver, bound to a target address of a bus. */
export interface SsifBmcDriver extends I2cSlaveBackend {
  /** /dev/ipmi-ssif-host. */
  readonly miscdev: MiscDevice;
  /** Binds the driver. */
  probe(): Steps<number>;
  /** Unbinds it, as rmmod or `unbind` in sysfs do, whoever has the device open. */
  remove(): Steps;
  /** A critical section of the driver is entered. */
  readonly busy: boolean;
  /** The state by name, for reports: `SSIF_RES_SENDING`. */
  readonly stateName: string;
  /** The driver asks for a NAK: a request is complete and its response is not there. */
  readonly refuses: boolean;
  /** A response waits for the host. */
  readonly responding: boolean;
  /** A request waits for read(). */
  readonly requesting: boolean;
}

/** @param address 7-bit, 10h by default (SMBIOS and ACPI tell 20h, with the direction bit) */
export type SsifBmcDriverClass = new (kernel: Kernel, bus: I2cSlaveBus, address: number) => SsifBmcDriver;

/** A version of the driver, as `list drivers` shows it. */
export interface SsifBmcVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  readonly driver: SsifBmcDriverClass;
}
