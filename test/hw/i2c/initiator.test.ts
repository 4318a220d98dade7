import { describe, expect, it } from 'vitest';
import {
  AspeedI2c, CMD, FUN_CTRL, I2C, I2cState, INTR, STANDARD_MODE, STATE_MASK, STATE_SHIFT, acTiming, acTimingFor, i2cParams,
} from '../../../src/hw/index.ts';
import { MS, US } from '../../../src/sim/index.ts';
import { Puppet, Rig, START, STOP, Sponge, write } from './rig.ts';

const { M_START, M_TX, M_RX, M_S_RX_CMD_LAST, M_STOP } = CMD;
const { TX_ACK, TX_NAK, RX_DONE, NORMAL_STOP, ABNORMAL, ARBIT_LOSS, SLAVE_MATCH, SCL_TIMEOUT, SDA_DL_TIMEOUT } = INTR;

/** An engine on a bus with a target at 10h. */
class Bench extends Rig {
  readonly engine = new AspeedI2c(this.sim, this.bus, i2cParams());
  readonly target = new Sponge(this, 0x10);

  constructor(funCtrl: number = FUN_CTRL.MASTER_EN) {
    super();
    this.sim.reset();
    this.engine.write(I2C.FUN_CTRL, funCtrl);
    this.engine.write(I2C.AC_TIMING1, (0x7770_0000 | acTimingFor(100, i2cParams().i2cApbClock)) >>> 0);
  }

  /** One command; then the bus runs until it is idle or SCL is held. Returns INTR_STS, acknowledged. */
  command(cmd: number, byte?: number): number {
    if (byte !== undefined) this.engine.write(I2C.BYTE_BUF, byte);
    this.engine.write(I2C.CMD, cmd);
    this.sim.run();
    return this.take();
  }

  take(): number {
    const status = this.engine.read(I2C.INTR_STS);
    this.engine.write(I2C.INTR_STS, status);
    return status;
  }

  get state(): number {
    return (this.engine.read(I2C.CMD) & STATE_MASK) >> STATE_SHIFT;
  }

  get wire(): string[] {
    return this.texts.map(([, text]) => text.slice(6));
  }
}

describe('controller mode, byte mode (fact sheet §6.3)', () => {
  it('CMD is ignored as a whole while MASTER_EN is 0', () => {
    const b = new Bench(0);
    expect(b.command(M_START | M_TX, 0x20)).toBe(0);
    expect(b.engine.read(I2C.CMD) & 0xffff).toBe(0);
    expect(b.wire).toEqual([]);
  });

  it('M_START sends BYTE_BUF [7:0] as address; M_TX of the same command means that same byte', () => {
    for (const cmd of [M_START, M_START | M_TX]) {
      const b = new Bench();
      expect(b.command(cmd, 0x20)).toBe(TX_ACK);
      expect(b.wire).toEqual(['START', 'address 10h write ACK']);
      expect(b.state).toBe(I2cState.MACTIVE);
      expect(b.engine.read(I2C.CMD) & (CMD.BUS_BUSY | 0xffff)).toBe(CMD.BUS_BUSY);
    }
  });

  it('executed bits clear themselves; they read 1 until then', () => {
    const b = new Bench();
    b.engine.write(I2C.BYTE_BUF, 0x20);
    b.engine.write(I2C.CMD, M_START | M_TX | M_STOP);
    expect(b.engine.read(I2C.CMD) & 0xffff).toBe(M_START | M_TX | M_STOP);
    expect(b.state).toBe(I2cState.MSTART);
    b.sim.run();
    expect(b.engine.read(I2C.CMD) & 0xffff).toBe(0);
    expect(b.take()).toBe(TX_ACK | NORMAL_STOP);
    expect(b.state).toBe(I2cState.IDLE);
  });

  it('an address that is NAKed ends the command: no RX, no STOP, until software sends one', () => {
    const b = new Bench();
    expect(b.command(M_START | M_TX | M_RX | M_STOP, 0x31)).toBe(TX_NAK);
    expect(b.wire).toEqual(['START', 'address 18h read NAK']);
    expect(b.engine.read(I2C.CMD) & CMD.BUS_BUSY).toBe(CMD.BUS_BUSY);
    expect(b.command(M_STOP)).toBe(NORMAL_STOP);
    expect(b.wire.at(-1)).toBe('STOP');
  });

  it('M_TX: TX_ACK or TX_NAK, and a NAKed data byte does not keep STOP back', () => {
    const b = new Bench();
    b.target.room = 1;
    b.command(M_START | M_TX, 0x20);
    expect(b.command(M_TX, 1)).toBe(TX_ACK);
    expect(b.command(M_TX | M_STOP, 2)).toBe(TX_NAK | NORMAL_STOP);
    expect(b.target.bytes).toEqual([1]);
  });

  it('M_RX ACKs, M_S_RX_CMD_LAST NAKs and is enough alone; the byte is in BYTE_BUF [15:8]', () => {
    for (const last of [M_S_RX_CMD_LAST, M_RX | M_S_RX_CMD_LAST]) {
      const b = new Bench();
      b.target.give = [0xa1, 0xb2];
      expect(b.command(M_START | M_TX | M_RX, 0x21)).toBe(TX_ACK | RX_DONE);
      expect(b.engine.read(I2C.BYTE_BUF)).toBe(0xa121);
      expect(b.command(last | M_STOP)).toBe(RX_DONE | NORMAL_STOP);
      expect(b.engine.read(I2C.BYTE_BUF)).toBe(0xb221);
      expect(b.wire.slice(2)).toEqual(['reads A1h ACK', 'reads B2h NAK', 'STOP']);
    }
  });

  it('M_RX waits while RX_DONE is pending, its bits readable; a STOP of the same command does not', () => {
    const b = new Bench();
    b.target.give = [1, 2];
    b.engine.write(I2C.BYTE_BUF, 0x21);
    b.engine.write(I2C.CMD, M_START | M_TX | M_RX);
    b.sim.run();
    b.engine.write(I2C.CMD, M_RX);
    b.sim.run();
    expect(b.engine.read(I2C.CMD) & 0xffff).toBe(M_RX);
    expect(b.engine.read(I2C.BYTE_BUF) >> 8).toBe(1);
    b.engine.write(I2C.INTR_STS, RX_DONE);
    b.sim.run();
    expect(b.engine.read(I2C.BYTE_BUF) >> 8).toBe(2);
    b.engine.write(I2C.CMD, M_RX | M_STOP);
    b.sim.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(TX_ACK | RX_DONE | NORMAL_STOP);
    expect(b.engine.read(I2C.CMD) & 0xffff).toBe(M_RX);
  });

  it('a byte without START goes out: NAK, or FFh; the state is MACTIVE, BUS_BUSY stays 0', () => {
    const b = new Bench();
    expect(b.command(M_TX, 0x5a)).toBe(TX_NAK);
    expect(b.engine.read(I2C.CMD) & CMD.BUS_BUSY).toBe(0);
    expect(b.state).toBe(I2cState.MACTIVE);
    expect(b.command(M_RX)).toBe(RX_DONE);
    expect(b.engine.read(I2C.BYTE_BUF) >> 8).toBe(0xff);
  });

  it('M_STOP: NORMAL_STOP if the state has bit 3, else ABNORMAL; IDLE in both cases', () => {
    const b = new Bench();
    expect(b.command(M_STOP)).toBe(ABNORMAL);
    expect(b.state).toBe(I2cState.IDLE);
    b.command(M_TX, 0);
    expect(b.command(M_STOP)).toBe(NORMAL_STOP);
    expect(b.state).toBe(I2cState.IDLE);
  });

  it('a repeated START: MSTARTR, and another target', () => {
    const b = new Bench();
    const other = new Sponge(b, 0x22);
    b.command(M_START | M_TX, 0x20);
    b.engine.write(I2C.BYTE_BUF, 0x44);
    b.engine.write(I2C.CMD, M_START | M_TX);
    expect(b.state).toBe(I2cState.MSTARTR);
    b.sim.run();
    expect(b.wire.slice(2)).toEqual(['repeated START', 'address 22h write ACK']);
    expect(other.log).toContain('addressed');
  });

  it('bits take what AC_TIMING1 says', () => {
    const b = new Bench();
    const timing = acTiming(b.engine.read(I2C.AC_TIMING1), i2cParams().i2cApbClock);
    b.command(M_START | M_TX, 0x20);
    expect(b.texts.at(-1)![0]).toBe(timing.holdStart + 9 * (timing.low + timing.high));
  });
});

describe('controller mode in trouble', () => {
  it('arbitration lost: ARBIT_LOSS at that bit, the command is void, and the winner may address us', () => {
    const b = new Bench(FUN_CTRL.MASTER_EN | FUN_CTRL.SLAVE_EN);
    b.engine.write(I2C.DEV_ADDR, 0x08);
    const host = new Puppet(b);
    host.play(START, write(0x10), write(0x99), STOP);
    b.engine.write(I2C.BYTE_BUF, 0x20);
    b.engine.write(I2C.CMD, M_START | M_TX | M_STOP);
    b.sim.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(ARBIT_LOSS | SLAVE_MATCH | RX_DONE);
    expect(b.wire).toContain('arbitration of 20h is lost at bit 2');
    expect(b.engine.read(I2C.CMD) & 0xffff).toBe(0);
    expect(b.state).toBe(I2cState.SRXD);
  });

  it('the engine does not address itself', () => {
    const b = new Bench(FUN_CTRL.MASTER_EN | FUN_CTRL.SLAVE_EN);
    b.engine.write(I2C.DEV_ADDR, 0x30);
    expect(b.command(M_START | M_TX, 0x60)).toBe(TX_NAK);
  });

  it('START waits while somebody else has the bus', () => {
    const b = new Bench();
    const host = new Puppet(b);
    host.play(START, write(0x20), write(1), STOP);
    b.at(20 * US, () => {});
    b.engine.write(I2C.BYTE_BUF, 0x20);
    b.sim.queue.schedule(b.sim.slot({ fire: () => b.engine.write(I2C.CMD, M_START | M_TX) }), 50 * US, false);
    b.sim.run();
    const stop = host.log.find(([, text]) => text === 'stopped')![0];
    const start = b.texts.filter(([, text]) => text.endsWith(': START')).at(-1)![0];
    expect(start).toBe(stop + acTiming(b.engine.read(I2C.AC_TIMING1), i2cParams().i2cApbClock).busFree);
    expect(b.engine.read(I2C.INTR_STS)).toBe(TX_ACK);
  });

  it('SCL low for too long: SCL_TIMEOUT by AC_TIMING2, and none with 0', () => {
    for (const cycles of [0, 2]) {
      const b = new Bench();
      b.engine.write(I2C.AC_TIMING2, cycles);
      b.target.stretch = [100 * MS];
      const status = b.command(M_START | M_TX | M_STOP, 0x20);
      expect(status).toBe(cycles === 0 ? TX_ACK | NORMAL_STOP : TX_ACK | SCL_TIMEOUT);
    }
  });

  it('SDA kept low by a target: no START (SDA_DL_TIMEOUT); M_STOP clocks it free', () => {
    const b = new Bench();
    const host = new Puppet(b);
    b.target.give = [0x00, 0xff];
    host.play(START, write(0x21), { do: 'vanish', bits: 3, glitch: 'none' }, { do: 'read' });
    b.sim.run();
    expect(b.engine.read(I2C.CMD) & CMD.SDA_LEVEL).toBe(0);
    expect(b.command(M_START | M_TX, 0x20)).toBe(SDA_DL_TIMEOUT);
    b.command(M_STOP);
    expect(b.wire).toContain('bus cleared with 5 clocks');
    expect(b.engine.read(I2C.CMD) & CMD.SDA_LEVEL).toBe(CMD.SDA_LEVEL);
    expect(b.command(M_START | M_TX, 0x20)).toBe(TX_ACK);
  });

  it('MASTER_EN=0 in the middle: the lines are let go, nothing is latched', () => {
    const b = new Bench();
    b.command(M_START | M_TX, 0x20);
    b.engine.write(I2C.CMD, M_TX);
    b.engine.write(I2C.FUN_CTRL, 0);
    b.sim.run();
    expect(b.take()).toBe(0);
    expect([b.bus.scl, b.bus.sda]).toEqual([1, 1]);
    expect(b.state).toBe(I2cState.IDLE);
  });
});

describe('registers (fact sheet §6.1)', () => {
  it('all 0 after reset, the lines high', () => {
    const b = new Rig();
    const engine = new AspeedI2c(b.sim, b.bus, i2cParams());
    b.sim.reset();
    for (const [name, offset] of Object.entries(I2C)) {
      expect(engine.read(offset), name).toBe(name === 'CMD' ? CMD.SCL_LEVEL | CMD.SDA_LEVEL : 0);
    }
    expect(engine.read(0x3c)).toBe(0);
    expect(STANDARD_MODE.low).toBeGreaterThan(0);
  });

  it('BYTE_BUF: a write changes [7:0] only; INTR_STS is written 1 to clear', () => {
    const b = new Bench();
    b.target.give = [0xee];
    b.engine.write(I2C.BYTE_BUF, 0x21);
    b.engine.write(I2C.CMD, M_START | M_TX | M_RX);
    b.sim.run();
    b.engine.write(I2C.BYTE_BUF, 0x1234);
    expect(b.engine.read(I2C.BYTE_BUF)).toBe(0xee34);
    b.engine.write(I2C.INTR_STS, TX_ACK);
    expect(b.engine.read(I2C.INTR_STS)).toBe(RX_DONE);
  });

  it('the interrupt is a level: status that is enabled, whenever it is enabled', () => {
    const b = new Bench();
    const levels: number[] = [];
    b.engine.onLine = (level) => levels.push(level);
    b.engine.write(I2C.BYTE_BUF, 0x20);
    b.engine.write(I2C.CMD, M_START | M_TX);
    b.sim.run();
    expect(levels).toEqual([]);
    b.engine.write(I2C.INTR_CTRL, TX_ACK);
    b.engine.write(I2C.INTR_CTRL, 0);
    b.engine.write(I2C.INTR_CTRL, TX_ACK | RX_DONE);
    b.engine.write(I2C.INTR_STS, TX_ACK);
    expect(levels).toEqual([1, 0, 1, 0]);
  });
});
