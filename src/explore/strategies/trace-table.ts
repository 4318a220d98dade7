/**
 * Remembers 32-bit hashes in a fixed amount of memory: a direct-mapped table in which a newcomer takes the
 * place of an older hash. What was forgotten counts as new again, which costs executions, never findings.
 */
export class TraceTable {
  /** The hashes that were new since {@link fill} or {@link forget}. */
  readonly added: number[] = [];
  private readonly slots: Int32Array;
  /** By turns: a slot that was overwritten, and what it held. */
  private readonly undo: number[] = [];

  /** `bits`: the table has 2^bits slots of 4 bytes. */
  constructor(bits = 18) {
    this.slots = new Int32Array(1 << bits);
  }

  /** True if `hash` has not been seen, as far as is remembered. */
  add(hash: number): boolean {
    const value = hash === 0 ? 1 : hash | 0;
    const slot = (value ^ (value >>> 15)) & (this.slots.length - 1);
    if (this.slots[slot] === value) return false;
    this.undo.push(slot, this.slots[slot]);
    this.added.push(hash);
    this.slots[slot] = value;
    return true;
  }

  /** Forgets what was added. */
  forget(): void {
    const { undo } = this;
    for (let i = undo.length - 2; i >= 0; i -= 2) this.slots[undo[i]] = undo[i + 1];
    undo.length = this.added.length = 0;
  }

  /** From now on these were seen, in this order, and nothing else. */
  fill(hashes: readonly number[]): void {
    this.slots.fill(0);
    for (let i = 0; i < hashes.length; i++) this.add(hashes[i]);
    this.undo.length = this.added.length = 0;
  }
}
