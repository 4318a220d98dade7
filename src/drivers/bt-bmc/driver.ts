import type { Kernel, MiscDevice } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import type { AspeedIbt } from '../ibt-io.ts';

/** Size of the buffer on the stack of read() and write(), bytes (BT_BMC_BUFFER_SIZE). */
export const BT_BMC_BUFFER_SIZE = 256;

/** Shortest response: length, NetFn/LUN, Seq, Cmd, completion code, bytes. */
export const BT_SHORTEST_RESPONSE = 5;

/** ioctl() request of linux/bt-bmc.h: _IO(0xb1, 0x00). */
export const BT_BMC_IOCTL_SMS_ATN = 0xb100;

/** One version of the BT BMC driver, bound to the iBT block. */
export interface BtBmcDriver {
  /** /dev/ipmi-bt-host. */
  readonly miscdev: MiscDevice;
  /** Binds the driver. */
  probe(): Steps<number>;
  /** Unbinds it, as rmmod or `unbind` in sysfs do, whoever has the device open. */
  remove(): Steps;
  /** A call is inside its critical section: it reads or writes a message. */
  readonly busy: boolean;
}

export type BtBmcDriverClass = new (kernel: Kernel, ibt: AspeedIbt) => BtBmcDriver;

/** A version of the driver, as `list drivers` shows it. */
export interface BtBmcVersion {
  readonly version: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly text: string;
  readonly source: string;
  readonly driver: BtBmcDriverClass;
}
