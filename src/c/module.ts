import type { Kernel, UserBuffer } from '../linux/index.ts';
import { ENODEV } from '../linux/index.ts';
import { call, type Steps } from '../sim/index.ts';
import { BusyWaits, busy } from './api/busy.ts';
import { interrupts } from './api/irq.ts';
import { io } from './api/io.ts';
import { locks, spinLocks } from './api/locks.ts';
import { memory } from './api/memory.ts';
import { strings } from './api/strings.ts';
import { timers } from './api/timers.ts';
import { waits } from './api/waits.ts';
import { works } from './api/works.ts';
import { DriverError } from './error.ts';
import { DriverClock } from './clock.ts';
import { Machine, type Handler } from './machine.ts';
import type { Bus, BusMap, DeviceNode, Host, Offers } from './api/host.ts';
import type { DriverCode } from './code.ts';

/** The runtime knows I2C clients and adapters; here there are none, unless a driver of that kind says so. */
const NO_I2C: Offers = {
  __inband_i2c_address: ['value', () => 0],
  __inband_slave_register: ['steps', () => noBus()],
  __inband_slave_unregister: ['steps', () => noBus()],
  __inband_adapter: ['value', () => 0],
  __inband_backend_event: ['steps', () => noBus()],
};

function* noBus(): Steps<number> {
  return -ENODEV;
}

/** A driver in C on the primitives of src/linux, loaded on one node of the device tree: what is common to all kinds. */
export abstract class CModule {
  readonly kernel: Kernel;
  readonly machine: Machine;
  /** What belongs to the state of the system beside the memory of {@link machine}: locks, queues, timers. */
  readonly state: object[] = [];
  /** Buffers of the system calls under way, by stack number. */
  protected readonly users: (UserBuffer | undefined)[] = [];
  protected readonly node: DeviceNode;
  /** The probe under way is the one in advance: what fails in it fails always. */
  private rehearsing = false;

  constructor(kernel: Kernel, code: DriverCode, bus: Bus, node: DeviceNode, map?: BusMap) {
    this.kernel = kernel;
    this.node = node;
    kernel.order = kernel.fields;
    // The parts take each other for granted: none is used before all are there.
    const host = {
      kernel, bus, ...(map === undefined ? {} : { map }), node, imports: code.imports, state: this.state, userOf: (thread: number) => this.users[thread],
      clock: new DriverClock(kernel),
    } as { -readonly [K in keyof Host]: Host[K] };
    this.state.push(host.clock);
    if (map !== undefined) this.state.push(map.state);
    const spins = spinLocks(host);
    const idle = new BusyWaits(host);
    const offers: Offers = {
      ...locks(host, spins), ...waits(host, spins, idle), ...memory(host), ...io(host), ...interrupts(host), ...busy(host, idle), ...timers(host), ...works(host), ...strings(host), ...NO_I2C, ...this.offers(),
    };
    const kinds = new Map(Object.entries(offers).map(([name, [kind]]) => [name, kind]));
    const handlers = new Map<string, Handler>(Object.entries(offers).map(([name, [, handler]]) => [name, handler]));
    this.machine = new Machine(kernel, code.translated(kinds, kernel.fields !== null), handlers);
    host.machine = this.machine;
    kernel.sim.onReset(() => {
      this.users.length = 0;
    });
  }

  /** What the kernel offers to drivers of this kind beside; called before the kind's own constructor. */
  protected abstract offers(): Offers;

  /** What is missing of a driver of this kind after its probe; null: nothing. */
  protected abstract missing(): string | null;

  /**
   * One probe in advance, so that locks, queues and timers are made in the same order whatever a run does. At the end of
   * the constructor of each kind.
   */
  protected rehearse(): void {
    this.rehearsing = true;
    this.kernel.boot(this.probe());
    this.rehearsing = false;
    const { fault } = this.machine;
    if (fault !== '') throw new DriverError(`the driver cannot be loaded: ${fault}`);
  }

  /** Loads the driver: its module_init() functions, which bind it to the device. Returns 0, or what a fault has made of it. */
  *probe(): Steps<number> {
    const { machine } = this;
    yield call(machine.enter('__inband_statics'));
    for (const name of machine.exported('__inband_init_')) {
      const rc = (yield call(machine.enter(name))) | 0;
      if (rc !== 0 && !this.rehearsing) return rc;
      if (rc !== 0) throw new DriverError(`${name.slice('__inband_init_'.length)}: the driver cannot be loaded: it returns ${rc}`);
    }
    const missing = this.rehearsing ? this.missing() : null;
    if (missing !== null) throw new DriverError(`${missing}: is one of its compatible strings ${this.node.compatible.map((name) => `"${name}"`).join(', ')}?`);
    return 0;
  }

  /** Unbinds it. */
  *remove(): Steps {
    yield call(this.machine.enter('__inband_unbind'));
  }
}
