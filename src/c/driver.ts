import { MiscDevice, type FileOperations, type Kernel, type OpenFile, type UserBuffer } from '../linux/index.ts';
import { call, type Steps } from '../sim/index.ts';
import { userAddress } from './api/memory.ts';
import { CModule } from './module.ts';
import type { DriverCode } from './code.ts';
import type { Bus, BusMap, DeviceNode, Offers } from './api/host.ts';

/** open()'s flag, as ARM Linux numbers it (fcntl.h). */
const O_NONBLOCK = 0o4000;

/** In place of an offset: the file's own position, f_pos, which moves; see runtime.c. */
const OF_FILE = -1;

/** Where a driver stands, and for what it is used. */
export interface Setting {
  readonly bus: Bus;
  readonly map?: BusMap;
  readonly node: DeviceNode;
  /** Name of the device under /dev. Of several that the driver registers it is the one that is used. */
  readonly device: string;
  /** Added to the number of an ioctl() of the daemon to make it the driver's. */
  readonly ioctlBase: number;
}

/** A driver in C with a character device: what a driver model in TypeScript is. */
export abstract class CDriver extends CModule implements FileOperations {
  readonly miscdev: MiscDevice;
  private readonly setting: Setting;
  /** struct file by open file. */
  private readonly files = new Map<OpenFile, number>();
  /** struct miscdevice of {@link miscdev}; 0: not registered. */
  private misc = 0;
  /** Whether it has the name that is expected. */
  private named = false;
  /** What the poll() under way asks for, by stack number. */
  private readonly requested: number[] = [];

  constructor(kernel: Kernel, code: DriverCode, setting: Setting) {
    super(kernel, code, setting.bus, setting.node, setting.map);
    this.setting = setting;
    this.miscdev = new MiscDevice(kernel, setting.device, this);
    kernel.sim.onReset(() => {
      this.files.clear();
      this.misc = 0;
      this.named = false;
      this.requested.length = 0;
    });
  }

  protected offers(): Offers {
    return {
      misc_register: ['value', (_t, _site, misc) => this.register(misc)],
      misc_deregister: ['steps', (_t, _site, misc) => this.deregister(misc)],
      __inband_poll_events: ['value', (t) => this.requested[t.id] ?? 0],
    };
  }

  protected missing(): string | null {
    return this.misc === 0 ? `the driver registers no character device for ${this.setting.device}: does its probe() call misc_register()` : null;
  }

  /** A device of the expected name, or the first if none has that. */
  private register(misc: number): number {
    const named = this.machine.memory.text(this.machine.memory.I32[(misc + 4) >> 2]) === this.setting.device;
    if (this.misc !== 0 && (this.named || !named)) return 0;
    const rc = this.miscdev.register();
    if (rc !== 0) return rc;
    this.misc = misc;
    this.named = named;
    return 0;
  }

  private *deregister(misc: number): Steps<number> {
    if (misc === this.misc) yield* this.miscdev.deregister();
    return 0;
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

  read(file: OpenFile, buf: UserBuffer, count: number, pos: number, moves = false): Steps<number> {
    return this.machine.enter('__inband_file_read', this.files.get(file)!, this.lend(buf), count, moves ? OF_FILE : pos);
  }

  write(file: OpenFile, buf: UserBuffer, count: number, pos: number, moves = false): Steps<number> {
    return this.machine.enter('__inband_file_write', this.files.get(file)!, this.lend(buf), count, moves ? OF_FILE : pos);
  }

  poll(file: OpenFile, requested: number): Steps<number> {
    this.requested[this.machine.thread().id] = requested;
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
