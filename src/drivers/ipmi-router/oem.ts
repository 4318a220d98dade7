import { CompletionCode } from '../../ipmi/index.ts';
import { Allocation, EAGAIN, EBUSY, EDEADLK, EINVAL, EIO, EMSGSIZE, ENOMEM, ETIMEDOUT, SpinLock, Work, type Kernel } from '../../linux/index.ts';
import { MS, constant, type Ps, type Steps } from '../../sim/index.ts';
import { BtMsg } from './bt-msg.ts';
import type { IpmiBmc, IpmiBmcDevice } from './driver.ts';

/** What the device makes of a request, the plain answer first. */
export const OEM_ANSWERS = [
  /** The response, from the handler: in interrupt context. */
  'at-once',
  /** The response, from a work of its own. */
  'later',
  /** -EINVAL: it has no use for these data. */
  'invalid',
  'busy',
  'no-memory',
  'timeout',
  /** The response, and then an error all the same. */
  'answered-and-failed',
  /** The response; then it has done its work, and unregisters. */
  'once',
] as const;
export type OemAnswer = (typeof OEM_ANSWERS)[number];

const ERRNO: Partial<Record<OemAnswer, number>> = { invalid: -EINVAL, busy: -EBUSY, 'no-memory': -ENOMEM, timeout: -ETIMEDOUT };
/** How long the work takes. */
const WORK: Ps = 2 * MS;

/** Where the device stands. */
const Stage = {
  IDLE: 0,
  /** The request is with the work. */
  WORKING: 1,
  /** The response goes to the bus. */
  SENDING: 2,
  /** The bus was full: the response waits for signal_response_open(). */
  WAITING: 3,
} as const;
type Stage = (typeof Stage)[keyof typeof Stage];

/**
 * A handler in the kernel, of the kind for which the router was made: it takes some commands out of the stream, and
 * answers them by returning their data. It keeps to the rules of the router's header, but for what {@link OemAnswer} says.
 */
export class OemDevice {
  readonly device: IpmiBmcDevice;
  /** How it answers now. */
  answer: () => OemAnswer = () => 'at-once';
  /** It has a signal_response_open(). */
  tellsOpen = true;
  /** Its module is loaded. */
  loaded = false;
  readonly work: Work;
  private readonly kernel: Kernel;
  private readonly bmc: IpmiBmc;
  private readonly memory: Allocation;
  private readonly in;
  private readonly request: BtMsg;
  private readonly response: BtMsg;
  private stage: Stage = Stage.IDLE;
  /** The bus has had room since the response was given to it. */
  private again = false;
  /** The work is to unregister the device. */
  private leaving = false;

  /** @param requests NetFn/LUN in bits 15:8, command in 7:0 */
  constructor(bmc: IpmiBmc, name: string, requests: readonly number[]) {
    const { kernel } = bmc;
    this.kernel = kernel;
    this.bmc = bmc;
    this.memory = new Allocation(kernel, name);
    this.device = bmc.device(this.memory, name);
    this.device.requests = requests;
    this.request = BtMsg.in(this.memory, 'request');
    this.response = BtMsg.in(this.memory, 'response');
    this.work = new Work(this.memory, name, () => this.worker());
    const lock = new SpinLock(this.memory, `${name}->lock`);
    const scope = (of: string) => {
      const frame = kernel.sim.ops.frame(`${name}_${of}`);
      return { ...lock.at(frame), ...this.work.at(frame) };
    };
    this.in = constant({ handle: scope('handle_request'), signal: scope('signal_response_open'), work: scope('work'), send: scope('send'), exit: scope('exit') });
    kernel.sim.onReset(() => {
      this.loaded = false;
      this.stage = Stage.IDLE;
      this.again = false;
      this.leaving = false;
    });
  }

  /** module_init(): 0 or -errno. */
  *init(): Steps<number> {
    const { device } = this;
    device.matchRequest = (request) => device.requests.includes((request.netfnLun << 8) | request.cmd);
    device.handleRequest = (request) => this.handleRequest(request);
    device.signalResponseOpen = this.tellsOpen ? () => this.signalResponseOpen() : null;
    // Before it is registered: from then on it may be asked.
    this.loaded = true;
    const ret = yield* this.bmc.registerDevice(device);
    if (ret !== 0) this.loaded = false;
    return ret;
  }

  /** module_exit(). What it was working on nobody will answer. */
  *exit(): Steps {
    if (this.loaded) yield* this.unregister();
    yield this.in.exit.cancelWorkSync;
    this.memory.kfree();
  }

  private *unregister(): Steps<number> {
    const ret = yield* this.bmc.unregisterDevice(this.device);
    if (ret === 0) this.loaded = false;
    return ret;
  }

  // ---- callbacks, perhaps in interrupt context -----------------------------------------------------

  private *handleRequest(request: BtMsg): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore, scheduleWork } = this.in.handle;
    const answer = this.answer();
    const errno = ERRNO[answer];
    if (errno !== undefined) return errno;
    yield spinLockIrqsave;
    const free = this.stage === Stage.IDLE;
    if (free) {
      this.request.assign(request);
      this.stage = answer === 'later' ? Stage.WORKING : Stage.SENDING;
    }
    yield spinUnlockIrqrestore;
    if (!free) return -EBUSY;
    if (answer === 'later') {
      yield scheduleWork;
      return 0;
    }

    const ret = yield* this.respond();
    if (ret === 0 && answer === 'answered-and-failed') return -EIO;
    if (ret === 0 && answer === 'once' && (yield* this.unregister()) === -EDEADLK) {
      this.leaving = true;
      yield scheduleWork;
    }
    return ret;
  }

  private *signalResponseOpen(): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.signal;
    yield spinLockIrqsave;
    const waiting = this.stage === Stage.WAITING;
    if (waiting) this.stage = Stage.SENDING;
    this.again = true;
    yield spinUnlockIrqrestore;
    if (waiting) yield* this.send();
  }

  // ---- its work -------------------------------------------------------------------------------

  private *worker(): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.work;
    if (this.leaving) {
      this.leaving = false;
      yield* this.unregister();
      return;
    }
    yield this.kernel.sleep(WORK);
    yield spinLockIrqsave;
    const working = this.stage === Stage.WORKING && this.loaded;
    this.stage = working ? Stage.SENDING : Stage.IDLE;
    yield spinUnlockIrqrestore;
    if (working) yield* this.respond();
  }

  /** Returns the data of the request. */
  private *respond(): Steps<number> {
    const { request, response } = this;
    const count = request.len - 3;
    response.respondTo(request, 1 + count);
    response.setPayload(0, CompletionCode.SUCCESS);
    for (let i = 0; i < count; i++) response.setPayload(1 + i, request.payload(i));
    return yield* this.send();
  }

  /** Gives the response to the bus; if that is full it waits, or is refused where nobody would tell when to try again. */
  private *send(): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.send;
    for (;;) {
      this.again = false;
      let ret = yield* this.bmc.sendResponse(this.response, this.device);
      if (ret === -EMSGSIZE) {
        // More than the bus can carry: the host is told so (IPMI 2.0 table 5-2).
        this.response.payloadLength = 1;
        this.response.setPayload(0, CompletionCode.CANNOT_RETURN_DATA);
        continue;
      }
      const full = ret === -EAGAIN || ret === -EBUSY;
      yield spinLockIrqsave;
      const retry = full && this.again;
      if (!retry) this.stage = full && this.tellsOpen ? Stage.WAITING : Stage.IDLE;
      yield spinUnlockIrqrestore;
      if (retry) continue;
      if (full) ret = this.tellsOpen ? 0 : -EBUSY;
      return ret;
    }
  }
}
