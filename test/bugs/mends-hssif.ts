import { SsifState } from '../../src/host/index.ts';
import { SsifInfo2017 } from '../../src/host/ssif/ssif-2017.ts';

/** hssif-invalid-flags-lock: another answer than that to Get Message Flags is warned of, and given up. */
export class UnlocksOnInvalidFlags extends SsifInfo2017 {
  protected override flagsInvalid(): void {
    this.state = SsifState.IDLE;
  }
}

/** hssif-null-on-error: what is printed of an answer is there. */
export class LooksAtTheLength extends SsifInfo2017 {
  protected override flagsFailed(): void {}
}

/** hssif-alloc-fail-lock: without memory the lock is given back as well. */
export class UnlocksWithoutMemory extends SsifInfo2017 {
  protected override outOfMemory(): void {}
}

/** hssif-kthread-left: kthread_stop() before kfree(). */
export class StopsTheThread extends SsifInfo2017 {
  override stopThread(): void {
    this.thread = false;
  }
}
