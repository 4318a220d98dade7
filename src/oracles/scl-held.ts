import { formatShort } from '../sim/index.ts';
import type { Oracle, SsifSystemView } from './context.ts';

/**
 * `hang`: SCL is let go before the host's controller loses its patience. A target may stretch the clock for 25 ms in
 * all (tLOW:SEXT, SMBus 2.0 section 3.1.1.3); judged only if nobody is, or was of late, held by the schedule.
 */
export class SclHeldOracle implements Oracle {
  readonly names = ['hang'];

  constructor(view: SsifSystemView) {
    const { sim, wire } = view;
    sim.trace.on(sim.trace.code('i2c.timeout'), (_at, _actor, low, _b, bus) => {
      if (bus !== wire.bus || sim.anyHeld || !view.bound() || (sim.releasedAt >= 0 && sim.now - sim.releasedAt < low)) return;
      sim.violate('hang', 'scl-held', 'host',
        `the BMC has kept SCL low for ${formatShort(low)}, until the host's controller gave up (tTIMEOUT): nobody writes the byte that the host waits for, or acknowledges the one that it has sent; ${view.face()}`);
    });
  }
}
