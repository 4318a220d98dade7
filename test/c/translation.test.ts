import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Machine } from '../../src/c/machine.ts';
import { LineTable } from '../../src/c/wasm/lines.ts';
import { parseModule } from '../../src/c/wasm/module.ts';
import { translate } from '../../src/c/wasm/translate.ts';
import { compile } from '../../src/cli/compile.ts';
import { DEFAULT_KERNEL, Kernel } from '../../src/linux/index.ts';
import { Simulator, type Steps } from '../../src/sim/index.ts';
import { HAS_CLANG, WITHOUT, driverText, file, scenarioWithC } from './toolchain.ts';

/** WebAssembly as the engine has it; its types belong to browsers. */
interface Engine {
  readonly Module: { new (bytes: Uint8Array): object; imports(module: object): readonly { readonly name: string }[] };
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, (a: number, b: number) => number>> };
}
const { WebAssembly: Real } = globalThis as unknown as { readonly WebAssembly: Engine };

/** Every import answers 0: nothing that is pure calls one. */
function machineOf(bytes: Uint8Array, fine: boolean): Machine {
  const module = parseModule(bytes);
  const imports = module.functions.filter((f) => f.imported).map((f) => f.name);
  const sim = new Simulator();
  const kernel = new Kernel(sim, { ...DEFAULT_KERNEL }, { next: () => -1, mask() {}, unmask() {} });
  const translation = translate(module, new Map(imports.map((name) => [name, 'value'])), { fine, races: false });
  return new Machine(kernel, translation, new Map(imports.map((name) => [name, () => 0])));
}

function result(steps: Steps<number>): number {
  for (;;) {
    const { done, value } = steps.next(0);
    if (done === true) return value;
    throw new Error('a pure function takes a step');
  }
}

/** Numbers at which arithmetic goes wrong, and others. */
const number = fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 31, 32, 255, -128, 0x7fff_ffff, -0x8000_0000), fc.integer({ min: -40, max: 40 }));

describe.skipIf(!HAS_CLANG)(`the translation of C${WITHOUT}`, () => {
  const bytes = HAS_CLANG ? compile([file('arithmetic.c', driverText('arithmetic.c'))], []).bytes : new Uint8Array();

  it('computes what WebAssembly computes', () => {
    const module = new Real.Module(bytes);
    const imports = Object.fromEntries(Real.Module.imports(module).map(({ name }) => [name, () => 0]));
    const instance = new Real.Instance(module, { env: imports });
    const machine = machineOf(bytes, false);
    const names = machine.exported('pure_');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names.filter((n) => n !== 'pure_recursion')) {
      const real = instance.exports[name];
      fc.assert(fc.property(number, number, (a, b) => {
        expect(result(machine.enter(name, a, b)), `${name}(${a}, ${b})`).toBe(real(a, b));
      }), { numRuns: 300, seed: 1 });
    }
  });

  it('a function calls itself on a stack of its own', () => {
    const machine = machineOf(bytes, false);
    expect(result(machine.enter('pure_recursion', 0x7fff_ffff, 1))).toBe(1 + 30 + 30);
  });

  it('finds the line of each instruction', () => {
    const module = parseModule(bytes);
    const lines = new LineTable(module.custom.get('.debug_line'));
    const text = driverText('arithmetic.c').split('\n');
    const f = module.functions.find(({ name }) => name === 'pure_memory')!;
    const seen = new Set<number>();
    for (let at = f.from; at < f.to; at++) {
      const line = lines.at(at - module.codeStart);
      if (line?.file === 'arithmetic.c') seen.add(line.line);
    }
    const body = text.findIndex((line) => line.startsWith('PURE(memory)')) + 1;
    for (const line of seen) expect(line).toBeGreaterThanOrEqual(body);
    for (const line of seen) expect(line).toBeLessThanOrEqual(body + 9);
    expect(seen.size).toBeGreaterThan(3);
  });
});

describe.skipIf(!HAS_CLANG)(`the headers for C drivers${WITHOUT}`, () => {
  it('keep what they promise', () => {
    // -1 stands for "all checks passed": any other number is the line of the check that failed.
    const path = file('checks.c', driverText('checks.c'));
    expect(() => scenarioWithC('kcs', path).build({ settings: {} })).toThrow('it returns -1');
  });

  it('a broken promise is noticed', () => {
    const line = driverText('checks.c').split('\n').findIndex((text) => text.includes('n == 12')) + 1;
    const path = file('checks.c', driverText('checks.c').replace('n == 12', 'n == 21'));
    expect(() => scenarioWithC('kcs', path).build({ settings: {} })).toThrow(`it returns ${line}`);
  });
});
