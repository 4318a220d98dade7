import type { Ps, Simulator } from '../../sim/index.ts';
import { I2cAudience } from './audience.ts';
import { I2cCrew } from './crew.ts';
import { I2cLines } from './lines.ts';
import { Request, type Glitch, type I2cPort } from './port.ts';
import type { I2cTraceCodes } from './trace.ts';

/** What the parts of one bus share: its wires, who is on them, its one event, and the trace. */
export class I2cCore {
  readonly sim: Simulator;
  readonly number: number;
  readonly codes: I2cTraceCodes;
  readonly lines: I2cLines;
  readonly crew = new I2cCrew();
  readonly audience = new I2cAudience();
  readonly slot: number;
  /** A controller lets go of the lines after `bits` bits of a byte. */
  leave: (port: I2cPort, bits: number, glitch: Glitch) => void = () => {};

  /** `fire`: the event of the bus is due. */
  constructor(sim: Simulator, number: number, codes: I2cTraceCodes, fire: () => void) {
    this.sim = sim;
    this.number = number;
    this.codes = codes;
    this.lines = new I2cLines(sim);
    this.slot = sim.slot({ fire });
  }

  reset(): void {
    this.lines.reset();
    this.crew.reset();
    this.audience.reset();
  }

  /** The next event of the bus. */
  schedule(at: Ps): void {
    this.sim.queue.schedule(this.slot, at, false);
  }

  /** Tells the trace of something that whoever drives the bus does. */
  emit(code: number, a: number, b = 0): void {
    const { lead } = this.crew;
    this.sim.trace.emit(code, lead === null ? -1 : lead.actor, a, b, this.number);
  }

  /** Those who lose at `bit` see it now. */
  lose(bit: number): void {
    for (let port = this.crew.loser(bit); port !== null; port = this.crew.loser(bit)) this.lost(port, bit);
  }

  /** `port` sees that it has lost arbitration. */
  lost(port: I2cPort, bit: number): void {
    port.request = Request.none;
    this.sim.trace.emit(this.codes.arbitration, port.actor, bit, port.byte, this.number);
    port.controller.lost(bit);
  }
}
