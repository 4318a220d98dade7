import { ByteReader } from './reader.ts';

/** A place in the source. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

interface Row extends SourceLine {
  readonly address: number;
}

/** Addresses of the code section to lines, from .debug_line (DWARF 4, section 6.2). */
export class LineTable {
  private readonly rows: Row[] = [];

  constructor(debugLine: Uint8Array | undefined) {
    if (debugLine === undefined) return;
    const r = new ByteReader(debugLine);
    while (!r.done) this.unit(r);
    this.rows.sort((a, b) => a.address - b.address);
  }

  /** The line to which the instruction at `address` belongs; undefined if nobody has said. */
  at(address: number): SourceLine | undefined {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle].address <= address) low = middle + 1;
      else high = middle;
    }
    const row = this.rows[low - 1];
    return row === undefined || row.line === 0 ? undefined : row;
  }

  private unit(r: ByteReader): void {
    const length = r.u32();
    const end = r.at + length;
    const version = r.u16();
    if (version < 2 || version > 4) {
      r.at = end; // compiled by other means: lines are but decoration
      return;
    }
    const headerLength = r.u32();
    const program = r.at + headerLength;
    const least = r.u8();
    if (version >= 4) r.u8(); // operations per instruction
    r.u8(); // default is_stmt
    const base = (r.u8() << 24) >> 24;
    const range = r.u8();
    const opcodeBase = r.u8();
    const lengths = [0];
    for (let i = 1; i < opcodeBase; i++) lengths.push(r.u8());
    while (r.cstring() !== ''); // include directories
    const files = [''];
    for (let name = r.cstring(); name !== ''; name = r.cstring()) {
      files.push(name);
      for (let i = 0; i < 3; i++) r.uleb(); // directory, time, length
    }
    r.at = program;
    const sequence: Row[] = [];
    let [address, file, line] = [0, 1, 1];
    const row = (): void => void sequence.push({ address, file: baseName(files[file] ?? '?'), line });
    while (r.at < end) {
      const opcode = r.u8();
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        address += Math.trunc(adjusted / range) * least;
        line += base + (adjusted % range);
        row();
        continue;
      }
      switch (opcode) {
        case 0: {
          const next = r.uleb() + r.at;
          const extended = r.u8();
          if (extended === 2) address = r.u32();
          else if (extended === 1) {
            // What the linker has thrown away is left at address 0.
            if (sequence.length > 0 && sequence[0].address > 0) this.rows.push(...sequence, { address, file: '', line: 0 });
            sequence.length = 0;
            [address, file, line] = [0, 1, 1];
          }
          r.at = next;
          break;
        }
        case 1:
          row();
          break;
        case 2:
          address += r.uleb() * least;
          break;
        case 3:
          line += r.sleb();
          break;
        case 4:
          file = r.uleb();
          break;
        case 8:
          address += Math.trunc((255 - opcodeBase) / range) * least;
          break;
        case 9:
          address += r.u16();
          break;
        default:
          for (let i = 0; i < lengths[opcode]; i++) r.uleb();
      }
    }
    r.at = end;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
