import { Str } from '../../src/ipmi/index.ts';
import { EINTR, IRQ_NONE, waitEventInterruptibleLocked, type Kernel, type OpenFile } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { KcsEvent } from '../../src/drivers/kcs-aspeed.ts';
import type { AspeedKcsObe } from '../../src/drivers/kcs-aspeed-obe.ts';
import { KcsBmcDeviceV2 } from '../../src/drivers/kcs-core-2021.ts';
import type { KcsBmcClient, KcsBmcDevice } from '../../src/drivers/kcs-core.ts';
import { KcsRawOpenBmc } from '../../src/drivers/kcs-raw/openbmc.ts';
import { KcsRawV2 } from '../../src/drivers/kcs-raw/v2.ts';

/** raw-nonblock-inverted: -EWOULDBLOCK if there is nothing to read. */
export class TestsForNothing extends KcsRawV2 {
  protected override readBlocks(file: OpenFile, str: number): boolean {
    return file.nonBlocking && !this.state.readable && (str & Str.IBF) === 0;
  }
}

/** rawob-nonblock-read-blocks: the same test in the later copy. */
export class TestsForNothingLater extends KcsRawOpenBmc {
  protected override readBlocks(file?: OpenFile, str = 0): boolean {
    return file?.nonBlocking === true && !this.state.readable && (str & Str.IBF) === 0;
  }
}

/** raw-signal-cancels-other-writer: only the last writer that leaves masks OBE. */
export class MasksForTheLast extends KcsRawV2 {
  private writers = 0;

  constructor(kernel: Kernel, aspeed: AspeedKcsObe) {
    super(kernel, aspeed);
    kernel.sim.onReset(() => {
      this.writers = 0;
    });
  }

  protected override *waitForObe(): Steps<number> {
    const { state } = this;
    this.writers++;
    state.writable = (yield* this.prepareObe()) !== 0;
    yield* waitEventInterruptibleLocked(this.queue, this.in.kcs_bmc_raw_write, () => state.writable);
    this.writers--;
    if (!this.kernel.currentTask.signalPending) return 0;
    if (this.writers === 0) yield* this.updateEventMask(KcsEvent.OBE, 0);
    return -EINTR;
  }
}

/** raw-two-writers-overwrite: whoever is woken looks at OBF again. */
export class LooksAgain extends KcsRawV2 {
  protected override *waitForObe(): Steps<number> {
    const { io } = this.in.kcs_bmc_raw_write;
    let rc: number;
    do rc = yield* super.waitForObe();
    while (rc === 0 && ((yield io.readStatus) & Str.OBF) !== 0);
    return rc;
  }
}

/** raw-detach-open-fd-uaf: an open file holds the memory. */
export class CountsReferences extends KcsRawV2 {
  private references = 1;

  constructor(kernel: Kernel, aspeed: AspeedKcsObe) {
    super(kernel, aspeed);
    kernel.sim.onReset(() => {
      this.references = 1;
    });
  }

  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }

  protected override *detachCdev(): Steps {
    if (!this.miscdev.registered) return;
    yield* this.miscdev.deregister();
    yield* this.device.disableDevice(this);
    this.put();
  }

  override *open(file: OpenFile): Steps<number> {
    const rc = yield* super.open(file);
    if (rc === 0) this.references++;
    return rc;
  }

  override *release(file: OpenFile): Steps<number> {
    const rc = yield* super.release(file);
    this.put();
    return rc;
  }
}

/** raw-register-fail-leaves-ibf: IBF is let through once there is a device. */
export class RegistersFirst extends KcsRawV2 {
  protected override *attachCdev(): Steps<number> {
    const rc = this.miscdev.register();
    if (rc === 0) yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, KcsEvent.IBF);
    return rc;
  }
}

/** raw-ibf-enabled-without-client: IBF is let through once the device is open. */
export class MasksUntilOpened extends KcsRawV2 {
  protected override *attachCdev(): Steps<number> {
    yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, 0);
    // What open() is about to let through.
    this.state.events = KcsEvent.IBF;
    return this.miscdev.register();
  }
}

/** raw-check-obe-deadlock: the lock of the core keeps interrupts out, as since 2023. */
export class KeepsInterruptsOut extends KcsRawV2 {
  protected override makeDevice(aspeed: AspeedKcsObe): KcsBmcDevice {
    return new LocksOutInterrupts(this.kernel, aspeed);
  }
}

class LocksOutInterrupts extends KcsBmcDeviceV2 {
  override *handleEvent(): Steps<number> {
    const { spinLockIrqsave, spinUnlockIrqrestore } = this.in.kcs_bmc_handle_event;
    let rc = IRQ_NONE;
    yield spinLockIrqsave;
    if (this.client !== null) rc = yield* this.client.event();
    yield spinUnlockIrqrestore;
    return rc;
  }
}

/** raw-reopen-ibf-unheard: open() lets IBF through only if the client listens for it; if a byte is held, read() does that. */
export class KeepsBackPressure extends KcsRawV2 {
  protected override makeDevice(aspeed: AspeedKcsObe): KcsBmcDevice {
    return new EnablesWhatIsHeard(this.kernel, aspeed, () => this.state.events);
  }
}

class EnablesWhatIsHeard extends KcsBmcDeviceV2 {
  private readonly heard: () => number;

  constructor(kernel: Kernel, aspeed: AspeedKcsObe, heard: () => number) {
    super(kernel, aspeed);
    this.heard = heard;
  }

  override *enableDevice(client: KcsBmcClient): Steps<number> {
    const { spinLockIrq, spinUnlockIrq } = this.in.kcs_bmc_enable_device;
    yield spinLockIrq;
    if (this.client === null) {
      this.client = client;
      yield* this.updateEventMask(KcsEvent.IBF, this.heard());
    }
    yield spinUnlockIrq;
    return 0;
  }
}

/** kcsaspeed-obe-poll-under-lock: the driver below arms its timer at once. */
export class LeavesItToTheTimer extends KcsRawOpenBmc {
  constructor(kernel: Kernel, aspeed: AspeedKcsObe) {
    super(kernel, aspeed);
    aspeed.spin = 0;
  }
}
