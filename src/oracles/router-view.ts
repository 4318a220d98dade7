import type { BtI2cWire } from './bt-i2c-wire.ts';
import type { BtWire } from './bt-wire.ts';
import type { SystemView } from './context.ts';

/** A device of the router as its author sees it. */
export interface RoutedDevice {
  readonly name: string;
  /** It gets what nobody else wants. */
  readonly isDefault: boolean;
  /** It has asked for these. */
  wants(netFnLun: number, cmd: number): boolean;
}

/** What the oracles of the router may ask. */
export interface RouterSystemView extends SystemView {
  readonly wire: BtWire | BtI2cWire;
  /** By the number under which the trace tells of them. */
  readonly devices: readonly RoutedDevice[];
}

/** A request that the router has on its hands. */
export interface RoutedRequest {
  readonly seq: number;
  readonly netFnLun: number;
  readonly cmd: number;
}

/** `NetFn/LUN C0h cmd 0Eh, seq 1`. */
export function describeRouted({ seq, netFnLun, cmd }: RoutedRequest): string {
  return `the request NetFn/LUN ${hex(netFnLun)} cmd ${hex(cmd)}, seq ${seq}`;
}

export function hex(byte: number): string {
  return `${byte.toString(16).toUpperCase().padStart(2, '0')}h`;
}
