import { IPMI_SSIF_PAYLOAD_MAX } from '../ipmi/index.ts';
import { describeMessage } from './text.ts';
import type { Oracle, ReadSeen, SsifSystemView, WriteSeen } from './context.ts';
import type { WireRequest } from './request-log.ts';

const EINVAL = 22;

/**
 * What only /dev/ipmi-ssif-host owes its users. `phantom-request`: a request that one process has left behind is not for
 * the next one, which knows nothing of it. `errno`: -EINVAL is for arguments that are wrong (write(2)): a process that
 * answers in good form, but late, must be able to tell that from a fault of its own.
 */
export class SsifDeviceOracle implements Oracle {
  readonly names = ['phantom-request', 'errno'];
  private readonly view: SsifSystemView;
  /** What nobody had read when the device was about to be closed, and the driver had dealt with all that the bus told. */
  private left: WireRequest | null = null;
  /** The same, once release() has returned. */
  private behind: WireRequest | null = null;
  private begun = 0;
  /** Threads whose read() has begun since: what comes of another may have been handed out before. */
  private readonly since = new Set<string>();

  constructor(view: SsifSystemView) {
    this.view = view;
    view.sim.onReset(() => {
      this.left = null;
      this.behind = null;
      this.begun = 0;
      if (this.since.size > 0) this.since.clear();
    });
  }

  daemonCloses(): void {
    const { wire, pending, busy } = this.view;
    const { current } = wire;
    this.left = current !== null && current.complete && current.delivered === 0 && !pending() && !busy() ? current : null;
  }

  daemonClosed(): void {
    const { wire } = this.view;
    this.behind = this.left === wire.current ? this.left : null;
    this.begun = wire.begun;
    this.since.clear();
  }

  daemonReads(thread: string): void {
    if (this.behind !== null) this.since.add(thread);
  }

  daemonRead({ thread, result, bytes }: ReadSeen): void {
    const { sim, wire } = this.view;
    const { behind } = this;
    // A host that tries again sends the same bytes: then it is that request which is handed out.
    if (result <= 0 || behind === null || !this.since.has(thread) || behind.delivered > 0 || wire.begun !== this.begun || !behind.equals(bytes, result)) return;
    sim.violate('phantom-request', 'left-behind', `${thread} read()`,
      `read() returned ${describeMessage(bytes, result)}, which was asked of the process that had the device open before`);
  }

  daemonWrote({ thread, result, bytes, length, requestLength }: WriteSeen): void {
    if (result !== -EINVAL || requestLength === 0 || length === 0 || length > IPMI_SSIF_PAYLOAD_MAX || this.view.answersMix()) return;
    if (this.view.misfits()) return;
    this.view.sim.violate('errno', 'late-as-einval', `${thread} write()`,
      `write() refused ${describeMessage(bytes, length)}, a response in good form to a request that it had handed out, with -EINVAL as if it were none`);
  }
}
