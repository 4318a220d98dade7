/**
 * Remembers 32-bit hashes in a fixed amount of memory: a direct-mapped table in which a newcomer takes the
 * place of an older hash. What was forgotten counts as new again, which costs executions, never findings.
 */
export class TraceTable {
  private readonly slots: Int32Array;

  /** `bits`: the table has 2^bits slots of 4 bytes. */
  constructor(bits = 18) {
    this.slots = new Int32Array(1 << bits);
  }

  /** True if `hash` has not been seen, as far as is remembered. */
  add(hash: number): boolean {
    const value = hash === 0 ? 1 : hash | 0;
    const slot = (value ^ (value >>> 15)) & (this.slots.length - 1);
    if (this.slots[slot] === value) return false;
    this.slots[slot] = value;
    return true;
  }
}
