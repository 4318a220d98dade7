import { OemDevice, type BtAspeed, type BtAspeedClass, type BmcDevintf, type IpmiRouterClasses, type OemAnswer } from '../../drivers/ipmi-router/index.ts';
import type { IpmiBmcCore } from '../../drivers/ipmi-router/core.ts';
import { Lun, NetFn, OemCmd, netFnLun } from '../../ipmi/index.ts';
import type { AspeedIbt } from '../../drivers/bt-bmc/index.ts';
import { Rcu, type Kernel, type Task } from '../../linux/index.ts';
import { MS, US, type Ps, type Steps } from '../../sim/index.ts';
import type { Bindable } from '../bmc-system.ts';
import { DEFAULT_DEVICE, OEM_DEVICE } from './router-parameters.ts';

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

/** The modules of the router: its core, its bus, its devices; and who loads and unloads them while messages run. */
export class RouterModules implements Bindable {
  readonly core: IpmiBmcCore;
  readonly devintf: BmcDevintf;
  readonly oem: OemDevice;
  readonly second: OemDevice;
  readonly bus: BtAspeed;
  modules: Modules = { defaultDevice: 'boot', oemDevice: 'none', second: false };
  /** Called when a default device that comes late is there. */
  onDefaultDevice: () => void = () => {};
  private readonly kernel: Kernel;
  private readonly task: Task;
  private readonly draw: (n: number, label: string) => number;

  constructor(kernel: Kernel, classes: IpmiRouterClasses, busClass: BtAspeedClass, ibt: AspeedIbt, draw: (n: number, label: string) => number) {
    this.kernel = kernel;
    this.draw = draw;
    this.core = new classes.core(new Rcu(kernel));
    this.devintf = new classes.devintf(this.core);
    this.oem = new OemDevice(this.core, 'oem', [ECHO]);
    this.second = new OemDevice(this.core, 'oem2', [ECHO]);
    this.bus = new busClass(this.core, ibt);
    this.task = kernel.thread('bmc:modprobe', () => this.modprobe(), true);
  }

  /** The device answers in this way, while `draws` may go wrong. */
  answerBy(answer: () => OemAnswer): void {
    this.oem.answer = answer;
    this.second.answer = () => 'at-once';
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
