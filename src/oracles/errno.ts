import { describeMessage } from './text.ts';
import type { SystemView, Oracle, ReadSeen, WriteSeen } from './context.ts';

const EIO = 5;
const EAGAIN = 11;
const EFAULT = 14;

/**
 * `errno`: what read() may return (read(2)): a blocking read never -EAGAIN, -EFAULT only for a bad address. -EIO is for
 * a device that does not work, and no device here ever fails.
 */
export class ErrnoOracle implements Oracle {
  readonly names = ['errno'];
  private readonly view: SystemView;

  constructor(view: SystemView) {
    this.view = view;
  }

  daemonRead(read: ReadSeen): void {
    const { sim } = this.view;
    const site = `${read.thread} read()`;
    if (read.result === -EAGAIN && !read.nonBlocking) {
      if (read.signalled) {
        sim.violate('errno', 'signal-as-eagain', site,
          'a signal ended a blocking read(), which returned -EAGAIN instead of -ERESTARTSYS: SA_RESTART is lost');
      } else {
        sim.violate('errno', 'blocking-read-eagain', site, 'a blocking read() returned -EAGAIN (read(2): only with O_NONBLOCK)');
      }
    } else if (read.result === -EFAULT && read.nextPage !== 'unmapped') {
      sim.violate('errno', 'efault-without-fault', site, 'read() returned -EFAULT, but every byte of the buffer is mapped');
    } else if (read.result > 0 && read.nextPage === 'unmapped' && read.result > read.pageEnd) {
      sim.violate('errno', 'fault-not-reported', site,
        `read() returned ${read.result}, but the buffer is unmapped from byte ${read.pageEnd} on: ${describeMessage(read.bytes, read.pageEnd)}`);
    } else if (read.result === -EIO) {
      this.eio(site, 'read()');
    }
  }

  daemonWrote({ thread, result }: WriteSeen): void {
    if (result === -EIO) this.eio(`${thread} write()`, 'write()');
  }

  private eio(site: string, call: string): void {
    this.view.sim.violate('errno', 'eio-without-error', site, `${call} returned -EIO, but nothing is wrong with the device`);
  }
}
