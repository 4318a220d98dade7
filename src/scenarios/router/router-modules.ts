import {
  IPMI_ROUTER_VERSIONS, OEM_ANSWERS, OemDevice, type BmcDevintf, type IpmiBmc, type IpmiRouterClasses, type IpmiRouterVersion, type OemAnswer, type RouterBus,
} from '../../drivers/ipmi-router/index.ts';
import type { IpmiBmcCore } from '../../drivers/ipmi-router/core.ts';
import { Lun, NetFn, OemCmd, netFnLun } from '../../ipmi/index.ts';
import { Rcu, type Kernel, type Task } from '../../linux/index.ts';
import { MS, US, type Ps, type Steps } from '../../sim/index.ts';
import type { RoutedDevice } from '../../oracles/index.ts';
import type { Bindable } from '../bmc-system.ts';
import type { SystemDriver } from '../driver-scenario.ts';
import { DEFAULT_DEVICE, OEM_DEVICE } from './router-parameters.ts';

/** The router itself, on whatever bus. */
export const IPMI_ROUTER: SystemDriver<IpmiRouterVersion> = { id: 'ipmi-router', versions: IPMI_ROUTER_VERSIONS, first: 'rfc-v1' };

/** The tagged echo, which the daemon answers as well. */
const ECHO = (netFnLun(NetFn.OEM, Lun.BMC) << 8) | OemCmd.ECHO;
/** Before each change of the modules while messages run, nominal first. */
const CHANGES: readonly Ps[] = [350 * US, 600 * US, 1 * MS, 5 * MS, 20 * MS];

/** Which modules a run has. */
export interface Modules {
  readonly defaultDevice: (typeof DEFAULT_DEVICE)[number];
  readonly oemDevice: (typeof OEM_DEVICE)[number];
  readonly second: boolean;
}

/** How a run is made up: what the user has fixed, or what is drawn. */
export interface Questions {
  /** Index of one of the words. */
  word(name: string, words: readonly string[]): number;
  /** @param plain the answer that is nominal */
  flag(name: string, plain: boolean): boolean;
}

/** The modules of the router: its core, its bus, its devices; and who loads and unloads them while messages run. */
export class RouterModules implements Bindable {
  readonly core: IpmiBmcCore;
  readonly devintf: BmcDevintf;
  readonly oem: OemDevice;
  readonly second: OemDevice;
  readonly bus: RouterBus;
  modules: Modules = { defaultDevice: 'boot', oemDevice: 'none', second: false };
  /** Called when a default device that comes late is there. */
  onDefaultDevice: () => void = () => {};
  private readonly kernel: Kernel;
  private readonly task: Task;
  private readonly draw: (n: number, label: string) => number;

  constructor(kernel: Kernel, classes: IpmiRouterClasses, makeBus: (bmc: IpmiBmc) => RouterBus, draw: (n: number, label: string) => number) {
    this.kernel = kernel;
    this.draw = draw;
    this.core = new classes.core(new Rcu(kernel));
    this.devintf = new classes.devintf(this.core);
    this.oem = new OemDevice(this.core, 'oem', [ECHO]);
    this.second = new OemDevice(this.core, 'oem2', [ECHO]);
    this.bus = makeBus(this.core);
    this.task = kernel.thread('bmc:modprobe', () => this.modprobe(), true);
  }

  /** Draws which modules a run has, and how the OEM device answers while things may go wrong: unless it is `calm`. */
  configure({ word, flag }: Questions, calm: () => boolean): void {
    this.modules = {
      defaultDevice: DEFAULT_DEVICE[word('defaultDevice', DEFAULT_DEVICE)], oemDevice: OEM_DEVICE[word('oemDevice', OEM_DEVICE)], second: flag('secondOem', false),
    };
    const answer: OemAnswer = OEM_ANSWERS[word('oemAnswer', OEM_ANSWERS)];
    this.oem.answer = () => (calm() ? 'at-once' : answer);
    this.oem.tellsOpen = flag('oemSignal', true);
  }

  /** The devices as their authors see them, for whoever judges. */
  get routed(): readonly RoutedDevice[] {
    return this.core.known.map((device): RoutedDevice => ({
      name: device.name,
      isDefault: device === this.devintf.device,
      wants: (netFnLun, cmd) => device.requests.includes((netFnLun << 8) | cmd),
    }));
  }

  /** What is loaded before the first message; the bus comes last. */
  *probe(): Steps {
    const { defaultDevice, oemDevice, second } = this.modules;
    this.core.init();
    if (defaultDevice === 'boot') yield* this.devintf.init();
    if (second) yield* this.second.init();
    if (oemDevice === 'boot' || oemDevice === 'boot-and-gone') yield* this.oem.init();
    yield* this.bus.probe();
  }

  /** The bus driver alone. */
  remove(): Steps {
    return this.bus.remove();
  }

  /** Starts what runs beside the messages. */
  start(): void {
    const { defaultDevice, oemDevice, second } = this.modules;
    if (oemDevice !== 'none') this.oem.work.start();
    if (second) this.second.work.start();
    if (defaultDevice === 'late' || oemDevice.startsWith('late') || oemDevice.endsWith('gone')) this.task.ctx.start();
  }

  private *modprobe(): Steps {
    const { defaultDevice, oemDevice } = this.modules;
    if (defaultDevice === 'late') {
      yield* this.wait();
      if ((yield* this.devintf.init()) === 0) this.onDefaultDevice();
    }
    if (oemDevice.startsWith('late')) {
      yield* this.wait();
      yield* this.oem.init();
    }
    if (oemDevice.endsWith('gone')) {
      yield* this.wait();
      yield* this.oem.exit();
    }
  }

  private *wait(): Steps {
    yield this.kernel.sleep(CHANGES[this.draw(CHANGES.length, 'module changes after')]);
  }
}
