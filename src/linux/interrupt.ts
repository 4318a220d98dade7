import { Calls, EXIT, type Op, type Process } from '../sim/index.ts';
import type { IrqAction, Kernel } from './kernel.ts';

/**
 * What a CPU does in interrupt context: vector, then the VIC loop of irq-aspeed-vic.c, then back.
 *
 *     for (;;) {
 *       yield wait;
 *       for (let source = yield enter; source >= 0; source = yield next) {
 *         let handled = 0;
 *         for (const action of kernel.actions(source)) handled |= yield* action.handler();
 *         kernel.irqTaken(source, handled);
 *       }
 *     }
 *
 * Most steps of a BMC are those of interrupt handlers, so this is not a generator above theirs, but
 * resumes them itself.
 */
export class InterruptProcess implements Process {
  private readonly kernel: Kernel;
  private readonly wait: Op;
  private readonly enter: Op;
  private readonly next: Op;
  /** The step that was issued last is {@link wait}. */
  private waiting = true;
  /** The step that was issued last is {@link enter}. */
  private entered = false;
  /** A handler runs; where it stands among those of {@link source}. */
  private handling = false;
  private readonly handler = new Calls();
  private actions: readonly IrqAction[] = [];
  private at = 0;
  private source = -1;
  private handled = 0;

  constructor(kernel: Kernel, wait: Op, enter: Op, next: Op) {
    this.kernel = kernel;
    this.wait = wait;
    this.enter = enter;
    this.next = next;
  }

  /** Waits for the first interrupt. */
  start(): void {
    this.waiting = true;
    this.entered = false;
    this.handling = false;
  }

  resume(value: number): Op {
    if (this.handling) return this.handle(value);
    this.kernel.sim.current!.home(); // no handler runs: all that it knows is in its fields
    if (this.waiting) {
      this.waiting = false;
      this.entered = true;
      return this.enter;
    }
    if (value >= 0) return this.begin(value);
    if (this.entered) this.kernel.irqTaken(-1, 0);
    this.waiting = true;
    return this.wait;
  }

  /** Calls the handlers of `source`, one after the other. */
  private begin(source: number): Op {
    this.entered = false;
    this.source = source;
    this.handled = 0;
    this.actions = this.kernel.actions(source);
    this.at = 0;
    return this.callNext();
  }

  private callNext(): Op {
    if (this.at < this.actions.length) {
      this.handler.begin(this.actions[this.at++].handler());
      this.handling = true;
      return this.handle(0);
    }
    this.handling = false;
    this.kernel.irqTaken(this.source, this.handled);
    return this.next;
  }

  private handle(value: number): Op {
    const { handler } = this;
    const op = handler.resume(value);
    if (op !== EXIT) return op;
    this.handled |= handler.result;
    return this.callNext();
  }
}
