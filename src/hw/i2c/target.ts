import type { Ps } from '../../sim/index.ts';
import type { AspeedI2c } from './controller.ts';
import type { I2cTap, I2cTarget } from './port.ts';
import { CMD, FUN_CTRL, I2cState, INTR } from './registers.ts';

/** What is open about target mode on silicon. */
export interface TargetParams {
  readonly i2cSclRelease: Ps;
  readonly i2cRxDoneOnNak: number;
  readonly i2cStretchTx: number;
  readonly i2cMidByte: number;
  readonly i2cCommandSticks: number;
}

/**
 * Target mode of one engine, byte by byte (i2c-aspeed.c, aspeed_i2c_slave_irq()). The address byte itself
 * comes as received data, with R/W in bit 0.
 *
 * SCL is held low after an ACK bit while RX_DONE is pending, and in the read direction until S_TX. It is
 * not held for a pending STOP or TX_NAK, so that these and the match of the next transaction add up in one
 * status.
 */
export class AspeedTarget implements I2cTarget {
  /** None, addressed to receive, addressed to send. */
  private active: 0 | 1 | 2 = 0;
  /** A byte must be given by S_TX before the controller may clock it. */
  private wanted = false;
  private readonly engine: AspeedI2c;
  private readonly params: TargetParams;
  tap!: I2cTap;

  constructor(engine: AspeedI2c, params: TargetParams) {
    this.engine = engine;
    this.params = params;
  }

  reset(): void {
    this.active = 0;
    this.wanted = false;
  }

  /** The engine is reset or its target mode switched off. */
  off(): void {
    this.reset();
    this.tap.leave();
  }

  /** Whether the engine is addressed as target. */
  get addressedNow(): boolean {
    return this.active !== 0;
  }

  /** CMD [22:19] in target mode. */
  get state(): number {
    return this.active === 0 ? I2cState.IDLE : this.active === 1 ? I2cState.SRXD : I2cState.STXD;
  }

  /** RX_DONE was cleared, or S_TX written: may SCL rise? */
  settle(): void {
    const { engine } = this;
    if (!this.tap.holds || (engine.intrSts & INTR.RX_DONE) !== 0) return;
    if (this.wanted && (engine.cmd & CMD.S_TX) === 0) return;
    this.tap.release(this.params.i2cSclRelease);
  }

  // ---- the bus ------------------------------------------------------------------------------

  start(bits: number): void {
    if (this.active !== 0 && bits > 0 && this.params.i2cMidByte !== 0) this.engine.latch(INTR.ABNORMAL);
    this.end();
  }

  address(byte: number): boolean {
    const { engine } = this;
    return (engine.funCtrl & FUN_CTRL.SLAVE_EN) !== 0 && byte >> 1 === (engine.devAddr & 0x7f);
  }

  addressed(byte: number): void {
    const { engine } = this;
    this.active = (byte & 1) === 0 ? 1 : 2;
    this.wanted = this.active === 2 && this.params.i2cStretchTx !== 0;
    engine.receive(byte);
    this.tap.hold();
    engine.latch(INTR.SLAVE_MATCH | INTR.RX_DONE);
  }

  acks(): boolean {
    return (this.engine.cmd & CMD.M_S_RX_CMD_LAST) === 0;
  }

  received(byte: number, ack: boolean): void {
    const { engine } = this;
    engine.receive(byte);
    if (!ack) engine.cmd &= ~CMD.M_S_RX_CMD_LAST;
    if (!ack && this.params.i2cRxDoneOnNak === 0) return;
    this.tap.hold();
    engine.latch(INTR.RX_DONE);
  }

  next(): number {
    const { engine } = this;
    engine.cmd &= ~CMD.S_TX;
    return engine.byteBuf & 0xff;
  }

  sent(ack: boolean): void {
    if (ack) {
      this.wanted = this.params.i2cStretchTx !== 0;
      if (this.wanted && (this.engine.cmd & CMD.S_TX) === 0) this.tap.hold();
    }
    this.engine.latch(ack ? INTR.TX_ACK : INTR.TX_NAK);
  }

  stop(bits: number): void {
    if (this.active === 0) return;
    this.end();
    const how = this.params.i2cMidByte;
    const status = bits === 0 || how === 0 ? INTR.NORMAL_STOP : how === 1 ? INTR.ABNORMAL : INTR.ABNORMAL | INTR.NORMAL_STOP;
    this.engine.latch(status);
  }

  /** Not addressed any more: what was to happen to the next byte is void. */
  private end(): void {
    if (this.active === 0) return;
    this.active = 0;
    this.wanted = false;
    if (this.params.i2cCommandSticks === 0) this.engine.dropTargetCommands();
  }
}
