import type { I2cCore } from './core.ts';
import { Request, type I2cPort } from './port.ts';

/**
 * Watches for SCL to be kept low, by a target or by another controller in step, for longer than a controller
 * that waits for it bears: tTIMEOUT (SMBus 2.0 §3.1.1.3).
 */
export class LowWatch {
  private readonly core: I2cCore;
  private readonly slot: number;

  /** `tell` is called around the answers of controllers. */
  constructor(core: I2cCore, tell: (told: () => void) => void) {
    this.core = core;
    this.slot = core.sim.slot({ fire: () => tell(() => this.tooLong()) });
  }

  /** SCL is let go. */
  cancel(): void {
    this.core.sim.queue.cancel(this.slot);
  }

  /** SCL is kept low: when that is too long for the first of those who wait for it. */
  arm(): void {
    const { crew, lines, sim } = this.core;
    if (sim.queue.scheduled(this.slot)) return;
    let at = -1;
    for (const port of crew.ports) {
      if (!this.waits(port)) continue;
      const due = lines.lowSince + port.timeout;
      if (at < 0 || due < at) at = due;
    }
    if (at >= 0) sim.queue.schedule(this.slot, Math.max(at, sim.now), true);
  }

  private waits(port: I2cPort): boolean {
    return port.request !== Request.none && this.core.crew.owns(port) && port.timeout !== 0 && !port.expired;
  }

  private tooLong(): void {
    const { crew, lines, sim, codes, number } = this.core;
    const low = sim.now - lines.lowSince;
    for (const port of crew.ports) {
      if (!this.waits(port) || port.timeout > low) continue;
      port.expired = true;
      port.request = Request.none;
      sim.trace.emit(codes.timeout, port.actor, low, 0, number);
      port.controller.timedOut();
    }
  }
}
