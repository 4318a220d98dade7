import { describe, expect, it } from 'vitest';
import { CMD, FUN_CTRL, I2C, I2cState, STANDARD_MODE, STATE_SHIFT, timingOf, type AspeedI2c, type I2cParams, type SmbusHost } from '../../../src/hw/index.ts';
import { MS, US } from '../../../src/sim/index.ts';
import { ABNORMAL, ADDRESS, I2cBench, NORMAL_STOP, RX_DONE, SLAVE_MATCH, TX_ACK, TX_NAK } from './system.ts';

const { S_TX, M_S_RX_CMD_LAST } = CMD;

/** The host runs its script(s) while the test pokes the engine at given times. */
function bench(params: Partial<I2cParams>, ...scripts: ((host: SmbusHost) => void)[]): I2cBench & { results: number[] } {
  const b = new I2cBench({ smbusSetup: 0, smbusDone: 0, ...params });
  const results: number[] = [];
  b.context('host', function* () {
    for (const script of scripts) {
      script(b.host);
      results.push(yield b.host.transfer);
    }
  });
  return Object.assign(b, { results });
}

const writes = (...bytes: readonly number[]) => (host: SmbusHost): void => {
  host.clear().start(ADDRESS, false);
  for (const byte of bytes) host.send(byte);
  host.stop();
};
const reads = (count: number) => (host: SmbusHost): void => {
  host.clear().start(ADDRESS, true).receive(count).stop();
};

/** INTR_STS, acknowledged. */
function take(engine: AspeedI2c): number {
  const status = engine.read(I2C.INTR_STS);
  engine.write(I2C.INTR_STS, status);
  return status;
}

/** The byte received, from BYTE_BUF [15:8]. */
function received(engine: AspeedI2c): number {
  return engine.read(I2C.BYTE_BUF) >> 8;
}

const nothing = (host: SmbusHost): void => {
  host.clear();
};

const BYTE = 90 * US;
const FIRST = STANDARD_MODE.holdStart + BYTE;

describe('INTR_STS as target, write direction (fact sheet §6.4)', () => {
  it('S + addr+W: 84h, and the address byte itself in BYTE_BUF [15:8]', () => {
    const b = bench({}, writes(0x42));
    const seen: number[] = [];
    b.at(FIRST - 1, () => seen.push(b.engine.read(I2C.INTR_STS)));
    b.at(FIRST + 1, () => seen.push(take(b.engine), received(b.engine), b.engine.read(I2C.CMD) >> STATE_SHIFT));
    b.run();
    expect(seen).toEqual([0, SLAVE_MATCH | RX_DONE, ADDRESS << 1, I2cState.SRXD]);
  });

  it('a data byte: 04h; P: 10h, after which the engine is idle', () => {
    const b = bench({}, writes(0x42));
    const seen: number[] = [];
    b.at(200 * US, () => take(b.engine));
    b.at(400 * US, () => seen.push(take(b.engine), received(b.engine)));
    b.at(600 * US, () => seen.push(take(b.engine), b.engine.read(I2C.CMD) >> STATE_SHIFT));
    b.run();
    expect(seen).toEqual([RX_DONE, 0x42, NORMAL_STOP, I2cState.IDLE]);
    expect(b.results).toEqual([0]);
  });

  it('SCL is held while RX_DONE is pending, for ever if need be, and let go 1 us after it is acknowledged', () => {
    const b = bench({ smbusTimeout: 35 * MS }, writes(0x42));
    const seen: number[] = [];
    b.at(20 * MS, () => {
      seen.push(b.soc.i2c.bus(5).scl);
      b.engine.write(I2C.INTR_STS, SLAVE_MATCH); // not RX_DONE
    });
    b.at(21 * MS, () => {
      seen.push(b.soc.i2c.bus(5).scl);
      b.engine.write(I2C.INTR_STS, RX_DONE);
    });
    b.at(21 * MS + 1 * US - 1, () => seen.push(b.soc.i2c.bus(5).scl));
    b.at(21 * MS + 1 * US, () => seen.push(b.soc.i2c.bus(5).scl));
    b.run();
    expect(seen).toEqual([0, 0, 0, 1]);
    expect(b.texts.find(([, text]) => text.includes('stretched'))![1])
      .toBe(`I2C5: SCL is stretched by ${(21_001_000 - 94_000 - 5_000) / 1000_000} ms`);
  });

  it('the address is ACKed whatever happens; RX_CMD_LAST NAKs the first data byte, once', () => {
    for (const i2cRxDoneOnNak of [1, 0]) {
      const b = bench({ i2cRxDoneOnNak }, writes(0x42, 0x43));
      const seen: number[] = [];
      b.at(200 * US, () => {
        b.engine.write(I2C.CMD, M_S_RX_CMD_LAST);
        seen.push(b.engine.read(I2C.CMD) & M_S_RX_CMD_LAST);
        take(b.engine);
      });
      b.at(400 * US, () => seen.push(take(b.engine), b.engine.read(I2C.CMD) & M_S_RX_CMD_LAST));
      b.run();
      expect(b.wire).toContain('address 10h write ACK');
      expect(b.wire).toContain('writes 42h NAK');
      expect(b.host.nakAt).toBe(1);
      expect(seen.slice(0, 2)).toEqual([M_S_RX_CMD_LAST, i2cRxDoneOnNak === 0 ? NORMAL_STOP : RX_DONE]);
      expect(seen[2]).toBe(0);
    }
  });

  it('another address, or SLAVE_EN=0: no status, NAK', () => {
    const other = bench({}, (host) => host.quick(0x11, false));
    other.run();
    expect(other.results).toEqual([1]);
    expect(other.engine.read(I2C.INTR_STS)).toBe(0);
    const off = bench({}, writes(1));
    off.at(1 * US, () => off.engine.write(I2C.FUN_CTRL, FUN_CTRL.MASTER_EN));
    off.run();
    expect(off.results).toEqual([1]);
    expect(off.engine.read(I2C.INTR_STS)).toBe(0);
  });
});

describe('INTR_STS as target, read direction (fact sheet §6.4)', () => {
  /** Gives `byte` as a driver does: BYTE_BUF, S_TX, then the acknowledgement. */
  function give(engine: AspeedI2c, byte: number): number {
    const status = engine.read(I2C.INTR_STS);
    engine.write(I2C.INTR_STS, status & ~RX_DONE);
    engine.write(I2C.BYTE_BUF, byte);
    engine.write(I2C.CMD, S_TX);
    engine.write(I2C.INTR_STS, status & RX_DONE);
    return status;
  }

  it('S + addr+R: 84h with bit 0 of the byte 1; ACK: 01h; NAK: 02h; P: 10h', () => {
    const b = bench({}, reads(2));
    const seen: number[] = [];
    b.at(200 * US, () => seen.push(give(b.engine, 0xa5), received(b.engine)));
    b.at(400 * US, () => seen.push(give(b.engine, 0x5a)));
    b.at(493.5 * US, () => seen.push(take(b.engine))); // TX_NAK at 491, STOP at 500
    b.at(700 * US, () => seen.push(take(b.engine)));
    b.run();
    expect(seen).toEqual([0x84, (ADDRESS << 1) | 1, TX_ACK, TX_NAK, NORMAL_STOP]);
    expect([...b.host.data.subarray(0, b.host.length)]).toEqual([0xa5, 0x5a]);
  });

  it('SCL is held until S_TX, though RX_DONE is acknowledged (i2cStretchTx)', () => {
    const b = bench({}, reads(1));
    b.at(200 * US, () => take(b.engine));
    b.at(5 * MS, () => {
      expect(b.soc.i2c.bus(5).scl).toBe(0);
      expect(b.engine.read(I2C.CMD) >> STATE_SHIFT).toBe(I2cState.STXD);
      b.engine.write(I2C.BYTE_BUF, 0x77);
      b.engine.write(I2C.CMD, S_TX);
    });
    b.run();
    expect(b.host.data[0]).toBe(0x77);
    const free = bench({ i2cStretchTx: 0 }, reads(1));
    free.at(150 * US, () => free.engine.write(I2C.BYTE_BUF, 0x33));
    free.at(200 * US, () => take(free.engine));
    free.run();
    expect(free.host.data[0]).toBe(0x33);
  });

  it('and until RX_DONE is acknowledged, though S_TX is written', () => {
    const b = bench({}, reads(1));
    b.at(200 * US, () => {
      b.engine.write(I2C.BYTE_BUF, 0x12);
      b.engine.write(I2C.CMD, S_TX);
    });
    b.at(3 * MS, () => {
      expect(b.engine.read(I2C.CMD) & S_TX).toBe(S_TX);
      take(b.engine);
    });
    b.at(3 * MS + 50 * US, () => expect(b.engine.read(I2C.CMD) & S_TX).toBe(0));
    b.run();
    expect(b.host.data[0]).toBe(0x12);
  });

  it('a byte is asked for ahead of the ACK that needs it: one that is never sent is never given', () => {
    const b = bench({}, reads(1));
    b.at(200 * US, () => give(b.engine, 1));
    b.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(TX_NAK | NORMAL_STOP);
    expect(b.engine.read(I2C.CMD) & S_TX).toBe(0);
  });
});

describe('coalesced status (fact sheet §6.4): STOP, TX_NAK and TX_ACK do not hold SCL', () => {
  /** Runs two scripts; the first is served in time up to its last status, which stays. */
  function pending(first: 'write' | 'read', second: (host: SmbusHost) => void, late: (b: I2cBench) => void): number {
    const b = bench({}, first === 'write' ? writes(1) : reads(1), second);
    b.at(200 * US, () => {
      if (first === 'read') {
        b.engine.write(I2C.BYTE_BUF, 9);
        b.engine.write(I2C.CMD, S_TX);
      }
      take(b.engine);
    });
    if (first === 'write') b.at(390 * US, () => take(b.engine));
    late(b);
    b.run();
    return b.engine.read(I2C.INTR_STS);
  }

  it('94h: P, and the match of the next write', () => {
    expect(pending('write', writes(2), () => {})).toBe(0x94);
  });

  it('94h takes P + tBUF + S + 9 bits: 98.7 us at 100 kHz, 24.4 us at 400 kHz', () => {
    for (const [smbusKhz, us] of [[100, 98.7], [400, 24.4]] as const) {
      const b = bench({ smbusKhz }, writes(), writes());
      b.at(200 * US, () => take(b.engine));
      b.run();
      const stop = b.texts.find(([, text]) => text === 'I2C5: STOP')![0];
      const match = b.texts.filter(([, text]) => text.includes('address'))[1][0];
      expect((match - stop) / US).toBeCloseTo(us, 5);
      expect(match - stop).toBe(timingOf(smbusKhz).busFree + timingOf(smbusKhz).holdStart + 9 * Math.floor(1_000_000_000 / smbusKhz));
      expect(b.engine.read(I2C.INTR_STS)).toBe(0x94);
    }
  });

  it('12h: end of read and P; 96h: and a match too', () => {
    expect(pending('read', nothing, () => {})).toBe(TX_NAK | NORMAL_STOP);
    expect(pending('read', writes(2), () => {})).toBe(0x96);
  });

  it('86h: end of read, then a repeated START', () => {
    const b = bench({}, (host) => host.clear().start(ADDRESS, true).receive(1).start(ADDRESS, false).stop());
    b.at(200 * US, () => {
      b.engine.write(I2C.BYTE_BUF, 9);
      b.engine.write(I2C.CMD, S_TX);
      take(b.engine);
    });
    b.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(0x86);
  });

  it('10h after a TX_NAK that was acknowledged in time', () => {
    expect(pending('read', nothing, (b) => b.at(295 * US, () => expect(take(b.engine)).toBe(TX_NAK)))).toBe(NORMAL_STOP);
  });

  it('85h: TX_ACK not acknowledged before the next match', () => {
    const b = bench({}, (host) => host.clear().start(ADDRESS, true).receive(1, true).start(ADDRESS, true).stop());
    const give = (): void => {
      b.engine.write(I2C.BYTE_BUF, 0xff);
      b.engine.write(I2C.CMD, S_TX);
      b.engine.write(I2C.INTR_STS, RX_DONE | SLAVE_MATCH);
    };
    b.at(200 * US, give);
    b.at(400 * US, give); // after TX_ACK; it stays
    b.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(0x85);
  });

  it('14h never: RX_DONE holds back P', () => {
    const b = bench({ smbusTimeout: 35 * MS }, writes(1));
    const seen: number[] = [];
    b.at(200 * US, () => take(b.engine));
    for (let at = 300; at < 30_000; at += 1_000) b.at(at * US, () => seen.push(b.engine.read(I2C.INTR_STS)));
    b.run();
    expect(new Set(seen)).toEqual(new Set([RX_DONE]));
  });
});

describe('a host that vanishes in mid-byte (fact sheet §6.4, §13)', () => {
  const dying = (glitch: 'none' | 'start' | 'stop') => (host: SmbusHost): void => {
    host.clear().start(ADDRESS, false).powerOff(3, glitch).send(0xff);
  };

  it('leaves the target addressed, without a status', () => {
    const b = bench({}, dying('none'));
    b.at(200 * US, () => take(b.engine));
    b.run();
    expect(b.results).toEqual([6]);
    expect(b.engine.read(I2C.INTR_STS)).toBe(0);
    expect(b.engine.read(I2C.CMD) >> STATE_SHIFT).toBe(I2cState.SRXD);
    expect(b.engine.read(I2C.CMD) & CMD.BUS_BUSY).toBe(CMD.BUS_BUSY);
  });

  it.each([[0, 0x84], [1, 0xa4], [2, 0xa4]])('the next START is in mid-byte: i2cMidByte=%i gives %i', (i2cMidByte, status) => {
    const b = bench({ i2cMidByte }, dying('none'), writes(1));
    b.at(200 * US, () => take(b.engine));
    b.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(status);
  });

  it.each([[0, NORMAL_STOP], [1, ABNORMAL], [2, ABNORMAL | NORMAL_STOP]])('a glitch STOP: i2cMidByte=%i gives %i', (i2cMidByte, status) => {
    const b = bench({ i2cMidByte }, dying('stop'));
    b.at(200 * US, () => take(b.engine));
    b.run();
    expect(b.engine.read(I2C.INTR_STS)).toBe(status);
    expect(b.engine.read(I2C.CMD) >> STATE_SHIFT).toBe(I2cState.IDLE);
  });
});

describe('commands that the target has not used (fact sheet §6.4)', () => {
  it.each([[0, 'ACK'], [1, 'NAK']])('RX_CMD_LAST before a STOP: i2cCommandSticks=%i: the next data byte gets %s', (i2cCommandSticks, answer) => {
    const b = bench({ i2cCommandSticks }, writes(), writes(7));
    b.at(200 * US, () => {
      b.engine.write(I2C.CMD, M_S_RX_CMD_LAST);
      take(b.engine);
    });
    b.at(500 * US, () => take(b.engine));
    b.run();
    expect(b.wire).toContain(`writes 07h ${answer}`);
  });
});

describe('the engine goes away', () => {
  it('SLAVE_EN=0 while SCL is held: it is let go, the rest is NAKed', () => {
    const b = bench({}, writes(1, 2));
    b.at(300 * US, () => b.engine.write(I2C.FUN_CTRL, FUN_CTRL.MASTER_EN));
    b.run();
    expect(b.results).toEqual([1]);
    expect(b.wire).toContain('writes 01h NAK');
  });

  it('a reset of the BMC: the same, and the line falls', () => {
    const b = bench({}, writes(1, 2));
    b.at(300 * US, () => b.soc.bmcReset());
    b.run();
    expect(b.results).toEqual([1]);
    expect(b.lines.map(([, level]) => level)).toEqual([1, 0]);
    expect(b.engine.read(I2C.DEV_ADDR)).toBe(0);
  });
});
