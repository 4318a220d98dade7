import { mix } from '../src/sim/index.ts';

/** One access more: which, of less than 128, and with what, of at most 24 bits. */
export function enter(sum: number, access: number, value: number): number {
  return mix(sum, (access << 24) ^ value);
}

/** The checksum of all that the two sides of a simulated interface do to it, between boot and the end of a run. */
export abstract class WireChecksum {
  sum = 0;
  /** Accesses that entered it. */
  accesses = 0;

  protected add(access: number, value: number): void {
    this.sum = enter(this.sum, access, value);
    this.accesses++;
  }
}
