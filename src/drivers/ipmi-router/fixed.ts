import { CompletionCode } from '../../ipmi/index.ts';
import { Allocation, EAGAIN, EBUSY, EDEADLK, EINVAL, ENODEV, SpinLock, listEntries, type Rcu, type SpinLockOps } from '../../linux/index.ts';
import type { Steps } from '../../sim/index.ts';
import { BtMsg, RESPONSE_MASK } from './bt-msg.ts';
import { IpmiBmcRfcV1 } from './rfc-v1.ts';
import type { IpmiBmcBus, IpmiBmcDevice } from './driver.ts';

/** Requests that are remembered until they are answered; of more the oldest is forgotten: its host has given up. */
const MOST_REQUESTS = 16;
/** Error responses that wait for the bus. */
const MOST_ERRORS = 16;

/** By what a response is known to be that to a request (IPMI 11.3). */
type Header = Pick<BtMsg, 'netfnLun' | 'seq' | 'cmd'>;

function answers(one: Header, other: Header): boolean {
  return one.seq === other.seq && one.cmd === other.cmd && (one.netfnLun | RESPONSE_MASK) === (other.netfnLun | RESPONSE_MASK);
}

/** A request that was handed on. */
interface Outstanding extends Readonly<Header> {
  readonly owner: IpmiBmcDevice | null;
  /** Its response is being given to the bus. */
  sending: boolean;
  /** Its owner has gone meanwhile. */
  orphaned: boolean;
}

/**
 * The RFC with every fault mended that is known here. Pointers are published by rcu_assign_pointer(); devices register
 * for commands, and are told of a conflict; requests are remembered, so that each gets one response, from its device
 * or from the router: when the handler fails, or when the device goes away. An error response that the bus cannot
 * take yet waits. A device that unregisters in a callback is told to do it elsewhere.
 */
export class IpmiBmcFixed extends IpmiBmcRfcV1 {
  private readonly requestsLock;
  private readonly outstanding: Outstanding[] = [];
  /** Error responses that wait for the bus, the oldest first; and room for more. */
  private readonly errors: BtMsg[] = [];
  private readonly spare: BtMsg[];
  /** Somebody gives error responses to the bus; and the bus has had room since he looked. */
  private flushing = false;
  private again = false;

  constructor(rcu: Rcu) {
    super(rcu);
    const { kernel } = rcu;
    const memory = new Allocation(kernel, 'ipmi_bmc_requests');
    const lock = new SpinLock(memory, 'requests_lock');
    const at = (name: string): SpinLockOps => lock.at(kernel.sim.ops.frame(name));
    this.requestsLock = {
      handle: at('ipmi_bmc_handle_request'), send: at('ipmi_bmc_send_response'), error: at('ipmi_bmc_send_error_response'),
      flush: at('ipmi_bmc_flush_errors'), unregister: at('ipmi_bmc_unregister_device'),
    };
    this.spare = Array.from({ length: MOST_ERRORS }, (_unused, i) => BtMsg.in(memory, `errors[${i}]`));
    kernel.sim.onReset(() => {
      this.outstanding.length = 0;
      this.spare.push(...this.errors.splice(0));
      this.flushing = false;
      this.again = false;
    });
  }

  // ---- registration ------------------------------------------------------------------------------

  /** A command has one handler: who comes second is told. */
  protected override mayRegister(device: IpmiBmcDevice): number {
    if (this.hasDevice(device)) return -EINVAL;
    for (const other of listEntries(this.devices)) {
      if (other.requests.some((request) => device.requests.includes(request))) return -EBUSY;
    }
    return 0;
  }

  protected override matches(device: IpmiBmcDevice, { netfnLun, cmd }: BtMsg): boolean {
    return device.requests.includes((netfnLun << 8) | cmd);
  }

  /** In a callback nobody can wait for the end of that callback: -EDEADLK, the device does it in a work of its own. */
  override *unregisterDevice(device: IpmiBmcDevice): Steps<number> {
    if (this.inCallback()) return -EDEADLK;
    const ret = yield* super.unregisterDevice(device);
    if (ret === 0) yield* this.abandon(device);
    return ret;
  }

  override *unregisterDefaultDevice(device: IpmiBmcDevice): Steps<number> {
    if (this.inCallback()) return -EDEADLK;
    const ret = yield* super.unregisterDefaultDevice(device);
    if (ret === 0) yield* this.abandon(device);
    return ret;
  }

  private inCallback(): boolean {
    const { current } = this.kernel.sim;
    return current !== null && this.rcu.reading(current);
  }

  protected override setDefaultDevice(device: IpmiBmcDevice | null): void {
    this.defaultDevice.rcuAssign(device);
  }

  protected override setBus(bus: IpmiBmcBus | null): void {
    this.busPointer.rcuAssign(bus);
  }

  // ---- requests ----------------------------------------------------------------------------------

  /** ipmi_bmc_handle_request(). */
  override *handleRequest(request: BtMsg): Steps {
    const { rcuReadLock, rcuReadUnlock, devices, defaultDevice: { dereference } } = this.in.ipmi_bmc_handle_request;
    let ret = -ENODEV;
    this.tellRequest(request);
    yield rcuReadLock;
    let device = yield* this.find(request, devices.dereference);
    if (device === null) {
      yield dereference;
      device = this.defaultDevice.rcuDereference();
    }
    yield* this.remember(request, device);
    if (device === null) this.tellHandled(null, request.seq, ret);
    else ret = yield* this.hand(device, request);
    // As long as the device cannot be gone: else its unregistering would answer what it has refused.
    if (ret !== 0) yield* this.sendErrorResponse(request, device === null ? CompletionCode.INVALID_COMMAND : this.errnoToCcode(-ret));
    yield rcuReadUnlock;
  }

  /** A host that uses a sequence number again has given up what it asked with it before. */
  private *remember(request: BtMsg, owner: IpmiBmcDevice | null): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.requestsLock.handle;
    const { netfnLun, seq, cmd } = request;
    yield spinLockIrqsave;
    const older = this.outstanding.find((one) => answers(one, request));
    if (older !== undefined) this.close(older);
    const error = this.errors.findIndex((one, i) => (i > 0 || !this.flushing) && answers(one, request));
    if (error >= 0) this.spare.push(...this.errors.splice(error, 1));
    if (this.outstanding.length === MOST_REQUESTS) this.outstanding.shift();
    this.outstanding.push({ netfnLun, seq, cmd, owner, sending: false, orphaned: false });
    yield spinUnlockIrqrestore;
  }

  /** What a response answers, or an error is about, if that has no answer yet. */
  private open(message: Header): Outstanding | undefined {
    return this.outstanding.find((one) => !one.sending && answers(one, message));
  }

  private close(request: Outstanding): void {
    const at = this.outstanding.indexOf(request);
    if (at >= 0) this.outstanding.splice(at, 1);
  }

  /**
   * ipmi_bmc_send_response(): -EINVAL if nobody has asked `from`, or the answer is there already. A device that is late,
   * and gone, may hold the answer to a request whose sequence number is that of another by now.
   */
  override *sendResponse(response: BtMsg, from: IpmiBmcDevice): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.requestsLock.send;
    yield spinLockIrqsave;
    let request = this.open(response);
    if (request?.owner !== from) request = undefined;
    if (request !== undefined) request.sending = true;
    yield spinUnlockIrqrestore;
    if (request === undefined) return -EINVAL;

    const ret = yield* super.sendResponse(response);
    yield spinLockIrqsave;
    request.sending = false;
    if (ret === 0) this.close(request);
    else if (request.orphaned) this.fail(request, CompletionCode.DESTINATION_UNAVAILABLE);
    yield spinUnlockIrqrestore;
    if (request.orphaned) yield* this.flushErrors();
    return ret;
  }

  // ---- error responses ---------------------------------------------------------------------------

  protected override errnoToCcode(errno: number): number {
    switch (errno) {
      case EINVAL:
        return CompletionCode.INVALID_DATA_FIELD; // the command is known: a device takes it
      case EAGAIN:
        return CompletionCode.NODE_BUSY;
      case ENODEV:
        return CompletionCode.DESTINATION_UNAVAILABLE;
      default:
        return super.errnoToCcode(errno);
    }
  }

  /** ipmi_bmc_send_error_response(): to a request that has no answer yet; now, or when the bus can take it. */
  protected override *sendErrorResponse(request: Header, ccode: number): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.requestsLock.error;
    yield spinLockIrqsave;
    const open = this.open(request);
    if (open !== undefined) this.fail(open, ccode);
    yield spinUnlockIrqrestore;
    yield* this.flushErrors();
  }

  /** With the lock held: `request` is answered by an error response, which waits for the bus. If too many wait, the host of the oldest has given up. */
  private fail(request: Outstanding, ccode: number): void {
    if (!this.outstanding.includes(request)) return;
    this.close(request);
    const error = this.spare.pop() ?? this.errors.splice(this.flushing ? 1 : 0, 1)[0];
    this.errors.push(error);
    error.respondTo(request, 1);
    error.setPayload(0, ccode);
    this.tellError(request.seq, ccode);
  }

  /** Gives error responses to the bus, one caller at a time, until it has no room. */
  private *flushErrors(): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.requestsLock.flush;
    yield spinLockIrqsave;
    this.again = true;
    if (!this.flushing) {
      this.flushing = true;
      while (this.again && this.errors.length > 0) {
        this.again = false;
        yield spinUnlockIrqrestore;
        const ret = yield* super.sendResponse(this.errors[0]);
        yield spinLockIrqsave;
        if (ret === -EAGAIN || ret === -EBUSY) continue;
        this.spare.push(...this.errors.splice(0, 1));
        this.again = true;
      }
      this.flushing = false;
    }
    yield spinUnlockIrqrestore;
  }

  override *signalResponseOpen(): Steps {
    yield* this.flushErrors();
    yield* super.signalResponseOpen();
  }

  /** Not every device wants to know. */
  protected override *signal(device: IpmiBmcDevice): Steps {
    if (device.signalResponseOpen !== null) yield* super.signal(device);
  }

  /** `device` is gone: what it has not answered it never will. */
  private *abandon(device: IpmiBmcDevice): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.requestsLock.unregister;
    yield spinLockIrqsave;
    for (const request of this.outstanding.filter(({ owner }) => owner === device)) {
      if (request.sending) request.orphaned = true; // Whoever sends it sees what comes of that.
      else this.fail(request, CompletionCode.DESTINATION_UNAVAILABLE);
    }
    yield spinUnlockIrqrestore;
    yield* this.flushErrors();
  }
}
