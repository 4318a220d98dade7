import { Allocation, type ByteArray, type Kernel } from '../linux/index.ts';
import { DriverError } from './error.ts';
import type { WasmModule } from './wasm/module.ts';

/** Bytes below which nothing lies: what a null pointer with an offset hits. */
const LOWEST = 1024;
/** Where the heap ends and the stacks begin, bytes; the address space of a driver ends behind them. */
export const STACKS = 512 * 1024;
/** Stack of one context, bytes: that of ARM Linux. */
export const STACK_SIZE = 8 * 1024;
/** Contexts that may run the driver's code. */
export const MOST_STACKS = 32;
/** Bytes around each allocation that nobody may touch. */
const RED_ZONE = 16;
const ALIGN = 8;

/** What a byte of memory is; 0: it may be used. */
export const Poison = { freed: 1, redZone: 2, nothing: 3 } as const;

/** One piece of the heap. */
interface Block {
  readonly address: number;
  readonly size: number;
  readonly allocation: Allocation;
}

/**
 * The memory of a driver: its data, a heap that never gives an address twice in one run, a stack for each context. A
 * byte of {@link poison} for each byte says whether it may be used. Put back before each run.
 */
export class DriverMemory {
  readonly U8: Uint8Array;
  readonly U16: Uint16Array;
  readonly I32: Int32Array;
  readonly poison: Uint8Array;
  private readonly kernel: Kernel;
  private readonly module: WasmModule;
  private readonly heapBase: number;
  private heapTop: number;
  private readonly blocks: Block[] = [];
  /** By site and address: the same in each run. */
  private readonly allocations: Map<number, Allocation>[] = [];
  /** What {@link text} has read: names stay where they are. */
  private readonly texts = new Map<number, string>();
  /** What lives in no allocation. */
  readonly statics: Allocation;

  constructor(kernel: Kernel, module: WasmModule) {
    const size = STACKS + MOST_STACKS * STACK_SIZE;
    const buffer = new ArrayBuffer(size);
    this.kernel = kernel;
    this.module = module;
    this.U8 = new Uint8Array(buffer);
    this.U16 = new Uint16Array(buffer);
    this.I32 = new Int32Array(buffer);
    this.poison = new Uint8Array(size).fill(Poison.nothing);
    this.heapBase = align(module.symbols.get('__heap_base') ?? LOWEST);
    this.heapTop = this.heapBase;
    if (this.heapBase > STACKS) throw new DriverError(`the driver has ${this.heapBase} bytes of static data: there are ${STACKS} for them and for all that it allocates`);
    this.poison.fill(0, LOWEST, this.heapBase);
    for (let i = 0; i < MOST_STACKS; i++) this.poison.fill(0, this.stackBottom(i), this.stackTop(i));
    this.statics = new Allocation(kernel, 'static data');
    this.reset();
  }

  /** Where the stack number `i` begins; it grows downwards. */
  stackTop(i: number): number {
    return STACKS + (i + 1) * STACK_SIZE;
  }

  /** The lowest address of the stack number `i` that may be used. */
  stackBottom(i: number): number {
    return STACKS + i * STACK_SIZE + RED_ZONE;
  }

  /** Zeroes what a stack has used. */
  clear(from: number, to: number): void {
    if (from < to) this.U8.fill(0, from, to);
  }

  /** Puts all but the stacks back as it was when the module was loaded. */
  reset(): void {
    this.I32.fill(0, LOWEST >> 2, this.heapTop >> 2);
    this.poison.fill(Poison.nothing, this.heapBase, this.heapTop);
    for (const { address, bytes } of this.module.data) this.U8.set(bytes, address);
    this.heapTop = this.heapBase;
    this.blocks.length = 0;
  }

  /** All data and the heap as far as it was given out, and what of it may be used. */
  tell(tell: (part: unknown) => void): void {
    tell(this.heapTop);
    this.tellWords(LOWEST, this.heapTop, tell);
    for (const { address, size, allocation } of this.blocks) {
      tell(address);
      tell(size);
      tell(allocation.freed);
    }
  }

  /** Words from `from` to `to`, bytes; most are 0, so that the others count with their places. */
  tellWords(from: number, to: number, tell: (part: unknown) => void): void {
    const { I32 } = this;
    for (let i = from >> 2; i < to >> 2; i++) {
      if (I32[i] === 0) continue;
      tell(i);
      tell(I32[i]);
    }
  }

  /** Zeroed memory, asked for at `site`; 0 if there is none left. `nameOf` the site names it in reports. */
  allocate(size: number, site: number, nameOf: (site: number) => string): number {
    const address = this.heapTop + RED_ZONE;
    const top = align(address + size + RED_ZONE);
    if (size < 0 || top > STACKS) return 0;
    this.poison.fill(Poison.redZone, this.heapTop, top);
    this.poison.fill(0, address, address + size);
    this.heapTop = top;
    const here = (this.allocations[site] ??= new Map());
    let allocation = here.get(address);
    if (allocation === undefined) {
      allocation = new Allocation(this.kernel, nameOf(site));
      here.set(address, allocation);
    }
    this.blocks.push({ address, size, allocation });
    return address;
  }

  /** kfree() of what `allocate` gave, called at `where`. */
  free(address: number, where: string): void {
    const block = this.blockAt(address);
    if (block === undefined || block.address !== address) {
      const ctx = this.kernel.sim.current;
      const what = block === undefined ? `${(address >>> 0).toString(16)}h, where nothing was allocated` : `byte ${address - block.address} of ${block.allocation.name}`;
      if (ctx !== null) this.kernel.breach('out-of-bounds', 'invalid-free', ctx, `${where}: kfree() of ${what}`, where);
    } else if (block.allocation.freed) {
      block.allocation.useAfterFree('kfree()', 'double-free');
    } else {
      this.poison.fill(Poison.freed, address, address + block.size);
      block.allocation.kfree();
    }
  }

  /** The allocation in which `address` lies; static data is one. */
  allocationAt(address: number): Allocation {
    return this.blockAt(address)?.allocation ?? this.statics;
  }

  /** The piece of the heap at `address`, red zones included. */
  blockAt(address: number): Block | undefined {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const block = this.blocks[i];
      if (address >= block.address - RED_ZONE) return address < block.address + block.size + RED_ZONE ? block : undefined;
    }
    return undefined;
  }

  /** A byte in the words of a report. */
  describe(address: number): string {
    const block = this.blockAt(address);
    return block === undefined ? `static data at ${address.toString(16)}h` : `byte ${address - block.address} of ${block.allocation.name}`;
  }

  /** A string that a 0 ends, of at most 200 bytes. */
  text(address: number): string {
    const known = this.texts.get(address);
    if (known !== undefined && this.holds(address, known)) return known;
    let text = '';
    for (let i = address >>> 0; text.length < 200 && i < this.U8.length && this.U8[i] !== 0; i++) text += String.fromCharCode(this.U8[i]);
    this.texts.set(address, text);
    return text;
  }

  private holds(address: number, text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.U8[address + i] !== text.charCodeAt(i)) return false;
    return text.length < 200 && this.U8[address + text.length] === 0;
  }
}

function align(address: number): number {
  return Math.ceil(address / ALIGN) * ALIGN;
}

/** Bytes of a driver's memory, as memcpy() and copies to user space see them; `size` is that of the array, -1 if not known. */
export class DriverBytes implements ByteArray {
  private readonly access: MemoryAccess;
  private readonly address: number;
  private readonly size: number;
  private readonly complain: (index: number, how: 'read' | 'write') => void;

  /** @param complain told of bytes beyond `size`, which are used all the same */
  constructor(access: MemoryAccess, address: number, size: number, complain: (index: number, how: 'read' | 'write') => void) {
    this.access = access;
    this.address = address;
    this.size = size;
    this.complain = complain;
  }

  get(index: number): number {
    this.check(index, 'read');
    return this.access.get(this.address + index);
  }

  set(index: number, value: number): void {
    this.check(index, 'write');
    this.access.set(this.address + index, value);
  }

  private check(index: number, how: 'read' | 'write'): void {
    if (this.size >= 0 && index >= this.size) this.complain(index, how);
  }
}

/** Checked access to single bytes. */
export interface MemoryAccess {
  get(address: number): number;
  set(address: number, value: number): void;
}
