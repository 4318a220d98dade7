import { Ast2500, HICR0, HICR4, LPC, ast2500Params, type Ast2500Params } from '../../src/hw/index.ts';
import {
  GeneratorProcess, NOMINAL, Simulator, State, type Chooser, type Context, type Ps, type Steps,
} from '../../src/sim/index.ts';

/** An AST2500 with channel 3 at 0xCA2, and contexts that run what a test gives them. */
export class Bench {
  readonly sim = new Simulator();
  readonly soc: Ast2500;
  /** Every event of the trace, as text, with its time in ps. */
  readonly texts: [number, string][] = [];
  private readonly processes: GeneratorProcess[] = [];
  private readonly starts: (readonly [Context, Ps])[] = [];

  constructor(params: Partial<Ast2500Params> = {}) {
    this.soc = new Ast2500(this.sim, ast2500Params(params));
    this.sim.trace.kinds.forEach((kind, code) => {
      this.sim.trace.on(code, (at, _actor, a, b, c) => this.texts.push([at, kind.text(a, b, c)]));
    });
  }

  /** Adds a context. It starts at `start` (ps), or, if that is negative, when the test starts it. */
  context(name: string, body: () => Steps<unknown>, start: Ps = 0): Context {
    const process = new GeneratorProcess(body);
    const ctx = this.sim.context(name, process);
    this.processes.push(process);
    if (start >= 0) this.starts.push([ctx, start]);
    return ctx;
  }

  /** Something that happens at `time` (ps) of each run. */
  at(time: Ps, happen: () => void): void {
    const { sim } = this;
    const slot = sim.slot({ fire: happen });
    sim.onReset(() => sim.queue.schedule(slot, time, false));
  }

  run(chooser: Chooser = NOMINAL): void {
    const { sim, soc } = this;
    sim.reset(chooser);
    this.texts.length = 0;
    soc.lpc.write(LPC.HICR4, HICR4.KCSENBL);
    soc.lpc.write(LPC.LADR3H, 0x0c);
    soc.lpc.write(LPC.LADR3L, 0xa2);
    soc.lpc.write(LPC.HICR0, HICR0.LPC3E);
    for (const process of this.processes) process.start();
    for (const [ctx, at] of this.starts) ctx.start(at);
    sim.finished = () => this.starts.every(([ctx]) => ctx.state === State.done);
    sim.run();
  }
}
