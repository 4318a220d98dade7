import type { Allocation } from './memory.ts';

/** Bytes with bounds, as memcpy() and copy_to_user() see them: an array of a struct, or a buffer of its own. */
export interface ByteArray {
  get(index: number): number;
  set(index: number, value: number): void;
}

/** memcpy(to + toAt, from + fromAt, n): a byte beyond either is reported, and read or written all the same. */
export function memcpy(to: ByteArray, toAt: number, from: ByteArray, fromAt: number, n: number): void {
  for (let i = 0; i < n; i++) to.set(toAt + i, from.get(fromAt + i));
}

/**
 * A C struct in one allocation: members lie where the compiler puts them. What is written beyond the end of an array
 * lands on the member behind it, as on silicon, and is reported as `out-of-bounds` by the bounds of the array,
 * which no checker of whole allocations (KASAN) sees.
 */
export class CStruct {
  readonly memory: Allocation;
  readonly bytes: Uint8Array;

  constructor(memory: Allocation, size: number) {
    this.memory = memory;
    this.bytes = new Uint8Array(size);
    memory.kernel.sim.onReset(() => {
      this.bytes.fill(0);
    });
  }

  /** u8 name; at `offset`. */
  u8(name: string, offset: number): CField {
    return new CField(this, name, offset, 1);
  }

  /** u32 name; at `offset`, little-endian. */
  u32(name: string, offset: number): CField {
    return new CField(this, name, offset, 4);
  }

  /** u8 name[size]; at `offset`. */
  array(name: string, offset: number, size: number): CArray {
    return new CArray(this, name, offset, size);
  }

  /** A member is used; `what` names it. */
  use(what: string): void {
    if (this.memory.freed) this.memory.useAfterFree(what);
  }
}

/** An unsigned integer member: what is assigned is cut to its width, as in C. */
export class CField {
  private readonly struct: CStruct;
  private readonly name: string;
  private readonly offset: number;
  private readonly size: number;

  constructor(struct: CStruct, name: string, offset: number, size: number) {
    this.struct = struct;
    this.name = name;
    this.offset = offset;
    this.size = size;
  }

  get value(): number {
    const { struct, offset } = this;
    struct.use(this.name);
    if (this.size === 1) return struct.bytes[offset];
    let value = 0;
    for (let i = this.size - 1; i >= 0; i--) value = value * 0x100 + struct.bytes[offset + i];
    return value;
  }

  set value(value: number) {
    const { struct, offset } = this;
    struct.use(this.name);
    struct.bytes[offset] = value;
    for (let i = 1; i < this.size; i++) struct.bytes[offset + i] = value >>> (8 * i);
  }
}

/** An array member. */
export class CArray implements ByteArray {
  readonly size: number;
  private readonly struct: CStruct;
  private readonly name: string;
  private readonly offset: number;

  constructor(struct: CStruct, name: string, offset: number, size: number) {
    this.struct = struct;
    this.name = name;
    this.offset = offset;
    this.size = size;
  }

  get(index: number): number {
    this.check(index, 'read');
    return this.struct.bytes[this.offset + index] ?? 0;
  }

  set(index: number, value: number): void {
    this.check(index, 'write');
    this.struct.bytes[this.offset + index] = value;
  }

  /** memset(this + at, 0, n). */
  clear(at = 0, n = this.size - at): void {
    if (n <= 0) return;
    if (at < 0 || at + n > this.size) {
      for (let i = at; i < at + n; i++) this.set(i, 0);
      return;
    }
    this.struct.use(this.name);
    this.struct.bytes.fill(0, this.offset + at, this.offset + at + n);
  }

  private check(index: number, how: 'read' | 'write'): void {
    this.struct.use(this.name);
    if (index < 0 || index >= this.size) this.struct.memory.kernel.outOfBounds(this.name, index, this.size, how);
  }
}
