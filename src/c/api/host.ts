import type { IrqAction, Kernel, UserBuffer } from '../../linux/index.ts';
import type { Op, Steps } from '../../sim/index.ts';
import type { DriverClock } from '../clock.ts';
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

/** The same through a regmap, whose lock an update takes with its read and gives back with its write, or by `unlock`. */
export interface BusMap {
  readonly single: Bus;
  readonly first: Bus;
  readonly last: Bus;
  unlock(): void;
  /** What of it belongs to the state of the system. */
  readonly state: object;
}

/** The node of the device tree to which the driver is bound. */
export interface DeviceNode {
  /** From the most to the least specific. */
  readonly compatible: readonly string[];
  /** The same of the node that it lies in. */
  readonly parent: readonly string[];
  /** Cells of a property; undefined: it is not there. Asked at each probe: a run may differ from the one before. */
  property(name: string): readonly number[] | undefined;
  /** How handlers of {@link irq} are installed where another driver of ours stands between; undefined: at the kernel. */
  readonly requestIrq?: (action: IrqAction) => void;
  readonly freeIrq?: (action: IrqAction) => Steps;
  /** The interrupt of the device; below 0: it has none. Asked at each probe, too. */
  irq(): number;
  /** Physical address of the registers that `reg` counts from, and their size. */
  readonly base: number;
  readonly size: number;
  /** Physical address from which its parent's registers count, where that is a system controller; else that of {@link base}. */
  readonly syscon: number;
}

/** What the parts of the kernel's interface share. */
export interface Host {
  readonly kernel: Kernel;
  readonly machine: Machine;
  readonly bus: Bus;
  /** Absent: there is no map of these registers, and its functions reach them as readl() and writel() do. */
  readonly map?: BusMap;
  readonly node: DeviceNode;
  readonly clock: DriverClock;
  /** Names of the functions of the kernel that the driver calls. */
  readonly imports: ReadonlySet<string>;
  /** What of all this belongs to the state of the system, beside the driver's memory. */
  readonly state: object[];
  /** The buffer of the system call in which `thread` is. */
  userOf(thread: number): UserBuffer | undefined;
}
