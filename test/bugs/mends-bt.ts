import { BTBRIDGED_MENDED, type BtdShape } from '../../src/daemon/index.ts';
import type { AspeedIbt } from '../../src/drivers/bt-bmc/index.ts';
import { BtBmcMainline } from '../../src/drivers/bt-bmc/mainline.ts';
import { BT_CTRL } from '../../src/hw/index.ts';
import { EAGAIN, EFAULT, EINVAL, EIO, EMSGSIZE, type Kernel, type OpenFile, type UserBuffer } from '../../src/linux/index.ts';
import { BtSystem } from '../../src/scenarios/index.ts';
import type { Steps } from '../../src/sim/index.ts';

/** bt-close-open-busy-stuck: release() sets B_BUSY while it still counts as open. */
export class SetsBusyFirst extends BtBmcMainline {
  override *release(_file: OpenFile): Steps<number> {
    yield* this.in.bt_bmc_release.io.setBBusy();
    this.openCount--;
    return 0;
  }
}

/** bt-oversize-write: what does not fit the FIFO is refused. */
export class BoundsTheWrite extends BtBmcMainline {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    return count > this.ibt.fifoDepth ? -EMSGSIZE : yield* super.write(file, buf, count);
  }
}

/** bt-efault-request-lost: H2B_ATN stays set until the request is in user space. */
export class KeepsTheRequest extends BtBmcMainline {
  protected override *takeRequest(buf: UserBuffer, count: number): Steps<number> {
    const { io } = this.in.bt_bmc_read;
    yield io.clrRdPtr;
    const ret = yield* this.copyRequest(buf, count);
    if (ret !== -EFAULT) yield io.clrH2bAtn;
    return ret;
  }
}

/** bt-short-count-truncates: who offers too little is told so, and may ask again. */
export class RefusesShortCounts extends BtBmcMainline {
  protected override *takeRequest(buf: UserBuffer, count: number): Steps<number> {
    const { io } = this.in.bt_bmc_read;
    yield io.clrRdPtr;
    if ((yield io.read) + 1 > count) return -EMSGSIZE;
    return yield* super.takeRequest(buf, count);
  }
}

/** bt-zero-length-message: what is too short to be a message is none. */
export class SkipsEmptyMessages extends BtBmcMainline {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    let ret: number;
    do ret = yield* super.read(file, buf, count);
    while (ret === 0);
    return ret;
  }
}

/** bt-nonblock-ignored: with O_NONBLOCK neither read() nor write() waits. */
export class HonoursNonblock extends BtBmcMainline {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    if (file.nonBlocking && ((yield this.in.bt_bmc_read.io.readCtrl) & BT_CTRL.H2B_ATN) === 0) return -EAGAIN;
    return yield* super.read(file, buf, count);
  }

  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const waits = BT_CTRL.H_BUSY | BT_CTRL.B2H_ATN;
    if (file.nonBlocking && ((yield this.in.bt_bmc_write.io.readCtrl) & waits) !== 0) return -EAGAIN;
    return yield* super.write(file, buf, count);
  }
}

/** bt-two-readers-eio: who comes second waits again. */
export class WaitsAgain extends BtBmcMainline {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    let ret: number;
    do ret = yield* super.read(file, buf, count);
    while (ret === -EIO);
    return ret;
  }

  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    let ret: number;
    do ret = yield* super.write(file, buf, count);
    while (ret === -EIO);
    return ret;
  }
}

/** bt-remove-open-fd-uaf: the memory lives on until the last file is closed, or its last call has returned. */
export class CountsReferences extends BtBmcMainline {
  private references = 1;

  constructor(kernel: Kernel, ibt: AspeedIbt) {
    super(kernel, ibt);
    kernel.sim.onReset(() => {
      this.references = 1;
    });
  }

  override *open(file: OpenFile): Steps<number> {
    this.references++;
    const ret = yield* super.open(file);
    if (ret < 0) this.put();
    return ret;
  }

  override *release(file: OpenFile): Steps<number> {
    const ret = yield* super.release(file);
    this.put();
    return ret;
  }

  override *remove(): Steps {
    yield* this.unbind();
    this.put();
  }

  private put(): void {
    if (--this.references === 0) this.memory.kfree();
  }
}

/** bt-efault-stale-response: B2H_ATN is raised for a response that is there. */
export class OffersWhatItHas extends BtBmcMainline {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    // access_ok() and the fault, before anything is written.
    if (count < 5) return -EINVAL;
    if ((yield* this.uaccess.copyFromUser(this.in.bt_bmc_write.copy, this.kbuffer, buf, Math.min(count, 256))) !== 0) return -EFAULT;
    return yield* super.write(file, buf, count);
  }
}

/** bt-seq-reuse-after-timeout: the bridge knows the request itself, not its number. */
export class MendedBridge extends BtSystem {
  protected override bridged(): BtdShape {
    return BTBRIDGED_MENDED;
  }
}
