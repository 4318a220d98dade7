import type { LpcRegisters } from '../hw/index.ts';
import { Regmap, type Kernel } from '../linux/index.ts';
import type { Bus, BusMap } from './api/host.ts';

/** Physical address of the LPC controller (AST2500 datasheet, memory map), and how much of it is decoded, bytes. */
export const LPC_BASE = 0x1e78_9000;
export const LPC_SIZE = 0x1000;

/** The registers of the LPC controller by physical address. */
export function lpcBus(registers: LpcRegisters): Bus {
  const at = (address: number): number => (address - LPC_BASE) & (LPC_SIZE - 1);
  return {
    read: (address) => registers.read(at(address)),
    write: (address, value) => (value > 0xff ? registers.write32(at(address), value) : registers.write(at(address), value)),
  };
}

/** The same through the regmap of their syscon. */
export function lpcMap(kernel: Kernel, registers: LpcRegisters): BusMap {
  const map = new Regmap(kernel, registers);
  return { single: lpcBus(map.single), first: lpcBus(map.first), last: lpcBus(map.last), unlock: () => map.unlock(), state: map };
}

/** What the node of the controller says that it is compatible to. */
export const LPC_COMPATIBLE: readonly string[] = ['aspeed,ast2500-lpc-v2', 'simple-mfd', 'syscon'];
