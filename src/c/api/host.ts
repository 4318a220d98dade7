import type { Kernel, UserBuffer } from '../../linux/index.ts';
import type { Op } from '../../sim/index.ts';
import type { Handler, Machine } from '../machine.ts';
import type { ImportKind } from '../wasm/translate.ts';

/** A function of the kernel as a driver calls it. */
export type Offer = readonly [kind: ImportKind, handler: Handler];

/** An op, and when it has been done what `second` makes of its answer: another one, or 0. */
export function two(first: Handler, second: NonNullable<Handler['second']>): Offer {
  return ['two', Object.assign(first, { second })];
}

/** Functions by name. */
export type Offers = Readonly<Record<string, Offer>>;

/** The registers that a driver reaches, by physical address. */
export interface Bus {
  /** The op that reads the register; resumes with its value. */
  read(address: number): Op;
  write(address: number, value: number): Op;
}

/** The node of the device tree to which the driver is bound. */
export interface DeviceNode {
  /** From the most to the least specific. */
  readonly compatible: readonly string[];
  /** Cells of a property; undefined: it is not there. Asked at each probe: a run may differ from the one before. */
  property(name: string): readonly number[] | undefined;
  /** The interrupt of the device. */
  readonly irq: number;
  /** Physical address of the registers that `reg` counts from, and their size. */
  readonly base: number;
  readonly size: number;
}

/** What the parts of the kernel's interface share. */
export interface Host {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly bus: Bus;
  readonly node: DeviceNode;
  /** The buffer of the system call in which `thread` is. */
  userOf(thread: number): UserBuffer | undefined;
}
