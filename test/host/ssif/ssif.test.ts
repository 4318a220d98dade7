import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Ssif, type SsifParams } from '../../../src/host/ssif/ssif.ts';
import { Jiffies } from '../../../src/host/ssif/time.ts';
import { postEvent, postMessage, postWatchdogPreTimeout } from '../../../src/ipmi/index.ts';
import { EAGAIN, EBADMSG, ENXIO, EPROTO } from '../../../src/linux/errno.ts';
import { MS, SEC, US } from '../../../src/sim/time.ts';
import { recordingLog } from '../log.ts';
import { FakeSmbus } from './fake-smbus.ts';

/** Behaviour: drivers/char/ipmi/ipmi_ssif.c of Linux 6.1, function by function; protocol: IPMI 2.0 §12. */

let bmc: FakeSmbus;
let log: ReturnType<typeof recordingLog>;

beforeEach(() => {
  bmc = new FakeSmbus();
  log = recordingLog();
});

/** The driver after the probe of a BMC that can do everything. */
function host(params: SsifParams = {}): Ssif {
  const ssif = new Ssif(bmc, bmc, log, params);
  ssif.probed();
  bmc.alert = () => {};
  return ssif;
}

function transact(ssif: Ssif, request: readonly number[]): number[] {
  const length = bmc.play(ssif.transact(Uint8Array.from(request), request.length));
  return [...ssif.response.subarray(0, length)];
}

/** A request of `length` bytes, all different as far as they can be. */
function request(length: number): number[] {
  return [0xc0, 0x0e, ...Array.from({ length: length - 2 }, (_, i) => (i + 3) & 0xff)];
}

/** Commands of the transactions: `w02 r03`. */
function commands(): string {
  return bmc.lines.map((line) => line.slice(0, 4).replace(' ', '')).join(' ');
}

const HOSED = [0xc4, 0x0e, 0xff];

describe('requests in parts', () => {
  it.each([
    [2, 'w02 r03'], [32, 'w02 r03 r09'], [33, 'w06 w08 r03 r09'], [63, 'w06 w08 r03 r09 r09'], [64, 'w06 w08 r03 r09 r09'],
    [65, 'w06 w07 w08 r03 r09 r09'], [96, 'w06 w07 w08 r03 r09 r09 r09'], [255, 'w06 w07 w07 w07 w07 w07 w07 w08 r03 r09 r09 r09 r09 r09 r09 r09 r09'],
  ])('of %i bytes go out as %s', (length, expected) => {
    const req = request(length);
    expect(transact(host(), req)).toEqual([0xc4, 0x0e, 0, ...req.slice(2)]);
    expect(commands()).toBe(expected);
    expect(bmc.requests).toEqual([req]);
  });

  it('without 08h end in a short 07h, which is empty behind a multiple of 32', () => {
    const ssif = host();
    ssif.info.cmd8Works = false;
    for (const length of [33, 63, 64, 65, 96]) expect(transact(ssif, request(length)).length).toBe(length + 1);
    expect(bmc.requests.map((req) => req.length)).toEqual([33, 63, 64, 65, 96]);
    expect(commands().replaceAll(/r0\d ?/g, '').trim()).toBe('w06 w07 w06 w07 w06 w07 w07 w06 w07 w07 w06 w07 w07 w07');
  });

  it('longer than the BMC takes end at once, without a transaction (start_send: -E2BIG)', () => {
    const ssif = host();
    ssif.info.maxXmitMsgSize = 63;
    expect(transact(ssif, request(64))).toEqual(HOSED);
    expect(bmc.lines).toEqual([]);
    expect(log.lines).toEqual([]);
    expect(transact(ssif, request(63))).not.toEqual(HOSED);
  });

  it('take any length there and back, and tell the log', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 255 }), fc.boolean(), (length, cmd8) => {
      bmc = new FakeSmbus();
      log = recordingLog();
      const ssif = host();
      ssif.info.cmd8Works = cmd8;
      const req = request(length);
      expect(transact(ssif, req)).toEqual([0xc4, 0x0e, 0, ...req.slice(2)]);
      expect(log.lines.map((line) => line.split(' ')[0])).toEqual(['began', 'sent', 'responded']);
    }));
  });
});

describe('time', () => {
  it('counts jiffies as the kernel does: 5 ms are one at HZ=250 and none at HZ=100, and a timer never fires early', () => {
    const at = { now: 1_234_567 * US };
    const of = (hz: number) => new Jiffies(at, hz);
    expect([100, 250, 300, 1000].map((hz) => of(hz).down(5000))).toEqual([0, 1, 1, 5]);
    expect([100, 250, 1000].map((hz) => of(hz).down(60_000))).toEqual([6, 15, 60]);
    expect([100, 250, 1000].map((hz) => of(hz).up(10))).toEqual([1, 3, 10]);
    expect(of(250).fires(1)).toBe(1_240_000 * US);
    expect(of(100).fires(0)).toBe(1_240_000 * US);
    expect(of(250).msleep(60)).toBe((1_232_000 + 17 * 4000) * US);
  });

  it.each([[250, 4, 8], [1000, 5, 6], [100, 0, 10]])('at HZ=%i the first read comes %i to %i ms after the request', (hz, least, most) => {
    fc.assert(fc.property(fc.nat({ max: 20_000 }), (start) => {
      bmc = new FakeSmbus();
      bmc.now = start * US;
      transact(host({ hz }), [0x18, 0x01]);
      const gap = bmc.times[1] - (bmc.times[0] + bmc.duration);
      expect(gap).toBeGreaterThan(least * MS - 1);
      expect(gap).toBeLessThanOrEqual(most * MS);
    }));
  });

  it('leaves none between parts of a request, nor between those of a response', () => {
    transact(host(), request(97));
    const gaps = bmc.times.map((time, n) => (n === 0 ? 0 : time - bmc.times[n - 1] - bmc.duration));
    expect(gaps.filter((gap) => gap > 0)).toHaveLength(1);
    expect(gaps[4]).toBeGreaterThan(0); // 06 07 07 08 | 03
  });
});

describe('what cannot be sent', () => {
  it('is tried five times, T6 apart, and then answered FFh', () => {
    bmc.fault = (kind) => (kind === 'write' ? -ENXIO : 0);
    expect(transact(host(), request(4))).toEqual(HOSED);
    expect(commands()).toBe('w02 w02 w02 w02 w02');
    for (let n = 1; n < 5; n++) {
      const gap = bmc.times[n] - bmc.times[n - 1] - bmc.duration;
      expect(gap).toBeGreaterThanOrEqual(60 * MS);
      expect(gap).toBeLessThanOrEqual(64 * MS);
    }
    expect(log.lines.filter((line) => line.startsWith('began'))).toHaveLength(5);
    expect(log.lines.at(-1)).toBe('abandoned: could not be sent');
  });

  it('goes out with the fifth try', () => {
    bmc.fault = (kind, _command, n) => (kind === 'write' && n < 4 ? -EAGAIN : 0);
    expect(transact(host(), request(4))).not.toEqual(HOSED);
  });

  it.each([[0x06, 'w06'], [0x07, 'w06 w07'], [0x08, 'w06 w07 w08']])('starts again from the first part when %i fails', (command, before) => {
    let failed = false;
    bmc.fault = (_kind, cmd) => {
      if (cmd !== command || failed) return 0;
      failed = true;
      return -ENXIO;
    };
    transact(host(), request(70));
    expect(commands()).toBe(`${before} w06 w07 w08 r03 r09 r09`);
  });

  it('is resent with the lengths of parts in place of the bytes before them (start_resend sends the buffer as it is)', () => {
    let failed = false;
    bmc.fault = (_kind, cmd) => {
      if (cmd !== 0x08 || failed) return 0;
      failed = true;
      return -ENXIO;
    };
    const req = request(70);
    transact(host(), req);
    const wrong = [...req];
    wrong[31] = 32;
    wrong[63] = 6;
    expect(bmc.requests).toEqual([wrong]);
    // The log is told what is really sent: the BMC is not to blame.
    expect(log.lines.filter((line) => line.startsWith('began')).map((line) => line.split(' ').slice(1).map((b) => Number.parseInt(b, 16))))
      .toEqual([req, wrong]);
  });
});

describe('a response that does not come', () => {
  it('is read 250 times, 60 ms apart, then answered FFh', () => {
    bmc.delay = 1000 * SEC;
    expect(transact(host(), request(4))).toEqual(HOSED);
    expect(bmc.lines.filter((line) => line.startsWith('r'))).toHaveLength(250);
    const reads = bmc.times.slice(1);
    for (let n = 1; n < reads.length; n++) {
      const gap = reads[n] - reads[n - 1] - bmc.duration;
      expect(gap).toBeGreaterThanOrEqual(60 * MS);
      expect(gap).toBeLessThanOrEqual(64 * MS);
    }
    expect(log.lines.slice(-2)).toEqual(['gave up response', 'abandoned: no response']);
  });

  it.each([
    ['a NAK', -ENXIO], ['a count of 0 or over 32', -EPROTO], ['a wrong PEC', -EBADMSG], ['lost arbitration', -EAGAIN],
  ])('is read again after %s', (_what, errno) => {
    bmc.fault = (kind, _command, n) => (kind === 'read' && n < 3 ? errno : 0);
    expect(transact(host(), request(4))).toEqual([0xc4, 0x0e, 0, 3, 4]);
    expect(commands()).toBe('w02 r03 r03 r03 r03');
    expect(log.lines).toEqual(['began c0 0e 03 04', 'sent', 'responded c4 0e 00 03 04']);
  });

  it('is read again from its first part when a later one fails; 0Ah is never used', () => {
    bmc.fault = (kind, command, n) => (kind === 'read' && command === 0x09 && n === 2 ? -ENXIO : 0);
    const req = request(90);
    expect(transact(host(), req)).toEqual([0xc4, 0x0e, 0, ...req.slice(2)]);
    expect(commands()).toBe('w06 w07 w08 r03 r09 r09 r03 r09 r09');
  });
});

describe('a response out of order', () => {
  const long = request(120); // 121 bytes: 30, 31, 31, 29
  const mangled = (change: (part: number[], n: number) => number[]): number[] => {
    bmc.mangle = change;
    return transact(host(), long);
  };

  it('with a wrong block number is given up at once (-EIO)', () => {
    expect(mangled((part, n) => (n === 2 ? [7, ...part.slice(1)] : part))).toEqual(HOSED);
    expect(commands()).toBe('w06 w07 w07 w08 r03 r09 r09');
    expect(log.lines.at(-1)).toBe('abandoned: its response is not in order');
  });

  it('whose middle part has not 31 bytes is too', () => {
    expect(mangled((part, n) => (n === 1 ? part.slice(0, -1) : part))).toEqual(HOSED);
    expect(commands()).toBe('w06 w07 w07 w08 r03 r09');
  });

  it('whose middle part is empty is too, where the adapter lets a count of 0 pass', () => {
    expect(mangled((part, n) => (n === 1 ? [] : part))).toEqual(HOSED);
  });

  it('may have a last part without bytes', () => {
    bmc.answer = () => [0xc4, 0x0e, 0, ...new Array<number>(30 + 31 - 3).fill(9)];
    bmc.mangle = (part, n) => (n === 1 ? [0, ...part.slice(1)] : n === 2 ? [0xff] : part);
    expect(transact(host(), request(4))).toHaveLength(61);
    expect(commands()).toBe('w02 r03 r09 r09');
  });

  it('of more than 272 bytes is given up (-E2BIG)', () => {
    bmc.answer = () => [0xc4, 0x0e, 0, ...new Array<number>(270).fill(9)];
    expect(transact(host(), request(4))).toEqual(HOSED);
    bmc.answer = () => [0xc4, 0x0e, 0, ...new Array<number>(269).fill(9)];
    expect(transact(host(), request(4))).toHaveLength(272);
  });

  it('begins with the marker alone: two bytes are enough', () => {
    bmc.answer = () => new Array<number>(33).fill(5);
    bmc.mangle = (part, n) => (n === 0 ? [0, 1] : part);
    expect(transact(host(), request(4))).toEqual([5, 5, 5]);
  });

  it('that answers another request is delivered unchecked: that is left to the upper layer', () => {
    bmc.answer = () => [0x1c, 0x99, 0];
    expect(transact(host(), request(4))).toEqual([0x1c, 0x99, 0]);
  });

  it('of no bytes completes the request, where the adapter lets a count of 0 pass', () => {
    bmc.notReady = 0;
    bmc.delay = SEC;
    expect(transact(host(), request(4))).toEqual([]);
  });
});

describe('SMBALERT#', () => {
  it('makes the host read at once instead of waiting (ssif_alert)', () => {
    const ssif = host();
    bmc.alert = () => ssif.alert();
    bmc.delay = 100 * US;
    transact(ssif, request(4));
    expect(bmc.times[1]).toBe(bmc.times[0] + bmc.duration + bmc.delay);
  });

  it('ends the wait after a read in vain, too', () => {
    const ssif = host();
    bmc.alert = () => ssif.alert();
    bmc.delay = 30 * MS;
    transact(ssif, request(4));
    expect(commands()).toBe('w02 r03 r03');
    expect(bmc.times[2]).toBe(bmc.times[0] + bmc.duration + bmc.delay);
  });

  it('during the write is remembered; the tries of reading are then what the sending has left', () => {
    const ssif = host();
    bmc.alert = () => ssif.alert(); // before the host knows that the write is over
    bmc.fault = (kind, _command, n) => (kind === 'read' || n < 2 ? -ENXIO : 0);
    expect(transact(ssif, request(4))).toEqual(HOSED);
    expect(commands()).toBe('w02 w02 w02 r03 r03 r03');
    expect(bmc.times[3]).toBe(bmc.times[2] + bmc.duration);
  });

  it('of an idle host is for nothing', () => {
    const ssif = host();
    ssif.alert();
    bmc.play(ssif.idle(SEC));
    expect(bmc.lines).toEqual([]);
  });
});

describe('flags', () => {
  const names = () => bmc.requests.map(([, cmd = 0, ...data]) => [cmd, ...data].map((b) => b.toString(16).padStart(2, '0')).join(' '));

  it.each([['messages', 12, 16], ['watchdog', 252, 256]] as const)('are watched for %s every %i to %i ms while idle', (watch, least, most) => {
    bmc.realBmc();
    const ssif = host({ watch });
    ssif.startWatch();
    bmc.play(ssif.idle(2 * SEC));
    const times = bmc.times.filter((_, n) => bmc.lines[n].startsWith('w'));
    expect(names().every((name) => name === '31')).toBe(true);
    const gaps = times.slice(1).map((time, n) => (time - times[n]) / MS);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(most);
  });

  it('are served: watchdog, then messages, then events, each until there are no more', () => {
    const state = bmc.realBmc();
    state.globalEnables = 0x0f;
    postWatchdogPreTimeout(state);
    postMessage(state, Uint8Array.of(1, 2, 3));
    postMessage(state, Uint8Array.of(4, 5));
    postEvent(state, new Uint8Array(16).fill(7));
    const ssif = host();
    const got: number[][] = [];
    ssif.onReceive = (data, length) => got.push([...data.subarray(0, length)]);
    ssif.info.watchTimeout();
    bmc.play(ssif.idle(SEC));
    // The watchdog alone first: the others are still flagged, and wait for the next look.
    expect(names()).toEqual(['31', '30 08']);
    ssif.info.watchTimeout();
    bmc.play(ssif.idle(2 * SEC));
    expect(names().slice(2)).toEqual(['31', '33', '33', '33', '35', '35']);
    expect(got.map(([, cmd, cc, ...data]) => [cmd, cc, data.length])).toEqual([[0x33, 0, 3], [0x33, 0, 2], [0x35, 0, 16]]);
    expect(ssif.quiet).toBe(true);
  });

  it('are fetched after the message that the watch has met', () => {
    bmc.realBmc();
    bmc.delay = 30 * MS;
    const ssif = host({ watch: 'messages' });
    ssif.startWatch();
    transact(ssif, [0x18, 0x01]);
    expect(ssif.quiet).toBe(false);
    bmc.play(ssif.idle(bmc.now + 10 * MS));
    expect(names()).toEqual(['01', '31']);
  });

  it('events wanted by the upper layer go first, before flags', () => {
    bmc.realBmc();
    const ssif = host();
    ssif.info.requestEvents();
    ssif.info.reqFlags = true;
    transact(ssif, [0x18, 0x01]);
    bmc.play(ssif.idle(bmc.now + SEC));
    expect(names()).toEqual(['01', '35', '31']);
  });

  it.each([
    ['too short', [0x1c, 0x31, 0]], ['an error', [0x1c, 0x31, 0xc1, 0xff]], ['of another command', [0x1c, 0x35, 0, 0xff]],
    ['of another NetFn', [0x2c, 0x31, 0, 0xff]],
  ])('in a response that is %s are not looked at, and not asked for again', (_what, response) => {
    bmc.answer = () => response;
    const ssif = host();
    ssif.info.watchTimeout();
    bmc.play(ssif.idle(SEC));
    expect(names()).toEqual(['31']);
    expect(ssif.quiet).toBe(true);
  });

  it('of a BMC that does not answer leave the driver idle, not dead', () => {
    bmc.fault = (kind) => (kind === 'write' ? -ENXIO : 0);
    const ssif = host();
    ssif.info.watchTimeout();
    bmc.play(ssif.idle(SEC));
    expect(ssif.quiet).toBe(true);
    bmc.fault = () => 0;
    expect(transact(ssif, request(4))).toEqual([0xc4, 0x0e, 0, 3, 4]);
  });

  it('that never end are served ten times in a row and once more', () => {
    bmc.answer = ([, cmd = 0]) => (cmd === 0x31 ? [0x1c, 0x31, 0, 0x01] : [0x1c, cmd, 0, 1, 2, 3]);
    const ssif = host();
    ssif.info.watchTimeout();
    bmc.play(ssif.idle(10 * SEC));
    expect(names()).toEqual(['31', ...new Array<string>(11).fill('33')]);
  });

  it('a message handed over meanwhile goes out when all are served', () => {
    const state = bmc.realBmc();
    postMessage(state, Uint8Array.of(1, 2, 3));
    const ssif = host();
    ssif.info.watchTimeout();
    transact(ssif, [0x18, 0x01]);
    expect(names()).toEqual(['31', '33', '33', '01']);
  });
});

describe('a reset', () => {
  it('leaves nothing behind', () => {
    bmc.delay = 1000 * SEC;
    const ssif = host();
    bmc.play(ssif.idle(1));
    ssif.send(Uint8Array.from(request(90)), 90);
    bmc.play(ssif.idle(SEC));
    ssif.reset();
    const fresh = new Ssif(bmc, bmc, log);
    const fields = (of: object) => Object.entries(of).filter(([, value]) => JSON.stringify(value) !== undefined);
    const changed = fields(ssif.info).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(fresh.info, name)));
    expect(changed.map(([name]) => name)).toEqual([]);
    expect(ssif.quiet).toBe(true);
  });
});
