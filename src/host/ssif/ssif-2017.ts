import { SsifInfo, SsifState } from './ssif-info.ts';

/**
 * ipmi_ssif as of 2017, Linux 4.14 by its timers: it sends again at once and asks again after 20 ms, knows no 08h, has no
 * watch timer, and does not survive some answers that it does not expect.
 */
export class SsifInfo2017 extends SsifInfo {
  override readonly msgUsec = 20_000;
  override readonly reqRetryUsec = 0;
  protected override readonly fullBlocks = false;
  override readonly testsMultipart = false;
  override readonly identifies = true;

  /** Flags are looked at first, the lower layer having no way to ask for attention. */
  override requestEvents(): void {
    if (!this.hasEventBuffer || this.dead) return;
    this.reqEvents = true;
    this.watchTimeout();
  }

  /** retry_timeout() is called to read, but looks at waiting_alert, which has just been cleared: nobody reads. */
  protected override readAtOnce(): void {}

  /** The last part is sent from where `multi_data`, NULL by then, points to; it is always the second. */
  protected override writeNextPart(): void {
    this.fault('crash', 'ssif_i2c_send: multi_data is NULL');
  }

  /** The warning prints data[2] whether there is data or not. */
  protected override flagsFailed(data: Uint8Array | null): void {
    if (data === null) this.fault('crash', 'msg_done_handler: data is NULL');
  }

  /** Warns, and keeps the lock that is taken again right after. */
  protected override flagsInvalid(): void {
    this.fault('deadlock', 'msg_done_handler: ssif_info->lock is taken twice');
  }

  /** start_event_fetch() and start_recv_msg_fetch() return with the lock held. */
  protected override outOfMemory(): void {
    this.state = SsifState.IDLE;
    this.fault('deadlock', 'start_event_fetch: ssif_info->lock is left locked');
  }
}
