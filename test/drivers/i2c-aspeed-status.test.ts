import { describe, expect, it } from 'vitest';
import { EBUSY, EINVAL, I2cSlaveEvent } from '../../src/linux/index.ts';
import { ADDRESS, I2C_DRIVERS, PokedRig } from './i2c-aspeed-rig.ts';

/** Statuses of hardware.md section 6.2. */
const [ACK, NAK, RX, STOP, ABNORMAL, MATCH] = [0x01, 0x02, 0x04, 0x10, 0x20, 0x80];
const W = ADDRESS << 1;
const R = W | 1;

type Poke = readonly [number, number?];
/** What brings the driver where the last status of a row finds it. */
const WRITING: readonly Poke[] = [[MATCH | RX, W], [RX, 0x03]];
const READING: readonly Poke[] = [...WRITING, [MATCH | RX, R]];
const READ_ENDED: readonly Poke[] = [...READING, [NAK]];

const VERSIONS = Object.keys(I2C_DRIVERS);

/** The events that the last of `pokes` makes in each version. */
const events = (pokes: readonly Poke[], returns: (event: I2cSlaveEvent) => number = () => 0): readonly (readonly string[])[] =>
  VERSIONS.map((version) => {
    const rig = new PokedRig(I2C_DRIVERS[version]);
    rig.returns = returns;
    rig.poke(...pokes);
    return rig.events.slice();
  });

/** What one version answers to the last of `pokes`. */
function last(version: string, ...pokes: readonly Poke[]): PokedRig {
  const rig = new PokedRig(I2C_DRIVERS[version]);
  rig.poke(...pokes);
  return rig;
}

/** All versions the same. */
const same = (...wanted: readonly string[]): readonly (readonly string[])[] => VERSIONS.map(() => wanted);

describe('status words that tell of one thing (hardware.md 6.4)', () => {
  it.each([
    ['84h, address to write', [[MATCH | RX, W]], ['WRITE_REQUESTED 20']],
    ['04h, a byte', [[MATCH | RX, W], [RX, 0x5a]], ['WRITE_RECEIVED 5a']],
    ['10h, STOP', [...WRITING, [STOP]], ['STOP']],
    ['84h, repeated START and address to read: no STOP before it', READING, ['READ_REQUESTED c0']],
    ['01h, ACK of a byte', [...READING, [ACK]], ['READ_PROCESSED c1']],
    ['02h, NAK of the last', READ_ENDED, ['STOP']],
    ['10h, not addressed', [[STOP]], null],
    ['04h, not addressed', [[RX, 0x55]], []],
  ] as const)('%s', (_name, pokes, wanted) => {
    const got = events(pokes as readonly Poke[]);
    // 2023-12 reports every STOP, addressed or not.
    if (wanted === null) expect(got).toEqual([[], [], ['STOP'], ['STOP'], []]);
    else expect(got).toEqual(same(...wanted));
  });
});

describe('coalesced status words (hardware.md 6.4)', () => {
  it('94h: P, match, RX_DONE: i2ca-coalesced-stop-start', () => {
    const both = ['STOP', 'WRITE_REQUESTED 20'];
    expect(events([...WRITING, [STOP | MATCH | RX, W]])).toEqual([['STOP'], ['STOP'], both, both, both]);
    const read = ['STOP', 'READ_REQUESTED c0'];
    expect(events([...WRITING, [STOP | MATCH | RX, R]])).toEqual([['STOP'], ['STOP'], read, read, read]);
    // No S_TX: SCL stays low for ever.
    expect(last('nak', ...WRITING, [STOP | MATCH | RX, R]).accesses).not.toContain('CMD := 04');
    expect(last('fixed', ...WRITING, [STOP | MATCH | RX, R]).accesses).toContain('CMD := 04');
  });

  it('86h: TX_NAK, match, RX_DONE', () => {
    const both = ['STOP', 'WRITE_REQUESTED 20'];
    expect(events([...READING, [NAK | MATCH | RX, W]])).toEqual([['WRITE_REQUESTED 20'], ['WRITE_REQUESTED 20'], both, both, both]);
    expect(last('nak', ...READING, [NAK | MATCH | RX, W]).errors).toEqual(['handled 84 of 86']);
  });

  it('96h: both', () => {
    const both = ['STOP', 'WRITE_REQUESTED 20'];
    expect(events([...READING, [NAK | STOP | MATCH | RX, W]])).toEqual([['STOP'], ['STOP'], both, both, both]);
  });

  it('12h: TX_NAK and P are one STOP', () => {
    expect(events([...READING, [NAK | STOP]])).toEqual(same('STOP'));
    expect(VERSIONS.map((version) => last(version, ...READING, [NAK | STOP]).errors.length)).toEqual([1, 1, 1, 1, 0]);
  });

  it('10h after a TX_NAK that was handled: no event, but with the fix of 2023 a second STOP', () => {
    expect(events([...READ_ENDED, [STOP]])).toEqual([[], [], ['STOP'], ['STOP'], []]);
    expect(VERSIONS.map((version) => last(version, ...READ_ENDED, [STOP]).handled.every(Boolean))).toEqual([false, false, true, true, true]);
  });

  it('14h: RX_DONE and P: i2ca-last-byte-with-stop', () => {
    expect(events([...WRITING, [RX | STOP, 0x77]])).toEqual([['STOP'], ['STOP'], ['STOP'], ['STOP'], ['WRITE_RECEIVED 77', 'STOP']]);
  });

  it('85h: match, RX_DONE, TX_ACK', () => {
    expect(events([...READING, [MATCH | RX | ACK, R]])).toEqual(same('READ_REQUESTED c1'));
    expect(VERSIONS.map((version) => last(version, ...READING, [MATCH | RX | ACK, R]).errors)).toEqual([
      ...VERSIONS.slice(1).map(() => ['ACK on read request', 'handled 84 of 85']), []]);
    expect(events([...READING, [MATCH | RX | ACK, W]])).toEqual(same('WRITE_REQUESTED 20'));
    expect(VERSIONS.map((version) => last(version, ...READING, [MATCH | RX | ACK, W]).errors)).toEqual([
      ...VERSIONS.slice(1).map(() => ['handled 84 of 85']), []]);
  });

  it('a stray interrupt in the read direction: no S_TX until the TX_ACK', () => {
    for (const version of VERSIONS) {
      const rig = last(version, ...READING, [0x40]);
      expect([rig.events, rig.accesses.includes('CMD := 04')]).toEqual([[], false]);
    }
    expect(VERSIONS.map((version) => last(version, ...READING, [0x40]).errors)).toEqual([...VERSIONS.slice(1).map(() => ['no ACK']), []]);
  });

  it('30h and 20h: START or STOP in the middle of a byte ends the transfer only in fixed', () => {
    expect(events([...WRITING, [ABNORMAL]])).toEqual([['WRITE_RECEIVED 03'], ['WRITE_RECEIVED 03'], ['WRITE_RECEIVED 03'], ['WRITE_RECEIVED 03'], ['STOP']]);
    expect(events([...WRITING, [ABNORMAL | STOP]])).toEqual(same('STOP'));
    expect(events([...READING, [ABNORMAL]])).toEqual([[], [], [], [], ['STOP']]);
  });
});

describe('register accesses of one interrupt', () => {
  const early = (ack: string): string[] => ['INTR_STS', `INTR_STS := ${ack}`, 'INTR_STS'];
  const late = ['INTR_STS := 04', 'INTR_STS'];

  it('RX_DONE is acknowledged last, and read back (hardware.md 6.4)', () => {
    expect(last('2022', ...WRITING).accesses).toEqual([...early('00'), 'CMD', 'BYTE_BUF', ...late]);
    expect(last('2023-12', ...WRITING).accesses).toEqual([...early('00'), 'CMD', 'BYTE_BUF', ...late]);
    expect(last('late-ack', ...WRITING).accesses).toEqual(['INTR_STS', 'CMD', 'BYTE_BUF', ...late]);
    expect(last('fixed', ...WRITING).accesses).toEqual(['INTR_STS', 'BYTE_BUF', ...late]);
  });

  it('TX_ACK first, or after S_TX, or just before it', () => {
    const sent = ['BYTE_BUF := c1', 'CMD := 04'];
    expect(last('2022', ...READING, [ACK]).accesses).toEqual([...early('01'), 'CMD', ...sent]);
    expect(last('late-ack', ...READING, [ACK]).accesses).toEqual(['INTR_STS', 'CMD', ...sent, 'INTR_STS := 01', 'INTR_STS']);
    expect(last('fixed', ...READING, [ACK]).accesses).toEqual(['INTR_STS', 'BYTE_BUF := c1', 'INTR_STS := 01', 'INTR_STS', 'CMD := 04']);
  });

  it('a backend that refuses: i2ca-busy-ack', () => {
    const refuses = VERSIONS.map((version) => {
      const rig = new PokedRig(I2C_DRIVERS[version]);
      rig.returns = (event) => (event === I2cSlaveEvent.WRITE_REQUESTED ? -EBUSY : 0);
      rig.poke([MATCH | RX, W]);
      return rig.accesses.includes('CMD := 10');
    });
    expect(refuses).toEqual([false, true, true, true, true]);
  });

  it('only the return value of WRITE_REQUESTED counts', () => {
    const got = VERSIONS.map((version) => {
      const rig = new PokedRig(I2C_DRIVERS[version]);
      rig.returns = (event) => (event === I2cSlaveEvent.WRITE_RECEIVED ? -EBUSY : 0);
      rig.poke([MATCH | RX, W], [RX, 5]);
      return rig.accesses.includes('CMD := 10');
    });
    expect(got).toEqual(VERSIONS.map(() => false));
  });

  it('RX_CMD_LAST without a byte is taken back: i2ca-last-cmd-armed', () => {
    const clears = VERSIONS.map((version) => {
      const rig = new PokedRig(I2C_DRIVERS[version]);
      rig.returns = (event) => (event === I2cSlaveEvent.WRITE_REQUESTED ? -EBUSY : 0);
      rig.poke([MATCH | RX, W], [STOP]);
      return rig.accesses.some((access) => access === 'CMD := 00');
    });
    expect(clears).toEqual([false, false, false, false, true]);
  });

  it('a byte that was NAKed reaches the backend, but not from fixed', () => {
    const refused = (event: I2cSlaveEvent): number => (event === I2cSlaveEvent.WRITE_REQUESTED ? -EBUSY : 0);
    expect(events([[MATCH | RX, W], [RX, 0x02]], refused)).toEqual([...VERSIONS.slice(1).map(() => ['WRITE_RECEIVED 02']), []]);
  });
});

describe.each(VERSIONS)('registration with i2c-aspeed@%s', (version) => {
  it('enables and disables target mode; one backend at a time', () => {
    const rig = new PokedRig(I2C_DRIVERS[version]);
    rig.poke();
    expect(rig.accesses).toEqual([
      'INTR_CTRL := 00', 'INTR_STS := ffffffff', 'FUN_CTRL := 00', 'AC_TIMING1', 'AC_TIMING1 := fe003', 'AC_TIMING2 := 00', 'FUN_CTRL',
      'FUN_CTRL := 8001', 'INTR_CTRL := 607f', 'DEV_ADDR := 10', 'FUN_CTRL', 'FUN_CTRL := 8003',
    ]);
    const results: number[] = [];
    rig.kernel.boot((function* () {
      results.push(yield* rig.driver.regSlave(0x11, rig));
      rig.accesses.length = 0;
      results.push(yield* rig.driver.unregSlave(), yield* rig.driver.unregSlave());
    })());
    expect(results).toEqual([-EINVAL, 0, -EINVAL]);
    expect(rig.accesses).toEqual(['FUN_CTRL', 'FUN_CTRL := 8001']);
    expect([rig.driver.stateName, rig.driver.busy]).toEqual(['ASPEED_I2C_SLAVE_INACTIVE', false]);
  });
});
