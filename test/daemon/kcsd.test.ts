import { describe, expect, it } from 'vitest';
import { postMessage } from '../../src/ipmi/index.ts';
import { EAGAIN, EBUSY, EFAULT, EINTR, EOVERFLOW } from '../../src/linux/index.ts';
import { MS, US } from '../../src/sim/index.ts';
import { DaemonRig, type Arrival } from './rig.ts';

const ID = [0x18, 0x01];
const ANSWER = 'wrote 1c 01 00 20 00: 14';

/** A daemon to which these come, 1 ms apart, the first at 1 ms. */
function daemon(...arrivals: Arrival[]): DaemonRig {
  const rig = new DaemonRig();
  rig.arrivals = arrivals.map((arrival, i) => [(i + 1) * MS, arrival] as const);
  return rig;
}

describe('the plain daemon', () => {
  it('opens, reads, thinks, answers, and reads again', () => {
    const rig = daemon(ID, ID);
    expect(rig.run({})).toEqual(['open', 'bmc:kcsd opened', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`, 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`]);
    expect(rig.times[3] - rig.times[2]).toBeGreaterThanOrEqual(200 * US);
  });

  it('answers what it does not know by a completion code', () => {
    expect(daemon([0x18, 0x7f]).run({}).at(-1)).toBe('bmc:kcsd wrote 1c 7f c1: 3');
    expect(daemon([0x18]).run({}).at(-1)).toBe('bmc:kcsd wrote 1c 00 c7: 3');
  });

  it('answers CAh when the response would be longer than the driver takes', () => {
    const echo = (length: number): number[] => [0xc0, 0x0e, ...new Array<number>(length - 2).fill(0x11)];
    expect(daemon(echo(999)).run({}).at(-1)).toBe('bmc:kcsd wrote c4 0e 00 11 11: 1000');
    expect(daemon(echo(1000)).run({}).at(-1)).toBe('bmc:kcsd wrote c4 0e ca: 3');
  });

  it('takes longer when the schedule says so', () => {
    const times = [0, 1, 2, 3, 4].map((value) => {
      const rig = daemon(ID);
      rig.run({}, { 'think longer': [value] });
      return rig.at(`bmc:kcsd ${ANSWER}`) - rig.at('bmc:kcsd read 2');
    });
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[4] - times[0]).toBe(20 * MS);
  });

  it('starts late, offers short buffers, and polls first with O_NONBLOCK', () => {
    const late = daemon(ID);
    late.run({}, { 'daemon starts late': [3] });
    expect(late.at('open')).toBeGreaterThanOrEqual(20 * MS);
    expect(() => daemon([0x18, 0x01, 2, 3]).run({}, { 'short buffer': [1] })).toThrow('the buffer is too short');
    expect(daemon(ID).run({ nonBlocking: true }).slice(0, 4)).toEqual(['open O_NONBLOCK', 'bmc:kcsd opened', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`]);
  });

  it('writes again with a good buffer after -EFAULT, and goes on after any other error', () => {
    const rig = daemon(ID, ID);
    rig.writeResults = [-EFAULT, 14, -EBUSY];
    const log = rig.run({}).filter((entry) => entry.includes('wrote'));
    expect(log).toEqual([`bmc:kcsd ${ANSWER}`, 'bmc:kcsd wrote 1c 01 00 20 00: -16']);
  });

  it('writes without having read, if the schedule says so', () => {
    expect(daemon().run({}, { 'write without read': [1] })).toEqual(['open', 'bmc:kcsd opened', 'bmc:kcsd wrote 1c 01 c0: 3']);
  });
});

describe('a read() that fails', () => {
  it('four times in a row ends the process, which closes the device', () => {
    expect(daemon(-EFAULT, -EFAULT, -EFAULT, -EFAULT).run({}).slice(-4)).toEqual(
      ['bmc:kcsd read -14', 'bmc:kcsd exited', 'release', 'bmc:kcsd closed']);
    const rig = daemon(-EFAULT, -EFAULT, -EFAULT, ID, -EFAULT, -EFAULT, -EFAULT, ID);
    expect(rig.run({}).at(-1)).toBe(`bmc:kcsd ${ANSWER}`);
    expect(rig.daemon.serves).toBe(true);
  });

  it('with -EOVERFLOW leaves the device open, and unread', () => {
    const rig = daemon(-EOVERFLOW, -EOVERFLOW, -EOVERFLOW, -EOVERFLOW);
    expect(rig.run({}).at(-1)).toBe('bmc:kcsd exited');
    expect([rig.daemon.opened, rig.daemon.serves]).toEqual([true, false]);
  });

  it('with -EINTR does not count', () => {
    const rig = daemon(-EINTR, -EINTR, -EINTR, -EINTR, -EINTR, ID);
    expect(rig.run({}).at(-1)).toBe(`bmc:kcsd ${ANSWER}`);
  });

  it('with -EAGAIN does, in a process that did not ask for it', () => {
    expect(daemon(-EAGAIN, -EAGAIN, -EAGAIN, -EAGAIN).run({}).at(-1)).toBe('bmc:kcsd closed');
  });
});

describe('a crash', () => {
  it('before read() closes the device, and opens it again after a while', () => {
    const rig = daemon(ID);
    expect(rig.run({}, { 'before read': [4], 'restart delay': [1] })).toEqual(
      ['open', 'bmc:kcsd opened', 'release', 'bmc:kcsd closed', 'open', 'bmc:kcsd opened', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`]);
    expect(rig.times[4] - rig.times[3]).toBeGreaterThanOrEqual(500 * US);
  });

  it('with a request in hand leaves it without an answer', () => {
    expect(daemon(ID, ID).run({}, { 'crash with a request in hand': [1] }).slice(2)).toEqual(
      ['bmc:kcsd read 2', 'release', 'bmc:kcsd closed', 'open', 'bmc:kcsd opened', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`]);
  });

  it('is forgotten in the next run', () => {
    const rig = daemon(ID);
    const first = [...rig.run({})];
    rig.run({}, { 'before read': [4, 2, 1] });
    expect(rig.run({})).toEqual(first);
  });
});

describe('one that behaves like kcsbridged', () => {
  it('begins with FORCE_ABORT, and polls', () => {
    const bridge = { bridge: true, nonBlocking: true };
    expect(daemon(ID).run(bridge)).toEqual(['open O_NONBLOCK', 'bmc:kcsd opened', 'FORCE_ABORT', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`]);
    expect(daemon(ID).run(bridge, { 'before read': [4] }).filter((entry) => entry === 'FORCE_ABORT')).toHaveLength(2);
  });

  it('drops the answer under way when a new request arrives', () => {
    const rig = new DaemonRig(600 * US);
    rig.arrivals = [[MS, ID], [MS + 300 * US, [0x18, 0x04]], [5 * MS, ID]];
    expect(rig.run({ bridge: true, nonBlocking: true }).slice(3)).toEqual(
      ['bmc:kcsd read 2', 'bmc:kcsd read 2', 'bmc:kcsd wrote 1c 04 00 55 00: 5', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`]);
  });

  it('the plain one gives the old answer instead', () => {
    const rig = new DaemonRig(600 * US);
    rig.arrivals = [[MS, ID], [MS + 300 * US, [0x18, 0x04]]];
    expect(rig.run({}).slice(2)).toEqual(
      ['bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`, 'bmc:kcsd read 2', 'bmc:kcsd wrote 1c 04 00 55 00: 5']);
  });
});

describe('two threads', () => {
  it('with a lock are never in the driver at once, and take turns', () => {
    const rig = daemon(ID, ID, ID, ID);
    const log = rig.run({ threads: 2, locked: true }).slice(2);
    expect(rig.mostReaders).toBe(1);
    for (let i = 0; i < log.length; i += 2) {
      const [reader] = log[i].split(' ');
      expect(log.slice(i, i + 2)).toEqual([`${reader} read 2`, `${reader} ${ANSWER}`]);
    }
    expect(new Set(log.map((entry) => entry.split(' ')[0]))).toEqual(new Set(['bmc:kcsd', 'bmc:kcsd/2']));
  });

  it('without a lock both wait in read(), and may answer in any order', () => {
    const rig = new DaemonRig(600 * US);
    rig.arrivals = [[MS, ID], [MS + 100 * US, [0x18, 0x04]]];
    const log = rig.run({ threads: 2, locked: false }, { 'bmc:kcsd think longer': [2] });
    expect(rig.mostReaders).toBe(2);
    expect(log.slice(2)).toEqual(expect.arrayContaining([`bmc:kcsd ${ANSWER}`, 'bmc:kcsd/2 wrote 1c 04 00 55 00: 5']));
    expect(log.at(-1)).toBe(`bmc:kcsd ${ANSWER}`);
  });

  it('a crash of one of them is one of the process', () => {
    const log = daemon(ID, ID).run({ threads: 2, locked: true }, { 'bmc:kcsd/2 before read': [4] });
    expect(log.filter((entry) => entry === 'open')).toHaveLength(2);
    expect(log.filter((entry) => entry.endsWith(ANSWER))).toHaveLength(2);
  });
});

describe('SMS_ATN', () => {
  it('is set after an answer while there is something to fetch, and cleared when it is fetched', () => {
    const rig = daemon(ID, [0x18, 0x31], [0x18, 0x33], ID);
    const { sim } = rig;
    const slot = sim.slot({
      fire() {
        expect(postMessage(rig.daemon.bmc, Uint8Array.of(0x0f, 1, 2, 3))).toBe(true);
      },
    });
    sim.onReset(() => sim.queue.schedule(slot, 500 * US, false));
    expect(rig.run({}).filter((entry) => !entry.includes('read'))).toEqual([
      'open', 'bmc:kcsd opened',
      `bmc:kcsd ${ANSWER}`, 'SET_SMS_ATN',
      'bmc:kcsd wrote 1c 31 00 01: 4',
      'bmc:kcsd wrote 1c 33 00 0f 01: 7', 'CLEAR_SMS_ATN',
      `bmc:kcsd ${ANSWER}`,
    ]);
  });

  it('is set and cleared by the schedule, and put right after the next answer', () => {
    expect(daemon(ID).run({}, { 'before read': [2] })).toEqual(
      ['open', 'bmc:kcsd opened', 'SET_SMS_ATN', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`, 'CLEAR_SMS_ATN']);
    expect(daemon(ID).run({}, { 'before read': [3, 1] })).toEqual(
      ['open', 'bmc:kcsd opened', 'CLEAR_SMS_ATN', 'bmc:kcsd read 2', `bmc:kcsd ${ANSWER}`, 'FORCE_ABORT']);
  });
});
