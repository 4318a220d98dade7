import type { Ps } from '../../sim/index.ts';
import { arbitrate } from './arbitration.ts';
import type { I2cLines } from './lines.ts';
import { Request, type I2cPort } from './port.ts';

/** Most controllers on one bus: a bit mask of them. */
export const MOST_PORTS = 16;

/**
 * The controllers of one bus, and those among them that drive it: one, or several as long as no bit has
 * decided between them.
 */
export class I2cCrew {
  readonly ports: I2cPort[] = [];
  /** Those that drive the bus, as bits by index. */
  owners = 0;
  /** One of them, whose doing all is that they do in common; null: nobody drives the bus. */
  lead: I2cPort | null = null;
  /** How many have lost in the byte under way and have not come to the bit at which they see it. */
  losses = 0;
  private readonly lostAt = new Int8Array(MOST_PORTS).fill(-1);

  reset(): void {
    this.leave();
    this.lostAt.fill(-1);
    this.losses = 0;
    for (const port of this.ports) port.reset();
  }

  owns(port: I2cPort): boolean {
    return (this.owners & (1 << port.index)) !== 0;
  }

  /** Nobody drives the bus. */
  leave(): void {
    this.owners = 0;
    this.lead = null;
  }

  /** These, as bits, drive the bus; the lead stays if it can. */
  set(owners: number): void {
    this.owners = owners;
    if (this.lead === null || !this.owns(this.lead)) {
      this.lead = owners === 0 ? null : this.ports[31 - Math.clz32(owners & -owners)];
    }
  }

  /** Whether all who drive the bus have asked for what comes next. */
  get ready(): boolean {
    if (this.owners === 0) return false;
    for (const port of this.ports) if (this.owns(port) && port.request === Request.none) return false;
    return true;
  }

  /**
   * All have asked: who is left decides, and is the lead. Sets the clock of what comes (the longest tLOW, the
   * shortest tHIGH); returns when SCL rises, if no target holds it.
   */
  agree(lines: I2cLines): Ps {
    const { ports, owners } = this;
    const left = this.contest();
    let rise = 0;
    lines.low = 0;
    lines.high = this.lead!.timing.high;
    for (const port of ports) {
      if ((owners & (1 << port.index)) === 0) continue;
      const { timing } = port;
      rise = Math.max(rise, lines.lowSince + timing.low + port.gap + port.pause);
      if (port.since > lines.lowSince) rise = Math.max(rise, port.since + timing.setupData);
      lines.low = Math.max(lines.low, timing.low);
      lines.high = Math.min(lines.high, timing.high);
      port.pause = 0;
    }
    this.set(left);
    return rise;
  }

  /** Who is left of those who drive the bus; the others are to see that they have lost. */
  private contest(): number {
    const { owners } = this;
    if (this.losses !== 0) throw new Error('somebody who has lost was never told');
    if ((owners & (owners - 1)) === 0) return owners;
    const left = arbitrate(this.ports, owners, this.lostAt);
    for (let rest = owners & ~left; rest !== 0; rest &= rest - 1) this.losses++;
    return left;
  }

  /** `port` is gone: it will not see that it has lost. */
  forget(port: I2cPort): void {
    if (this.losses === 0 || this.lostAt[port.index] < 0) return;
    this.lostAt[port.index] = -1;
    this.losses--;
  }

  /**
   * Who has won the byte under way is gone, before others have come to the bit at which they lose: they go on
   * among themselves. Returns whether there are any.
   */
  revive(): boolean {
    if (this.losses === 0) return false;
    let owners = 0;
    for (const { index } of this.ports) {
      if (this.lostAt[index] >= 0) owners |= 1 << index;
      this.lostAt[index] = -1;
    }
    this.losses = 0;
    this.owners = owners;
    this.set(this.contest());
    for (const port of this.ports) if (this.owns(port)) port.request = Request.none;
    return true;
  }

  /** The first bit at which somebody sees that he has lost; 9: none. */
  get nextLoss(): number {
    let first = 9;
    if (this.losses > 0) for (const bit of this.lostAt) if (bit >= 0 && bit < first) first = bit;
    return first;
  }

  /** Takes out one who loses at `bit`; null: there is none left. */
  loser(bit: number): I2cPort | null {
    for (const port of this.ports) {
      if (this.losses === 0 || this.lostAt[port.index] !== bit) continue;
      this.lostAt[port.index] = -1;
      this.losses--;
      return port;
    }
    return null;
  }
}
