import { describe, expect, it } from 'vitest';
import { Ssif } from '../../../src/host/ssif/ssif.ts';
import { ssifDetect, ssifProbe } from '../../../src/host/ssif/ssif-probe.ts';
import { answer, createBmcState } from '../../../src/ipmi/index.ts';
import { EBADMSG, EINVAL, EIO, ENODEV, ENXIO, EOPNOTSUPP, EPROTO, EREMOTEIO, ETIMEDOUT } from '../../../src/linux/errno.ts';
import { MS, SEC, US } from '../../../src/sim/time.ts';
import type { SmbusKindName } from '../../../src/host/ssif/smbus-kinds.ts';
import { WireRig } from './wire-rig.ts';

/** Drivers of SMBus controllers: i2c-i801.c, i2c-piix4.c, i2c-designware-master.c, i2c-core-smbus.c; transactions: SMBus 2.0 §5.5. */

const KINDS = ['i801', 'piix4', 'i2c'] as const;

function realBmc(rig: WireRig): void {
  const state = createBmcState();
  const rsp = new Uint8Array(272);
  rig.bmc.answer = (request) => [...rsp.subarray(0, answer(state, Uint8Array.from(request), request.length, rsp))];
}

describe('ipmi_ssif on the wire', () => {
  it.each(KINDS)('%s: from the scan to a long message and back', (kind) => {
    const rig = new WireRig(kind);
    realBmc(rig);
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    const request = Uint8Array.from([0xc0, 0x0e, ...Array.from({ length: 98 }, (_, i) => i)]);
    const length = rig.play(function* () {
      expect(yield* ssifDetect(ssif)).toBe(0);
      yield* ssifProbe(ssif);
      return yield* ssif.transact(request, request.length);
    });
    expect([...ssif.response.subarray(0, length)]).toEqual([0xc4, 0x0e, 0, ...request.subarray(2)]);
    expect(rig.bmc.lines.slice(0, 4)).toEqual([
      'S 20 P', 'S 20 02 02 18 01 P', 'S 20 03 Sr 21 0e 1c 01 00 20 00 00 00 02 07 00 00 00 00 00 N P', 'S 20 02 03 18 57 00 P',
    ]);
    expect(ssif.info).toMatchObject({ cmd8Works: true, maxXmitMsgSize: 255 });
  });

  it('takes the time of its bits, and one step for each transaction', () => {
    const rig = new WireRig();
    realBmc(rig);
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    rig.play(() => ssif.transact(Uint8Array.of(0x18, 0x01), 2));
    // 5 bytes out; 3 bytes, then 15: 23 x 90 us, START and STOP, set-up, and at most two jiffies of 4 ms between.
    expect(rig.sim.now).toBeGreaterThan(23 * 90 * US + 4 * MS);
    expect(rig.sim.now).toBeLessThan(23 * 95 * US + 8 * MS + 200 * US);
    expect(rig.labels).toEqual(['i801_access: smbus transfer', 'ipmi_ssif_thread: host: sleep', 'i801_access: smbus transfer']);
  });

  it('sleeps until an alert comes', () => {
    const rig = new WireRig();
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    rig.bmc.delay = 100 * MS;
    let at = 0;
    rig.run(function* () {
      yield* ssif.transact(Uint8Array.of(0x18, 0x01), 2);
      at = rig.sim.now;
    }, function* () {
      yield rig.otherTime.wait(110 * MS, false);
      ssif.alert();
    });
    expect(at).toBeGreaterThan(110 * MS);
    expect(at).toBeLessThan(113 * MS); // without alert: 60 ms after the read at 68 ms
  });
});

describe('PEC', () => {
  const withPec = (kind: SmbusKindName) => {
    const rig = new WireRig(kind);
    rig.smbus.pec = true;
    return rig;
  };

  it.each([['i801', true], ['i2c', true], ['designware', true], ['piix4', false]] as const)('%s sends and checks it: %s', (kind, used) => {
    const rig = withPec(kind);
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    rig.play(() => ssif.transact(Uint8Array.of(0x18, 0x01), 2));
    // 20 02 02 18 01, and 20 03 21 03 1c 01 00: CRC-8 with polynomial 07h.
    expect(rig.bmc.lines[0]).toBe(used ? 'S 20 02 02 18 01 66 P' : 'S 20 02 02 18 01 P');
    expect(rig.bmc.lines[1]).toMatch(used ? /^S 20 03 Sr 21 03 1c 01 00 [\da-f]{2} N P$/ : /^S 20 03 Sr 21 03 1c 01 00 N P$/);
  });

  it('that is wrong is -EBADMSG, and read again', () => {
    const rig = withPec('i801');
    let garbled = false;
    rig.bmc.garble = (byte, at) => {
      if (at !== 2 || garbled) return byte;
      garbled = true;
      return byte ^ 0x10;
    };
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    const result = rig.play(function* () {
      yield* ssif.transact(Uint8Array.of(0x18, 0x01), 2);
      garbled = false;
      return yield* rig.smbus.blockRead(3, new Uint8Array(32));
    });
    expect(rig.bmc.lines).toHaveLength(4);
    expect([...ssif.response.subarray(0, 3)]).toEqual([0x1c, 0x01, 0]);
    expect(result).toBe(-EBADMSG);
  });
});

describe('errors', () => {
  const data = Uint8Array.of(0x18, 0x01);
  const write = (rig: WireRig, length = 2) => rig.play(() => rig.smbus.blockWrite(2, data, length));
  const read = (rig: WireRig) => rig.play(() => rig.smbus.blockRead(3, new Uint8Array(256)));

  it.each(KINDS)('%s: a NAK of any byte is -ENXIO, and ends in STOP', (kind) => {
    for (const at of [0, 1, 2, 4]) {
      const rig = new WireRig(kind);
      rig.bmc.naks = (_transaction, byte) => byte === at;
      expect(write(rig)).toBe(-ENXIO);
      expect(rig.bmc.lines[0]?.endsWith(' N P')).toBe(true);
    }
  });

  it.each(KINDS)('%s: a quick write tells whether somebody is there', (kind) => {
    const rig = new WireRig(kind);
    expect(rig.play(() => rig.smbus.quickWrite())).toBe(0);
    rig.bmc.naks = () => true;
    expect(rig.play(() => rig.smbus.quickWrite())).toBe(-ENXIO);
  });

  it.each(KINDS)('%s: a count of 0 or of more than 32 is -EPROTO', (kind) => {
    expect(read(new WireRig(kind))).toBe(-EPROTO);
    const rig = new WireRig(kind);
    rig.bmc.garble = () => 33;
    expect(read(rig)).toBe(-EPROTO);
  });

  it('an empty block is not written by i801 and piix4', () => {
    expect(write(new WireRig('i801'), 0)).toBe(-EPROTO);
    expect(write(new WireRig('piix4'), 0)).toBe(-EINVAL);
    const rig = new WireRig('i2c');
    expect(write(rig, 0)).toBe(0);
    expect(rig.bmc.lines).toEqual(['S 20 02 00 P']);
  });

  it('more than a block is cut down, as i2c_smbus_write_block_data() does', () => {
    const rig = new WireRig();
    expect(rig.play(() => rig.smbus.blockWrite(2, new Uint8Array(40), 40))).toBe(0);
    expect(rig.bmc.lines[0]?.split(' ').slice(3, 4)).toEqual(['20']);
  });

  it.each([['i801', -ENXIO], ['piix4', -ENXIO], ['i2c', -ETIMEDOUT], ['designware', -ETIMEDOUT]] as const)('%s: a clock that stays low is %i', (kind, errno) => {
    const rig = new WireRig(kind);
    rig.bmc.received = () => rig.tap.hold();
    expect(write(rig)).toBe(errno);
    expect(rig.sim.now).toBeGreaterThan(30 * MS);
    expect(rig.sim.now).toBeLessThan(31 * MS);
  });

  it.each([['i801', 0, 2], ['i2c', 0, 2], ['designware', 0, 2], ['piix4', -EIO, 1]] as const)(
    '%s: after lost arbitration comes %i, with %i transactions', (kind, errno, transactions) => {
      const rig = new WireRig(kind);
      let result = 1;
      rig.run(function* () {
        result = yield* rig.smbus.blockWrite(2, data, 2);
      }, function* () {
        rig.other.start(0x08, false).send(0).stop(); // wins: its address has a 0 first
        yield rig.other.transfer;
      });
      expect(result).toBe(errno);
      expect(rig.labels.filter((label) => label.endsWith('smbus transfer'))).toHaveLength(transactions);
    });
});

describe('designware', () => {
  const read = (rig: WireRig) => {
    const data = new Uint8Array(256);
    const result = rig.play(() => rig.smbus.blockRead(3, data));
    return result < 0 ? result : [...data.subarray(0, result)];
  };

  it('from the probe to a long message and back', () => {
    const rig = new WireRig('designware');
    realBmc(rig);
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    const request = Uint8Array.from([0xc0, 0x0e, ...Array.from({ length: 98 }, (_, i) => i)]);
    const length = rig.play(function* () {
      yield* ssifProbe(ssif);
      return yield* ssif.transact(request, request.length);
    });
    expect([...ssif.response.subarray(0, length)]).toEqual([0xc4, 0x0e, 0, ...request.subarray(2)]);
    expect(ssif.info).toMatchObject({ cmd8Works: true, maxXmitMsgSize: 255 });
  });

  it('makes no quick command, so that a scan finds nobody (I2C_AQ_NO_ZERO_LEN)', () => {
    const rig = new WireRig('designware');
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    expect(rig.play(() => rig.smbus.quickWrite())).toBe(-EOPNOTSUPP);
    expect(rig.play(() => ssifDetect(ssif))).toBe(-ENODEV);
    expect(rig.bmc.lines).toEqual([]);
  });

  it('a NAK of any byte is -EREMOTEIO, and ends in STOP', () => {
    for (const at of [0, 1, 2, 4]) {
      const rig = new WireRig('designware');
      rig.bmc.naks = (_transaction, byte) => byte === at;
      expect(rig.play(() => rig.smbus.blockWrite(2, Uint8Array.of(0x18, 0x01), 2))).toBe(-EREMOTEIO);
      expect(rig.bmc.lines[0]?.endsWith(' N P')).toBe(true);
    }
  });

  it('writes an empty block', () => {
    const rig = new WireRig('designware');
    expect(rig.play(() => rig.smbus.blockWrite(2, new Uint8Array(0), 0))).toBe(0);
    expect(rig.bmc.lines).toEqual(['S 20 02 00 P']);
  });

  it.each([0, 33, 255])('a count of %i is taken for 1: one byte more, then STOP, and the caller has it as a success', (count) => {
    const rig = new WireRig('designware');
    rig.bmc.garble = (_byte, at) => [count, 0x5a][at] ?? 0xff;
    expect(read(rig)).toEqual([0x5a]);
    expect(rig.bmc.lines[0]).toMatch(/^S 20 03 Sr 21 \w\w \w\w N P$/);
    expect(rig.labels).toEqual(['designware_access: smbus transfer']);
  });

  it('with PEC that is -EBADMSG: the core computes it with a count of 1', () => {
    const rig = new WireRig('designware');
    rig.smbus.pec = true;
    expect(read(rig)).toBe(-EBADMSG);
    expect(rig.bmc.lines[0]).toMatch(/^S 20 03 Sr 21 00 \w\w \w\w N P$/);
  });

  it('so a response that is not there yet is a response of one byte to ipmi_ssif, which asks again where it is an error', () => {
    const asked = (kind: SmbusKindName) => {
      const rig = new WireRig(kind);
      rig.bmc.delay = 100 * MS;
      rig.bmc.garble = (byte, at) => (rig.sim.now < 100 * MS && at > 0 ? 0 : byte);
      const ssif = new Ssif(rig.smbus, rig.time, rig.log);
      const length = rig.play(() => ssif.transact(Uint8Array.of(0x18, 0x01), 2));
      return [...ssif.response.subarray(0, length)];
    };
    expect(asked('i801')).toEqual([0x1c, 0x01, 0]);
    expect(asked('designware')).toEqual([0]);
  });
});

describe('waits in the simulator', () => {
  it('are time-outs only where the host goes on because nothing else has come', () => {
    const rig = new WireRig();
    rig.bmc.delay = SEC / 2;
    const ssif = new Ssif(rig.smbus, rig.time, rig.log);
    const waits: number[] = [];
    const { time } = ssif;
    const wait = time.wait.bind(time);
    time.wait = (deadline, patience) => {
      waits.push(patience ? 1 : 0);
      return wait(deadline, patience);
    };
    rig.play(() => ssif.transact(Uint8Array.of(0x18, 0x01), 2));
    expect(waits[0]).toBe(0); // request to first read
    expect(waits.slice(1).every((patience) => patience === 1)).toBe(true);
    expect(waits.length).toBeGreaterThan(5);
  });
});
