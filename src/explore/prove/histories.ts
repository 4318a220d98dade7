import { mix, type Context, type Op, type Ps } from '../../sim/index.ts';

/** No op, and no op's complement. */
const TOLD = 1 << 30;

/**
 * What stands for the frames of generators, which nobody can see: all that their code has been told.
 *
 * A generator is a deterministic function of what it was resumed with and of what it read meanwhile. A
 * context without a gate shares no memory (a host knows the BMC by its registers alone), so its frames are a
 * function of its own steps, their values and, since it may look at the clock, their times. Contexts with a
 * gate share the memory of a kernel: their frames and that memory are a function of the steps of all of them
 * in their order. Their times do not count: code of the BMC has no clock but its timers, whose due times are
 * seen, and jiffies, which count whenever it looks at them. Each history is kept in 64 bits.
 */
export class Histories {
  /** Per context, the kernel's at the end: two lanes each. */
  private low = new Int32Array(0);
  private high = new Int32Array(0);

  reset(contexts: number): void {
    if (this.low.length !== contexts + 1) {
      this.low = new Int32Array(contexts + 1);
      this.high = new Int32Array(contexts + 1);
    }
    this.low.fill(0x0ddba11);
    this.high.fill(0x5eed);
  }

  /** `ctx` was resumed and goes on with the step that it is about to issue. */
  resumed(ctx: Context): void {
    this.add(ctx, ctx.op, ctx.value, ctx.sim.now);
  }

  /** `ctx` was resumed and has ended. */
  ended(ctx: Context): void {
    this.add(ctx, 0, ctx.value, ctx.sim.now);
  }

  /** `ctx` was told `value` beside its steps. */
  told(ctx: Context, value: number): void {
    this.add(ctx, TOLD, value, ctx.sim.now);
  }

  /** A step of `ctx` took effect. */
  stepped(ctx: Context, op: Op, value: number): void {
    this.add(ctx, ~op, value, ctx.sim.now);
  }

  private add(ctx: Context, what: number, value: number, now: Ps): void {
    const alone = ctx.gate === null;
    const at = alone ? ctx.id : this.low.length - 1;
    let low = mix(mix(this.low[at], what), value);
    let high = mix(mix(this.high[at], value), what);
    if (alone) {
      low = mix(low, now | 0);
      high = mix(high, Math.floor(now / 4294967296) ^ now);
    } else {
      low = mix(low, ctx.id);
      high = mix(high, ctx.id);
    }
    this.low[at] = low;
    this.high[at] = high;
  }

  /** Both lanes of all histories together, beginning with those given. */
  fold(low: number, high: number): readonly [number, number] {
    let [a, b] = [low, high];
    for (let i = 0; i < this.low.length; i++) {
      a = mix(a, this.low[i]);
      b = mix(b, this.high[i]);
    }
    return [a, b];
  }
}
