import type { Ps, Simulator } from '../../sim/index.ts';
import { I2cAudience } from './audience.ts';
import { I2cCrew, MOST_PORTS } from './crew.ts';
import { I2cLines, Phase } from './lines.ts';
import { I2cPort, I2cTap, Request, type Glitch, type I2cController, type I2cTarget } from './port.ts';
import { IDLE_HIGH, STANDARD_MODE, type I2cTiming } from './timing.ts';
import { ACKED, STUCK, TO_CONTROLLER, defineI2cTrace, type I2cTraceCodes } from './trace.ts';

/**
 * One I2C bus: open-drain wires with any number of controllers and targets. Events are whole bytes and
 * conditions, bit times are computed (timing.ts), and expanded to edges only for waveforms (waveform.ts).
 *
 * A byte of nine bits, from the falling edge of SCL that ended the one before:
 *
 *     tLOW, and as long as a target stretches | rise of bit 1 | 8 x (tHIGH + tLOW) | tHIGH | fall
 *
 * A target that holds SCL keeps the next rise from coming; that is possible only here, after an ACK bit. Who
 * ACKs decides at the end of the eighth bit.
 *
 * START waits until the bus has been free for tBUF, or, where no STOP was seen, has been high for 50 us.
 * Whoever may start before SCL falls takes part (UM10204 §3.1.8). From then on all clock in step, the longest
 * tLOW and the shortest tHIGH counting, and each byte and condition is arbitrated bit by bit. A winner's
 * clock is its own again from the next byte on.
 */
export class I2cBus {
  readonly number: number;
  /** START was seen, and no STOP since. */
  busy = false;
  private readonly sim: Simulator;
  private readonly codes: I2cTraceCodes;
  private readonly slot: number;
  private readonly timer: number;
  private readonly lines: I2cLines;
  private readonly crew = new I2cCrew();
  private readonly audience = new I2cAudience();
  private readonly owns = (port: I2cPort): boolean => this.crew.owns(port);

  /** The byte or condition under way. */
  private kind: Request = Request.none;
  /** After so many bits of it the controller vanishes; -1: it does not. */
  private cut = -1;
  /** The next byte is an address. */
  private first = false;
  /** A START has been seen since the bus was last taken. */
  private begun = false;
  /** The bus became free at, by a STOP, and with so many bits of a byte that nobody ended. */
  private idleSince: Ps = 0;
  private stopped = true;
  private bitsLeft = 0;
  /** Calls to participants are under way: what they ask for is begun afterwards. */
  private telling = false;

  constructor(sim: Simulator, number: number, codes: I2cTraceCodes = defineI2cTrace(sim.trace)) {
    this.sim = sim;
    this.number = number;
    this.codes = codes;
    this.lines = new I2cLines(sim);
    this.slot = sim.slot(this);
    this.timer = sim.slot({ fire: () => this.lowTooLong() });
    sim.onReset(() => this.reset());
  }

  /** Nobody drives the bus, and it has been free for long. */
  reset(): void {
    this.busy = false;
    this.lines.reset();
    this.crew.reset();
    this.audience.reset();
    this.cut = -1;
    this.first = false;
    this.begun = false;
    this.idleSince = -IDLE_HIGH;
    this.stopped = true;
    this.bitsLeft = 0;
    this.telling = false;
  }

  /** Adds a controller. */
  attach(controller: I2cController, timing: I2cTiming = STANDARD_MODE): I2cPort {
    const { ports } = this.crew;
    if (ports.length >= MOST_PORTS) throw new RangeError('no room for another controller');
    const port = new I2cPort(this, ports.length, controller, timing);
    ports.push(port);
    return port;
  }

  /** Adds a target; `own`: the controller on the same pins. */
  addTarget(target: I2cTarget, own: I2cPort | null = null): I2cTap {
    const tap = new I2cTap(this, target, own);
    this.audience.taps.push(tap);
    return tap;
  }

  /** Level of SCL now. */
  get scl(): number {
    return this.lines.scl;
  }

  /** Level of SDA now. */
  get sda(): number {
    return this.lines.sda;
  }

  // ---- for ports and taps -------------------------------------------------------------------

  ownedBy(port: I2cPort): boolean {
    return this.crew.owns(port);
  }

  /** `port` has asked for something. */
  asked(port: I2cPort): void {
    port.since = this.sim.now;
    this.settle();
  }

  held(): void {
    this.lines.holders++;
  }

  released(delay: Ps): void {
    const { lines } = this;
    lines.holders--;
    lines.heldUntil = Math.max(lines.heldUntil, this.sim.now + delay);
    if (lines.phase === Phase.free) this.idleSince = Math.max(this.idleSince, lines.heldUntil);
    this.settle();
  }

  /** The target that kept SDA low lets go. */
  unstick(): void {
    if (this.lines.stuckFor === 0) return;
    this.lines.stuckFor = 0;
    this.idleSince = this.sim.now;
    this.settle();
  }

  /** `port` lets go of the lines, and forgets what it asked for. */
  vanish(port: I2cPort, glitch: Glitch): void {
    port.request = Request.none;
    port.cut = -1;
    if (this.crew.owns(port)) this.leave(port, this.lines.clocked, glitch);
    this.settle();
  }

  // ---- events -------------------------------------------------------------------------------

  /** The event of the phase is due. */
  fire(): void {
    this.telling = true;
    switch (this.lines.phase) {
      case Phase.free:
        this.grant();
        break;
      case Phase.start:
        this.sclFalls();
        break;
      case Phase.bits:
        this.bit();
        break;
      case Phase.ack:
        this.byteEnds();
        break;
      case Phase.restart:
        if (!this.sclRises()) this.sdaFalls(1);
        break;
      case Phase.stop:
        if (!this.sclRises()) this.sdaRises();
        break;
      default:
        throw new Error(`I2C${this.number} has an event while SCL is low`);
    }
    this.telling = false;
    this.settle();
  }

  /** Goes on as far as controllers have asked and targets have let go. */
  private settle(): void {
    if (this.telling) return;
    const { phase } = this.lines;
    if (phase === Phase.free) this.arm();
    else if (phase === Phase.low && this.crew.ready) {
      if (this.lines.holders === 0) this.begin();
      else this.watch();
    }
  }

  // ---- free ---------------------------------------------------------------------------------

  /** When `port` may take the bus. */
  private eligible(port: I2cPort): Ps {
    return Math.max(port.since, this.idleSince + (this.stopped ? port.timing.busFree : IDLE_HIGH));
  }

  /** Schedules the next taking of the bus. */
  private arm(): void {
    const { sim, lines } = this;
    let at = -1;
    for (const port of this.crew.ports) {
      if (port.request === Request.none) continue;
      const due = this.eligible(port);
      if (at < 0 || due < at) at = due;
    }
    if (at < 0 || lines.holders !== 0) sim.queue.cancel(this.slot);
    else sim.queue.schedule(this.slot, Math.max(at, lines.heldUntil, sim.now), false);
  }

  private grant(): void {
    const { crew, lines } = this;
    const { now } = this.sim;
    for (const port of crew.ports) {
      if (port.request === Request.none || this.eligible(port) > now) continue;
      if (port.request === Request.start && lines.stuckFor !== 0) {
        port.request = Request.none;
        port.controller.stuck();
        continue;
      }
      crew.set(1 << port.index);
      if (port.request === Request.start) {
        this.sdaFalls(0);
        crew.owners = 0; // who takes part is known when SCL falls
      } else {
        // A byte or STOP without START: SCL falls, SDA is high.
        this.begun = false;
        this.first = false;
        lines.lowSince = now;
        lines.phase = Phase.low;
      }
      return;
    }
  }

  private sdaFalls(repeated: number): void {
    this.emit(this.codes.start, repeated);
    this.condition(false);
    this.busy = true;
    this.begun = true;
    this.lines.phase = Phase.start;
    this.sim.queue.schedule(this.slot, this.sim.now + this.crew.lead!.timing.holdStart, false);
  }

  private sclFalls(): void {
    const { crew, lines } = this;
    const { now } = this.sim;
    let { owners } = crew;
    if (owners === 0) {
      for (const port of crew.ports) {
        if (port.request === Request.start && this.eligible(port) <= now) owners |= 1 << port.index;
      }
      crew.set(owners);
    }
    this.stopped = false;
    if (owners === 0) { // gone before SCL fell
      this.free();
      return;
    }
    lines.phase = Phase.low;
    lines.lowSince = now;
    this.first = true;
    for (const port of crew.ports) {
      if (!crew.owns(port)) continue;
      port.request = Request.none;
      port.controller.started();
    }
  }

  // ---- SCL low: the next byte or condition ----------------------------------------------------

  private begin(): void {
    const { sim, lines, crew } = this;
    sim.queue.cancel(this.timer);
    const ready = crew.agree(lines);
    lines.rise = Math.max(ready, lines.heldUntil);
    if (lines.rise > ready) this.emit(this.codes.stretch, lines.rise - ready);
    const lead = crew.lead!;
    this.kind = lead.request;
    for (const port of crew.ports) if (crew.owns(port)) port.request = Request.none;
    if (this.kind === Request.start || this.kind === Request.stop) {
      lines.phase = this.kind === Request.start ? Phase.restart : Phase.stop;
      if (crew.losses > 0) sim.queue.schedule(this.slot, lines.rise, false);
      else this.conditionComes();
      return;
    }
    lines.byte = this.kind === Request.read ? this.audience.next() : lead.byte;
    lines.phase = Phase.bits;
    this.cut = lead.cut;
    lead.cut = -1;
    this.nextBit();
  }

  /** SCL rises for a condition. Losers see that theirs is no bit of a byte. */
  private sclRises(): boolean {
    if (this.crew.losses === 0) return false;
    this.lose(0);
    this.conditionComes();
    return true;
  }

  private conditionComes(): void {
    const { lines } = this;
    const { timing } = this.crew.lead!;
    const setup = lines.phase === Phase.restart ? timing.setupStart : this.clearing() + timing.setupStop;
    this.sim.queue.schedule(this.slot, lines.rise + setup, false);
  }

  /** Schedules the next bit of the byte at which something happens. */
  private nextBit(): void {
    const { lines, crew, cut } = this;
    let at = lines.fallOf(this.kind === Request.read ? 8 : 7);
    if (cut >= 0) at = Math.min(at, cut === 0 ? this.sim.now : lines.fallOf(cut - 1));
    if (crew.losses > 0) at = Math.min(at, lines.riseOf(crew.nextLoss));
    this.sim.queue.schedule(this.slot, at, false);
  }

  private bit(): void {
    const { lines, crew, cut } = this;
    const { now } = this.sim;
    if (crew.losses > 0 && lines.riseOf(crew.nextLoss) === now) this.lose(crew.nextLoss);
    if (cut === 0 || (cut > 0 && now >= lines.fallOf(cut - 1))) {
      const lead = crew.lead!;
      this.leave(lead, cut, lead.glitch);
      lead.controller.vanished();
    } else if (this.kind === Request.read && now === lines.fallOf(8)) this.byteEnds();
    else if (this.kind === Request.write && now === lines.fallOf(7)) {
      lines.ack = this.answer();
      lines.phase = Phase.ack;
      this.sim.queue.schedule(this.slot, lines.fallOf(8), false);
    } else this.nextBit();
  }

  private lose(bit: number): void {
    for (let port = this.crew.loser(bit); port !== null; port = this.crew.loser(bit)) {
      port.request = Request.none;
      this.sim.trace.emit(this.codes.arbitration, port.actor, bit, port.byte, this.number);
      port.controller.lost(bit);
    }
  }

  /** The eighth bit is over: what the targets answer. */
  private answer(): boolean {
    const { byte } = this.lines;
    return this.first ? this.audience.address(byte, this.owns) : this.audience.acks(byte);
  }

  /** The ACK bit is over. Targets hear of it first: they may hold SCL before the controller goes on. */
  private byteEnds(): void {
    const { lines, crew, audience, first } = this;
    const { byte } = lines;
    lines.phase = Phase.low;
    lines.lowSince = this.sim.now;
    this.first = false;
    if (this.kind === Request.read) {
      const ack = this.readersAck(byte);
      this.emit(this.codes.byte, byte, (ack ? ACKED : 0) | TO_CONTROLLER);
      audience.sent(ack);
      for (const port of crew.ports) if (crew.owns(port)) port.controller.received(byte);
      return;
    }
    const { ack } = lines;
    this.emit(first ? this.codes.address : this.codes.byte, byte, ack ? ACKED : 0);
    if (first) audience.addressed(byte);
    else audience.received(byte, ack);
    for (const port of crew.ports) if (crew.owns(port)) port.controller.sent(ack);
  }

  /** Of several readers, one that NAKs while another ACKs loses at the ninth bit. */
  private readersAck(byte: number): boolean {
    const { crew } = this;
    let acks = 0;
    for (const port of crew.ports) if (crew.owns(port) && port.controller.acks(byte)) acks |= 1 << port.index;
    const losers = crew.owners & ~acks;
    if (acks === 0 || losers === 0) return acks !== 0;
    crew.set(acks);
    for (const port of crew.ports) {
      if ((losers & (1 << port.index)) === 0) continue;
      this.sim.trace.emit(this.codes.arbitration, port.actor, 8, byte, this.number);
      port.controller.lost(8);
    }
    return true;
  }

  private sdaRises(): void {
    const { crew } = this;
    const { owners } = crew;
    this.emit(this.codes.stop, this.begun ? 0 : 1);
    this.busy = false;
    this.stopped = true;
    this.free();
    this.condition(true);
    for (const port of crew.ports) {
      if ((owners & (1 << port.index)) === 0) continue;
      port.expired = false;
      port.controller.stopped();
    }
  }

  private condition(stop: boolean): void {
    const bits = this.bitsLeft;
    this.bitsLeft = 0;
    this.audience.condition(bits, stop);
  }

  private free(): void {
    this.lines.phase = Phase.free;
    this.crew.leave();
    this.idleSince = this.sim.now;
  }

  // ---- when it goes wrong ---------------------------------------------------------------------

  /** `port` lets go after `bits` bits of a byte; if it was alone, the bus is nobody's. */
  private leave(port: I2cPort, bits: number, glitch: Glitch): void {
    const { lines, crew, telling } = this;
    port.expired = false;
    port.request = Request.none;
    const others = crew.owners & ~(1 << port.index);
    if (others !== 0) {
      crew.set(others);
      this.cut = -1;
      if (lines.phase === Phase.bits) this.nextBit();
      return;
    }
    const inByte = lines.phase === Phase.bits || lines.phase === Phase.ack;
    if (inByte) lines.stuckFor = this.drivenLow(bits);
    this.emit(this.codes.vanish, bits, (lines.stuckFor === 0 ? 0 : STUCK) | (inByte ? lines.byte << 8 : 0));
    this.sim.queue.cancel(this.slot);
    this.sim.queue.cancel(this.timer);
    this.free();
    this.stopped = false;
    this.bitsLeft = bits;
    this.telling = true;
    if (glitch === 'start') {
      this.emit(this.codes.start, 1);
      this.busy = true;
      this.condition(false);
    } else if (glitch === 'stop') {
      this.emit(this.codes.stop, 0);
      this.busy = false;
      this.stopped = true;
      this.condition(true);
    }
    this.telling = telling;
  }

  /** For how many clocks a target goes on to keep SDA low when the clock stops after `bits` bits. */
  private drivenLow(bits: number): number {
    const { phase, ack, byte } = this.lines;
    if (this.kind === Request.write) return bits >= 8 && (phase === Phase.ack ? ack : this.answer()) ? 1 : 0;
    let clocks = 0;
    while (bits + clocks < 8 && ((byte >> (7 - bits - clocks)) & 1) === 0) clocks++;
    return clocks;
  }

  /** A STOP on a bus whose SDA is kept low: clocks first, until it is let go (UM10204 §3.1.16). */
  private clearing(): Ps {
    const { lines } = this;
    const clocks = lines.stuckFor;
    if (clocks === 0) return 0;
    this.emit(this.codes.recover, clocks);
    lines.stuckFor = 0;
    this.bitsLeft = Math.min(8, this.bitsLeft + clocks);
    return clocks * (lines.low + lines.high);
  }

  /** Targets hold SCL: when that is too long for a controller. */
  private watch(): void {
    const { queue } = this.sim;
    if (queue.scheduled(this.timer)) return;
    let at = -1;
    for (const port of this.crew.ports) {
      if (!this.crew.owns(port) || port.timeout === 0 || port.expired) continue;
      const due = this.lines.lowSince + port.timeout;
      if (at < 0 || due < at) at = due;
    }
    if (at >= 0) queue.schedule(this.timer, Math.max(at, this.sim.now), true);
  }

  private lowTooLong(): void {
    const low = this.sim.now - this.lines.lowSince;
    this.telling = true;
    for (const port of this.crew.ports) {
      if (!this.crew.owns(port) || port.timeout === 0 || port.timeout > low || port.expired) continue;
      port.expired = true;
      port.request = Request.none;
      this.sim.trace.emit(this.codes.timeout, port.actor, low, 0, this.number);
      port.controller.timedOut();
    }
    this.telling = false;
    this.settle();
  }

  private emit(code: number, a: number, b = 0): void {
    const { lead } = this.crew;
    this.sim.trace.emit(code, lead === null ? -1 : lead.actor, a, b, this.number);
  }
}
