import type { WasmModule } from './module.ts';

/** The custom section in which the files lie of which a module was made. */
const SECTION = 'inband.sources';

/** A module with its files, by name, so that its lines can be shown. WebAssembly ignores custom sections that it does not know (core specification, 5.5.3). */
export function withSources(module: Uint8Array, files: Readonly<Record<string, string>>): Uint8Array {
  const encoder = new TextEncoder();
  const name = encoder.encode(SECTION);
  const text = encoder.encode(JSON.stringify(files));
  const content = [...uleb(name.length), ...name];
  return Uint8Array.from([...module, 0, ...uleb(content.length + text.length), ...content, ...text]);
}

/** Lines of the files by name; none if the module has them not. */
export function sourcesOf({ custom }: WasmModule): ReadonlyMap<string, readonly string[]> {
  const section = custom.get(SECTION);
  if (section === undefined) return new Map();
  const files = JSON.parse(new TextDecoder().decode(section)) as Readonly<Record<string, string>>;
  return new Map(Object.entries(files).map(([name, text]) => [name, text.split('\n')]));
}

/** Unsigned LEB128. */
function uleb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
