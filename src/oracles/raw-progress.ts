import { Str, formatStr } from '../ipmi/index.ts';
import type { Ps } from '../sim/index.ts';
import type { Oracle, RawCallSeen, RawSystemView } from './context.ts';
import { patienceCounts } from './progress.ts';

const EPOLLIN = 0x001;
const EPOLLOUT = 0x004;

/** A call that a thread is in. */
interface Under {
  thread: string;
  name: RawCallSeen['name'];
  pos: number;
  requested: number;
  nonBlocking: boolean;
  running: boolean;
}

/** `hang`: nobody sleeps for what is there, and with O_NONBLOCK nobody sleeps at all. */
export class RawProgressOracle implements Oracle {
  readonly names = ['hang'];
  private readonly view: RawSystemView;
  private readonly calls: Under[] = [];

  constructor(view: RawSystemView) {
    this.view = view;
    view.sim.onReset(() => {
      for (const call of this.calls) if (call !== undefined) call.running = false;
    });
  }

  rawBegins({ actor, thread, name, pos, count, nonBlocking }: RawCallSeen): void {
    this.calls[actor] = { thread, name, pos, requested: count, nonBlocking, running: true };
  }

  rawReturned({ actor, thread, name, pos, nonBlocking, slept }: RawCallSeen): void {
    const call = this.calls[actor];
    if (call !== undefined) call.running = false;
    if (name !== 'poll' && slept && (nonBlocking || pos !== 0)) this.sleeps(thread, name, pos);
  }

  private sleeps(thread: string, name: string, pos: number): void {
    this.view.sim.violate('hang', `nonblocking-${name}-sleeps`, `${thread} ${name}()`,
      pos === 0 ? `${name}() of a file with O_NONBLOCK has gone to sleep` : `${name}() of STR has gone to sleep, which is always there`);
  }

  hostGaveUp(what: string): void {
    const { view } = this;
    if (!patienceCounts(view) || !view.open()) return;
    for (const [actor, call] of this.calls.entries()) if (call?.running === true && view.asleep(actor)) this.blame(call, what);
  }

  packetGaveUp(what: string): void {
    this.hostGaveUp(what);
  }

  private blame({ thread, name, pos, requested, nonBlocking }: Under, what: string): void {
    const { view } = this;
    if (name !== 'poll' && (nonBlocking || pos !== 0)) {
      this.sleeps(thread, name, pos);
      return;
    }
    const str = view.str();
    const data = (str & Str.IBF) !== 0 || view.holds();
    const room = (str & Str.OBF) === 0;
    const missed = name === 'read' ? data && 'a byte is there'
      : name === 'write' ? room && 'ODR is free'
        : (requested & EPOLLIN) !== 0 && data ? 'IN is ready' : (requested & EPOLLOUT) !== 0 && room && 'OUT is ready';
    if (missed === false) return;
    view.sim.violate('hang', `${name}-asleep`, `${thread} ${name}()`,
      `${thread} sleeps in ${name}() although ${missed}, and nothing will wake it: STR=${formatStr(str)}, the driver is ${view.phaseName()}; the host has waited for ${what} until its time-out`);
  }

  finish(satisfied: boolean, askedAt: Ps): void {
    const { sim } = this.view;
    if (satisfied || sim.anyHeld || sim.releasedAt >= askedAt || !this.view.bound() || !this.view.serving()) return;
    sim.violate('hang', 'no-recovery', 'host', 'the host got no answer to what it sent last, with a process serving and nothing stalled');
  }
}
