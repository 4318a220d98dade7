import { describeMessage, tornFrom } from './text.ts';
import { mixtureText, partText } from './torn.ts';
import type { SystemView, Oracle, ReadSeen } from './context.ts';
import type { WireRequest } from './request-log.ts';

/** `torn-message`, `phantom-request`, `duplicate-request`: what read() hands out is one whole request, once. */
export class DeliveryOracle implements Oracle {
  readonly names = ['torn-message', 'phantom-request', 'duplicate-request'];
  private readonly view: SystemView;

  constructor(view: SystemView) {
    this.view = view;
  }

  daemonRead(read: ReadSeen): void {
    const { result, bytes } = read;
    if (result === 0) this.empty(read);
    if (result <= 0) return;
    // Nothing can be said of bytes behind a page that is not there: that is for the errno oracle.
    if (read.nextPage === 'unmapped' && result > read.pageEnd) return;
    const { sim, wire } = this.view;
    if (this.view.misfits()) {
      sim.violate('torn-message', 'other-framing', `${read.thread} read()`,
        `read() handed out ${describeMessage(bytes, result)} to a daemon that was built for messages of another form, and has not refused it`);
      return;
    }
    let fresh: WireRequest | undefined;
    let known: WireRequest | undefined;
    let open: WireRequest | undefined;
    let head: WireRequest | undefined;
    for (const request of wire.requests()) {
      if (request.delivered === 0) open = request;
      if (request.complete && request.equals(bytes, result) && request.seq === read.seq) {
        // A host that tries again sends the same bytes: the last of them is what it waits for.
        if (request.delivered === 0) fresh = request;
        else known = request;
      } else if (request.complete && request.delivered === 0 && request.beginsWith(bytes, result)) {
        head = request;
      }
    }
    if (fresh !== undefined) {
      fresh.delivered++;
      return;
    }
    const got = describeMessage(bytes, result);
    const site = `${read.thread} read()`;
    if (this.view.garbled()) return;
    if (known !== undefined) {
      sim.violate('duplicate-request', 'delivered-twice', site, `read() returned ${got} a second time; the host sent it once`);
      return;
    }
    if (head !== undefined) {
      head.delivered++;
      sim.violate('torn-message', 'truncated', site,
        `read() returned ${result} bytes as a whole request; the host sent ${head.length}, of which ${head.length - result} ${head.length - result === 1 ? 'is' : 'are'} cut off: `
        + describeMessage(head.bytes, head.length));
      return;
    }
    const requests = [...wire.requests()];
    const part = partText(bytes, result, requests);
    if (open === undefined) {
      sim.violate('phantom-request', 'never-sent', site, `read() returned ${got}${part === '' ? ', which the host never sent' : part}`);
      return;
    }
    const { current } = wire;
    if (current !== null && current.complete && current.delivered === 0) current.delivered++;
    const what = part === '' ? mixtureText(bytes, result, requests) : part;
    const unfinished = requests.some((request) => !request.complete && request.equals(bytes, result));
    sim.violate('torn-message', unfinished ? 'unfinished' : 'mixed', site, `read() returned ${got}${what === '' ? `: no request that the host sent${tornFrom(bytes, result)}` : what}`);
  }

  /** Nobody can ask with no bytes at all; and to a daemon it looks like the end of the file. */
  private empty({ thread, count }: ReadSeen): void {
    if (count === 0) return;
    this.view.sim.violate('phantom-request', 'empty', `${thread} read()`, 'read() handed out a request of no bytes');
  }
}
