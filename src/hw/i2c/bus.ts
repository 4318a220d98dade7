import type { Ps, Simulator } from '../../sim/index.ts';
import { arbitrate } from './arbitration.ts';
import { I2cPort, I2cTap, Request, type Glitch, type I2cController, type I2cTarget } from './port.ts';
import { IDLE_HIGH, STANDARD_MODE, type I2cTiming } from './timing.ts';
import { ACKED, STUCK, TO_CONTROLLER, defineI2cTrace, type I2cTraceCodes } from './trace.ts';

/** Where the bus stands: what its next event is. */
const Phase = {
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
type Phase = (typeof Phase)[keyof typeof Phase];

/** Most controllers on one bus: a bit mask of them. */
const MOST_PORTS = 16;

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
  private readonly ports: I2cPort[] = [];
  private readonly taps: I2cTap[] = [];
  private readonly lostAt = new Int8Array(MOST_PORTS);

  private phase: Phase = Phase.free;
  /** Ports that drive the bus, as bits, and one of them. */
  private owners = 0;
  private lead: I2cPort | null = null;
  private low: Ps = 0;
  private high: Ps = 0;
  /** The next byte is an address. */
  private first = false;
  /** A START has been seen since the bus was last taken. */
  private begun = false;

  /** SCL has been low since, and stays low until. */
  private lowSince: Ps = 0;
  private heldUntil: Ps = 0;
  private holders = 0;
  /** When SCL rises, or rose, for the first bit of the byte under way. */
  private rise: Ps = 0;
  private kind: Request = Request.none;
  private byte = 0;
  private ack = false;
  /** After so many bits of it the controller vanishes; -1: it does not. */
  private cut = -1;
  /** In {@link Phase.bits}: the next bit is the end, a lost arbitration or the controller's last. */
  private losses = 0;

  /** Free: since when, and whether a STOP made it so. A byte that nobody ended had so many bits. */
  private idleSince: Ps = 0;
  private stopped = true;
  private bitsLeft = 0;
  /** A target keeps SDA low: for so many clocks more; 0: none does. */
  private stuckFor = 0;
  /** Calls to participants are under way: what they ask for is begun afterwards. */
  private telling = false;

  constructor(sim: Simulator, number: number, codes: I2cTraceCodes = defineI2cTrace(sim.trace)) {
    this.sim = sim;
    this.number = number;
    this.codes = codes;
    this.slot = sim.slot(this);
    this.timer = sim.slot({ fire: () => this.lowTooLong() });
    sim.onReset(() => this.reset());
  }

  /** Nobody drives the bus, and it has been free for long. */
  reset(): void {
    this.busy = false;
    this.phase = Phase.free;
    this.owners = 0;
    this.lead = null;
    this.first = false;
    this.begun = false;
    this.lowSince = 0;
    this.heldUntil = 0;
    this.holders = 0;
    this.idleSince = -IDLE_HIGH;
    this.stopped = true;
    this.bitsLeft = 0;
    this.stuckFor = 0;
    this.telling = false;
    for (const port of this.ports) port.reset();
    for (const tap of this.taps) tap.reset();
  }

  /** Adds a controller. */
  attach(controller: I2cController, timing: I2cTiming = STANDARD_MODE): I2cPort {
    if (this.ports.length >= MOST_PORTS) throw new RangeError('no room for another controller');
    const port = new I2cPort(this, this.ports.length, controller, timing);
    this.ports.push(port);
    return port;
  }

  /** Adds a target; `own`: the controller on the same pins. */
  addTarget(target: I2cTarget, own: I2cPort | null = null): I2cTap {
    const tap = new I2cTap(this, target, own);
    this.taps.push(tap);
    return tap;
  }

  /** Level of SCL now. */
  get scl(): number {
    const { now } = this.sim;
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

  /** Level of SDA now. */
  get sda(): number {
    switch (this.phase) {
      case Phase.free:
        return this.stuckFor === 0 ? 1 : 0;
      case Phase.start:
      case Phase.stop:
        return 0;
      case Phase.bits: {
        const bit = Math.floor((this.sim.now - this.rise + this.low) / (this.low + this.high));
        return (this.byte >> (7 - Math.min(7, Math.max(0, bit)))) & 1;
      }
      case Phase.ack:
        return this.ack ? 0 : 1;
      default:
        return 1;
    }
  }

  // ---- for ports and taps -------------------------------------------------------------------

  ownedBy(port: I2cPort): boolean {
    return (this.owners & (1 << port.index)) !== 0;
  }

  /** `port` has asked for something. */
  asked(port: I2cPort): void {
    port.since = this.sim.now;
    if (!this.telling) this.settle();
  }

  held(): void {
    this.holders++;
  }

  released(delay: Ps): void {
    this.holders--;
    this.heldUntil = Math.max(this.heldUntil, this.sim.now + delay);
    if (this.phase === Phase.free) this.idleSince = Math.max(this.idleSince, this.heldUntil);
    if (!this.telling) this.settle();
  }

  /** The target that kept SDA low lets go. */
  unstick(): void {
    if (this.stuckFor === 0) return;
    this.stuckFor = 0;
    this.idleSince = this.sim.now;
    if (!this.telling) this.settle();
  }

  /** `port` lets go of the lines, and forgets what it asked for. */
  vanish(port: I2cPort, glitch: Glitch): void {
    port.request = Request.none;
    port.cut = -1;
    if (!this.ownedBy(port)) {
      if (!this.telling) this.settle();
      return;
    }
    const { sim, low, high } = this;
    let bits = 0;
    if (this.phase === Phase.bits && sim.now >= this.rise + high) {
      bits = Math.floor((sim.now - this.rise - high) / (low + high)) + 1;
    } else if (this.phase === Phase.ack) bits = 8;
    this.leave(port, bits, glitch);
    if (!this.telling) this.settle();
  }

  // ---- events -------------------------------------------------------------------------------

  /** The event of the phase is due. */
  fire(): void {
    this.telling = true;
    switch (this.phase) {
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
        this.sdaFalls(1);
        break;
      case Phase.stop:
        this.sdaRises();
        break;
      default:
        throw new Error(`I2C${this.number} has an event while SCL is low`);
    }
    this.telling = false;
    this.settle();
  }

  /** Goes on as far as controllers have asked and targets have let go. */
  private settle(): void {
    if (this.phase === Phase.free) this.arm();
    else if (this.phase === Phase.low) this.proceed();
  }

  // ---- free ---------------------------------------------------------------------------------

  /** When `port` may take the bus. */
  private eligible(port: I2cPort): Ps {
    const quiet = this.stopped ? port.timing.busFree : IDLE_HIGH;
    return Math.max(port.since, this.idleSince + quiet);
  }

  /** Schedules the next taking of the bus. */
  private arm(): void {
    const { sim } = this;
    let at = -1;
    for (const port of this.ports) {
      if (port.request === Request.none) continue;
      const due = this.eligible(port);
      if (at < 0 || due < at) at = due;
    }
    if (at < 0 || this.holders !== 0) sim.queue.cancel(this.slot);
    else sim.queue.schedule(this.slot, Math.max(at, this.heldUntil, sim.now), false);
  }

  private grant(): void {
    const { now } = this.sim;
    for (const port of this.ports) {
      if (port.request === Request.none || this.eligible(port) > now) continue;
      if (port.request === Request.start) {
        if (this.stuckFor === 0) {
          this.take(port);
          this.sdaFalls(0);
          this.owners = 0; // who takes part is known when SCL falls
          return;
        }
        port.request = Request.none;
        port.controller.stuck();
        continue;
      }
      // A byte or STOP without START: SCL falls, SDA is high.
      this.take(port);
      this.begun = false;
      this.first = false;
      this.lowSince = now;
      this.phase = Phase.low;
      return;
    }
  }

  private take(port: I2cPort): void {
    this.owners = 1 << port.index;
    this.lead = port;
  }

  private sdaFalls(repeated: number): void {
    this.emit(this.codes.start, repeated);
    this.condition(this.bitsLeft, false);
    this.busy = true;
    this.begun = true;
    this.phase = Phase.start;
    this.sim.queue.schedule(this.slot, this.sim.now + this.lead!.timing.holdStart, false);
  }

  private sclFalls(): void {
    const { now } = this.sim;
    this.phase = Phase.low;
    this.lowSince = now;
    this.first = true;
    if (this.owners === 0) {
      for (const port of this.ports) {
        if (port.request === Request.start && this.eligible(port) <= now) this.owners |= 1 << port.index;
      }
    }
    this.stopped = false;
    if (this.owners === 0) { // gone before SCL fell
      this.free();
      return;
    }
    if (!this.ownedBy(this.lead!)) this.lead = this.ports[31 - Math.clz32(this.owners & -this.owners)];
    for (const port of this.ports) {
      if (!this.ownedBy(port)) continue;
      port.request = Request.none;
      port.controller.started();
    }
  }

  // ---- SCL low: the next byte or condition ----------------------------------------------------

  private proceed(): void {
    const { sim, owners } = this;
    let all = owners !== 0;
    for (const port of this.ports) if (port.request === Request.none && (owners & (1 << port.index)) !== 0) all = false;
    if (all && this.holders === 0) {
      sim.queue.cancel(this.timer);
      this.begin();
    } else if (all && !sim.queue.scheduled(this.timer)) this.watch();
  }

  private begin(): void {
    const { sim, ports } = this;
    if (this.owners !== 1 << this.lead!.index) this.contest();
    const lead = this.lead!;
    let rise = 0;
    this.low = 0;
    this.high = lead.timing.high;
    for (const port of ports) {
      if (!this.ownedBy(port) && this.losses === 0) continue;
      if (!this.ownedBy(port) && this.lostAt[port.index] < 0) continue;
      const { timing } = port;
      rise = Math.max(rise, this.lowSince + timing.low + port.gap + port.pause,
        port.since > this.lowSince ? port.since + timing.setupData : 0);
      this.low = Math.max(this.low, timing.low);
      this.high = Math.min(this.high, timing.high);
      port.pause = 0;
    }
    if (this.heldUntil > rise) {
      this.emit(this.codes.stretch, this.heldUntil - rise);
      rise = this.heldUntil;
    }
    this.rise = rise;
    this.kind = lead.request;
    for (const port of ports) if (this.ownedBy(port)) port.request = Request.none;
    switch (this.kind) {
      case Request.start:
        this.phase = Phase.restart;
        sim.queue.schedule(this.slot, rise + lead.timing.setupStart, false);
        return;
      case Request.stop:
        this.phase = Phase.stop;
        sim.queue.schedule(this.slot, rise + this.clearing() + lead.timing.setupStop, false);
        return;
      case Request.read:
        this.byte = 0xff;
        for (const tap of this.taps) if (tap.mode === 2) this.byte &= tap.target.next();
        break;
      default:
        this.byte = lead.byte;
    }
    this.phase = Phase.bits;
    this.cut = lead.cut;
    lead.cut = -1;
    this.nextBit();
  }

  /** Several controllers: who is left decides; who loses is told at the time of its bit. */
  private contest(): void {
    const left = arbitrate(this.ports, this.owners, this.lostAt);
    this.losses = 0;
    for (const port of this.ports) {
      if (!this.ownedBy(port)) this.lostAt[port.index] = -1;
      else if (this.lostAt[port.index] >= 0) this.losses++;
    }
    this.owners = left;
    this.lead = this.ports[31 - Math.clz32(left & -left)];
  }

  /** Schedules the next bit of the byte at which something happens. */
  private nextBit(): void {
    const { low, high, rise } = this;
    const period = low + high;
    let at = this.kind === Request.read ? rise + 8 * period + high : rise + 7 * period + high;
    const { cut } = this;
    if (cut >= 0) at = Math.min(at, this.cutAt(cut));
    if (this.losses > 0) {
      for (const port of this.ports) {
        const bit = this.lostAt[port.index];
        if (bit >= 0) at = Math.min(at, rise + bit * period);
      }
    }
    this.sim.queue.schedule(this.slot, at, false);
  }

  /** When `bits` bits are clocked: SCL falls for the last of them. */
  private cutAt(bits: number): Ps {
    return bits === 0 ? this.sim.now : this.rise + (bits - 1) * (this.low + this.high) + this.high;
  }

  private bit(): void {
    const { now } = this.sim;
    const period = this.low + this.high;
    if (this.losses > 0) {
      for (const port of this.ports) {
        const bit = this.lostAt[port.index];
        if (bit < 0 || this.rise + bit * period !== now) continue;
        this.losses--;
        this.lostAt[port.index] = -1;
        this.lose(port, bit);
      }
    }
    const lead = this.lead!;
    const { cut } = this;
    if (cut === 0 || (cut > 0 && now >= this.cutAt(cut))) {
      this.leave(lead, cut, lead.glitch);
      lead.controller.vanished();
      return;
    }
    if (this.kind === Request.read) {
      if (now === this.rise + 8 * period + this.high) this.byteEnds();
      else this.nextBit();
    } else if (now === this.rise + 7 * period + this.high) {
      this.ack = this.acked();
      this.phase = Phase.ack;
      this.sim.queue.schedule(this.slot, now + period, false);
    } else this.nextBit();
  }

  private lose(port: I2cPort, bit: number): void {
    const byte = port.byte;
    port.request = Request.none;
    this.sim.trace.emit(this.codes.arbitration, port.actor, bit, byte, this.number);
    port.controller.lost(bit);
  }

  /** The eighth bit is over: what the targets answer. */
  private acked(): boolean {
    let ack = false;
    for (const tap of this.taps) {
      if (this.first) {
        const matches = (tap.own === null || !this.ownedBy(tap.own)) && tap.target.address(this.byte);
        tap.mode = matches ? ((this.byte & 1) === 0 ? 1 : 2) : 0;
        if (matches) ack = true;
      } else if (tap.mode === 1 && tap.target.acks(this.byte)) ack = true;
    }
    return ack;
  }

  /** The ACK bit is over. Targets hear of it first: they may hold SCL before the controller goes on. */
  private byteEnds(): void {
    const { byte, first, kind } = this;
    this.phase = Phase.low;
    this.lowSince = this.sim.now;
    this.first = false;
    if (kind === Request.read) {
      const ack = this.readersAck(byte);
      this.emit(this.codes.byte, byte, (ack ? ACKED : 0) | TO_CONTROLLER);
      for (const tap of this.taps) if (tap.mode === 2) tap.target.sent(ack);
      for (const port of this.ports) if (this.ownedBy(port)) port.controller.received(byte);
      return;
    }
    const { ack } = this;
    this.emit(first ? this.codes.address : this.codes.byte, byte, ack ? ACKED : 0);
    for (const tap of this.taps) {
      if (first && tap.mode !== 0) tap.target.addressed(byte);
      else if (tap.mode === 1) tap.target.received(byte, ack);
    }
    for (const port of this.ports) if (this.ownedBy(port)) port.controller.sent(ack);
  }

  /** Of several readers, one that NAKs while another ACKs loses at the ninth bit. */
  private readersAck(byte: number): boolean {
    let acks = 0;
    for (const port of this.ports) {
      if (this.ownedBy(port) && port.controller.acks(byte)) acks |= 1 << port.index;
    }
    if (acks === 0 || acks === this.owners) return acks !== 0;
    const losers = this.owners & ~acks;
    this.owners = acks;
    this.lead = this.ports[31 - Math.clz32(acks & -acks)];
    for (const port of this.ports) if ((losers & (1 << port.index)) !== 0) this.lose(port, 8);
    return true;
  }

  private sdaRises(): void {
    const { owners } = this;
    this.emit(this.codes.stop, this.begun ? 0 : 1);
    this.busy = false;
    this.stopped = true;
    this.free();
    this.condition(this.bitsLeft, true);
    for (const port of this.ports) if ((owners & (1 << port.index)) !== 0) this.over(port);
  }

  private over(port: I2cPort): void {
    port.expired = false;
    port.controller.stopped();
  }

  /** START or STOP, as all targets see it. */
  private condition(bits: number, stop: boolean): void {
    this.bitsLeft = 0;
    for (const tap of this.taps) {
      tap.mode = 0;
      if (stop) tap.target.stop(bits);
      else tap.target.start(bits);
    }
  }

  private free(): void {
    this.phase = Phase.free;
    this.owners = 0;
    this.lead = null;
    this.idleSince = this.sim.now;
  }

  // ---- when it goes wrong ---------------------------------------------------------------------

  /** `port` lets go after `bits` bits of a byte; if it was alone, the bus is nobody's. */
  private leave(port: I2cPort, bits: number, glitch: Glitch): void {
    port.cut = -1;
    port.expired = false;
    port.request = Request.none;
    const others = this.owners & ~(1 << port.index);
    if (others !== 0) {
      this.owners = others;
      if (this.lead === port) this.lead = this.ports[31 - Math.clz32(others & -others)];
      if (this.phase === Phase.bits) this.nextBit();
      return;
    }
    const inByte = this.phase === Phase.bits || this.phase === Phase.ack;
    if (inByte) this.stuckFor = this.drivenLow(bits);
    this.emit(this.codes.vanish, bits, (this.stuckFor === 0 ? 0 : STUCK) | (inByte ? this.byte << 8 : 0));
    this.sim.queue.cancel(this.slot);
    this.sim.queue.cancel(this.timer);
    this.free();
    this.stopped = false;
    this.bitsLeft = bits;
    const { telling } = this;
    this.telling = true;
    if (glitch === 'start') {
      this.emit(this.codes.start, 1);
      this.busy = true;
      this.condition(bits, false);
    } else if (glitch === 'stop') {
      this.emit(this.codes.stop, 0);
      this.busy = false;
      this.stopped = true;
      this.condition(bits, true);
    }
    this.telling = telling;
  }

  /** For how many clocks a target goes on to keep SDA low when the clock stops after `bits` bits. */
  private drivenLow(bits: number): number {
    if (this.kind === Request.write) return bits >= 8 && (this.phase === Phase.ack ? this.ack : this.acked()) ? 1 : 0;
    let clocks = 0;
    while (bits + clocks < 8 && ((this.byte >> (7 - bits - clocks)) & 1) === 0) clocks++;
    return clocks;
  }

  /** A STOP on a bus whose SDA is kept low: clocks first, until it is let go (UM10204 §3.1.16). */
  private clearing(): Ps {
    const clocks = this.stuckFor;
    if (clocks === 0) return 0;
    this.emit(this.codes.recover, clocks);
    this.stuckFor = 0;
    this.bitsLeft = Math.min(8, this.bitsLeft + clocks);
    return clocks * (this.low + this.high);
  }

  /** Watches for SCL to be low for too long. */
  private watch(): void {
    let at = 0;
    for (const port of this.ports) {
      if (!this.ownedBy(port) || port.timeout === 0 || port.expired) continue;
      const due = this.lowSince + port.timeout;
      if (at === 0 || due < at) at = due;
    }
    if (at !== 0) this.sim.queue.schedule(this.timer, Math.max(at, this.sim.now), true);
  }

  private lowTooLong(): void {
    const low = this.sim.now - this.lowSince;
    this.telling = true;
    for (const port of this.ports) {
      if (!this.ownedBy(port) || port.timeout === 0 || port.timeout > low || port.expired) continue;
      port.expired = true;
      port.request = Request.none;
      this.sim.trace.emit(this.codes.timeout, port.actor, low, 0, this.number);
      port.controller.timedOut();
    }
    this.telling = false;
    this.settle();
  }

  private emit(code: number, a: number, b = 0): void {
    this.sim.trace.emit(code, this.lead === null ? -1 : this.lead.actor, a, b, this.number);
  }
}
