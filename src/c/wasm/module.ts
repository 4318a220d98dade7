import { ByteReader, WasmError } from './reader.ts';

/** Value types, by their codes. */
export const I32 = 0x7f;
export const I64 = 0x7e;

export interface FuncType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

/** A function of the module; index 0 is the first import. */
export interface WasmFunction {
  readonly index: number;
  name: string;
  readonly type: number;
  /** An import: what is asked of the kernel. */
  readonly imported: boolean;
  /** Types of the locals beyond the parameters. */
  readonly locals: readonly number[];
  /** Where its instructions begin and end, from the beginning of the file, bytes. */
  readonly from: number;
  readonly to: number;
}

/** Bytes with which the memory begins. */
export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What wasm-ld has written, as far as the translation needs it. */
export interface WasmModule {
  readonly bytes: Uint8Array;
  readonly types: readonly FuncType[];
  readonly functions: readonly WasmFunction[];
  /** Initial values of the globals; 0 is the stack pointer. */
  readonly globals: readonly number[];
  readonly globalNames: ReadonlyMap<number, string>;
  /** Exported functions by name. */
  readonly exports: ReadonlyMap<string, number>;
  /** Exported globals by name: where the linker has put something. */
  readonly symbols: ReadonlyMap<string, number>;
  /** Function indices by table slot; -1: none. */
  readonly table: readonly number[];
  readonly data: readonly DataSegment[];
  /** Custom sections by name, .debug_line and the like. */
  readonly custom: ReadonlyMap<string, Uint8Array>;
  /** Where the contents of the code section begin: addresses of DWARF count from there. */
  readonly codeStart: number;
}

const MAGIC = 0x6d73_6100;

/** Takes a module apart. Throws WasmError on what is none, or has imports other than functions and memory. */
export function parseModule(bytes: Uint8Array): WasmModule {
  const file = new ByteReader(bytes);
  if (bytes.length < 8 || file.u32() !== MAGIC || file.u32() !== 1) throw new WasmError('this is no WebAssembly module of version 1');
  const parser = new Parser(bytes);
  while (!file.done) {
    const id = file.u8();
    const size = file.uleb();
    parser.section(id, new ByteReader(bytes, file.at, file.at + size));
    file.at += size;
  }
  return parser.module();
}

class Parser {
  private readonly bytes: Uint8Array;
  private readonly types: FuncType[] = [];
  private readonly functions: WasmFunction[] = [];
  private readonly declared: number[] = [];
  private readonly globals: number[] = [];
  private readonly globalNames = new Map<number, string>();
  private readonly exports = new Map<string, number>();
  private readonly symbols = new Map<string, number>();
  private readonly table: number[] = [];
  private readonly data: DataSegment[] = [];
  private readonly custom = new Map<string, Uint8Array>();
  private readonly names = new Map<number, string>();
  private codeStart = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  module(): WasmModule {
    for (const f of this.functions) f.name = this.names.get(f.index) ?? (f.name || `function ${f.index}`);
    const { bytes, types, functions, globals, globalNames, exports, symbols, table, data, custom, codeStart } = this;
    return { bytes, types, functions, globals, globalNames, exports, symbols, table, data, custom, codeStart };
  }

  section(id: number, r: ByteReader): void {
    switch (id) {
      case 0: {
        const name = r.name();
        const content = r.slice(r.end - r.at);
        this.custom.set(name, content);
        if (name === 'name') this.nameSection(new ByteReader(content));
        return;
      }
      case 1:
        return each(r, () => {
          r.u8(); // 0x60
          this.types.push({ params: list(r, () => r.u8()), results: list(r, () => r.u8()) });
        });
      case 2:
        return each(r, () => this.imported(r));
      case 3:
        return each(r, () => void this.declared.push(r.uleb()));
      case 6:
        return each(r, () => {
          r.at += 2; // type, mutability
          this.globals.push(constant(r));
        });
      case 7:
        return each(r, () => {
          const name = r.name();
          const kind = r.u8();
          const index = r.uleb();
          if (kind === 0) this.exports.set(name, index);
          else if (kind === 3) this.symbols.set(name, this.globals[index]);
        });
      case 9:
        return each(r, () => {
          if (r.uleb() !== 0) throw new WasmError('a table is filled in a way that is not known here');
          const offset = constant(r);
          list(r, () => r.uleb()).forEach((index, i) => {
            while (this.table.length < offset + i) this.table.push(-1);
            this.table[offset + i] = index;
          });
        });
      case 10:
        this.codeStart = r.at;
        return this.code(r);
      case 11:
        return each(r, () => {
          if (r.uleb() !== 0) throw new WasmError('passive data');
          const address = constant(r);
          this.data.push({ address, bytes: r.slice(r.uleb()) });
        });
    }
  }

  private imported(r: ByteReader): void {
    const module = r.name();
    const name = r.name();
    if (r.u8() !== 0) throw new WasmError(`${module}.${name} is imported, but is no function`);
    this.functions.push({ index: this.functions.length, name, type: r.uleb(), imported: true, locals: [], from: 0, to: 0 });
  }

  private code(r: ByteReader): void {
    let next = 0;
    each(r, () => {
      const size = r.uleb();
      const to = r.at + size;
      const locals: number[] = [];
      each(r, () => {
        const n = r.uleb();
        const type = r.u8();
        for (let i = 0; i < n; i++) locals.push(type);
      });
      this.functions.push({
        index: this.functions.length, name: '', type: this.declared[next++], imported: false, locals, from: r.at, to,
      });
      r.at = to;
    });
  }

  private nameSection(r: ByteReader): void {
    while (!r.done) {
      const kind = r.u8();
      const size = r.uleb();
      const end = r.at + size;
      const names = kind === 1 ? this.names : kind === 7 ? this.globalNames : null;
      if (names !== null) each(r, () => void names.set(r.uleb(), r.name()));
      r.at = end;
    }
  }
}

function each(r: ByteReader, read: () => void): void {
  for (let n = r.uleb(); n > 0; n--) read();
}

function list(r: ByteReader, read: () => number): number[] {
  const result: number[] = [];
  each(r, () => void result.push(read()));
  return result;
}

/** A constant expression: `i32.const n; end`. */
function constant(r: ByteReader): number {
  if (r.u8() !== 0x41) throw new WasmError('an initial value is no constant');
  const value = r.sleb();
  r.u8();
  return value;
}
