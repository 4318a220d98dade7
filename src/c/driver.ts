import { MiscDevice, type FileOperations, type Kernel, type OpenFile, type UserBuffer } from '../linux/index.ts';
import { call, type Steps } from '../sim/index.ts';
import { interrupts } from './api/irq.ts';
import { io } from './api/io.ts';
import { locks } from './api/locks.ts';
import { memory, userAddress } from './api/memory.ts';
import { strings } from './api/strings.ts';
import { DriverError } from './error.ts';
import { Machine, type Handler } from './machine.ts';
import { parseModule } from './wasm/module.ts';
import { translate, type ImportKind, type Translation } from './wasm/translate.ts';
import type { Bus, DeviceNode, Host, Offers } from './api/host.ts';

/** open()'s flag, as ARM Linux numbers it (fcntl.h). */
const O_NONBLOCK = 0o4000;

/** What was compiled; translated once, at the first use. */
export class DriverCode {
  private readonly bytes: Uint8Array;
  private readonly fine: boolean;
  private readonly translations: (Translation | undefined)[] = [];

  /** @param fine each access of memory that contexts share is a step, and so a place to be interrupted or preempted */
  constructor(bytes: Uint8Array, fine: boolean) {
    this.bytes = bytes;
    this.fine = fine;
  }

  /**
   * @param kinds what the kernel offers: the same for every system
   * @param races accesses are told to the race detector
   */
  translated(kinds: ReadonlyMap<string, ImportKind>, races: boolean): Translation {
    return this.translations[races ? 1 : 0] ??= translate(parseModule(this.bytes), kinds, { fine: this.fine, races });
  }
}

/** Where a driver stands, and for what it is used. */
export interface Setting {
  readonly bus: Bus;
  readonly node: DeviceNode;
  /** Name of the device under /dev. */
  readonly device: string;
  /** Added to the number of an ioctl() of the daemon to make it the driver's. */
  readonly ioctlBase: number;
  /** What the kernel offers beside. */
  readonly offers: (driver: CDriver) => Offers;
}

/** A driver in C, on the primitives of src/linux: what a driver model in TypeScript is. */
export class CDriver implements FileOperations {
  readonly miscdev: MiscDevice;
  readonly kernel: Kernel;
  readonly machine: Machine;
  private readonly setting: Setting;
  /** Buffers of the system calls under way, by stack number. */
  private readonly users: (UserBuffer | undefined)[] = [];
  /** struct file by open file. */
  private readonly files = new Map<OpenFile, number>();
  /** struct miscdevice of {@link miscdev}; 0: not registered. */
  private misc = 0;

  constructor(kernel: Kernel, code: DriverCode, setting: Setting) {
    this.kernel = kernel;
    this.setting = setting;
    this.miscdev = new MiscDevice(kernel, setting.device, this);
    // The parts take each other for granted: none is used before all are there.
    const host = { kernel, bus: setting.bus, node: setting.node, userOf: (thread: number) => this.users[thread] } as { -readonly [K in keyof Host]: Host[K] };
    const offers: Offers = { ...locks(host), ...memory(host), ...io(host), ...interrupts(host), ...strings(host), ...this.devices(), ...setting.offers(this) };
    const kinds = new Map(Object.entries(offers).map(([name, [kind]]) => [name, kind]));
    const handlers = new Map<string, Handler>(Object.entries(offers).map(([name, [, handler]]) => [name, handler]));
    this.machine = new Machine(kernel, code.translated(kinds, kernel.fields !== null), handlers);
    host.machine = this.machine;
    kernel.sim.onReset(() => {
      this.users.length = 0;
      this.files.clear();
      this.misc = 0;
    });
    this.rehearse();
  }

  /** One probe in advance, so that locks, queues and timers are made in the same order whatever a run does. */
  private rehearse(): void {
    this.kernel.boot(this.probe());
  }

  private devices(): Offers {
    const { miscdev } = this;
    function* deregister(): Steps<number> {
      yield* miscdev.deregister();
      return 0;
    }
    return {
      misc_register: ['value', (_t, _site, misc) => {
        this.misc = misc;
        miscdev.registered = true;
        return 0;
      }],
      misc_deregister: ['steps', () => deregister()],
    };
  }

  /** Loads the driver: its module_init() functions, which bind it to the device. */
  *probe(): Steps<number> {
    const { machine } = this;
    for (const name of machine.exported('__inband_init_')) {
      const rc = (yield call(machine.enter(name))) | 0;
      if (rc !== 0) throw new DriverError(`${name.slice('__inband_init_'.length)}: the driver cannot be loaded: it returns ${rc}`);
    }
    if (this.misc === 0) {
      throw new DriverError(`the driver registers no character device for ${this.setting.device}: `
        + `is one of its compatible strings ${this.setting.node.compatible.map((name) => `"${name}"`).join(', ')}, and does its probe() call misc_register()?`);
    }
    return 0;
  }

  /** Unbinds it. */
  *remove(): Steps {
    yield call(this.machine.enter('__inband_unbind'));
  }

  // ---- struct file_operations -------------------------------------------------------------------

  *open(file: OpenFile): Steps<number> {
    const result = (yield call(this.machine.enter('__inband_open', this.misc, file.nonBlocking ? O_NONBLOCK : 0))) | 0;
    if (result < 0) return result;
    this.files.set(file, result);
    return 0;
  }

  *release(file: OpenFile): Steps<number> {
    const result = yield call(this.machine.enter('__inband_release', this.files.get(file)!));
    this.files.delete(file);
    return result;
  }

  read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return this.machine.enter('__inband_file_read', this.files.get(file)!, this.lend(buf), count);
  }

  write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return this.machine.enter('__inband_file_write', this.files.get(file)!, this.lend(buf), count);
  }

  poll(file: OpenFile): Steps<number> {
    return this.machine.enter('__inband_file_poll', this.files.get(file)!);
  }

  ioctl(file: OpenFile, cmd: number): Steps<number> {
    return this.machine.enter('__inband_file_ioctl', this.files.get(file)!, this.setting.ioctlBase + cmd, 0);
  }

  /** The address that the driver sees for `buf` in this call. */
  private lend(buf: UserBuffer): number {
    const { id } = this.machine.thread();
    this.users[id] = buf;
    return userAddress(id);
  }
}
