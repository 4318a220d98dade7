/** Units in ps, the largest first. */
const UNITS = [[1e12, 's'], [1e9, 'ms'], [1e6, 'us'], [1e3, 'ns'], [1, 'ps']] as const;

/** A length of time with three or four digits: `1.33 ms`. */
export function spanText(ps: number): string {
  for (const [unit, name] of UNITS) {
    if (Math.abs(ps) < unit) continue;
    const value = ps / unit;
    return `${Number(value.toPrecision(4))} ${name}`;
  }
  return '0';
}

/** A moment, in the unit of the scale: with as many decimals as `step` needs. */
export function momentText(ps: number, step: number): string {
  const [unit, name] = step >= 1e12 ? UNITS[0] : step >= 1e9 ? UNITS[1] : UNITS[2];
  const decimals = Math.max(0, Math.ceil(Math.log10(unit / step)));
  return `${(ps / unit).toFixed(Math.min(decimals, 6))} ${name}`;
}

/** A moment to the picosecond: `321.987654 us`. */
export function exactText(ps: number): string {
  return `${Math.floor(ps / 1e6)}.${String(Math.round(ps % 1e6)).padStart(6, '0')} us`;
}

/** The distance of the lines of a scale: 1, 2 or 5 times a power of ten, at least `least` ps. */
export function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const factor of [1, 2, 5, 10]) if (power * factor >= least) return Math.max(1, power * factor);
  return power * 10;
}
