import { Request, type I2cPort } from './port.ts';

/**
 * Arbitration among controllers that drive the bus together (UM10204 §3.1.8). SDA is the wired AND of what
 * they send; who sends a 1 and sees a 0 has lost, at that very bit.
 *
 * A repeated START or STOP counts as the first bit: START leaves SDA high and pulls it low while SCL is
 * high, STOP has it low and lets it rise. So START beats a byte that begins with 1 and loses to one that
 * begins with 0; STOP beats a byte that begins with 1, and a START, and loses to one that begins with 0.
 *
 * `owners` is a bit mask of ports. `lostAt` gets the bit at which each has lost, -1 for those left. Returns
 * the mask of those left, who all ask for the same.
 */
export function arbitrate(ports: readonly I2cPort[], owners: number, lostAt: Int8Array): number {
  let left = owners;
  for (const port of ports) lostAt[port.index] = -1;
  for (let bit = 0; bit < 8; bit++) {
    let low = false;
    let condition: Request = Request.none;
    for (const port of ports) {
      if ((left & (1 << port.index)) === 0) continue;
      if (!sendsHigh(port, bit)) low = true;
      if (port.request === Request.start) condition = Request.start;
    }
    for (const port of ports) {
      if ((left & (1 << port.index)) === 0) continue;
      const high = sendsHigh(port, bit);
      const loses = low ? high : condition === Request.start && port.request !== Request.start;
      if (!loses) continue;
      lostAt[port.index] = bit;
      left &= ~(1 << port.index);
    }
    if (bit === 0) left = dropStops(ports, left, lostAt);
  }
  return left;
}

/** A STOP lets SDA rise while SCL is high: whoever keeps it low for a byte wins. */
function dropStops(ports: readonly I2cPort[], owners: number, lostAt: Int8Array): number {
  let left = owners;
  let bytes = false;
  for (const port of ports) {
    if ((left & (1 << port.index)) !== 0 && (port.request === Request.write || port.request === Request.read)) bytes = true;
  }
  if (!bytes) return left;
  for (const port of ports) {
    if ((left & (1 << port.index)) === 0 || port.request !== Request.stop) continue;
    lostAt[port.index] = 0;
    left &= ~(1 << port.index);
  }
  return left;
}

/** What a port sends at a bit: a reader lets go of SDA. */
function sendsHigh({ request, byte }: I2cPort, bit: number): boolean {
  switch (request) {
    case Request.write:
      return ((byte >> (7 - bit)) & 1) !== 0;
    case Request.stop:
      return false;
    default:
      return true;
  }
}
