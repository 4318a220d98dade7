import type { FunctionTranslator } from './function.ts';
import type { WasmModule } from './module.ts';

/** Functions that may come back to themselves, by calls of any kind: nothing but the size of the stack bounds how deep. */
export function findRecursive(module: WasmModule, functions: readonly (FunctionTranslator | null)[]): readonly boolean[] {
  /** Functions that a pointer may lead to, by type. */
  const byType = new Map<number, number[]>();
  for (const index of new Set(module.table)) {
    if (index < 0) continue;
    const { type } = module.functions[index];
    byType.set(type, [...byType.get(type) ?? [], index]);
  }
  const callees = functions.map((f) => (f === null ? []
    : [...new Set([...f.calls.map(({ callee }) => callee), ...f.indirect.flatMap((type) => byType.get(type) ?? [])])]));
  return functions.map((_f, index) => {
    const seen = new Set<number>();
    const open = [...callees[index]];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === index) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...callees[at]);
    }
    return false;
  });
}
