/**
 * One direction of the iBT block: a memory of `depth` bytes, with a write pointer that its writer alone
 * moves and a read pointer that its reader alone moves. Nothing says how much of it is filled: the first
 * byte of a BT message does (IPMI 11.1).
 *
 * At the end of the memory both pointers stay, or wrap to its start; which silicon does is unverified.
 */
export class BtFifo {
  /** Bytes. */
  readonly depth: number;
  private readonly wraps: boolean;
  private readonly bytes: Uint8Array;
  /** Where the next byte goes, and whence the next one comes; {@link depth}: at the end. */
  writeIndex = 0;
  readIndex = 0;

  constructor(depth: number, wraps: boolean) {
    this.depth = depth;
    this.wraps = wraps;
    this.bytes = new Uint8Array(depth);
  }

  /** Block reset. The memory is undefined on silicon, 0 here. */
  reset(): void {
    this.bytes.fill(0);
    this.writeIndex = 0;
    this.readIndex = 0;
  }

  /** A byte past the end is dropped. */
  write(value: number): void {
    if (this.writeIndex === this.depth) return;
    this.bytes[this.writeIndex] = value;
    this.writeIndex = this.after(this.writeIndex);
  }

  /** The next byte; 0 past the end. */
  read(): number {
    const value = this.peek();
    if (this.readIndex !== this.depth) this.readIndex = this.after(this.readIndex);
    return value;
  }

  /** What {@link read} would return. */
  peek(): number {
    return this.readIndex === this.depth ? 0 : this.bytes[this.readIndex];
  }

  private after(index: number): number {
    return this.wraps && index + 1 === this.depth ? 0 : index + 1;
  }
}
