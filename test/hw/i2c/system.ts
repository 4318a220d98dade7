import {
  Ast2500, FUN_CTRL, I2C, INTR, SmbusHost, acTimingFor, ast2500Params, i2cParams, type AspeedI2c, type I2cParams,
} from '../../../src/hw/index.ts';
import { GeneratorProcess, NOMINAL, Simulator, State, type Chooser, type Context, type Ps, type Steps } from '../../../src/sim/index.ts';

/** Everything that i2c-aspeed.c enables: SLAVE_MATCH is not among it. */
export const ENABLED = 0x607f;

/** The bus that the tests use, and the BMC's address on it. */
export const BUS = 5;
export const ADDRESS = 0x10;

/** An AST2500 with one I2C engine as target at 10h, a host's SMBus controller, and contexts. */
export class I2cBench {
  readonly sim = new Simulator();
  readonly soc: Ast2500;
  readonly engine: AspeedI2c;
  readonly host: SmbusHost;
  /** Every event of the trace: time (ps) and text. */
  readonly texts: [Ps, string][] = [];
  /** Levels of the chip's interrupt line for I2C, with their time. */
  readonly lines: [Ps, number][] = [];
  private readonly processes: GeneratorProcess[] = [];
  private readonly starts: (readonly [Context, Ps])[] = [];

  constructor(params: Partial<I2cParams> = {}) {
    const i2c = i2cParams(params);
    this.soc = new Ast2500(this.sim, ast2500Params(), { buses: [BUS], params: i2c });
    this.engine = this.soc.i2c.engine(BUS);
    this.host = new SmbusHost(this.sim, this.soc.i2c.bus(BUS), i2c);
    const { i2c: block } = this.soc;
    const { onLine } = block;
    block.onLine = (level) => {
      this.lines.push([this.sim.now, level]);
      onLine(level);
    };
    this.sim.trace.kinds.forEach((kind, code) => {
      this.sim.trace.on(code, (at, _actor, a, b, c) => this.texts.push([at, kind.text(a, b, c)]));
    });
  }

  /** Texts of the bus alone, without times. */
  get wire(): string[] {
    return this.texts.map(([, text]) => text).filter((text) => text.startsWith(`I2C${BUS}: `)).map((text) => text.slice(6));
  }

  /** Adds a context that starts at `start` (ps). */
  context(name: string, body: () => Steps<unknown>, start: Ps = 0): Context {
    const process = new GeneratorProcess(body);
    const ctx = this.sim.context(name, process);
    this.processes.push(process);
    this.starts.push([ctx, start]);
    return ctx;
  }

  /** Something that happens at `time` (ps) of each run. */
  at(time: Ps, happen: () => void): void {
    const { sim } = this;
    const slot = sim.slot({ fire: happen });
    sim.onReset(() => sim.queue.schedule(slot, time, false));
  }

  run(chooser: Chooser = NOMINAL): void {
    const { sim, engine } = this;
    sim.reset(chooser);
    this.texts.length = 0;
    this.lines.length = 0;
    engine.write(I2C.FUN_CTRL, FUN_CTRL.MASTER_EN | FUN_CTRL.SLAVE_EN);
    engine.write(I2C.DEV_ADDR, ADDRESS);
    engine.write(I2C.INTR_CTRL, ENABLED);
    engine.write(I2C.AC_TIMING1, 0x7770_0000 | acTimingFor(100, i2cParams().i2cApbClock));
    for (const process of this.processes) process.start();
    for (const [ctx, at] of this.starts) ctx.start(at);
    sim.finished = () => this.starts.every(([ctx]) => ctx.state === State.done);
    sim.run();
  }
}

/** INTR_STS by its names, for expectations that read like the tables. */
export const { TX_ACK, TX_NAK, RX_DONE, NORMAL_STOP, ABNORMAL, SLAVE_MATCH, ARBIT_LOSS } = INTR;
