import { Str } from '../../src/ipmi/index.ts';
import { EINTR, waitEventInterruptibleLocked, type Kernel, type OpenFile } from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { KcsEvent } from '../../src/drivers/kcs-aspeed.ts';
import type { AspeedKcsObe } from '../../src/drivers/kcs-aspeed-obe.ts';
import { KcsBmcDevice } from '../../src/drivers/kcs-core.ts';
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

/** raw-ibf-enabled-without-client: IBF is let through while the device is open. */
export class MasksWhileClosed extends KcsRawV2 {
  protected override makeDevice(aspeed: AspeedKcsObe): KcsBmcDevice {
    return new KcsBmcDevice(this.kernel, aspeed);
  }

  protected override *attachCdev(): Steps<number> {
    yield* this.updateEventMask(KcsEvent.IBF | KcsEvent.OBE, 0);
    return this.miscdev.register();
  }

  override *open(_file: OpenFile): Steps<number> {
    this.state.events = KcsEvent.IBF;
    return yield* this.device.enableDevice(this);
  }
}

/** kcsaspeed-obe-poll-under-lock: the driver below arms its timer at once. */
export class LeavesItToTheTimer extends KcsRawOpenBmc {
  constructor(kernel: Kernel, aspeed: AspeedKcsObe) {
    super(kernel, aspeed);
    aspeed.spin = 0;
  }
}
