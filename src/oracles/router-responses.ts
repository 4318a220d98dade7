import { patienceCounts } from './progress.ts';
import { describeRouted, hex, type RoutedRequest, type RouterSystemView } from './router-view.ts';
import type { Oracle } from './context.ts';

/** Sequence numbers of BT. */
const SEQUENCES = 256;

/** What became of the last request with a sequence number. */
class Fate implements RoutedRequest {
  seq = 0;
  netFnLun = 0;
  cmd = 0;
  /** Which one of the wire's it is; -1: none. */
  number = -1;
  /** Device that it was handed to, -1: none. */
  device = -1;
  /** Requests with this number that the bus has got no response for: a host that tries again uses the same. */
  owed = 0;
  /** The error response for it was refused by the bus, with this errno; 0: it was not. */
  refused = 0;
  /** One before it has the same number, another command, and no response: which of them gets one is not told. */
  mixed = false;
  /** Its device was unregistered before it had answered. */
  orphaned = false;

  begin(seq: number, netFnLun: number, cmd: number, number: number): void {
    this.mixed = this.owed > 0 && (this.mixed || netFnLun !== this.netFnLun || cmd !== this.cmd);
    this.seq = seq;
    this.netFnLun = netFnLun;
    this.cmd = cmd;
    this.number = number;
    this.device = -1;
    this.owed++;
    this.refused = 0;
    this.orphaned = false;
  }

  reset(): void {
    this.begin(0, 0, 0, -1);
    this.owed = 0;
    this.mixed = false;
  }
}

/**
 * `duplicate-response` and `lost-response`: each request that reaches the router gets one response, from its device or
 * from the router in place of that.
 */
export class RouterResponseOracle implements Oracle {
  readonly names = ['duplicate-response', 'lost-response'];
  private readonly view: RouterSystemView;
  private readonly fates: Fate[] = Array.from({ length: SEQUENCES }, () => new Fate());
  /** The response under way is the router's own. */
  private own = -1;

  constructor(view: RouterSystemView) {
    this.view = view;
    const { sim, devices, wire } = view;
    const { trace } = sim;
    trace.on(trace.code('router.request'), (_at, _actor, seq, netFnLun, cmd) => {
      this.fates[seq].begin(seq, netFnLun, cmd, wire.taken);
    });
    trace.on(trace.code('router.handed'), (_at, _actor, device, seq) => {
      const fate = this.fates[seq];
      fate.device = device;
      if (!devices[device].isDefault) this.delivered(fate);
    });
    trace.on(trace.code('router.handled'), (_at, _actor, _device, seq, result) => {
      if (result !== 0) this.delivered(this.fates[seq]);
    });
    trace.on(trace.code('router.error'), (_at, _actor, seq, code) => this.errorFor(seq, code));
    trace.on(trace.code('router.sent'), (_at, _actor, seq, _code, result) => {
      const fate = this.fates[seq];
      if (result === 0) {
        fate.owed--;
        fate.refused = 0;
        const request = wire.kept(fate.number);
        if (request !== null && request.delivered > 0 && !fate.mixed && this.own !== seq && !isDefault(devices, fate.device)) request.answered = true;
      } else if (this.own === seq) fate.refused = result;
      this.own = -1;
    });
    trace.on(trace.code('router.registered'), (_at, _actor, device, on, result) => {
      if (on !== 0 || result !== 0) return;
      for (const fate of this.fates) if (fate.number >= 0 && fate.device === device && fate.owed > 0) fate.orphaned = true;
    });
    sim.onReset(() => {
      this.own = -1;
      // All of them: a response to what nobody has asked leaves its mark, too.
      for (const fate of this.fates) fate.reset();
    });
  }

  /** It is not the daemon's, whatever becomes of it. */
  private delivered({ number }: Fate): void {
    const request = this.view.wire.kept(number);
    if (request !== null) request.delivered++;
  }

  private errorFor(seq: number, code: number): void {
    const fate = this.fates[seq];
    this.own = seq;
    if (fate.owed > 0) return;
    const { sim, devices } = this.view;
    sim.violate('duplicate-response', 'error-after-response', devices[fate.device]?.name ?? 'router',
      `${describeRouted(fate)} was answered by ${devices[fate.device]?.name ?? 'a device'}, which then returned an error: the router sends a second response, ${hex(code)}`);
  }

  hostGaveUp(what: string): void {
    const { sim, wire, devices } = this.view;
    const { current } = wire;
    if (!patienceCounts(this.view) || current === null || !current.owed) return;
    const fate = this.fates.find(({ number, owed }) => number === wire.number && owed > 0);
    if (fate === undefined) return;
    const waits = `the host has waited for ${what} until its time-out`;
    if (fate.refused !== 0) {
      sim.violate('lost-response', 'error-dropped', 'host',
        `${describeRouted(fate)} failed, and the bus could not take the error response: it was not tried again, and ${waits}`);
    } else if (fate.orphaned && !isDefault(devices, fate.device)) {
      sim.violate('lost-response', 'device-gone', 'host',
        `${describeRouted(fate)} was with ${devices[fate.device].name} when that was unregistered: nobody answers, and ${waits}`);
    }
  }
}

function isDefault(devices: RouterSystemView['devices'], device: number): boolean {
  return devices[device]?.isDefault === true;
}
