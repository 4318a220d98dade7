import { BtMsg } from '../../src/drivers/ipmi-router/bt-msg.ts';
import type { IpmiBmcBus, IpmiBmcDevice } from '../../src/drivers/ipmi-router/index.ts';
import { IpmiBmcRfcV1 } from '../../src/drivers/ipmi-router/rfc-v1.ts';
import { CompletionCode } from '../../src/ipmi/index.ts';
import { Allocation, EAGAIN, EBUSY, EDEADLK, EINVAL, ENOSYS, SpinLock, listEntries, type Rcu } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';

/** rtr-publish-without-assign: rcu_assign_pointer() in all four places. */
export class PublishesWithABarrier extends IpmiBmcRfcV1 {
  protected override setDefaultDevice(device: IpmiBmcDevice | null): void {
    this.defaultDevice.rcuAssign(device);
  }

  protected override setBus(bus: IpmiBmcBus | null): void {
    this.busPointer.rcuAssign(bus);
  }
}

/** rtr-unregister-from-callback: who cannot wait is told so. */
export class RefusesInCallbacks extends IpmiBmcRfcV1 {
  override *unregisterDevice(device: IpmiBmcDevice): Steps<number> {
    const { current } = this.kernel.sim;
    return current !== null && this.rcu.reading(current) ? -EDEADLK : yield* super.unregisterDevice(device);
  }
}

/** rtr-error-response-dropped: an error response waits until the bus can take it. */
export class KeepsErrorResponses extends IpmiBmcRfcV1 {
  private readonly lock;
  private readonly store: Allocation;
  private readonly waiting: BtMsg[] = [];

  constructor(rcu: Rcu) {
    super(rcu);
    this.store = new Allocation(rcu.kernel, 'errors');
    this.lock = new SpinLock(this.store, 'errors_lock').at(rcu.kernel.sim.ops.frame('ipmi_bmc_flush_errors'));
    rcu.kernel.sim.onReset(() => {
      this.waiting.length = 0;
    });
  }

  protected override *sendErrorResponse(request: BtMsg, ccode: number): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.lock;
    const response = BtMsg.in(this.store, 'error');
    response.respondTo(request, 1);
    response.setPayload(0, ccode);
    this.tellError(request.seq, ccode);
    yield spinLockIrqsave;
    this.waiting.push(response);
    yield spinUnlockIrqrestore;
    yield* this.flush();
  }

  private *flush(): Steps {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.lock;
    for (;;) {
      yield spinLockIrqsave;
      const response = this.waiting.shift();
      yield spinUnlockIrqrestore;
      if (response === undefined) return;
      if ((yield* this.sendResponse(response)) !== -EAGAIN) continue;
      yield spinLockIrqsave;
      this.waiting.unshift(response);
      yield spinUnlockIrqrestore;
      if ((yield* this.isResponseOpen()) === 0) return;
    }
  }

  override *signalResponseOpen(): Steps {
    yield* this.flush();
    yield* super.signalResponseOpen();
  }
}

/** rtr-match-conflict: devices register for commands, and the second to want one is told. */
export class RegistersByCommand extends IpmiBmcRfcV1 {
  protected override mayRegister(device: IpmiBmcDevice): number {
    for (const other of listEntries(this.devices)) if (other.requests.some((one) => device.requests.includes(one))) return -EBUSY;
    return super.mayRegister(device);
  }
}

/** rtr-double-response: a handler that has answered is not answered for. */
export class AnswersOnce extends IpmiBmcRfcV1 {
  private readonly answered = new Set<number>();

  constructor(rcu: Rcu) {
    super(rcu);
    rcu.kernel.sim.onReset(() => this.answered.clear());
  }

  override *handleRequest(request: BtMsg): Steps {
    this.answered.delete(request.seq);
    yield* super.handleRequest(request);
  }

  override *sendResponse(response: BtMsg): Steps<number> {
    const { seq } = response;
    const ret = yield* super.sendResponse(response);
    if (ret === 0) this.answered.add(seq);
    return ret;
  }

  protected override *sendErrorResponse(request: BtMsg, ccode: number): Steps {
    if (!this.answered.has(request.seq)) yield* super.sendErrorResponse(request, ccode);
  }
}

/** rtr-null-callback: it is tested. */
export class TestsTheCallback extends IpmiBmcRfcV1 {
  protected override *signal(device: IpmiBmcDevice): Steps {
    if (device.signalResponseOpen !== null) yield* super.signal(device);
  }
}

/** rtr-einval-means-invalid-command: bad data are one thing, and a command that nobody has another. */
export class FinerCodes extends IpmiBmcRfcV1 {
  protected override readonly unhandled = -ENOSYS;

  protected override errnoToCcode(errno: number): number {
    if (errno === EINVAL) return CompletionCode.INVALID_DATA_FIELD;
    return errno === ENOSYS ? CompletionCode.INVALID_COMMAND : super.errnoToCcode(errno);
  }
}
