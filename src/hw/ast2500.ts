import type { Simulator, Waveform } from '../sim/index.ts';
import { ast2500Params, type Ast2500Params } from './ast2500-params.ts';
import { I2cBlock } from './i2c/block.ts';
import { i2cParams, type I2cParams } from './i2c/params.ts';
import type { BtPort } from './bt/port.ts';
import { BtTrace } from './bt/trace.ts';
import { defineLpcRegisters, type LpcRegisters } from './lpc/apb.ts';
import { LpcBus } from './lpc/bus.ts';
import { LpcController } from './lpc/lpc-controller.ts';
import type { LpcPort } from './lpc/port.ts';
import { defineLpcTrace } from './lpc/trace.ts';
import { Serirq } from './serirq.ts';
import { VIC_I2C, VIC_LPC, Vic } from './vic.ts';

/** The I2C side of a system. */
export interface I2cConfig {
  /** The buses to build, 0 to 13. */
  readonly buses: readonly number[];
  readonly params?: I2cParams;
}

/**
 * The in-band part of an AST2500 and the wires around it:
 *
 *     host CPU --inb/outb--> LPC bus --> LPC block <--APB-- BMC CPU
 *         ^                                |    |              ^
 *         +------- SerIRQ <----------------+    +----> VIC ----+
 *
 *     host CPU --> SmbusHost --> I2cBus --> I2C engine <--APB-- BMC CPU
 *                                               +----> VIC ----+
 *
 * I2C is built only if it is asked for.
 *
 * Who owns the CPUs sets `serirq.onHost` (the host's interrupt controller) and `vic.onLine` (the BMC's
 * IRQ input). A reset of the simulator is a power-on.
 */
export class Ast2500 {
  readonly params: Ast2500Params;
  /** The registers themselves, without time. */
  readonly lpc: LpcController;
  /** The registers as steps of the BMC. */
  readonly registers: LpcRegisters;
  readonly vic: Vic;
  readonly serirq: Serirq;
  private readonly bus: LpcBus;
  private readonly i2cBlock: I2cBlock | null;

  constructor(sim: Simulator, params: Ast2500Params = ast2500Params(), i2c?: I2cConfig) {
    this.params = params;
    const codes = defineLpcTrace(sim.trace);
    this.lpc = new LpcController(params);
    const bt = new BtTrace(sim.trace, this.lpc.ibt);
    this.bus = new LpcBus(sim, this.lpc, codes, bt, params);
    this.registers = defineLpcRegisters(sim, this.lpc, codes, bt, params);
    this.vic = new Vic(sim);
    this.serirq = new Serirq(sim, params);
    this.lpc.onLine = (level) => this.vic.raise(VIC_LPC, level);
    this.lpc.hostIrqs.onRequest = (irq, level) => this.serirq.set(irq, level);
    this.i2cBlock = i2c === undefined ? null : new I2cBlock(sim, i2c.buses, i2c.params ?? i2cParams(), params);
    if (this.i2cBlock !== null) this.i2cBlock.onLine = (level) => this.vic.raise(VIC_I2C, level);
    sim.onReset(() => this.powerOn());
    this.powerOn();
  }

  /** The I2C engines; only if the system was made with them. */
  get i2c(): I2cBlock {
    if (this.i2cBlock === null) throw new Error('this system was made without I2C');
    return this.i2cBlock;
  }

  /** The host's ports at `base` (data) and `base + spacing` (command/status), as steps of the host. */
  port(base: number, spacing = 1): LpcPort {
    return this.bus.port(base, spacing);
  }

  /** Every wire between host and BMC, at clock level; the speed of each bus is the one it has now. */
  waveforms(): readonly Waveform[] {
    return [this.bus.waveform(), this.serirq.waveform(), ...this.i2cBlock?.waveforms() ?? []];
  }

  /** The host's BT ports from `base` up, as steps of the host. */
  btPort(base: number): BtPort {
    return this.bus.btPort(base);
  }

  /** The BMC alone is reset: the LPC block forgets all, the host sees its channels vanish. */
  bmcReset(): void {
    this.lpc.bmcReset();
    this.i2cBlock?.bmcReset();
    this.vic.bmcReset();
  }

  /** The host alone is reset: LRESET# pulses. */
  hostReset(): void {
    this.lpc.lpcReset();
  }

  private powerOn(): void {
    this.vic.reset();
    this.lpc.reset();
    this.serirq.reset();
    // The host has run its first, continuous sequence before the run begins.
    this.lpc.learnSerirqMode(this.params.serirqQuiet !== 0);
  }
}
