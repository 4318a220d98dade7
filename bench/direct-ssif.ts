import { ACKED, CMD, I2C, I2cState, INTR, TO_CONTROLLER } from '../src/hw/index.ts';
import { AppCmd, Lun, NetFn, netFnLun } from '../src/ipmi/index.ts';
import { BLOCK, DirectSsifBmc, Event, READ, REQUEST, RESPONSE, WRITE } from './direct-ssif-bmc.ts';
import { Access } from './ssif-checksum.ts';
import type { DirectMachine } from './transaction.ts';
import { enter } from './wire-checksum.ts';

/** slave_state of i2c-aspeed.c. */
const Slave = { inactive: 0, start: 1, readRequested: 2, readProcessed: 3, writeRequested: 4, writeReceived: 5, stop: 6 } as const;
/** Bit of bus 5 in I2CG00. */
const BUS = 1 << 5;
/** CMD [31:16] while SCL is held after a byte. */
const RECEIVING = (I2cState.SRXD << 19) | CMD.SDA_LEVEL | CMD.BUS_BUSY;
const SENDING = (I2cState.STXD << 19) | CMD.SDA_LEVEL | CMD.BUS_BUSY;

/**
 * One Get Device ID over SSIF, written the direct way: ipmi_ssif and its SMBus controller, the bus, the engine's
 * registers, the interrupt handler of `i2c-aspeed@2023-12`, `ssif-bmc@mainline` and a daemon as switch machines that call
 * one another. No time, no queue, no generators, no kernel, no schedule but the nominal one, no error path; the same
 * bytes on the bus and the same register accesses in the same order as the model, which the checksum shows.
 */
export class DirectSsif implements DirectMachine {
  // The engine.
  private intrSts = 0;
  private byteBuf = 0;
  private level = 0;

  // i2c-aspeed.c, and what is above it.
  private slave: number = Slave.inactive;
  private readonly bmc = new DirectSsifBmc();
  private readonly hostData = new Uint8Array(BLOCK);
  private hostLength = 0;

  sum = 0;

  reset(): void {
    this.intrSts = 0;
    this.byteBuf = 0;
    this.slave = Slave.inactive;
    this.bmc.reset();
    this.sum = 0;
  }

  transact(): number {
    const { hostData } = this;
    hostData[0] = netFnLun(NetFn.APP, Lun.BMC);
    hostData[1] = AppCmd.GET_DEVICE_ID;
    this.hostLength = 2;
    this.blockWrite(REQUEST);
    this.bmc.daemon();
    this.blockRead(RESPONSE);
    return hostData[2];
  }

  // ---- the host's SMBus controller ------------------------------------------------------------

  private blockWrite(command: number): void {
    this.start(0);
    this.address(WRITE);
    this.write(command);
    this.write(this.hostLength);
    for (let i = 0; i < this.hostLength; i++) this.write(this.hostData[i]);
    this.stop();
  }

  private blockRead(command: number): void {
    this.start(0);
    this.address(WRITE);
    this.write(command);
    this.start(1);
    this.address(READ);
    const count = this.read(true);
    this.hostLength = count;
    for (let i = 0; i < count; i++) this.hostData[i] = this.read(i < count - 1);
    this.stop();
  }

  // ---- the bus and the engine on it -----------------------------------------------------------

  private start(repeated: number): void {
    this.sum = enter(this.sum, Access.start, repeated);
  }

  private address(byte: number): void {
    this.sum = enter(this.sum, Access.address, byte | (ACKED << 8));
    this.level = byte === READ ? SENDING : RECEIVING;
    this.byteBuf = (byte << 8) | (this.byteBuf & 0xff);
    this.raise(INTR.SLAVE_MATCH | INTR.RX_DONE);
  }

  private write(byte: number): void {
    this.sum = enter(this.sum, Access.byte, byte | (ACKED << 8));
    this.byteBuf = (byte << 8) | (this.byteBuf & 0xff);
    this.raise(INTR.RX_DONE);
  }

  private read(ack: boolean): number {
    const byte = this.byteBuf & 0xff;
    this.sum = enter(this.sum, Access.byte, byte | ((ack ? ACKED | TO_CONTROLLER : TO_CONTROLLER) << 8));
    this.raise(ack ? INTR.TX_ACK : INTR.TX_NAK);
    return byte;
  }

  private stop(): void {
    this.sum = enter(this.sum, Access.stop, 0);
    this.raise(INTR.NORMAL_STOP);
  }

  private raise(status: number): void {
    this.intrSts |= status;
    this.sum = enter(this.sum, Access.globalRead, BUS);
    this.interrupt();
  }

  private readStatus(): number {
    this.sum = enter(this.sum, Access.read + I2C.INTR_STS, this.intrSts);
    return this.intrSts;
  }

  private acknowledge(status: number): void {
    this.intrSts &= ~status;
    this.sum = enter(this.sum, Access.write + I2C.INTR_STS, status);
  }

  private readByte(): number {
    this.sum = enter(this.sum, Access.read + I2C.BYTE_BUF, this.byteBuf);
    return this.byteBuf >> 8;
  }

  private transmit(): void {
    const { value } = this.bmc;
    this.byteBuf = (this.byteBuf & 0xff00) | value;
    this.sum = enter(this.sum, Access.write + I2C.BYTE_BUF, value);
    this.sum = enter(this.sum, Access.write + I2C.CMD, CMD.S_TX);
  }

  // ---- i2c-aspeed.c ---------------------------------------------------------------------------

  /** aspeed_i2c_bus_irq(). */
  private interrupt(): void {
    const status = this.readStatus();
    this.acknowledge(status & ~INTR.RX_DONE);
    this.readStatus();
    this.slaveIrq(status);
    if ((status & INTR.RX_DONE) === 0) return;
    this.acknowledge(INTR.RX_DONE);
    this.readStatus();
  }

  /** aspeed_i2c_slave_irq(). */
  private slaveIrq(status: number): void {
    const { bmc } = this;
    if ((status & INTR.NORMAL_STOP) !== 0) this.slave = Slave.stop;
    if ((status & INTR.TX_NAK) !== 0 && this.slave === Slave.readProcessed) this.slave = Slave.stop;
    if (this.slave === Slave.stop) {
      bmc.callback(Event.stop);
      this.slave = Slave.inactive;
    }
    if ((status & INTR.SLAVE_MATCH) !== 0) this.slave = Slave.start;
    if (this.slave === Slave.inactive) return;
    this.sum = enter(this.sum, Access.read + I2C.CMD, this.level);
    if ((status & INTR.RX_DONE) !== 0) {
      bmc.value = this.readByte();
      if (this.slave === Slave.start) this.slave = (bmc.value & 1) !== 0 ? Slave.readRequested : Slave.writeRequested;
    }
    switch (this.slave) {
      case Slave.readRequested:
        this.slave = Slave.readProcessed;
        bmc.callback(Event.readRequested);
        this.transmit();
        return;
      case Slave.readProcessed:
        bmc.callback(Event.readProcessed);
        this.transmit();
        return;
      case Slave.writeRequested:
        this.slave = Slave.writeReceived;
        bmc.callback(Event.writeRequested);
        return;
      case Slave.writeReceived:
        bmc.callback(Event.writeReceived);
        return;
    }
    throw new Error('the direct machine knows no errors');
  }
}
