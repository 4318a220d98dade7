import { EINTR, Syscalls, type Kernel, type MiscDevice, type OpenFile, type Task } from '../linux/index.ts';
import { MS, US, type Ps, type Steps } from '../sim/index.ts';
import type { Draw } from './daemon.ts';
import { RawCalls, type RawWitness } from './raw-calls.ts';

/** When the process first opens the device, nominal first. */
const LATE: readonly Ps[] = [0, 400 * US, 20 * MS];
/** Times after which a process that has died is back, nominal first. */
const RESTART: readonly Ps[] = [100 * US, 3 * MS, 30 * MS];
/** For how long it leaves a device alone that has failed, and how often it tries. */
const BACK_OFF: Ps = 20 * MS;
const PATIENCE = 200;

/** How a run's process is made up. */
export interface RawShape {
  readonly threads: 1 | 2;
  readonly nonBlocking: boolean;
}

/** A process on /dev/raw-kcs: opens it, serves, may die and come back. */
export abstract class RawProcess {
  readonly tasks: readonly Task[];
  protected readonly kernel: Kernel;
  protected readonly sys: Syscalls;
  protected readonly draw: Draw;
  protected shape: RawShape = { threads: 1, nonBlocking: false };
  protected file: OpenFile | null = null;
  /** Lives of the process so far: what an earlier one has in hand is void. */
  lives = 0;
  protected readonly calls: readonly RawCalls[];
  private readonly device: MiscDevice;
  private readonly witness: RawWitness;
  private failures = 0;
  private dead = false;

  constructor(name: string, kernel: Kernel, device: MiscDevice, draw: Draw, witness: RawWitness) {
    this.kernel = kernel;
    this.sys = new Syscalls(kernel);
    this.device = device;
    this.draw = draw;
    this.witness = witness;
    this.calls = [`bmc:${name}`, `bmc:${name}/2`].map((thread) => new RawCalls(thread, kernel, this.sys, draw, witness));
    this.tasks = this.calls.map((calls, i) => kernel.thread(calls.thread, () => this.main(i)));
    kernel.sim.onReset(() => {
      this.file = null;
      this.lives = 0;
      this.failures = 0;
      this.dead = false;
      this.reset();
    });
  }

  /** Starts the process in this run. */
  start(shape: RawShape): void {
    this.shape = shape;
    this.tasks[0].ctx.start(LATE[this.draw(this.calls[0].thread, LATE.length, 'daemon starts late')]);
  }

  /** None of its answers takes so long that a host would give up. */
  readonly hindersUntil: Ps = 0;

  /** Whether the process has the device open. */
  get opened(): boolean {
    return this.file !== null;
  }

  /** Whether it has the device open and still uses it. */
  get serves(): boolean {
    return this.file !== null && !this.dead;
  }

  /** Forgets what a run has left. */
  protected reset(): void {}

  /** The device is open: what there is to do before anything else. */
  protected *begin(_calls: RawCalls, _file: OpenFile): Steps {}

  /** One round of a thread; negative if the device has failed. */
  protected abstract serve(calls: RawCalls, file: OpenFile): Steps<number>;

  private *main(index: number): Steps {
    const calls = this.calls[index];
    if (index === 0) yield* this.openDevice(calls);
    while (!this.dead) {
      this.kernel.sim.current!.home();
      const { file } = this;
      if (file === null) return;
      const result = yield* this.serve(calls, file);
      if (result < 0 && result !== -EINTR) yield* this.failed();
    }
  }

  private *openDevice(calls: RawCalls): Steps {
    const file = yield* this.sys.open(this.device, this.shape.nonBlocking);
    if (typeof file === 'number') {
      this.dead = true;
      return;
    }
    this.file = file;
    this.lives++;
    this.witness.opened(calls.thread);
    yield* this.begin(calls, file);
    if (this.shape.threads === 2 && this.lives === 1) this.tasks[1].ctx.start();
  }

  /** A call has failed as it should not: again, after a while, and not for ever. */
  private *failed(): Steps {
    if (++this.failures >= PATIENCE) {
      this.dead = true;
      return;
    }
    yield this.kernel.sleep(BACK_OFF);
  }

  /** The process dies, and is started again. Only one thread can. */
  protected *crash(calls: RawCalls, file: OpenFile): Steps {
    this.file = null;
    yield* this.sys.close(file);
    this.witness.closed(calls.thread);
    yield this.kernel.sleep(RESTART[this.draw(calls.thread, RESTART.length, 'restart delay')]);
    yield* this.openDevice(calls);
  }
}
