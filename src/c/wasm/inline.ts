import type { FunctionTranslator } from './function.ts';

/** Instructions up to which a function is small: its code takes the place of each of its calls. */
const SMALL = 250;
/** Instructions up to which a function that is called in one place is put there. */
const LARGE = 2000;
/** Instructions that no function grows beyond. */
const MOST = 4000;

/**
 * Which functions that may take steps are put in the places where they are called. Calls between generators cost as much
 * as several steps: one is made, entered, left and thrown away each time. What cannot take a step the engine inlines by
 * itself. By caller: what is put into it.
 */
export function findInlined(functions: readonly (FunctionTranslator | null)[], suspends: readonly boolean[]): readonly ReadonlySet<number>[] {
  const calls = new Map<number, number>();
  for (const f of functions) for (const { callee } of f?.calls ?? []) calls.set(callee, (calls.get(callee) ?? 0) + 1);
  const inlined = functions.map(() => new Set<number>());
  const sizes: (number | undefined)[] = functions.map(() => undefined);
  /** Functions on the way from the one that was asked about. */
  const open = new Set<number>();
  /** Instructions with those of what is put into it. */
  const sizeOf = (index: number): number => {
    const known = sizes[index];
    if (known !== undefined) return known;
    const f = functions[index]!;
    open.add(index);
    let size = f.size;
    for (const { callee } of f.calls) {
      if (functions[callee] === null || !suspends[callee] || open.has(callee)) continue;
      const theirs = sizeOf(callee);
      if (recursive(functions, callee) || theirs > (calls.get(callee) === 1 ? LARGE : SMALL) || size + theirs > MOST) continue;
      size += theirs;
      inlined[index].add(callee);
    }
    open.delete(index);
    sizes[index] = size;
    return size;
  };
  for (const [index, f] of functions.entries()) if (f !== null && suspends[index]) sizeOf(index);
  return inlined;
}

/** Whether a function calls itself, however far round. */
function recursive(functions: readonly (FunctionTranslator | null)[], index: number): boolean {
  const seen = new Set<number>();
  const visit = (at: number): boolean => (functions[at]?.calls ?? []).some(({ callee }) => {
    if (callee === index) return true;
    if (seen.has(callee)) return false;
    seen.add(callee);
    return visit(callee);
  });
  return visit(index);
}
