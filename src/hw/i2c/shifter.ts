import type { I2cCore } from './core.ts';
import { Phase } from './lines.ts';
import type { I2cPort } from './port.ts';
import { ACKED, TO_CONTROLLER } from './trace.ts';

/**
 * One byte and its ACK bit on a bus. Events: the bits at which somebody loses arbitration or vanishes, the
 * end of the eighth bit of a byte to targets, who then answer, and the end of the ninth.
 */
export class I2cShifter {
  /** The next byte is an address. */
  first = false;
  private readonly core: I2cCore;
  /** The byte goes from targets to controllers. */
  private reading = false;
  /** After so many bits of it the controller vanishes; -1: it does not. */
  private cut = -1;
  private readonly owns: (port: I2cPort) => boolean;

  constructor(core: I2cCore) {
    this.core = core;
    this.owns = (port) => core.crew.owns(port);
  }

  reset(): void {
    this.first = false;
    this.cut = -1;
  }

  /** A byte begins; when SCL rises for it is in the lines. */
  begin(reading: boolean): void {
    const { lines, crew, audience } = this.core;
    const lead = crew.lead!;
    this.reading = reading;
    lines.byte = reading ? audience.next() : lead.byte;
    lines.phase = Phase.bits;
    this.cut = lead.cut;
    lead.cut = -1;
    this.next();
  }

  /** One of several controllers has left: the others go on with what they send. */
  goOn(): void {
    const { lines, crew } = this.core;
    this.cut = -1;
    if (lines.phase !== Phase.bits) return;
    if (!this.reading) lines.byte = crew.lead!.byte;
    this.next();
  }

  /** Schedules the next bit at which something happens. */
  private next(): void {
    const { core, cut } = this;
    const { lines, crew } = core;
    let at = lines.fallOf(this.reading ? 8 : 7);
    if (cut >= 0) at = Math.min(at, cut === 0 ? core.sim.now : lines.fallOf(cut - 1));
    if (crew.losses > 0) at = Math.min(at, lines.riseOf(crew.nextLoss));
    core.schedule(at);
  }

  /** That bit has come. */
  bit(): void {
    const { core, cut } = this;
    const { lines, crew } = core;
    const { now } = core.sim;
    if (crew.losses > 0 && lines.riseOf(crew.nextLoss) === now) core.lose(crew.nextLoss);
    if (cut === 0 || (cut > 0 && now >= lines.fallOf(cut - 1))) {
      const lead = crew.lead!;
      core.leave(lead, cut, lead.glitch);
      lead.controller.vanished();
    } else if (this.reading && now === lines.fallOf(8)) this.end();
    else if (!this.reading && now === lines.fallOf(7)) {
      lines.ack = this.answer();
      lines.phase = Phase.ack;
      core.schedule(lines.fallOf(8));
    } else this.next();
  }

  /** The eighth bit is over: what the targets answer. */
  private answer(): boolean {
    const { lines, audience } = this.core;
    return this.first ? audience.address(lines.byte, this.owns) : audience.acks(lines.byte);
  }

  /** The ACK bit is over. Targets hear of it first: they may hold SCL before the controller goes on. */
  end(): void {
    const { core, first } = this;
    const { lines, crew, audience, codes } = core;
    const { byte } = lines;
    lines.phase = Phase.low;
    lines.lowSince = core.sim.now;
    this.first = false;
    if (this.reading) {
      const ack = this.readersAck(byte);
      core.emit(codes.byte, byte, (ack ? ACKED : 0) | TO_CONTROLLER);
      audience.sent(ack);
      for (const port of crew.ports) if (crew.owns(port)) port.controller.received(byte);
      return;
    }
    const { ack } = lines;
    core.emit(first ? codes.address : codes.byte, byte, ack ? ACKED : 0);
    if (first) audience.addressed(byte);
    else audience.received(byte, ack);
    for (const port of crew.ports) if (crew.owns(port)) port.controller.sent(ack);
  }

  /** Of several readers, one that NAKs while another ACKs loses at the ninth bit. */
  private readersAck(byte: number): boolean {
    const { core } = this;
    const { crew } = core;
    let acks = 0;
    for (const port of crew.ports) if (crew.owns(port) && port.controller.acks(byte)) acks |= 1 << port.index;
    const losers = crew.owners & ~acks;
    if (acks === 0 || losers === 0) return acks !== 0;
    crew.set(acks);
    for (const port of crew.ports) if ((losers & (1 << port.index)) !== 0) core.lost(port, 8);
    return true;
  }

  /** For how many clocks a target goes on to keep SDA low when the clock stops after `bits` bits. */
  drivenLow(bits: number): number {
    const { phase, ack, byte } = this.core.lines;
    if (!this.reading) return bits >= 8 && (phase === Phase.ack ? ack : this.answer()) ? 1 : 0;
    let clocks = 0;
    while (bits + clocks < 8 && ((byte >> (7 - bits - clocks)) & 1) === 0) clocks++;
    return clocks;
  }
}
