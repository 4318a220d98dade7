import type { Ps } from '../../sim/index.ts';

/** Where a bus stands: what its next event is. */
export const Phase = {
  /** No controller drives it. Next: a START, when it may come. */
  free: 0,
  /** SDA has fallen, SCL has not. */
  start: 1,
  /** SCL is low between two bytes; waits for controllers to ask and for targets to let go. */
  low: 2,
  /** Bits of a byte. Next: one of them at which something happens, or the end of the eighth. */
  bits: 3,
  /** The ninth bit. Next: its end. */
  ack: 4,
  /** SCL rises for a repeated START. Next: SDA falls. */
  restart: 5,
  /** SCL rises for a STOP. Next: SDA rises. */
  stop: 6,
} as const;
export type Phase = (typeof Phase)[keyof typeof Phase];

/** SCL and SDA of one bus: not their edges, but the times and bits from which each level follows. */
export class I2cLines {
  phase: Phase = Phase.free;
  /** tLOW and tHIGH of the byte under way. */
  low: Ps = 0;
  high: Ps = 0;
  /** When SCL rises, or rose, for its first bit, or for a condition. */
  rise: Ps = 0;
  /** What SDA shows in it, and in its ninth bit. */
  byte = 0;
  ack = false;
  /** SCL has been low since. */
  lowSince: Ps = 0;
  /** Targets that hold SCL, and until when those hold it that have let go. */
  holders = 0;
  heldUntil: Ps = 0;
  /** A target keeps SDA low for so many clocks more; 0: none does. */
  stuckFor = 0;
  private readonly clock: { now: Ps };

  constructor(clock: { now: Ps }) {
    this.clock = clock;
  }

  reset(): void {
    this.phase = Phase.free;
    this.low = 0;
    this.high = 0;
    this.rise = 0;
    this.lowSince = 0;
    this.holders = 0;
    this.heldUntil = 0;
    this.stuckFor = 0;
  }

  /** When SCL rises for a bit of the byte under way (0 the first, 8 ACK), and when it falls. */
  riseOf(bit: number): Ps {
    return this.rise + bit * (this.low + this.high);
  }

  fallOf(bit: number): Ps {
    return this.riseOf(bit) + this.high;
  }

  /** How many bits of the byte under way are clocked. */
  get clocked(): number {
    if (this.phase === Phase.ack) return 8;
    const since = this.clock.now - this.rise - this.high;
    return this.phase === Phase.bits && since >= 0 ? Math.floor(since / (this.low + this.high)) + 1 : 0;
  }

  /** Level of SCL now. */
  get scl(): number {
    const { now } = this.clock;
    switch (this.phase) {
      case Phase.free:
        return this.holders === 0 && now >= this.heldUntil ? 1 : 0;
      case Phase.start:
        return 1;
      case Phase.low:
        return 0;
      case Phase.bits:
      case Phase.ack:
        return now >= this.rise && (now - this.rise) % (this.low + this.high) < this.high ? 1 : 0;
      default:
        return now >= this.rise ? 1 : 0;
    }
  }

  /** Level of SDA now; between two bytes it is taken to be high. */
  get sda(): number {
    switch (this.phase) {
      case Phase.free:
        return this.stuckFor === 0 ? 1 : 0;
      case Phase.start:
      case Phase.stop:
        return 0;
      case Phase.bits: {
        const bit = Math.floor((this.clock.now - this.rise + this.low) / (this.low + this.high));
        return (this.byte >> (7 - Math.min(7, Math.max(0, bit)))) & 1;
      }
      case Phase.ack:
        return this.ack ? 0 : 1;
      default:
        return 1;
    }
  }
}
