import { describeMessage } from './text.ts';
import { SEC, type Ps } from '../sim/index.ts';
import type { SystemView, Oracle, ReadSeen, WriteSeen } from './context.ts';
import type { WireRequest } from './request-log.ts';

const EINTR = 4;
const EOVERFLOW = 75;
/** For so long after a stall, and after a daemon has asked, nobody is blamed for being late, ps. */
const SETTLE: Ps = SEC;

/** Whether a host that has lost its patience may blame anybody: nothing is stalled, nor was of late. */
export function patienceCounts({ sim, bound }: Pick<SystemView, 'sim' | 'bound'>): boolean {
  return !sim.anyHeld && bound() && (sim.releasedAt < 0 || sim.now - sim.releasedAt >= SETTLE);
}

/**
 * `lost-request`, `lost-response`, `hang`: judged when a host that waited as long as the
 * spec wants gives up, and only if nothing is stalled by the schedule any more.
 */
export class ProgressOracle implements Oracle {
  readonly names = ['lost-request', 'lost-response', 'hang'];
  private readonly view: SystemView;

  /** Per thread: which request its read() is about, counted from 1. */
  private readonly asked = new Map<string, number>();

  /** Threads that wait for a request, in read() or poll(), and since when. */
  private readonly asking = new Map<string, Ps>();

  constructor(view: SystemView) {
    this.view = view;
    view.sim.onReset(() => {
      if (this.asking.size > 0) this.asking.clear();
      if (this.asked.size > 0) this.asked.clear();
    });
  }

  daemonReads(thread: string): void {
    const { wire, sim } = this.view;
    const { current } = wire;
    const pending = current !== null && current.delivered === 0;
    if (pending && current.complete && current.askedForAt < 0) current.askedForAt = sim.now;
    this.asking.set(thread, sim.now);
    this.asked.set(thread, pending ? wire.begun : wire.begun + 1);
  }

  daemonRead(read: ReadSeen): void {
    const { wire } = this.view;
    this.asking.delete(read.thread);
    // What is handed out (again) can be answered (again), whatever became of an answer to what was alike.
    if (read.result > 0 && wire.current?.equals(read.bytes, read.result) === true) wire.current.refused = false;
    if (read.result !== -EOVERFLOW || this.asked.get(read.thread) !== wire.begun) return;
    if (wire.current !== null && wire.current.complete) wire.current.overflowed = true;
  }

  daemonWrote(write: WriteSeen): void {
    const { sim, wire, keeps } = this.view;
    const { current } = wire;
    // A host that tries again sends the same bytes: what was not read yet has no answer.
    if (current === null || current.delivered === 0 || !current.equals(write.request, write.requestLength)) return;
    if (write.result > 0) current.answered = true;
    else if (write.result !== -EINTR && sim.now - current.completedAt < keeps) current.refused = true;
  }

  daemonClosed(): void {
    const { current } = this.view.wire;
    if (current !== null && current.complete) current.orphaned = true;
  }

  hostGaveUp(what: string): void {
    const { sim, wire } = this.view;
    if (!patienceCounts(this.view) || this.view.stuck()) return;
    const site = 'host';
    const { current } = wire;
    if (current === null || !current.complete || !current.owed || this.view.refused()) return;
    if (!this.view.minds && (current.orphaned || !this.view.open())) return;
    const asked = describeMessage(current.bytes, current.length);
    const waits = `the host has waited for ${what} until its time-out, ${this.view.face()}`;
    if (current.overflowed) {
      sim.violate('hang', 'overflow-not-reported', site,
        `${asked} is too long for the daemon, read() said so (-EOVERFLOW), but the host was not told: ${waits}`);
    } else if (!this.view.open()) {
      sim.violate('hang', 'not-open', site,
        `no daemon has the device open, and ${asked} got neither a response nor ERROR_STATE (IPMI 9.14): ${waits}`);
    } else if (this.view.answersMix() || this.view.misfits() || !this.view.serving()) {
      // Threads that share no lock may answer each other's requests, and a process may stop reading: that is not the driver's fault.
    } else if (current.answered) {
      const rule = this.view.holdsResponse() ? 'withheld' : 'accepted';
      sim.violate('lost-response', rule, site, `write() accepted a response to ${asked}, but it never came: ${waits}`);
    } else if (current.delivered === 0 && this.wanted(current)) {
      sim.violate('lost-request', 'never-delivered', site, `${asked} was never handed to the daemon: ${waits}`);
    } else if (current.refused) {
      sim.violate('lost-response', 'refused', site, `write() refused the response to ${asked}: ${waits}`);
    }
  }

  /** A daemon asks for it, and did while the driver had to keep it, and has had the time to get it. */
  private wanted({ completedAt, askedForAt }: WireRequest): boolean {
    const { sim, keeps } = this.view;
    // Who was held, perhaps before its read() had begun, asks from its release on.
    if (this.asking.size === 0 || sim.releasedAt - completedAt >= keeps) return false;
    for (const since of this.asking.values()) if (since <= completedAt) return true;
    return askedForAt >= 0 && askedForAt - completedAt < keeps && sim.now - askedForAt >= SETTLE;
  }

  finish(satisfied: boolean, askedAt: Ps): void {
    const { sim } = this.view;
    if (satisfied || sim.anyHeld || sim.releasedAt >= askedAt || !this.view.bound() || !this.view.serving() || this.view.misfits()) return;
    if (this.view.hindersUntil() >= askedAt) return;
    sim.violate('hang', 'no-recovery', 'host',
      'a polite host got no answer to its last request, with a daemon serving and nothing stalled');
  }
}
