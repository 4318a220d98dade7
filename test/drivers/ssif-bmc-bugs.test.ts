import { describe, expect, it } from 'vitest';
import { I2cSlaveEvent, UserBuffer } from '../../src/linux/index.ts';
import { MS, type Planned, type Steps } from '../../src/sim/index.ts';
import { DRIVERS, SsifRig } from './ssif-bmc-rig.ts';

const A = [0x18, 0x01];
const B = [0x18, 0x02, 0xb1];
/** The answer to a request: its command, success, and the request itself. */
const answer = (request: readonly number[]): number[] => [request[0] | 4, request[1], 0, ...request];

const ALL = ['v10', 'mainline', '2026-04'];
const UNTIL_2026 = ['v10', 'mainline'];

/** Each bug of bugs.md by its slug: the versions that have it, and a story that shows whether one does. */
const BUGS: Readonly<Record<string, readonly [readonly string[], (rig: SsifRig) => boolean]>> = {
  'ssif-empty-poll-clears-busy': [ALL, (rig) => {
    rig.naks = false; // a bus that lets the poll through
    let refused = true;
    story(rig, {
      threads: [() => rig.serve(1, answer)],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(20 * MS);
        yield* rig.response();
        yield* rig.request(B); // nobody reads it
        yield* rig.block(0x03);
        refused = rig.driver.refuses;
      },
    });
    return !refused;
  }],

  'ssif-request-overwritten-torn-read': [ALL, (rig) => {
    let seen: unknown;
    story(rig, {
      threads: [function* () {
        const file = yield* rig.open();
        seen = yield* rig.read(file);
      }],
      threadsAt: [700 * MS],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(600 * MS); // the timer has given up
        yield* rig.write(0x06, new Array<number>(32).fill(0xbb));
        yield* rig.pause(200 * MS);
        yield* rig.write(0x08, [0xbb]);
      },
    });
    return Array.isArray(seen) && seen.length === 32;
  }],

  'ssif-late-write-answers-next-request': [ALL, (rig) => {
    let got: unknown;
    story(rig, {
      threads: [function* () {
        const file = yield* rig.open();
        const request = yield* rig.read(file);
        yield rig.kernel.sleep(700 * MS);
        if (typeof request === 'object') yield* rig.write4(file, answer(request));
      }],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(600 * MS);
        yield* rig.request(B);
        yield* rig.pause(200 * MS);
        got = yield* rig.response();
      },
    });
    return Array.isArray(got) && got[1] === A[1];
  }],

  'ssif-remove-timer-uaf': [UNTIL_2026, (rig) => {
    story(rig, {
      threads: [() => rig.driver.remove()],
      threadsAt: [100 * MS],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(1000 * MS);
      },
    });
    return rig.violations.includes('use-after-free: timer');
  }],

  'ssif-remove-open-fd-uaf': [ALL, (rig) => {
    story(rig, {
      threads: [function* () {
        const file = yield* rig.open();
        yield* rig.driver.remove();
        yield* rig.sys.close(file);
      }],
    });
    return rig.violations.includes('use-after-free: use-after-free');
  }],

  'ssif-write-overruns-payload': [ALL, (rig) => {
    story(rig, { host: () => rig.raw(0x02, 33, ...new Array<number>(33).fill(5)) });
    return rig.violations.includes('out-of-bounds: write-beyond-part_buf.payload');
  }],

  'ssif-length-gt-32-oob-read': [ALL, (rig) => {
    story(rig, { host: () => rig.raw(0x02, 33, ...new Array<number>(33).fill(5)) });
    return rig.violations.includes('out-of-bounds: read-beyond-part_buf.payload') && rig.driver.requesting;
  }],

  'ssif-bad-pec-eats-next-request': [UNTIL_2026, (rig) => {
    rig.pec = true;
    story(rig, {
      *host() {
        yield* rig.write(0x02, A, 1);
        yield* rig.write(0x02, A);
      },
    });
    return !rig.driver.requesting;
  }],

  'ssif-stop-lost-desync': [UNTIL_2026, (rig) => {
    let got: unknown;
    story(rig, {
      threads: [() => rig.serve(1, answer)],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(20 * MS);
        yield* readWithoutStop(rig);
        yield* rig.request(B);
        yield* rig.pause(20 * MS);
        got = yield* rig.block(0x03);
      },
    });
    return Array.isArray(got) && got[1] === A[1];
  }],

  'ssif-new-request-cleared': [['v10'], (rig) => {
    story(rig, {
      threads: [() => rig.serve(1, answer)],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(20 * MS);
        yield* rig.request(B);
      },
    });
    return !rig.driver.requesting;
  }],

  'ssif-copy-to-user-positive': [UNTIL_2026, (rig) => readIntoHole(rig)[0] > 0],

  'ssif-request-gone-on-efault': [ALL, (rig) => readIntoHole(rig)[1] < 0],

  'ssif-end-without-start': [ALL, (rig) => {
    story(rig, { host: () => rig.write(0x08, A) });
    return rig.driver.requesting;
  }],

  'ssif-zero-length-request': [ALL, (rig) => {
    story(rig, { host: () => rig.write(0x02, []) });
    return rig.driver.requesting;
  }],

  'ssif-bare-command-drops-response': [ALL, (rig) => {
    story(rig, pending(rig, () => rig.raw(0x02)));
    return !rig.driver.responding;
  }],

  'ssif-truncated-read-discards': [ALL, (rig) => {
    story(rig, pending(rig, () => rig.block(0x03, 2)));
    return !rig.driver.responding;
  }],

  'ssif-middle-retry-skips-block': [ALL, (rig) => {
    const numbers: number[] = [];
    story(rig, {
      threads: [() => rig.serve(1, () => [0x1c, ...new Array<number>(200).fill(9)])],
      *host() {
        yield* rig.request(A);
        yield* rig.pause(20 * MS);
        yield* rig.block(0x03);
        for (const most of [4, 64, 64]) {
          const part = yield* rig.block(0x09, most);
          if (part !== 'nak') numbers.push(part[0]);
        }
      },
    });
    return numbers.join() === '0,1,2';
  }],

  'ssif-read-in-ready': [ALL, (rig) => {
    let got: unknown;
    story(rig, pending(rig, function* () {
      yield* rig.fetch(I2cSlaveEvent.READ_REQUESTED); // WRITE_REQUESTED and the command were lost, and so is the STOP
      got = yield* rig.block(0x03);
    }));
    return !Array.isArray(got) || got.length === 0;
  }],

  'ssif-release-keeps-state': [ALL, (rig) => {
    let seen: unknown;
    story(rig, {
      threads: [function* () {
        yield rig.kernel.sleep(2 * MS);
        yield* rig.sys.close(yield* rig.open());
        seen = yield* rig.read(yield* rig.open(true));
      }],
      host: () => rig.request(A),
    });
    return Array.isArray(seen);
  }],

  'ssif-timeout-errno': [ALL, (rig) => {
    const results: number[] = [];
    story(rig, {
      threads: [function* () {
        const file = yield* rig.open();
        results.push(yield* rig.write4(file, [0x1c, 1, 0]));
        yield* rig.read(file);
        yield rig.kernel.sleep(600 * MS);
        results.push(yield* rig.write4(file, [0x1c, 1, 0]));
      }],
      host: () => rig.request(A),
    });
    return results[0] === results[1];
  }],
};

function story(rig: SsifRig, what: Parameters<SsifRig['run']>[0]): void {
  expect(['done', 'violation']).toContain(rig.run(what));
}

/** A response of three bytes waits for the host, which then does `host`. */
function pending(rig: SsifRig, host: () => Steps<unknown>): Parameters<SsifRig['run']>[0] {
  return {
    threads: [() => rig.serve(1, () => [0x1c, 1, 0])],
    *host() {
      yield* rig.request(A);
      yield* rig.pause(20 * MS);
      expect(rig.driver.responding).toBe(true);
      yield* host();
    },
  };
}

/** All bytes of the response, and then no STOP. */
function* readWithoutStop(rig: SsifRig): Steps {
  yield* rig.send(0x03);
  const count = yield* rig.fetch(I2cSlaveEvent.READ_REQUESTED);
  for (let i = 0; i < count; i++) yield* rig.fetch(I2cSlaveEvent.READ_PROCESSED);
}

/** read() into a buffer of which nothing is mapped, then into a good one without waiting. */
function readIntoHole(rig: SsifRig): readonly number[] {
  const results: number[] = [];
  story(rig, {
    threads: [function* () {
      const file = yield* rig.open(true);
      const hole = new UserBuffer(260);
      hole.place(0, 'unmapped');
      results.push(yield* rig.sys.read(file, hole, 260));
      const again = yield* rig.read(file);
      results.push(typeof again === 'number' ? again : again.length);
    }],
    threadsAt: [5 * MS],
    host: () => rig.request(A),
  });
  return results;
}

describe.each(Object.entries(BUGS))('%s', (_slug, [versions, shows]) => {
  it.each(Object.keys(DRIVERS))('ssif-bmc@%s', (version) => {
    const rig = new SsifRig(DRIVERS[version]);
    expect(shows(rig)).toBe(versions.includes(version));
    if (version === 'fixed') expect(rig.violations).toEqual([]);
  });
});

/** The part buffer after `data` was received behind a length byte: payload [0..32), then what lies behind it. */
function overrun(version: string, data: readonly number[]) {
  const rig = new SsifRig(DRIVERS[version]);
  rig.run({ host: () => rig.send(0x02, data.length, ...data) });
  const { part, response } = rig.driver as unknown as { part: { pec: { value: number }; index: { value: number } }; response: { all: { get(i: number): number } } };
  return { pec: part.pec.value, index: part.index.value, response: response.all.get(0), violations: rig.sim.violations };
}

describe('ssif-write-overruns-payload, byte by byte (hardware.md 7.3)', () => {
  const data = (n: number, last: readonly number[]): number[] => [...new Array<number>(n - last.length).fill(0x11), ...last];

  it.each(ALL)('ssif-bmc@%s: byte 33 lands on pec, byte 34 on index, byte 35 where that points', (version) => {
    expect(overrun(version, data(32, [0xaa]))).toMatchObject({ pec: 0, index: 32, violations: [] });
    expect(overrun(version, data(33, [0xaa]))).toMatchObject({ pec: 0xaa, index: 33 });
    expect(overrun(version, data(34, [0xaa, 0x80]))).toMatchObject({ pec: 0xaa, index: 0x80 });
    // part_buf has 37 bytes, then one of padding: payload[35] is the first of `response`.
    expect(overrun(version, data(35, [0xaa, 35, 0x5a]))).toMatchObject({ index: 36, response: 0x5a });
    const { violations } = overrun(version, data(35, [0xaa, 35, 0x5a]));
    expect(violations.map(({ oracle, rule }) => `${oracle} ${rule}`)).toEqual(['out-of-bounds write-beyond-part_buf.payload']);
    // The 36th byte is not stored any more.
    expect(overrun(version, [...data(35, [0xaa, 35, 0x5a]), 0x77])).toMatchObject({ index: 36, response: 0x5a });
  });

  it('ssif-bmc@fixed stops at the length', () => {
    for (const n of [33, 34, 35, 255]) expect(overrun('fixed', data(n, [0xaa]))).toMatchObject({ response: 0, violations: [] });
  });

  it('a length that the host has chosen leaks what lies behind the buffer', () => {
    const leak = (version: string): boolean => {
      const rig = new SsifRig(DRIVERS[version]);
      let seen: unknown;
      rig.run({
        threads: [function* () {
          const file = yield* rig.open();
          seen = yield* rig.read(file);
        }],
        // Byte 34 sets index to 199, byte 35 makes it 200: the length fits.
        *host() {
          yield* rig.raw(0x02, 200, ...data(35, [0, 199, 0]));
          yield* rig.request(A);
        },
      });
      return Array.isArray(seen) && seen.length === 200;
    };
    expect(Object.keys(DRIVERS).map(leak)).toEqual([true, true, true, false]);
  });
});

describe('beyond bugs.md', () => {
  it('v10 takes a write() whose length overflows, or is not even there', () => {
    const result = (version: string, count: number, length: number): number => {
      const rig = new SsifRig(DRIVERS[version]);
      let ret = 0;
      story(rig, {
        threads: [function* () {
          const file = yield* rig.open();
          yield* rig.read(file);
          ret = yield* rig.write4(file, [0x1c, 1, 0], length, count);
        }],
        host: () => rig.request(A),
      });
      return ret;
    };
    expect(Object.keys(DRIVERS).map((version) => result(version, 7, 0xffff_fffc))).toEqual([7, -22, -22, -22]);
    expect(Object.keys(DRIVERS).map((version) => result(version, 3, 0))).toEqual([-22, -22, -22, -22]);
  });

  it('a multi-part read that begins with 09h discards the response', () => {
    const discards = (version: string): boolean => {
      const rig = new SsifRig(DRIVERS[version]);
      story(rig, pending(rig, () => rig.block(0x09)));
      return !rig.driver.responding;
    };
    expect(Object.keys(DRIVERS).map(discards)).toEqual([true, true, true, false]);
  });

  it('2026-04 cancels the timer before the target is gone: a request in between arms it again', () => {
    const uaf = (version: string): boolean => {
      const rig = new SsifRig(DRIVERS[version], { preempt: 'full' });
      // The unbinder is held before its second step, until the host has sent its request.
      const plan: Planned[] = [{ actor: 'thread 0', step: 1, release: { kind: 'for', ps: 10 * MS } }];
      story(rig, {
        threads: [() => rig.driver.remove()],
        *host() {
          yield* rig.pause(2 * MS);
          yield* rig.request(A);
          yield* rig.pause(1000 * MS);
        },
        chooser: { plan, draw: () => 0 },
      });
      return rig.violations.includes('use-after-free: timer');
    };
    expect(['2026-04', 'fixed'].map(uaf)).toEqual([true, false]);
  });

  it('fixed never lets the timer of one request end the next', () => {
    const rig = new SsifRig(DRIVERS['fixed']);
    rig.naks = false;
    const plan: Planned[] = [{ actor: 'bmc:softirq', step: 1, release: { kind: 'for', ps: 5 * MS } }];
    let refuses = false;
    story(rig, {
      *host() {
        yield* rig.request(A);
        yield* rig.pause(502 * MS); // the timer has expired, its callback is held
        yield* rig.request(B);
        yield* rig.pause(20 * MS);
        refuses = rig.driver.refuses;
      },
      chooser: { plan, draw: () => 0 },
    });
    expect(refuses).toBe(true);
  });
});
