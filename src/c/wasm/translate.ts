import { FunctionTranslator } from './function.ts';
import { findInlined } from './inline.ts';
import { LineTable } from './lines.ts';
import { HELPERS } from './operators.ts';
import { findRecursive } from './recursion.ts';
import { WasmError } from './reader.ts';
import type { WasmFunction, WasmModule } from './module.ts';

/**
 * What a call of an imported function is: `value` answers at once; `step` gives an op that is issued; `object` the same,
 * which is always that of the object whose address is the one argument; `two` gives one, and when it has been done maybe a second one, and answers 0; `steps` is a sequence of them, as a generator.
 */
export type ImportKind = 'value' | 'step' | 'object' | 'two' | 'steps';

/** How a module is translated. */
export interface TranslationMode {
  /** Each access of memory that contexts share is a step, too. */
  readonly fine: boolean;
  /** Each of them is told to the race detector. */
  readonly races: boolean;
}

/** A place in the driver from which steps are issued, or memory is used. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly func: string;
}

/** A module as JavaScript. */
export interface Translation {
  readonly module: WasmModule;
  /** The body of a function of `env` that returns the functions of the module by index. */
  readonly source: string;
  readonly sites: readonly Site[];
  /** Those from which steps are issued. */
  readonly stepSites: ReadonlySet<number>;
  /** Imported functions by index. */
  readonly imports: readonly WasmFunction[];
  /** Whether a function may take steps: then it is a generator. */
  readonly suspends: readonly boolean[];
}

/** An imported function that the kernel does not have, and where it is called. */
export class UnknownImport extends WasmError {
  override name = 'UnknownImport';
  readonly func: string;

  constructor(func: string, site: Site | undefined) {
    super(`${site === undefined ? '' : `${site.file}:${site.line}: `}${func}() is not in the slice of the kernel that is known here`);
    this.func = func;
  }
}

/**
 * Translates a module to JavaScript in which each function that may take a step is a generator: so a driver can be
 * left at any step and gone on with later, in any order, and no stack has to be saved. A function that cannot is a
 * plain one.
 *
 * @param kinds what the kernel offers
 */
export function translate(module: WasmModule, kinds: ReadonlyMap<string, ImportKind>, { fine, races }: TranslationMode): Translation {
  const lines = new LineTable(module.custom.get('.debug_line'));
  const sites = new Sites(lines);
  const functions = module.functions.map((f) => (f.imported ? null : new FunctionTranslator(module, f, sites)));
  const imports = module.functions.filter((f) => f.imported);
  const unknown = imports.find((f) => !kinds.has(f.name));
  if (unknown !== undefined) {
    const at = functions.flatMap((f) => f?.calls ?? []).find((call) => call.callee === unknown.index);
    throw new UnknownImport(unknown.name, at === undefined ? undefined : sites.list[at.site]);
  }
  const suspends = findSuspending(module, functions, kinds, fine);
  const recursive = findRecursive(module, functions);
  let places = 0;
  const inlined = findInlined(functions, suspends);
  const parts = functions.flatMap((f) => f === null ? [] : [f.emit({
    suspends,
    recursive,
    fine,
    races,
    place: () => places++,
    inlined: (caller, callee) => (inlined[caller].has(callee) ? functions[callee]! : undefined),
    kind: (index) => kinds.get(module.functions[index].name)!,
    indirectSuspends: (type) => module.table.some((index) => index >= 0 && module.functions[index].type === type && suspends[index]),
  })]);
  const stepSites = new Set(functions.flatMap((f) => f === null ? [] : f.calls.flatMap(({ callee, site }) => (
    module.functions[callee].imported && suspends[callee] ? [site] : []))));
  const taps = imports.map((f) => `const h${f.index}=h[${f.index}];`).join('');
  const names = module.functions.map((f) => (f.imported ? `null` : `f${f.index}`)).join(',');
  return { module, source: `'use strict';const K=new Int32Array(${places}),V=new Int32Array(${places});${HELPERS}${taps}\n${parts.join('\n')}\nreturn[${names}];`, sites: sites.list, stepSites, imports, suspends };
}

/** Sites by number; one for each line of a function. */
export class Sites {
  readonly list: Site[] = [];
  private readonly known = new Map<string, number>();
  private readonly lines: LineTable;

  constructor(lines: LineTable) {
    this.lines = lines;
  }

  /** The file to which the code at `address` belongs. */
  file(address: number): string {
    return this.lines.at(address)?.file ?? '';
  }

  at(address: number, func: string): number {
    const { file = '?', line = 0 } = this.lines.at(address) ?? {};
    const key = `${file}:${line} ${func}`;
    let id = this.known.get(key);
    if (id === undefined) {
      id = this.list.push({ file, line, func }) - 1;
      this.known.set(key, id);
    }
    return id;
  }
}

/** Which functions may take a step: those that call such an import, and their callers. */
function findSuspending(
  module: WasmModule, functions: readonly (FunctionTranslator | null)[], kinds: ReadonlyMap<string, ImportKind>, fine: boolean,
): boolean[] {
  const suspends = module.functions.map((f, i) => (f.imported ? kinds.get(f.name) !== 'value' : fine && functions[i]?.accesses === true));
  for (let changed = true; changed;) {
    changed = false;
    const types = new Set(module.table.filter((index) => index >= 0 && suspends[index]).map((index) => module.functions[index].type));
    for (const f of functions) {
      if (f === null || suspends[f.func.index]) continue;
      if (!f.calls.some(({ callee }) => suspends[callee]) && !f.indirect.some((type) => types.has(type))) continue;
      suspends[f.func.index] = true;
      changed = true;
    }
  }
  return suspends;
}
