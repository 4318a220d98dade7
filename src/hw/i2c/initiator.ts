import type { AspeedI2c } from './controller.ts';
import type { I2cController, I2cPort } from './port.ts';
import { CMD, I2cState, INTR } from './registers.ts';

/** Bits of CMD that make the engine act as controller. */
export const M_COMMANDS = CMD.M_START | CMD.M_TX | CMD.M_RX | CMD.M_S_RX_CMD_LAST | CMD.M_STOP;
const M_RECEIVE = CMD.M_RX | CMD.M_S_RX_CMD_LAST;

/**
 * Controller mode of one engine, byte by byte (i2c-aspeed.c; QEMU's aspeed_i2c.c). One write of CMD may ask
 * for START, byte out, byte in and STOP, which come in this order; a bit clears itself when it is done.
 */
export class AspeedInitiator implements I2cController {
  /** CMD [22:19] in controller mode. */
  state: I2cState = I2cState.IDLE;
  /** Commands that are for controller mode: {@link CMD.M_S_RX_CMD_LAST} may be for the target instead. */
  private mine = 0;
  /** Something was asked of the bus and is not over. */
  private waiting = false;
  private addressing = false;
  /** The STOP under way ends a transaction. */
  private stopping = false;
  private readonly engine: AspeedI2c;
  port!: I2cPort;

  constructor(engine: AspeedI2c) {
    this.engine = engine;
  }

  reset(): void {
    this.state = I2cState.IDLE;
    this.mine = 0;
    this.waiting = false;
    this.addressing = false;
    this.stopping = false;
  }

  /** CMD was written, with `commands` for controller mode. */
  command(commands: number): void {
    this.mine = commands;
    this.run();
  }

  /** The engine is reset or its controller mode switched off. */
  off(): void {
    this.reset();
    this.port.vanish();
  }

  /** Whether LAST in CMD is this mode's. */
  get expectsLast(): boolean {
    return (this.mine & CMD.M_S_RX_CMD_LAST) !== 0;
  }

  /** Does the next thing that CMD asks for, if nothing is under way. */
  run(): void {
    const { engine, port } = this;
    if (this.waiting) return;
    const cmd = engine.cmd & this.mine;
    if ((cmd & CMD.M_START) !== 0) {
      this.state = (this.state & 8) === 0 ? I2cState.MSTART : I2cState.MSTARTR;
      this.waiting = true;
      port.start();
    } else if ((cmd & CMD.M_TX) !== 0) {
      this.state = I2cState.MTXD;
      this.waiting = true;
      port.write(engine.byteBuf);
    } else if ((cmd & M_RECEIVE) !== 0 && (engine.intrSts & INTR.RX_DONE) === 0) {
      this.state = I2cState.MRXD;
      this.waiting = true;
      port.read();
    } else if ((cmd & CMD.M_STOP) !== 0) {
      // A STOP is not delayed by a byte that waits for RX_DONE to be cleared.
      this.stopping = (this.state & 8) !== 0;
      this.state = I2cState.MSTOP;
      this.waiting = true;
      port.stop();
    }
  }

  /** What was asked of the bus is over. */
  private done(clear: number, state: I2cState, status: number): void {
    const { engine } = this;
    this.waiting = false;
    this.state = state;
    engine.cmd &= ~clear;
    engine.latch(status);
    this.run();
  }

  started(): void {
    this.addressing = true;
    this.state = I2cState.MTXD;
    this.port.write(this.engine.byteBuf);
  }

  sent(ack: boolean): void {
    let clear: number = CMD.M_TX;
    if (this.addressing) {
      this.addressing = false;
      // The address byte is what M_TX of the same command means. Its NAK ends the command.
      clear |= CMD.M_START;
      if (!ack) clear |= M_RECEIVE | CMD.M_STOP;
    }
    this.done(clear, I2cState.MACTIVE, ack ? INTR.TX_ACK : INTR.TX_NAK);
  }

  acks(): boolean {
    return (this.engine.cmd & CMD.M_S_RX_CMD_LAST) === 0;
  }

  received(byte: number): void {
    this.engine.receive(byte);
    this.done(M_RECEIVE, I2cState.MACTIVE, INTR.RX_DONE);
  }

  stopped(): void {
    this.done(CMD.M_STOP, I2cState.IDLE, this.stopping ? INTR.NORMAL_STOP : INTR.ABNORMAL);
  }

  lost(): void {
    this.giveUp(INTR.ARBIT_LOSS);
  }

  timedOut(): void {
    this.port.vanish();
    this.giveUp(INTR.SCL_TIMEOUT);
  }

  vanished(): void {
    this.reset();
  }

  stuck(): void {
    this.giveUp(INTR.SDA_DL_TIMEOUT);
  }

  private giveUp(status: number): void {
    this.addressing = false;
    this.done(M_COMMANDS, I2cState.IDLE, status);
  }
}
