import type { Ps, Simulator, Waveform } from '../../sim/index.ts';
import { I2cCore } from './core.ts';
import { MOST_PORTS } from './crew.ts';
import { Phase } from './lines.ts';
import { LowWatch } from './low-watch.ts';
import { I2cPort, I2cTap, Request, type Glitch, type I2cController, type I2cTarget } from './port.ts';
import { I2cShifter } from './shifter.ts';
import { IDLE_HIGH, STANDARD_MODE, type I2cTiming } from './timing.ts';
import { STUCK, defineI2cTrace, type I2cTraceCodes } from './trace.ts';
import { I2cWaveform } from './bus-waveform.ts';

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
  private readonly core: I2cCore;
  private readonly shifter: I2cShifter;
  private readonly low: LowWatch;

  /** A START has been seen since the bus was last taken. */
  private begun = false;
  /** A condition is under way, and bytes that have lost against it: they see that when SCL rises. */
  private contested = false;
  /** The bus became free at, by a STOP, and with so many bits of a byte that nobody ended. */
  private idleSince: Ps = 0;
  private stopped = true;
  private bitsLeft = 0;
  /** Calls to participants are under way: what they ask for is begun afterwards. */
  private telling = false;

  constructor(sim: Simulator, number: number, codes: I2cTraceCodes = defineI2cTrace(sim.trace)) {
    this.sim = sim;
    this.number = number;
    this.core = new I2cCore(sim, number, codes, () => this.fire());
    this.core.leave = (port, bits, glitch) => this.leave(port, bits, glitch);
    this.shifter = new I2cShifter(this.core);
    this.low = new LowWatch(this.core, (told) => {
      this.telling = true;
      told();
      this.telling = false;
      this.settle();
    });
    sim.onReset(() => this.reset());
  }

  /** Nobody drives the bus, and it has been free for long. */
  reset(): void {
    this.busy = false;
    this.core.reset();
    this.shifter.reset();
    this.begun = false;
    this.contested = false;
    this.idleSince = -IDLE_HIGH;
    this.stopped = true;
    this.bitsLeft = 0;
    this.telling = false;
  }

  /** Adds a controller. */
  attach(controller: I2cController, timing: I2cTiming = STANDARD_MODE): I2cPort {
    const { ports } = this.core.crew;
    if (ports.length >= MOST_PORTS) throw new RangeError('no room for another controller');
    const port = new I2cPort(this, ports.length, controller, timing);
    ports.push(port);
    return port;
  }

  /** Adds a target; `own`: the controller on the same pins. */
  addTarget(target: I2cTarget, own: I2cPort | null = null): I2cTap {
    const tap = new I2cTap(this, target, own);
    this.core.audience.taps.push(tap);
    return tap;
  }

  /** SCL and SDA, edge by edge, at the speed at which each controller drives them now. */
  waveform(): Waveform {
    const timings = new Map(this.core.crew.ports.map((port) => [port.actor, port.timing]));
    return new I2cWaveform({ number: this.number, codes: this.core.codes, timingOf: (actor) => timings.get(actor) ?? STANDARD_MODE });
  }

  /** Level of SCL now. */
  get scl(): number {
    return this.core.lines.scl;
  }

  /** Level of SDA now. */
  get sda(): number {
    return this.core.lines.sda;
  }

  // ---- for ports and taps -------------------------------------------------------------------

  ownedBy(port: I2cPort): boolean {
    return this.core.crew.owns(port);
  }

  /** `port` has asked for something. */
  asked(port: I2cPort): void {
    port.since = this.sim.now;
    this.settle();
  }

  held(): void {
    this.core.lines.holders++;
  }

  released(delay: Ps): void {
    const { lines } = this.core;
    lines.holders--;
    lines.heldUntil = Math.max(lines.heldUntil, this.sim.now + delay);
    if (lines.phase === Phase.free) this.idleSince = Math.max(this.idleSince, lines.heldUntil);
    this.settle();
  }

  /** The target that kept SDA low lets go. */
  unstick(): void {
    const { lines } = this.core;
    if (lines.stuckFor === 0) return;
    lines.stuckFor = 0;
    this.idleSince = this.sim.now;
    this.settle();
  }

  /** `port` lets go of the lines, and forgets what it asked for. */
  vanish(port: I2cPort, glitch: Glitch): void {
    port.request = Request.none;
    port.cut = -1;
    if (this.ownedBy(port)) this.leave(port, this.core.lines.clocked, glitch);
    else this.core.crew.forget(port);
    this.settle();
  }

  // ---- events -------------------------------------------------------------------------------

  /** The event of the phase is due. */
  private fire(): void {
    this.telling = true;
    switch (this.core.lines.phase) {
      case Phase.free:
        this.grant();
        break;
      case Phase.start:
        this.sclFalls();
        break;
      case Phase.bits:
        this.shifter.bit();
        break;
      case Phase.ack:
        this.shifter.end();
        break;
      case Phase.restart:
        if (!this.conditionContested()) this.sdaFalls(1);
        break;
      case Phase.stop:
        if (!this.conditionContested()) this.sdaRises();
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
    const { lines, crew } = this.core;
    if (lines.phase === Phase.free) this.arm();
    else if (lines.phase === Phase.low) {
      if (crew.ready && lines.holders === 0) this.begin();
      else this.low.arm();
    }
  }

  // ---- free, and START ------------------------------------------------------------------------

  /** When `port` may take the bus. */
  private eligible(port: I2cPort): Ps {
    return Math.max(port.since, this.idleSince + (this.stopped ? port.timing.busFree : IDLE_HIGH));
  }

  /** Schedules the next taking of the bus. */
  private arm(): void {
    const { sim, core } = this;
    let at = -1;
    for (const port of core.crew.ports) {
      if (port.request === Request.none) continue;
      const due = this.eligible(port);
      if (at < 0 || due < at) at = due;
    }
    if (at < 0 || core.lines.holders !== 0) sim.queue.cancel(core.slot);
    else core.schedule(Math.max(at, core.lines.heldUntil, sim.now));
  }

  private grant(): void {
    const { crew, lines } = this.core;
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
        this.shifter.first = false;
        lines.lowSince = now;
        lines.phase = Phase.low;
      }
      return;
    }
  }

  private sdaFalls(repeated: number): void {
    const { core } = this;
    core.emit(core.codes.start, repeated);
    this.condition(false);
    this.busy = true;
    this.begun = true;
    core.lines.phase = Phase.start;
    core.schedule(this.sim.now + core.crew.lead!.timing.holdStart);
  }

  private sclFalls(): void {
    const { crew, lines } = this.core;
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
    this.shifter.first = true;
    for (const port of crew.ports) {
      if (!crew.owns(port)) continue;
      port.request = Request.none;
      port.controller.started();
    }
  }

  // ---- SCL low: the next byte or condition ----------------------------------------------------

  private begin(): void {
    const { core } = this;
    const { lines, crew } = core;
    this.low.cancel();
    const ready = crew.agree(lines);
    lines.rise = Math.max(ready, lines.heldUntil);
    if (lines.rise > ready) core.emit(core.codes.stretch, lines.rise - ready, Math.min(lines.rise - this.sim.now, lines.rise - ready));
    const { request } = crew.lead!;
    for (const port of crew.ports) if (crew.owns(port)) port.request = Request.none;
    if (request === Request.write || request === Request.read) this.shifter.begin(request === Request.read);
    else {
      lines.phase = request === Request.start ? Phase.restart : Phase.stop;
      this.contested = crew.losses > 0;
      if (this.contested) core.schedule(lines.rise);
      else this.conditionComes();
    }
  }

  /** SCL rises for a condition: who has sent the first bit of a byte sees that it is none. */
  private conditionContested(): boolean {
    if (!this.contested) return false;
    this.contested = false;
    this.core.lose(0);
    this.conditionComes();
    return true;
  }

  private conditionComes(): void {
    const { core } = this;
    const { timing } = core.crew.lead!;
    const setup = core.lines.phase === Phase.restart ? timing.setupStart : this.clearing() + timing.setupStop;
    core.schedule(core.lines.rise + setup);
  }

  private sdaRises(): void {
    const { core } = this;
    const { crew } = core;
    const { owners } = crew;
    core.emit(core.codes.stop, this.begun ? 0 : 1);
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
    this.core.audience.condition(bits, stop);
  }

  private free(): void {
    this.core.lines.phase = Phase.free;
    this.core.crew.leave();
    this.idleSince = this.sim.now;
  }

  // ---- when it goes wrong ---------------------------------------------------------------------

  /** `port` lets go after `bits` bits of a byte; if it was alone, the bus is nobody's. */
  private leave(port: I2cPort, bits: number, glitch: Glitch): void {
    const { core, telling } = this;
    const { lines, crew, codes } = core;
    port.expired = false;
    port.request = Request.none;
    const others = crew.owners & ~(1 << port.index);
    if (others !== 0) crew.set(others);
    if (others !== 0 || (lines.phase === Phase.bits && crew.revive())) {
      this.shifter.goOn();
      return;
    }
    core.lose(0); // a condition that was to come
    const inByte = lines.phase === Phase.bits || lines.phase === Phase.ack;
    if (inByte) lines.stuckFor = this.shifter.drivenLow(bits);
    core.emit(codes.vanish, bits, (lines.stuckFor === 0 ? 0 : STUCK) | (inByte ? lines.byte << 8 : 0));
    this.sim.queue.cancel(core.slot);
    this.low.cancel();
    this.free();
    this.stopped = false;
    this.bitsLeft = bits;
    this.telling = true;
    if (glitch === 'start') {
      core.emit(codes.start, 1);
      this.busy = true;
      this.condition(false);
    } else if (glitch === 'stop') {
      core.emit(codes.stop, 0);
      this.busy = false;
      this.stopped = true;
      this.condition(true);
    }
    this.telling = telling;
  }

  /** A STOP on a bus whose SDA is kept low: clocks first, until it is let go (UM10204 §3.1.16). */
  private clearing(): Ps {
    const { core } = this;
    const { lines } = core;
    const clocks = lines.stuckFor;
    if (clocks === 0) return 0;
    core.emit(core.codes.recover, clocks);
    lines.stuckFor = 0;
    this.bitsLeft = Math.min(8, this.bitsLeft + clocks);
    return clocks * (lines.low + lines.high);
  }
}
