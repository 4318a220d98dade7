/** A variable of the translation, or the end of the code that stands in place of a call. */
const NAME = /\/\*((?:i\d+)+)\*\/|\b(?:((?:i\d+)+)(?:l\d+|r)|(?:i\d+)*(?:s\d+|b\d+r))\b/g;

/** Text between the first and the last place where a variable stands. */
interface Range {
  readonly from: number;
  to: number;
}

/** The mark behind the code that stands in place of a call, whose variables begin with `prefix`. */
export function endOf(prefix: string): string {
  return `/*${prefix}*/`;
}

/**
 * Lets variables that are never needed at the same time share one. A generator keeps room for all of its variables as
 * long as it lives, and is made anew for each call, so that hundreds of them cost more than what it does.
 *
 * Values of the operand stack never outlive a round of a loop, so that one is needed from the first to the last place
 * in the text where it stands; locals of a function that stands in place of a call, throughout its code.
 */
export function shareVariables(code: string): string {
  const ranges = new Map<string, Range>();
  /** Locals by the code that they belong to. */
  const locals = new Map<string, Range[]>();
  for (const { 0: name, 1: ended, 2: owner, index } of code.matchAll(NAME)) {
    if (ended !== undefined) {
      for (const range of locals.get(ended) ?? []) range.to = Math.max(range.to, index);
      continue;
    }
    const range = ranges.get(name);
    if (range !== undefined) {
      range.to = index;
      continue;
    }
    const first = { from: index, to: index };
    ranges.set(name, first);
    if (owner !== undefined) locals.set(owner, [...locals.get(owner) ?? [], first]);
  }
  const slots = new Map<string, number>();
  /** By slot: where it is free again. */
  const until: number[] = [];
  for (const [name, { from, to }] of ranges) {
    let slot = until.findIndex((end) => end < from);
    if (slot < 0) slot = until.length;
    until[slot] = to;
    slots.set(name, slot);
  }
  const text = code.replaceAll(/\b(?:const|let) /g, '').replaceAll(NAME, (name) => (slots.has(name) ? `v${slots.get(name)}` : ''));
  return `${until.length === 0 ? '' : `let ${until.map((_, i) => `v${i}=0`).join(',')};`}${text}`;
}
