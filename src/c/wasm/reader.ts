/** A binary that is none, or that uses what the translation does not know. The message is for people. */
export class WasmError extends Error {
  override name = 'WasmError';
}

/** Names of files, whatever language they are in; what is no UTF-8 is no error. */
const UTF8 = new TextDecoder();

/** Reads the encodings of WebAssembly (core specification, chapter 5) and of DWARF from bytes. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    if (this.at >= this.end) throw new WasmError('the module ends in the middle of something');
    return this.bytes[this.at++];
  }

  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** Unsigned LEB128 of at most 32 bits. */
  uleb(): number {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift < 32) result |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return result >>> 0;
    }
  }

  /** Signed LEB128 of at most 32 bits. */
  sleb(): number {
    let result = 0;
    for (let shift = 0; ;) {
      const byte = this.u8();
      if (shift < 32) result |= (byte & 0x7f) << shift;
      shift += 7;
      if ((byte & 0x80) !== 0) continue;
      return shift < 32 && (byte & 0x40) !== 0 ? result | (-1 << shift) : result;
    }
  }

  /** Signed LEB128 of 64 bits, as two halves. */
  sleb64(): { readonly low: number; readonly high: number } {
    let [low, high, shift] = [0, 0, 0];
    for (;;) {
      const byte = this.u8();
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high |= bits >>> 4;
      if (shift > 28) high |= bits << (shift - 32);
      shift += 7;
      if ((byte & 0x80) !== 0) continue;
      if ((byte & 0x40) !== 0 && shift < 64) {
        if (shift < 32) {
          low |= -1 << shift;
          high = -1;
        } else high |= -1 << (shift - 32);
      }
      return { low: low >>> 0, high: high >>> 0 };
    }
  }

  slice(n: number): Uint8Array {
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  /** A name with its length before it. */
  name(): string {
    return UTF8.decode(this.slice(this.uleb()));
  }

  /** A string that a 0 ends. */
  cstring(): string {
    const from = this.at;
    while (this.u8() !== 0);
    return UTF8.decode(this.bytes.subarray(from, this.at - 1));
  }
}
