import { describe, expect, it } from 'vitest';
import { PLAIN_SSIFD, SSIFBRIDGED, Ssifd, type DaemonWitness, type SsifdShape } from '../../src/daemon/index.ts';
import { EINVAL, ENODATA, ENODEV, ETIMEDOUT } from '../../src/linux/index.ts';
import { MS, SEC, type Steps } from '../../src/sim/index.ts';
import { DRIVERS, SsifRig } from '../drivers/ssif-bmc-rig.ts';

const ID = [0x18, 0x01];
const DEVICE_ID = [0x1c, 0x01, 0x00, 0x20];
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** ssifd on one version of the driver, on a bus that a test plays. */
class Rig extends SsifRig {
  readonly daemon: Ssifd;
  readonly log: string[] = [];
  private answers: Readonly<Record<string, readonly number[]>> = {};
  private readonly asked = new Map<string, number>();

  constructor(version = 'fixed') {
    super(DRIVERS[version]);
    this.daemon = new Ssifd(this.kernel, this.driver.miscdev, MS, (thread, n, label) => this.draw(thread, n, label), this.witness());
  }

  /** Runs the daemon, and the host until it has ended. Answers by label, one question after the other. */
  serveHost(host: () => Steps<unknown>, shape: Partial<SsifdShape> = {}, answers: Readonly<Record<string, readonly number[]>> = {}): readonly string[] {
    this.answers = answers;
    this.asked.clear();
    this.log.length = 0;
    const { daemon } = this;
    const reason = this.run({
      *host() {
        daemon.start({ ...PLAIN_SSIFD, ...shape });
        yield* host();
      },
    });
    expect(reason).toBe('done');
    return this.log;
  }

  private draw(thread: string, n: number, label: string): number {
    const key = `${thread} ${label}` in this.answers ? `${thread} ${label}` : label;
    const rank = this.asked.get(key) ?? 0;
    this.asked.set(key, rank + 1);
    const value = this.answers[key]?.[rank] ?? 0;
    if (value >= n) throw new RangeError(`${label} has ${n} answers`);
    return value;
  }

  private witness(): DaemonWitness {
    const note = (entry: string): void => {
      this.log.push(entry);
    };
    return {
      opened: (thread) => note(`${thread} opened`),
      closes: () => {},
      closed: (thread) => note(`${thread} closed`),
      reads: () => {},
      read: ({ result, bytes }) => note(`read ${result < 0 ? result : hex(bytes.subarray(0, result))}`),
      wrote: ({ result, bytes, request, requestLength }) => note(`wrote ${hex(bytes.subarray(0, 3))} to ${hex(request.subarray(0, requestLength))}: ${result}`),
      aborted: () => {},
      exited: (thread) => note(`${thread} exited`),
    };
  }

  /** Sends a request and fetches its response, as often as it is NAKed or empty. */
  *ask(request: readonly number[], patience = 60): Steps<readonly number[]> {
    while ((yield* this.request(request)) === 'nak') yield* this.pause(60 * MS);
    for (let i = 0; i < patience; i++) {
      yield* this.pause(60 * MS);
      const response = yield* this.response();
      if (response !== 'nak' && response.length > 0) return response;
    }
    return [];
  }
}

describe('ssifd', () => {
  it('opens, reads, thinks, answers, and reads again: messages without their length', () => {
    const rig = new Rig();
    let got: readonly number[] = [];
    const log = rig.serveHost(function* () {
      got = yield* rig.ask(ID);
      yield* rig.ask([0x18, 0x7f]);
    });
    expect(got.slice(0, 4)).toEqual(DEVICE_ID);
    expect(log).toEqual(['bmc:ssifd opened', 'read 18 01', 'wrote 1c 01 00 to 18 01: 14', 'read 18 7f', 'wrote 1c 7f c1 to 18 7f: 3']);
    expect(rig.violations).toEqual([]);
  });

  it.each(Object.keys(DRIVERS))('carries long messages with ssif-bmc@%s, and answers CAh to what would be too long', (version) => {
    const echo = (length: number): number[] => [0xc0, 0x0e, ...new Array<number>(length - 2).fill(0x11)];
    const rig = new Rig(version);
    const lengths: number[] = [];
    rig.serveHost(function* () {
      for (const length of [100, 253, 254]) lengths.push((yield* rig.ask(echo(length))).length);
    });
    expect(lengths).toEqual([101, 254, 3]);
    expect(rig.violations).toEqual([]);
  });

  it('two threads share the device', () => {
    const rig = new Rig();
    const log = rig.serveHost(function* () {
      for (let i = 0; i < 4; i++) yield* rig.ask(ID);
    }, { threads: 2 });
    expect(log.filter((entry) => entry.startsWith('wrote 1c 01 00'))).toHaveLength(4);
  });

  it('crashes with a request in hand, is back, and finds no old request', () => {
    const rig = new Rig();
    const log = rig.serveHost(function* () {
      yield* rig.request(ID);
      yield* rig.pause(100 * MS);
      yield* rig.ask([0x18, 0x08]);
    }, {}, { 'crash with a request in hand': [1] });
    expect(log.slice(0, 5)).toEqual(['bmc:ssifd opened', 'read 18 01', 'bmc:ssifd closed', 'bmc:ssifd opened', 'read 18 08']);
  });

  it('gives up after four failures in a row', () => {
    const rig = new Rig();
    const log = rig.serveHost(() => rig.ask(ID, 1), {}, { 'short buffer': [1] });
    expect(log).toEqual(['bmc:ssifd opened', ...new Array<string>(4).fill(`read ${-EINVAL}`), 'bmc:ssifd exited', 'bmc:ssifd closed']);
  });

  it('ends when the driver is unbound under its feet', () => {
    const rig = new Rig();
    const log = rig.serveHost(function* () {
      yield* rig.pause(5 * MS);
      rig.unbind();
      yield* rig.pause(5 * MS);
    });
    expect(log).toEqual(['bmc:ssifd opened', ...new Array<string>(4).fill(`read ${-ENODEV}`), 'bmc:ssifd exited', 'bmc:ssifd closed']);
    expect(rig.violations).toEqual([]);
  });

  it('writes without having read, if the schedule says so', () => {
    const rig = new Rig();
    expect(rig.serveHost(() => rig.pause(20 * MS), {}, { 'write without read': [1] })).toEqual([
      'bmc:ssifd opened', `wrote 1c 01 c0 to : ${-ENODATA}`]);
  });
});

/** A is answered after 700 ms, long after the driver has given it up; B, and perhaps another A, came meanwhile. */
function late(version: string, shape: Partial<SsifdShape>, second: readonly number[]) {
  const rig = new Rig(version);
  let got: readonly number[] = [];
  const log = rig.serveHost(function* () {
    yield* rig.request([0x18, 0x01]);
    yield* rig.pause(600 * MS);
    got = yield* rig.ask(second, 5);
    yield* rig.pause(SEC);
  }, shape, { 'think longer': [5] });
  return { got: got.slice(0, 3), log };
}

describe('an answer that comes too late', () => {
  it('a plain daemon writes it: mainline gives it to the next request', () => {
    expect(late('mainline', {}, [0x18, 0x08]).got).toEqual([0x1c, 0x01, 0x00]);
    const { got, log } = late('fixed', {}, [0x18, 0x08]);
    expect(got).toEqual([0x1c, 0x08, 0x00]);
    expect(log).toContain(`wrote 1c 01 00 to 18 01: ${-ETIMEDOUT}`);
  });

  it('ssifbridged drops it, unless the next request has the same command', () => {
    const other = late('mainline', SSIFBRIDGED, [0x18, 0x08]);
    expect(other.got).toEqual([0x1c, 0x08, 0x00]);
    expect(other.log.filter((entry) => entry.startsWith('wrote'))).toEqual(['wrote 1c 08 00 to 18 08: 19']);
    const again = late('mainline', SSIFBRIDGED, [0x18, 0x01]);
    // The first passes for the second, and then the second is refused.
    expect(again.log.filter((entry) => entry.startsWith('wrote'))[0]).toBe('wrote 1c 01 00 to 18 01: 14');
    expect(again.log.filter((entry) => entry.startsWith('wrote'))).toHaveLength(2);
  });

  it('a careful daemon drops it', () => {
    const { got, log } = late('mainline', { late: 'drop' }, [0x18, 0x01]);
    expect(got).toEqual([0x1c, 0x01, 0x00]);
    expect(log.filter((entry) => entry.startsWith('wrote'))).toHaveLength(1);
  });

  it('a daemon with a time-out says that it is busy before the driver gives up', () => {
    const rig = new Rig('mainline');
    let got: readonly number[] = [];
    const log = rig.serveHost(function* () {
      got = yield* rig.ask(ID);
    }, { timeout: 400 * MS }, { 'think longer': [5] });
    expect(got).toEqual([0x1c, 0x01, 0xc0]);
    expect(log.at(-1)).toBe('wrote 1c 01 c0 to 18 01: 3');
  });
});

describe('a host that looks at the flags', () => {
  const FLAGS = [0x18, 0x31];
  const told = (answers: Readonly<Record<string, readonly number[]>>, ...requests: readonly (readonly number[])[]): readonly (readonly number[])[] => {
    const rig = new Rig();
    const got: (readonly number[])[] = [];
    rig.serveHost(function* () {
      for (const request of requests) got.push(yield* rig.ask(request));
    }, {}, answers);
    return got;
  };
  const news = (n: number) => ({ 'news for the host': [n] });

  it('is told of nothing, of the watchdog, or of a message (IPMI 22.4)', () => {
    expect(told({}, FLAGS)).toEqual([[0x1c, 0x31, 0, 0x00]]);
    expect(told(news(1), FLAGS)).toEqual([[0x1c, 0x31, 0, 0x08]]);
    expect(told(news(2), FLAGS)).toEqual([[0x1c, 0x31, 0, 0x01]]);
  });

  it('is told of an event once the event message buffer is on (IPMI 22.1)', () => {
    expect(told(news(3), FLAGS)).toEqual([[0x1c, 0x31, 0, 0x00]]);
    expect(told(news(3), [0x18, 0x2e, 0x0c], FLAGS)[1]).toEqual([0x1c, 0x31, 0, 0x02]);
  });

  it('gets the message, and is told that there is no other', () => {
    const got = told(news(2), FLAGS, [0x18, 0x33], FLAGS);
    expect(got[1].slice(0, 3)).toEqual([0x1c, 0x33, 0]);
    expect(got[2]).toEqual([0x1c, 0x31, 0, 0x00]);
  });

  it('may get the answer to another command; who asks something else does not', () => {
    expect(told({ 'answers another command': [1] }, FLAGS)).toEqual([[0x1c, 0x2f, 0, 0x00]]);
    expect(told({ 'answers another command': [1] }, [0x18, 0x2f])).toEqual([[0x1c, 0x2f, 0, 0x08]]);
  });
});

describe('ssif-len-type-abi', () => {
  it('a daemon with lengths of one byte is refused by ssif-bmc@fixed, and gives up', () => {
    const rig = new Rig('fixed');
    const log = rig.serveHost(() => rig.ask(ID, 1), { lengthBytes: 1 });
    expect(log.slice(0, 2)).toEqual(['bmc:ssifd opened', `read ${-EINVAL}`]);
    expect(log.filter((entry) => entry.startsWith('wrote'))).toEqual([]);
  });

  it.each(Object.keys(DRIVERS).filter((version) => version !== 'fixed'))('such a daemon gets garbage from ssif-bmc@%s, and is refused then', (version) => {
    const rig = new Rig(version);
    const log = rig.serveHost(() => rig.ask(ID, 1), { lengthBytes: 1 });
    expect(log).toEqual(['bmc:ssifd opened', 'read 00 00 00 18 01', `wrote 04 00 c1 to 00 00 00 18 01: ${-EINVAL}`]);
  });
});
