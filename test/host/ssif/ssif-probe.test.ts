import { beforeEach, describe, expect, it } from 'vitest';
import { registerSmi } from '../../../src/host/si/si-probe.ts';
import { ssifDetect, ssifProbe } from '../../../src/host/ssif/ssif-probe.ts';
import { QEMU_CAPABILITIES, Ssif, type SsifParams } from '../../../src/host/ssif/ssif.ts';
import { EIO, ENODEV, ENXIO, EPROTO } from '../../../src/linux/errno.ts';
import { MS, SEC } from '../../../src/sim/time.ts';
import { recordingLog } from '../log.ts';
import { FakeSmbus } from './fake-smbus.ts';

/** The probe of drivers/char/ipmi/ipmi_ssif.c: ssif_detect(), ssif_probe(), test_multipart_messages(). */

let bmc: FakeSmbus;
let log: ReturnType<typeof recordingLog>;

/** Answers of the BMC by command; commands without one get C1h. */
let answers: Map<number, number[]>;

beforeEach(() => {
  bmc = new FakeSmbus();
  log = recordingLog();
  answers = new Map([
    [0x01, [0, 0x20, 0, 0, 0, 2, 7, 0, 0, 0, 0, 0]], [0x57, [0, 0, 0x80, 0xff, 0xff]], [0x30, [0]], [0x2f, [0, 0x08]], [0x2e, [0]],
  ]);
  bmc.answer = ([, cmd = 0]) => [0x1c, cmd, ...(answers.get(cmd) ?? [0xc1])];
});

function probed(params: SsifParams = {}): Ssif {
  const ssif = new Ssif(bmc, bmc, log, params);
  bmc.play(ssifProbe(ssif));
  return ssif;
}

/** The writes, without reads: command and bytes, or the number of many bytes; and the error. */
function writes(): string[] {
  return bmc.lines.filter((line) => line.startsWith('w')).map((line) => {
    const [body = '', error] = line.split(' = ');
    const bytes = body.split(' ').slice(1);
    const short = bytes.length > 5 ? `${bytes[0]} (${bytes.length - 1})` : bytes.join(' ');
    return error === undefined ? short : `${short} = ${error}`;
  });
}

const TEST_3 = ['06 (32)', '07 (32)', '08 00'];
const ENABLES = ['02 18 30 08', '02 18 2f', '02 18 2e 0c', '02 18 2e 0d'];

describe('the probe', () => {
  it('asks for capabilities, tests 08h, clears the flags and sets the enables, with no time between', () => {
    const ssif = probed();
    expect(writes()).toEqual(['02 18 57 00', ...TEST_3, ...ENABLES]);
    expect(bmc.times.every((time, n) => time === n * bmc.duration)).toBe(true);
    const { pec, ...found } = QEMU_CAPABILITIES;
    expect(ssif.info).toMatchObject({ ...found, supportsAlert: true, globalEnables: 0x0d });
    expect(bmc.pec).toBe(pec);
  });

  it('leaves the enables alone if the event buffer is on', () => {
    answers.set(0x2f, [0, 0x0c]);
    const ssif = probed();
    expect(writes().slice(-2)).toEqual(['02 18 30 08', '02 18 2f']);
    expect(ssif.info).toMatchObject({ hasEventBuffer: true, supportsAlert: false });
  });

  it('does not ask for alerts if they are known to be broken', () => {
    const ssif = probed({ alertsBroken: true });
    expect(writes().at(-1)).toBe('02 18 2e 0c');
    expect(ssif.info.supportsAlert).toBe(false);
  });

  it('goes on without event buffer if the BMC refuses it', () => {
    answers.set(0x2e, [0xcc]);
    const ssif = probed();
    expect(writes().slice(-2)).toEqual(['02 18 2e 0c', '02 18 2e 09']);
    expect(ssif.info).toMatchObject({ hasEventBuffer: false, supportsAlert: false, globalEnables: 0x08 });
  });

  it('does not take the interrupt that alerts need for agreed if it was on before, and the BMC refuses it', () => {
    answers.set(0x2f, [0, 0x09]);
    answers.set(0x2e, [0xcc]);
    expect(probed().info).toMatchObject({ hasEventBuffer: false, supportsAlert: false, globalEnables: 0x09 });
    answers.set(0x2e, [0]);
    expect(probed().info).toMatchObject({ hasEventBuffer: true, supportsAlert: true, globalEnables: 0x0d });
  });

  it('is followed by what the message handler asks', () => {
    const ssif = probed();
    bmc.lines.length = 0;
    bmc.play(registerSmi(ssif));
    expect(writes()).toEqual(['02 18 08', '02 18 01', '02 18 42 00', '02 18 42 00']);
  });

  it('tells the log of each request', () => {
    probed();
    const kinds = log.lines.map((line) => line.split(' ')[0]);
    expect(kinds).toEqual(Array.from({ length: 6 }, () => ['began', 'sent', 'responded']).flat());
  });
});

describe('capabilities', () => {
  it.each([
    ['single part only', [0, 0, 0x00, 0xff, 0xff], 32, 32, []],
    ['start and end', [0, 0, 0x40, 0xff, 0xff], 63, 62, ['06 (32)', '08 00']],
    ['all parts', [0, 0, 0x80, 0xfe, 0xfd], 254, 253, TEST_3],
    ['all parts, 63 bytes', [0, 0, 0x80, 63, 63], 63, 63, ['06 (32)', '08 00']],
    ['smaller than a block', [0, 0, 0x80, 20, 20], 20, 20, []],
    ['no sense', [0, 0, 0xc0, 0xff, 0xff], 32, 32, []],
    ['too short an answer', [0, 0, 0x80, 0xff], 32, 32, []],
    ['an error', [0xc1], 32, 32, []],
  ])('%s', (_what, answer, send, recv, test) => {
    answers.set(0x57, answer);
    const { info } = probed();
    expect([info.maxXmitMsgSize, info.maxRecvMsgSize]).toEqual([send, recv]);
    expect(writes()).toEqual(['02 18 57 00', ...test, ...ENABLES]);
  });

  it.each([[0x88, true], [0x80, false], [0x08, true], [0xc8, false]])('%i: PEC from the end of the probe on: %s', (support, pec) => {
    answers.set(0x57, [0, 0, support, 0xff, 0xff]);
    const ssif = probed();
    expect(bmc.lines.some((line) => line.endsWith('PEC'))).toBe(false);
    bmc.play(ssif.transact(Uint8Array.of(0x18, 0x01), 2));
    expect(bmc.lines.at(-2)?.endsWith('PEC')).toBe(pec);
  });
});

describe('the test of 08h', () => {
  it('is made again with an empty 07h, which then ends messages', () => {
    bmc.fault = (_kind, command) => (command === 0x08 ? -ENXIO : 0);
    const { info } = probed();
    expect(writes().slice(1, 7)).toEqual(['06 (32)', '07 (32)', `08 00 = -${ENXIO}`, '06 (32)', '07 (32)', '07']);
    expect(info).toMatchObject({ cmd8Works: false, maxXmitMsgSize: 255 });
  });

  it('lets messages be 63 bytes long if neither works', () => {
    bmc.fault = (_kind, command, n) => (command === 0x08 || (command === 0x07 && n === 6) ? -EPROTO : 0);
    const { info } = probed();
    expect(info).toMatchObject({ cmd8Works: false, maxXmitMsgSize: 63 });
  });

  it('waits a quarter of a minute for the answer to the first', () => {
    let reads = 0;
    bmc.fault = (kind) => (kind === 'read' && reads++ >= 1 && reads <= 251 ? -ENXIO : 0);
    const { info } = probed();
    expect(info).toMatchObject({ cmd8Works: false, maxXmitMsgSize: 255 });
    expect(bmc.now).toBeGreaterThan(250 * 60 * MS);
    expect(log.lines).toContain('gave up response');
  });

  it('limits messages to one part if the first or second part is not taken; only the first is tried again', () => {
    bmc.fault = (_kind, command) => (command === 0x06 ? -ENXIO : 0);
    expect(probed().info.maxXmitMsgSize).toBe(32);
    expect(writes().slice(1, 6)).toEqual(new Array(5).fill(`06 (32) = -${ENXIO}`));
    bmc = new FakeSmbus();
    bmc.answer = ([, cmd = 0]) => [0x1c, cmd, ...(answers.get(cmd) ?? [0xc1])];
    bmc.fault = (_kind, command) => (command === 0x07 ? -EIO : 0);
    expect(probed().info.maxXmitMsgSize).toBe(32);
    expect(bmc.lines.filter((line) => line.startsWith('w 07'))).toHaveLength(1);
  });
});

describe('a command of the probe', () => {
  it('is sent five times, and read 250 times, at least 60 ms apart (msleep)', () => {
    bmc.fault = (kind, _command, n) => (kind === 'write' ? (n < 4 ? -ENXIO : 0) : n < 249 ? -ENXIO : 0);
    const { info } = probed();
    expect(info.maxXmitMsgSize).toBe(255);
    for (const n of [1, 2, 3, 4, 6, 7, 200]) {
      const gap = bmc.times[n] - bmc.times[n - 1] - bmc.duration;
      expect(gap).toBeGreaterThanOrEqual(60 * MS);
      expect(gap).toBeLessThanOrEqual(68 * MS);
    }
  });

  it('is tried again on a count of 0, where the adapter lets that pass', () => {
    bmc.notReady = 0;
    bmc.delay = 100 * MS;
    expect(probed().info.maxXmitMsgSize).toBe(255);
  });

  it('that is never answered is not fatal', () => {
    bmc.fault = () => -ENXIO;
    const { info } = probed();
    expect(writes().filter((line) => line.startsWith('02 18 57'))).toHaveLength(5);
    expect(info).toMatchObject({ maxXmitMsgSize: 32, cmd8Works: false, hasEventBuffer: false, supportsAlert: false });
    expect(bmc.now).toBeLessThan(2 * SEC);
  });

  it('is not answered by something else', () => {
    bmc.answer = () => [0x1c, 0x99, 0, 0, 0x80, 0xff, 0xff];
    expect(probed().info).toMatchObject({ maxXmitMsgSize: 32, hasEventBuffer: false });
  });
});

describe('the scan of an address', () => {
  it('is a quick write and Get Device ID', () => {
    expect(bmc.play(ssifDetect(new Ssif(bmc, bmc, log)))).toBe(0);
    expect(bmc.lines.map((line) => line.slice(0, 10))).toEqual(['quick', 'w 02 18 01', 'r 03 -> 1c']);
  });

  it('finds nothing where nobody answers', () => {
    bmc.fault = (kind) => (kind === 'quick' ? -ENXIO : 0);
    expect(bmc.play(ssifDetect(new Ssif(bmc, bmc, log)))).toBe(-ENODEV);
    expect(bmc.lines).toHaveLength(1);
  });

  it('finds no BMC where something else answers', () => {
    bmc.answer = () => [1, 2, 3];
    expect(bmc.play(ssifDetect(new Ssif(bmc, bmc, log)))).toBe(-ENODEV);
  });
});
