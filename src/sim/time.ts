/**
 * Simulated time: a safe integer of picoseconds since reset.
 *
 * A picosecond resolves one LCLK (30 303 ps) without rounding a bus cycle, and a safe integer
 * reaches 9 007 s, about 2.5 hours. There is no floating-point time anywhere in the simulator.
 */
export type Ps = number;

export const PS: Ps = 1;
export const NS: Ps = 1_000;
export const US: Ps = 1_000_000;
export const MS: Ps = 1_000_000_000;
export const SEC: Ps = 1_000_000_000_000;

/** The last instant that can be represented: 2^53 - 1 ps. */
export const END_OF_TIME: Ps = Number.MAX_SAFE_INTEGER;

/** Raised when a run would pass {@link END_OF_TIME} or asks for an event in the past. */
export class TimeError extends Error {
  override name = 'TimeError';
}

/** Rounds `t` up to the next multiple of `period` (both ps) counted from `origin`. */
export function alignUp(t: Ps, period: Ps, origin: Ps = 0): Ps {
  const late = (t - origin) % period;
  return late === 0 ? t : t + (period - late);
}

const UNITS: readonly (readonly [Ps, string])[] = [
  [SEC, 's'],
  [MS, 'ms'],
  [US, 'us'],
  [NS, 'ns'],
];

/** `1234567` -> `1.234567 us`; exact, by integer arithmetic only. */
export function formatPs(t: Ps): string {
  for (const [unit, name] of UNITS) {
    if (t < unit) continue;
    const whole = Math.floor(t / unit);
    const rest = t % unit;
    if (rest === 0) return `${whole} ${name}`;
    const digits = String(unit).length - 1;
    return `${whole}.${String(rest).padStart(digits, '0').replace(/0+$/, '')} ${name}`;
  }
  return `${t} ps`;
}

/** Like {@link formatPs}, cut (not rounded) to at most `digits` decimals. */
export function formatShort(t: Ps, digits = 3): string {
  const [number = '', unit = ''] = formatPs(t).split(' ');
  const [whole, rest] = number.split('.');
  const cut = (rest ?? '').slice(0, digits).replace(/0+$/, '');
  return cut === '' ? `${whole} ${unit}` : `${whole}.${cut} ${unit}`;
}
