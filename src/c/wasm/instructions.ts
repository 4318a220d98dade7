import { ByteReader, WasmError } from './reader.ts';

/** One instruction of a function. */
export interface Instruction {
  /** Opcode; those behind the prefixes FCh and FEh as `0xfc00 | number` and `0xfe00 | number`. */
  readonly op: number;
  /** Where it begins, from the beginning of the file, bytes. */
  readonly at: number;
  /** Its immediate: index, depth, offset, or type of a block. */
  readonly a: number;
  /** Of i64.const: the number, as JavaScript writes it. */
  readonly wide?: string;
  /** Of br_table: all targets but the default, which is `a`. */
  readonly targets?: readonly number[];
}

/** The instructions of a function, one after the other (core specification, section 5.4). */
export function* instructionsOf(bytes: Uint8Array, from: number, to: number): Generator<Instruction> {
  const r = new ByteReader(bytes, from, to);
  while (!r.done) yield read(r);
}

function read(r: ByteReader): Instruction {
  const { at } = r;
  const op = r.u8();
  switch (op) {
    case 0x02:
    case 0x03:
    case 0x04: // block type
    case 0x0c:
    case 0x0d: // depth
    case 0x10: // function
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24: // local or global
      return { op, at, a: r.uleb() };
    case 0x0e: {
      const targets: number[] = [];
      for (let n = r.uleb(); n > 0; n--) targets.push(r.uleb());
      return { op, at, a: r.uleb(), targets };
    }
    case 0x11: {
      const a = r.uleb();
      r.uleb(); // table
      return { op, at, a };
    }
    case 0x3f:
    case 0x40:
      r.u8();
      return { op, at, a: 0 };
    case 0x41:
      return { op, at, a: r.sleb() };
    case 0x42: {
      const { low, high } = r.sleb64();
      return { op, at, a: 0, wide: `BigInt.asIntN(64,0x${hex(high)}${hex(low)}n)` };
    }
    case 0x43:
      r.at += 4;
      return { op, at, a: 0 };
    case 0x44:
      r.at += 8;
      return { op, at, a: 0 };
    case 0xfc: {
      const sub = r.uleb();
      if (sub !== 10 && sub !== 11) throw new WasmError(`instruction fc ${sub.toString(16)}h is not known here`);
      r.at += sub === 10 ? 2 : 1;
      return { op: 0xfc00 | sub, at, a: 0 };
    }
    case 0xfe: {
      const sub = r.uleb();
      if (sub === 3) r.u8(); // atomic.fence
      else r.uleb(); // alignment
      return { op: 0xfe00 | sub, at, a: sub === 3 ? 0 : r.uleb() };
    }
    default:
      if (op >= 0x28 && op <= 0x3e) {
        r.uleb(); // alignment, which is but a hint
        return { op, at, a: r.uleb() };
      }
      return { op, at, a: 0 };
  }
}

function hex(half: number): string {
  return half.toString(16).padStart(8, '0');
}
