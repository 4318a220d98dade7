import type { Ps, Simulator } from '../../sim/index.ts';
import type { I2cBus } from './bus.ts';
import { STATE_MASK, STATE_SHIFT } from './format.ts';
import { AspeedInitiator, M_COMMANDS } from './initiator.ts';
import { CMD, FUN_CTRL, I2C, I2cState, INTR } from './registers.ts';
import { AspeedTarget, type TargetParams } from './target.ts';
import { acTimeout, acTiming } from './timing.ts';

/** What is open about the engine on silicon. */
export interface AspeedI2cParams extends TargetParams {
  /** Period of the APB's clock, ps. */
  readonly i2cApbClock: Ps;
  readonly i2cMatchInterrupts: number;
  readonly i2cAddressPending: number;
}

/** Bits that each register keeps of what is written, by word index (i2c-aspeed.c, QEMU's aspeed_i2c.h). */
const WRITABLE: readonly number[] = [
  0x0071_c3ff, // FUN_CTRL
  0xffff_ffff, // AC_TIMING1
  0x0000_001f, // AC_TIMING2
  0x0000_ffff, // INTR_CTRL
  0, // INTR_STS: written 1 to clear
  0, // CMD
  0x0000_7fff, // DEV_ADDR
  0x00ff_ffff, // POOL_CTRL
  0, // BYTE_BUF: the low byte
  0xffff_fffc, // DMA address, on the AST2500 kept and not used here
  0x0000_0fff, // DMA length
];
const WORDS = WRITABLE.length;

/** What CMD keeps of a write while it is under way. */
const COMMANDS = 0xffff;

/**
 * One I2C engine of the AST2500: one file of registers, in which it is controller and target at once, in
 * byte mode. Each call is one access, whole and at once; when it happens is the bus' affair.
 *
 * INTR_STS latches whatever is enabled; the interrupt is the level (INTR_STS & INTR_CTRL) != 0.
 */
export class AspeedI2c {
  readonly target: AspeedTarget;
  readonly initiator: AspeedInitiator;
  /** INTR_STS. */
  intrSts = 0;
  /** CMD [15:0]: commands that are not done. */
  cmd = 0;
  /** BYTE_BUF: [15:8] received, [7:0] to transmit. */
  byteBuf = 0;
  /** Level of the engine's interrupt. */
  line = 0;
  /** Called when the engine's interrupt rises (1) or falls (0). */
  onLine: (level: number) => void = () => {};
  private readonly bus: I2cBus;
  private readonly params: AspeedI2cParams;
  private readonly regs = new Uint32Array(WORDS);

  constructor(sim: Simulator, bus: I2cBus, params: AspeedI2cParams) {
    this.bus = bus;
    this.params = params;
    this.initiator = new AspeedInitiator(this);
    this.target = new AspeedTarget(this, params);
    this.initiator.port = bus.attach(this.initiator);
    this.target.tap = bus.addTarget(this.target, this.initiator.port);
    this.toReset();
    sim.onReset(() => this.reset());
  }

  get funCtrl(): number {
    return this.regs[I2C.FUN_CTRL >> 2];
  }

  get devAddr(): number {
    return this.regs[I2C.DEV_ADDR >> 2];
  }

  /** Power-on: all registers 0, and nobody is told. */
  reset(): void {
    this.toReset();
    this.initiator.reset();
    this.target.reset();
    this.line = 0;
  }

  /** The BMC is reset while the system runs: the engine lets go of its lines, wherever they are. */
  bmcReset(): void {
    this.toReset();
    this.initiator.off();
    this.target.off();
    this.settleLine();
  }

  /** The BMC reads the register at byte `offset`: an unsigned value of 32 bits. */
  read(offset: number): number {
    switch (offset) {
      case I2C.INTR_STS: {
        const { i2cAddressPending: bit } = this.params;
        const match = INTR.SLAVE_MATCH | INTR.RX_DONE;
        return bit !== 0 && (this.intrSts & match) === match ? (this.intrSts | (1 << bit)) >>> 0 : this.intrSts;
      }
      case I2C.CMD:
        return this.cmd | this.busState();
      case I2C.BYTE_BUF:
        return this.byteBuf;
      default:
        return offset >> 2 < WORDS ? this.regs[offset >> 2] : 0;
    }
  }

  /** The BMC writes `value` (32 bits) to the register at byte `offset`. */
  write(offset: number, value: number): void {
    switch (offset) {
      case I2C.INTR_STS:
        this.acknowledge(value);
        return;
      case I2C.CMD:
        this.command(value);
        return;
      case I2C.BYTE_BUF:
        this.byteBuf = (this.byteBuf & 0xff00) | (value & 0xff);
        return;
      default:
    }
    const word = offset >> 2;
    if (word >= WORDS) return;
    this.regs[word] = value & WRITABLE[word];
    if (offset === I2C.FUN_CTRL) this.enable();
    else if (offset === I2C.INTR_CTRL) this.settleLine();
    else if (offset === I2C.AC_TIMING1 || offset === I2C.AC_TIMING2) this.retime();
  }

  // ---- for controller and target mode -------------------------------------------------------

  /** Bits of INTR_STS are set, enabled or not. */
  latch(status: number): void {
    this.intrSts |= status;
    this.settleLine();
  }

  /** A byte has come. */
  receive(byte: number): void {
    this.byteBuf = (byte << 8) | (this.byteBuf & 0xff);
  }

  /** S_TX and LAST, as far as they are meant for target mode, are void. */
  dropTargetCommands(): void {
    this.cmd &= ~(CMD.S_TX | (this.initiator.expectsLast ? 0 : CMD.M_S_RX_CMD_LAST));
  }

  // ---- effects of writes ----------------------------------------------------------------------

  private acknowledge(status: number): void {
    this.intrSts &= ~status;
    this.settleLine();
    if ((status & INTR.RX_DONE) === 0) return;
    this.target.settle();
    this.initiator.run();
  }

  private command(value: number): void {
    const { funCtrl, target } = this;
    let accepted = 0;
    if ((funCtrl & FUN_CTRL.MASTER_EN) !== 0) accepted = COMMANDS;
    if ((funCtrl & FUN_CTRL.SLAVE_EN) !== 0) accepted |= CMD.S_TX | CMD.M_S_RX_CMD_LAST;
    if (accepted === 0) return;
    this.cmd = value & accepted;
    if ((value & CMD.S_TX) !== 0) target.settle();
    if ((funCtrl & FUN_CTRL.MASTER_EN) === 0) return;
    // Addressed as target, LAST alone is about the byte to come from the other side.
    const commands = this.cmd & M_COMMANDS;
    this.initiator.command(target.addressedNow && commands === CMD.M_S_RX_CMD_LAST ? 0 : commands);
  }

  private enable(): void {
    const { funCtrl } = this;
    if ((funCtrl & FUN_CTRL.SLAVE_EN) === 0) this.target.off();
    if ((funCtrl & FUN_CTRL.MASTER_EN) === 0) {
      this.cmd &= ~M_COMMANDS;
      this.initiator.off();
    }
  }

  private retime(): void {
    const { port } = this.initiator;
    const timing1 = this.regs[I2C.AC_TIMING1 >> 2];
    port.timing = acTiming(timing1, this.params.i2cApbClock);
    port.timeout = acTimeout(timing1, this.regs[I2C.AC_TIMING2 >> 2], this.params.i2cApbClock);
  }

  private busState(): number {
    const { bus } = this;
    const state = this.initiator.state === I2cState.IDLE ? this.target.state : this.initiator.state;
    let bits = (state << STATE_SHIFT) & STATE_MASK;
    if (bus.busy) bits |= CMD.BUS_BUSY;
    if (bus.sda !== 0) bits |= CMD.SDA_LEVEL;
    if (bus.scl !== 0) bits |= CMD.SCL_LEVEL;
    return bits;
  }

  private settleLine(): void {
    const { i2cMatchInterrupts } = this.params;
    const enabled = this.regs[I2C.INTR_CTRL >> 2] | (i2cMatchInterrupts === 0 ? 0 : INTR.SLAVE_MATCH);
    const line = (this.intrSts & enabled) === 0 ? 0 : 1;
    if (line === this.line) return;
    this.line = line;
    this.onLine(line);
  }

  private toReset(): void {
    this.regs.fill(0);
    this.intrSts = 0;
    this.cmd = 0;
    this.byteBuf = 0;
    this.retime();
  }
}
