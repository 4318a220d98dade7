import { PLAIN_SSIFD, SSIFBRIDGED, Ssifd, type SsifdShape } from '../../daemon/index.ts';
import { AspeedI2cIc, type I2cAspeedBus, type I2cAspeedBusClass } from '../../drivers/i2c-aspeed/index.ts';
import { RESPONSE_TIMEOUT_MS, type SsifBmcDriver, type SsifBmcDriverClass } from '../../drivers/ssif-bmc/index.ts';
import { CARELESS_SSIF_MOVES, CarelessSmbus, QEMU_CAPABILITIES, SMBUS_KINDS, SSIF_VERSIONS, SimSmbus, SimTime, Ssif, SsifWatch, ssifLoad, type SsifVersion } from '../../host/index.ts';
import { I2C_PARAMETERS, SmbusHost, VIC_I2C, i2cParams, type Ast2500 } from '../../hw/index.ts';
import {
  DeliveryOracle, ErrnoOracle, LevelIrqOracle, ProgressOracle, ResponseOracle, SclHeldOracle, SsifDeviceOracle, SsifStateOracle, SsifWire,
  type Oracle, type SsifSystemView,
} from '../../oracles/index.ts';
import { MS, SEC, US, type Decision, type Ps, type Steps } from '../../sim/index.ts';
import { BmcSystem, HOST_START, type Bindable } from '../bmc-system.ts';
import { daemonWitness, hostLog } from '../hooks.ts';
import { HostWorkload, type PoliteHost } from '../host-workload.ts';
import { SSIF_MOVE, describeSsifDecision } from './ssif-decisions.ts';
import { OtherController } from './other-controller.ts';
import { DRAWN_SMBUS_MODES, SMBUS_MODES, SSIF_PARAMETERS } from './ssif-parameters.ts';
import type { BuildOptions } from '../system.ts';

/** Lengths of a request, after the nominal one: the least, one block, one more, two blocks, three, bytes. */
const LENGTHS: readonly number[] = [4, 12, 32, 33, 40, 64, 70];
/** For how long the careless host asks for a response: as long as Linux does (250 times every 60 ms). */
const PATIENCE: Ps = 15 * SEC;
/** When a daemon that answers C0h in place of a late answer does so, ps. */
const NODE_BUSY: Ps = 200 * MS;
/** Speeds of the bus, kHz. */
const SPEEDS: readonly number[] = [100, 400];
/** How long an interrupt may wait in a kernel that has other things to do, ps: with a fast bus longer than STOP to START. */
const SLOW_INTERRUPTS: Ps = 50 * US;
/** Answers to whether the daemon was built for lengths of one byte; only 1 means it was: few are. */
const OLD_DAEMONS = 8;
/** How often the host's memory is short in one execution, at most: then a driver that could not be loaded can be. */
const SHORTAGES = 2;

export interface SsifSystemOptions extends BuildOptions {
  readonly ssifBmc: SsifBmcDriverClass;
  readonly i2cAspeed: I2cAspeedBusClass;
  /**
   * The host's driver, if it is hunted in as well: then it is loaded before its first request, and its allocations may fail.
   * What Linux has, beyond all suspicion, if it is not given.
   */
  readonly ipmiSsif?: SsifVersion | undefined;
}

/** Both drivers of the BMC: bound from the bus up, unbound from the top down. */
class SsifDrivers implements Bindable {
  readonly ssifBmc: SsifBmcDriver;
  readonly i2cAspeed: I2cAspeedBus;

  constructor(ssifBmc: SsifBmcDriver, i2cAspeed: I2cAspeedBus) {
    this.ssifBmc = ssifBmc;
    this.i2cAspeed = i2cAspeed;
  }

  *probe(): Steps {
    yield* this.i2cAspeed.probe();
    yield* this.ssifBmc.probe();
  }

  /** The SSIF driver alone: the bus has other users. */
  remove(): Steps {
    return this.ssifBmc.remove();
  }

  /** For reports: the state of the driver that makes the messages. */
  get phaseName(): string {
    return this.ssifBmc.stateName;
  }
}

/** A host with an SMBus controller, an AST2500, its kernel with a version of both drivers, and a daemon. */
export class SsifSystem extends BmcSystem {
  readonly driver: SsifDrivers;
  readonly daemon: Ssifd;
  readonly wire: SsifWire;
  readonly workload: HostWorkload<CarelessSmbus>;
  private readonly modes: readonly Ssif[];
  private readonly careless: CarelessSmbus[] = [];
  private readonly daemonKind: string;
  private readonly smbus: SmbusHost;
  private readonly other: OtherController;
  private pec = false;
  /** The host loads its driver in this run; and how often its memory was short. */
  private loads = false;
  private shortages = 0;
  private readonly hunted: boolean;
  private readonly version: SsifVersion;
  private shape: SsifdShape = PLAIN_SSIFD;

  constructor(options: SsifSystemOptions) {
    super(options, { parameters: SSIF_PARAMETERS, oracles: DEFAULT_ORACLES });
    const { sim, values, kernel, soc } = this;
    this.daemonKind = options.daemon ?? '';
    const bus = values.number('bus');
    const address = values.number('address');
    const registers = soc.i2c.registers(bus);
    const i2cAspeed = new options.i2cAspeed(kernel, registers, new AspeedI2cIc(kernel, registers));
    const ssifBmc = new options.ssifBmc(kernel, i2cAspeed, address);
    this.driver = new SsifDrivers(ssifBmc, i2cAspeed);

    this.wire = new SsifWire(sim, bus, address);
    this.addOracles(this.judges(), ['i2c.start', 'i2c.byte']);
    this.daemon = new Ssifd(kernel, ssifBmc.miscdev, values.number('think'),
      (thread, n, label) => this.draws.draw('workload', thread, n, label), daemonWitness(this.oracles, () => this.settled()));
    this.addUnbinder();

    const params = i2cParams(this.hardware(I2C_PARAMETERS));
    const smbus = new SmbusHost(sim, soc.i2c.bus(bus), params);
    this.smbus = smbus;
    const time = SimTime.create(sim);
    const log = hostLog(this.oracles, this.wire);
    const version = options.ipmiSsif ?? SSIF_VERSIONS[SSIF_VERSIONS.length - 1];
    this.version = version;
    this.hunted = options.ipmiSsif !== undefined;
    // A system in which none but the drawn ones can be is built as if there were no others.
    const kinds = DRAWN_SMBUS_MODES.some((kind) => kind === values.word('hostMode')) ? DRAWN_SMBUS_MODES : SMBUS_MODES;
    this.modes = kinds.map((kind) => (
      new Ssif(new SimSmbus(sim, smbus, SMBUS_KINDS[kind], address), time, log, {
        hz: values.number('hostHz'), version, watch: SsifWatch.messages,
      })));
    for (const { info } of this.modes) {
      info.onFault = (oracle, what) => sim.violate(oracle, what.replace(/^.*: /, '').replaceAll(/[ >]+/g, '-'), 'host', `the host's driver does not survive: ${what}`, true);
    }
    if (this.hunted) for (const { info } of this.modes) info.hasMemory = (what) => this.hasMemory(what);
    const draw = (n: number, label: string): number => this.draws.draw('workload', 'host', n, label);
    this.workload = new HostWorkload({
      clock: time, values, modes: this.modes, moves: CARELESS_SSIF_MOVES, question: SSIF_MOVE, lengths: LENGTHS, draw,
      ...(this.hunted ? { begin: (host) => this.insmod(host) } : {}),
      ...(version.watches && !this.hunted ? {} : { wish: (host) => this.askForEvents(host, draw) }),
      takeOver: () => this.loadDriver(),
      careless: (next) => {
        const careless = new CarelessSmbus(smbus, time, draw, next, log, { patience: PATIENCE, address, frame: sim.ops.frame('careless host') });
        this.careless.push(careless);
        return careless;
      },
      calmDown: () => {
        this.draws.calm = true;
      },
    });
    this.addHost(() => this.loadDriver());
    this.other = new OtherController(sim, soc.i2c.bus(bus), params, (n, label) => this.draws.draw('workload', 'other', n, label));
  }

  protected flags(): number {
    const { requesting, responding, refuses } = this.driver.ssifBmc;
    return (requesting ? 1 : 0) | (responding ? 2 : 0) | (refuses ? 4 : 0);
  }

  /** I2C is what the host talks over; the LPC side is there, and idle. */
  protected override buildSoc(): Ast2500 {
    return super.buildSoc({ buses: [this.values.number('bus')], params: i2cParams(this.hardware(I2C_PARAMETERS)) });
  }

  /** The host's driver is loaded; if it cannot be, again. A BMC that does not answer even so is taken for what it is known to be. */
  private *insmod(host: PoliteHost): Steps {
    if (!this.loads || !(host instanceof Ssif)) return;
    for (let tries = 0; tries <= SHORTAGES; tries++) {
      if ((yield* ssifLoad(host)) !== 0) continue;
      if (this.pec) host.smbus.pec = true;
      return;
    }
    this.loadDriver();
  }

  /** kmalloc() of the host, on behalf of the function that is named. */
  private hasMemory(what: string): boolean {
    if (this.shortages >= SHORTAGES || this.draws.draw('fault', 'host', 2, `${what} fails`) === 0) return true;
    this.shortages++;
    return false;
  }

  /** The upper layer's wish for events is what makes the driver look at the flags: at once, or when its watch timer fires. */
  private askForEvents(host: PoliteHost, draw: (n: number, label: string) => number): void {
    if (!(host instanceof Ssif) || draw(2, 'host asks for events') === 0) return;
    host.info.requestEvents();
    if (this.version.watches) host.startWatch();
  }

  /** ipmi_ssif as after its probe. */
  private loadDriver(): void {
    for (const ssif of this.modes) {
      ssif.reset();
      ssif.probed({ ...QEMU_CAPABILITIES, pec: this.pec });
    }
  }

  describe(decision: Decision): string {
    return describeSsifDecision(decision);
  }

  protected startDaemon(): void {
    this.daemon.start(this.shape);
  }

  protected configure(): void {
    const { values } = this;
    this.workload.mode = this.configuredWord('hostMode', SMBUS_MODES, DRAWN_SMBUS_MODES.length);
    this.pec = this.flag('pec', 'PEC');
    for (const careless of this.careless) careless.pec = this.pec;
    if (!values.fixed('irqLatency')) {
      this.kernel.config.irqLatency = [values.number('irqLatency'), SLOW_INTERRUPTS][this.configured('slow interrupts', 2)];
    }
    const khz = values.fixed('smbusKhz') ? values.number('smbusKhz') : SPEEDS[this.configured('fast bus', SPEEDS.length)];
    this.smbus.setSpeed(khz);
    if (this.flag('otherController', 'another controller')) this.other.start(HOST_START, khz);
    this.loads = this.hunted && this.configured('host loads its driver', 2) === 1;
    this.shortages = 0;
    this.loadDriver();
    const threads = values.fixed('threads') ? values.number('threads') - 1 : this.configured('threads', 3);
    const bridge = this.daemonKind === '' ? this.configured('daemon like ssifbridged', 2) === 1 : this.daemonKind === 'ssifbridged';
    const base = bridge ? SSIFBRIDGED : PLAIN_SSIFD;
    this.shape = {
      ...base,
      threads: threads === 0 || bridge ? 1 : 2,
      locked: threads !== 2,
      nonBlocking: base.nonBlocking || this.configured('O_NONBLOCK', 2) === 1,
      lengthBytes: this.lengthBytes(),
      timeout: this.configured('daemon answers node busy when late', 2) === 1 ? NODE_BUSY : 0,
    };
  }

  /** A flag that the user has fixed, or that is drawn under this label. */
  private flag(name: string, label: string): boolean {
    return (this.values.fixed(name) ? this.values.number(name) : this.configured(label, 2)) === 1;
  }

  private lengthBytes(): 1 | 4 {
    const old = this.values.fixed('lengthBytes') ? this.values.number('lengthBytes') === 1 : this.configured('daemon of an older ABI', OLD_DAEMONS) === 1;
    return old ? 1 : 4;
  }

  private judges(): Oracle[] {
    const { kernel, wire } = this;
    const { ssifBmc, i2cAspeed } = this.driver;
    const engine = this.soc.i2c.engine(wire.bus);
    const view: SsifSystemView = {
      ...this.view(wire),
      keeps: RESPONSE_TIMEOUT_MS * MS,
      minds: false, // there is no way to tell the host
      face: () => `the driver is in ${kernel.readOnce(() => ssifBmc.stateName) || 'a state that it does not tell'}`,
      stuck: () => false,
      refused: () => false,
      stateName: () => kernel.readOnce(() => ssifBmc.stateName),
      refuses: () => kernel.readOnce(() => ssifBmc.refuses),
      holdsResponse: () => kernel.readOnce(() => ssifBmc.responding),
      pending: () => engine.line !== 0,
      busy: () => ssifBmc.busy || i2cAspeed.busy,
      readsOn: () => this.shape.late === 'match',
      garbled: () => false,
      ambiguous: () => false,
      madeUp: () => this.smbus.tookBadCount,
      misfits: () => this.shape.lengthBytes !== PLAIN_SSIFD.lengthBytes,
      answersMix: () => this.shape.threads === 2 && !this.shape.locked,
    };
    return [
      new SsifDeviceOracle(view), new DeliveryOracle(view), new ResponseOracle(view), new SclHeldOracle(view), new ProgressOracle(view), new ErrnoOracle(view),
      new LevelIrqOracle(view, { source: VIC_I2C, pending: view.pending, moves: ['i2c.start', 'i2c.address', 'i2c.byte', 'i2c.stop'], where: 'bus' }), new SsifStateOracle(view), wire,
    ];
  }
}

/** All but `data-race`, which needs a system that is built to be observed. */
export const SSIF_ORACLES = [
  'torn-message', 'wrong-response', 'lost-request', 'lost-response', 'phantom-request', 'duplicate-request', 'irq-storm',
  'spurious-irq', 'hang', 'sleep-in-atomic', 'deadlock', 'out-of-bounds', 'use-after-free', 'state-mismatch', 'errno', 'crash',
] as const;
const DEFAULT_ORACLES: ReadonlySet<string> = new Set(SSIF_ORACLES);
