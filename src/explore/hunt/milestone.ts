/** 1, 2, 4, 8, ... if one leading bit may be set; also 3, 6, 12, ... if two may; and so on. */
export function isMilestone(count: number, bits: number): boolean {
  if (count < 1 << bits) return count > 0;
  const below = (1 << (32 - bits - Math.clz32(count))) - 1;
  return (count & below) === 0;
}

/** Whether there is a milestone after `before`, up to `count`. */
export function passesMilestone(before: number, count: number, bits: number): boolean {
  for (let n = count; n > before; n--) if (isMilestone(n, bits)) return true;
  return false;
}
