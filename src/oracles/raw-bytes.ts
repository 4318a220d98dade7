import { Str } from '../ipmi/index.ts';
import type { Oracle, RawCallSeen, RawSystemView } from './context.ts';
import type { RawWire } from './raw-wire.ts';

const EFAULT = 14;

/** `05h`. */
export function byteText(byte: number): string {
  return `${byte.toString(16).toUpperCase().padStart(2, '0')}h`;
}

/** `lost-byte`, `phantom-request`: each byte that the BMC takes is handed out once, none in ODR is overwritten. */
export class RawBytesOracle implements Oracle {
  readonly names = ['lost-byte', 'phantom-request'];
  private readonly view: RawSystemView & { readonly wire: RawWire };
  /** Threads that are in read(), by context. */
  private readonly reading = new Set<number>();
  /** Bytes that were said to be lost. */
  private readonly lost: number[] = [];
  /** Threads in a call, by context. */
  private readonly inCall = new Map<number, string>();

  constructor(view: RawSystemView & { readonly wire: RawWire }) {
    this.view = view;
    const { sim, wire } = view;
    const { trace } = sim;
    trace.on(trace.code('bmc.odr.write'), (_at, actor, value, obf, channel) => {
      if (channel !== wire.channel || (obf & Str.OBF) === 0) return;
      sim.violate('lost-byte', 'odr-overwritten', `${this.inCall.get(actor) ?? 'driver'} write()`,
        `${byteText(value)} is written to ODR while OBF=1: the byte before it, whose write() was a success, is lost`);
    });
    sim.onReset(() => {
      if (this.reading.size > 0) this.reading.clear();
      if (this.inCall.size > 0) this.inCall.clear();
      this.lost.length = 0;
    });
  }

  rawBegins(call: RawCallSeen): void {
    this.view.wire.watch(call.actor);
    this.inCall.set(call.actor, call.thread);
    if (call.name === 'read' && call.pos === 0 && call.count > 0) this.reading.add(call.actor);
  }

  rawReturned(call: RawCallSeen): void {
    this.inCall.delete(call.actor);
    this.reading.delete(call.actor);
    if (call.pos !== 0) return;
    if (call.name === 'read') this.read(call);
    else if (call.name === 'write') this.wrote(call);
  }

  private read({ thread, result, bytes, pageEnd, nextPage }: RawCallSeen): void {
    const { sim, wire } = this.view;
    const { pending } = wire;
    if (result === -EFAULT) this.audit(`${thread} read()`, 'consumed-on-efault', 'read() failed with -EFAULT, and');
    // What is behind a page that is not there is for the errno oracle.
    if (result <= 0 || (nextPage === 'unmapped' && pageEnd === 0)) return;
    const [byte] = bytes;
    const at = pending.indexOf(byte);
    if (at < 0) {
      // Which byte is lost is but a guess where several are on their way.
      if (this.lost.includes(byte)) return;
      sim.violate('phantom-request', 'never-sent', `${thread} read()`, `read() returned ${byteText(byte)}, which the host has not sent, or which was handed out before`);
      return;
    }
    pending.splice(at, 1);
    this.audit(`${thread} read()`, 'overwritten', `read() returned ${byteText(byte)}, and`);
  }

  private wrote({ thread, actor, result, bytes }: RawCallSeen): void {
    const { odr } = this.view.wire.written(actor);
    if (result > 0 && odr !== 1) {
      this.view.sim.violate('lost-byte', 'not-written', `${thread} write()`, `write() of ${byteText(bytes[0])} was a success, but wrote ODR ${odr} times`);
    }
  }

  /** What was taken is held by the driver, or on its way to a thread: anything beyond is lost. */
  private audit(site: string, rule: string, what: string): void {
    const { view, reading } = this;
    const { pending } = view.wire;
    let safe = view.holds() ? 1 : 0;
    for (const actor of reading) if (!view.asleep(actor)) safe++;
    if (pending.length <= safe) return;
    const lost = pending.splice(0, pending.length - safe);
    this.lost.push(...lost);
    view.sim.violate('lost-byte', rule, site, `${what} ${lost.map(byteText).join(', ')}, which the driver has taken from IDR, is nowhere any more`);
  }

  finish(): void {
    if (this.view.bound() && !this.view.sim.anyHeld) this.audit('driver', 'never-delivered', 'at the end');
  }
}
