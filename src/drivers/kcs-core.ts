import { Allocation, EBUSY, IRQ_NONE, SpinLock, type Kernel } from '../linux/index.ts';
import { constant, type Steps } from '../sim/index.ts';
import { KcsEvent, type AspeedKcs } from './kcs-aspeed.ts';

/** struct kcs_bmc_client: who gets the events of a device. */
export interface KcsBmcClient {
  /** ops->event(): IRQ_HANDLED or IRQ_NONE. */
  event(): Steps<number>;
}

/**
 * kcs_bmc.c since 5.14: a device that serves at most one client at a time. Its lock is as since "[PATCH] ipmi: fix
 * potential deadlock on &kcs_bmc->lock", 2023; kcs-core-2021.ts has it as before.
 */
export class KcsBmcDevice {
  readonly aspeed: AspeedKcs;
  protected readonly lock: SpinLock;
  protected client: KcsBmcClient | null = null;
  protected readonly in;
  private readonly action = { name: 'aspeed-kcs-bmc', handler: (): Steps<number> => this.handleEvent() };

  constructor(kernel: Kernel, aspeed: AspeedKcs) {
    this.aspeed = aspeed;
    aspeed.onEvent = () => this.handleEvent();
    const memory = new Allocation(kernel, 'kcs_bmc_device');
    this.lock = new SpinLock(memory, 'kcs_bmc->lock');
    this.in = constant({
      kcs_bmc_handle_event: this.lock.at(kernel.sim.ops.frame('kcs_bmc_handle_event')),
      kcs_bmc_enable_device: this.lock.at(kernel.sim.ops.frame('kcs_bmc_enable_device')),
      kcs_bmc_disable_device: this.lock.at(kernel.sim.ops.frame('kcs_bmc_disable_device')),
    });
    kernel.sim.onReset(() => {
      this.client = null;
    });
  }

  /** Somebody is told of events. */
  get hasClient(): boolean {
    return this.client !== null;
  }

  /**
   * aspeed_kcs_probe(): IBF stays masked until a client opens the device. (An interrupt of another driver on the line finds the handler before
   * kcs_bmc_add_device() has made the lock. Here the lock is there from the beginning.)
   */
  *probe(): Steps {
    yield* this.aspeed.setAddress();
    this.aspeed.requestIrq(this.action);
    yield* this.aspeed.configUpstreamIrq();
    yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, 0);
    yield* this.aspeed.enableChannel(true);
  }

  /** aspeed_kcs_remove(), after the client was removed. */
  *remove(): Steps {
    yield* this.aspeed.enableChannel(false);
    yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, 0);
    yield* this.aspeed.quiesce();
    yield* this.aspeed.freeIrq(this.action);
  }

  /** kcs_bmc_update_event_mask(). */
  updateEventMask(mask: number, state: number): Steps {
    return this.aspeed.irqMaskUpdate(mask, state);
  }

  /** kcs_bmc_handle_event(). */
  *handleEvent(): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_handle_event;
    let rc = IRQ_NONE;
    yield spinLockIrqsave;
    if (this.client !== null) rc = yield* this.client.event();
    yield spinUnlockIrqrestore;
    return rc;
  }

  /** kcs_bmc_enable_device(). */
  *enableDevice(client: KcsBmcClient): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_enable_device;
    let rc = 0;
    yield spinLockIrq;
    if (this.client !== null) {
      rc = -EBUSY;
    } else {
      this.client = client;
      yield* this.updateEventMask(KcsEvent.IBF, KcsEvent.IBF);
    }
    yield spinUnlockIrq;
    return rc;
  }

  /** kcs_bmc_disable_device(). */
  *disableDevice(client: KcsBmcClient): Steps {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_disable_device;
    yield spinLockIrq;
    if (this.client === client) {
      yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, 0);
      this.client = null;
    }
    yield spinUnlockIrq;
  }
}
