import { describe, expect, it } from 'vitest';
import {
  IPMI_BMC_IOCTL_CLEAR_SMS_ATN, IPMI_BMC_IOCTL_FORCE_ABORT, IPMI_BMC_IOCTL_SET_SMS_ATN, KCS_BMC_VERSIONS, KCS_MSG_BUFSIZ,
} from '../../src/drivers/kcs-bmc/index.ts';
import { KcsState, Str, stateOf } from '../../src/ipmi/index.ts';
import {
  EAGAIN, EBUSY, EFAULT, EINTR, EINVAL, ENODEV, EOVERFLOW, EPOLLERR, EPOLLHUP, EPOLLIN,
} from '../../src/linux/index.ts';
import { HICR0, HICR2, LPC } from '../../src/hw/index.ts';
import { MS, type Steps } from '../../src/sim/index.ts';
import { DriverRig } from './rig.ts';

const DRIVERS = Object.fromEntries(KCS_BMC_VERSIONS.map(({ version, driver }) => [version, driver]));
/** Versions that get as far as a response. */
const WORKING = ['v2', 'v2-unlocked', 'review-mended', 'mainline', 'fixed'] as const;
const ALL = [...WORKING, 'review'] as const;
type Version = (typeof ALL)[number];

const REQUEST = [0x18, 0x01, 0xa1, 0xa2, 0xa3];
const RESPONSE = [0x1c, 0x01, 0x00, 0xb1];

const rigOf = (version: Version): DriverRig => new DriverRig(DRIVERS[version]);

/** Runs one thread, and what the host does beside it. */
function run(rig: DriverRig, thread: () => Steps<unknown>, host: () => Steps<unknown> = function* () {}): void {
  expect(rig.run({ host, threads: [thread] })).toBe('done');
}

/** A thread that serves one request. */
function* serve(rig: DriverRig): Steps<readonly [unknown, number]> {
  const file = yield* rig.open();
  const got = yield* rig.read(file);
  return [got, yield* rig.write(file, RESPONSE)];
}

describe.each(WORKING)('kcs-bmc@%s', (version) => {
  it('hands the request to read(), and to the host what write() took', () => {
    const rig = rigOf(version);
    let seen: readonly [unknown, number] | undefined;
    let response: readonly number[] = [];
    run(rig, function* () {
      seen = yield* serve(rig);
    }, function* () {
      if (stateOf(rig.str) === KcsState.ERROR) yield* rig.host.abort();
      response = yield* rig.transact(REQUEST);
    });
    expect(seen).toEqual([REQUEST, RESPONSE.length]);
    expect(response).toEqual(RESPONSE);
    expect(stateOf(rig.str)).toBe(KcsState.IDLE);
  });

  it('carries the longest request and response that its buffers hold', () => {
    const rig = rigOf(version);
    const request = Array.from({ length: KCS_MSG_BUFSIZ }, (_, i) => (i * 7) & 0xff);
    const long = Array.from({ length: KCS_MSG_BUFSIZ }, (_, i) => (i * 11) & 0xff);
    let got: unknown;
    let response: readonly number[] = [];
    run(rig, function* () {
      const file = yield* rig.open();
      got = yield* rig.read(file, 1024);
      yield* rig.write(file, long);
    }, function* () {
      response = yield* rig.transact(request);
    });
    expect(got).toEqual(request);
    expect(response).toEqual(long);
  });

  it('takes no response longer than its buffer', () => {
    const rig = rigOf(version);
    let result = 0;
    run(rig, function* () {
      const file = yield* rig.open();
      result = yield* rig.write(file, new Array<number>(KCS_MSG_BUFSIZ + 1).fill(0));
    });
    expect(result).toBe(-EINVAL);
  });
});

describe.each(ALL)('files of kcs-bmc@%s', (version) => {
  it('open() once at a time: -EBUSY', () => {
    const rig = rigOf(version);
    const results: unknown[] = [];
    run(rig, function* () {
      const file = yield* rig.open();
      results.push(yield* rig.tryOpen());
      yield* rig.sys.close(file);
      const again = yield* rig.tryOpen();
      results.push(typeof again);
    });
    expect(results).toEqual([-EBUSY, 'object']);
  });

  it('read() with O_NONBLOCK: -EAGAIN at once, and poll() says why', () => {
    const rig = rigOf(version);
    const results: unknown[] = [];
    run(rig, function* () {
      const file = yield* rig.open(true);
      results.push(yield* rig.read(file), yield* rig.sys.poll(file, false));
      results.push(yield* rig.sys.poll(file, true)); // sleeps until there is something
    }, () => rig.send(REQUEST));
    expect(results).toEqual([-EAGAIN, 0, EPOLLIN]);
  });

  it('ioctl(): SMS_ATN on and off, and nothing else changes', () => {
    const rig = rigOf(version);
    const seen: number[] = [];
    run(rig, function* () {
      const file = yield* rig.open();
      const before = rig.str;
      for (const cmd of [IPMI_BMC_IOCTL_SET_SMS_ATN, IPMI_BMC_IOCTL_CLEAR_SMS_ATN]) {
        seen.push(yield* rig.sys.ioctl(file, cmd), rig.str ^ before);
      }
    });
    expect(seen).toEqual([0, Str.SMS_ATN, 0, 0]);
  });

  it('ioctl(): FORCE_ABORT shows ERROR_STATE and drops the request; an unknown one is -EINVAL', () => {
    const rig = rigOf(version);
    const seen: unknown[] = [];
    run(rig, function* () {
      const file = yield* rig.open(true);
      yield* rig.sys.poll(file, true);
      seen.push(yield* rig.sys.ioctl(file, IPMI_BMC_IOCTL_FORCE_ABORT), stateOf(rig.str), rig.str & Str.OBF);
      seen.push(yield* rig.sys.poll(file, false), yield* rig.read(file), yield* rig.sys.ioctl(file, 99));
    }, () => rig.send(REQUEST));
    expect(seen).toEqual([0, KcsState.ERROR, Str.OBF, 0, -EAGAIN, -EINVAL]);
  });

  it('is not there before probe() and after remove()', () => {
    const rig = rigOf(version);
    let after: unknown;
    expect(rig.driver.miscdev.registered).toBe(false);
    run(rig, function* () {
      expect(rig.driver.miscdev.registered).toBe(true);
      yield* rig.driver.remove();
      after = yield* rig.tryOpen();
    });
    expect(after).toBe(-ENODEV);
    expect(rig.soc.lpc.read(LPC.HICR0) & HICR0.LPC3E).toBe(0);
  });
});

describe('errors of write()', () => {
  it.each([
    // [of a response without a request, of 1 byte, of 2 bytes, of a second response]
    ['v2', [-EINVAL, -EINVAL, -EINVAL, -EBUSY]],
    ['v2-unlocked', [-EINVAL, -EINVAL, -EINVAL, -EBUSY]],
    ['review-mended', [-EINVAL, -EINVAL, -EINVAL, -EBUSY]],
    ['mainline', [-EINVAL, -EINVAL, -EINVAL, -EINVAL]],
    ['fixed', [-EBUSY, -EINVAL, -EINVAL, -EBUSY]],
  ] as const)('%s', (version, expected) => {
    const rig = rigOf(version);
    const results: number[] = [];
    run(rig, function* () {
      const file = yield* rig.open();
      results.push(yield* rig.write(file, RESPONSE), yield* rig.write(file, [0x1c]), yield* rig.write(file, [0x1c, 0x01]));
      yield* rig.read(file);
      yield* rig.write(file, RESPONSE);
      results.push(yield* rig.write(file, RESPONSE));
      expect(yield* rig.write(file, [])).toBe(-EINVAL);
    }, () => rig.transact(REQUEST));
    expect(results).toEqual(expected);
  });

  it.each([['v2', true], ['v2-unlocked', true], ['mainline', false], ['fixed', false]] as const)(
    '%s takes a response of one byte: %s', (version, expected) => {
      const rig = rigOf(version);
      let result = 0;
      run(rig, function* () {
        const file = yield* rig.open();
        yield* rig.read(file);
        result = yield* rig.write(file, [0x1c]);
      }, () => rig.send(REQUEST));
      expect(result).toBe(expected ? 1 : -EINVAL);
    });

  it.each(['v2', 'v2-unlocked', 'review-mended', 'mainline', 'fixed'] as const)('%s: -EFAULT leaves the request to be answered', (version) => {
    const rig = rigOf(version);
    const results: number[] = [];
    let response: readonly number[] = [];
    run(rig, function* () {
      const file = yield* rig.open();
      yield* rig.read(file);
      results.push(yield* rig.write(file, [...RESPONSE, 5, 6, 7, 8], 4), yield* rig.write(file, RESPONSE));
    }, function* () {
      response = yield* rig.transact(REQUEST);
    });
    expect(results).toEqual([-EFAULT, RESPONSE.length]);
    expect(response).toEqual(RESPONSE);
  });
});

describe('a buffer that is too short', () => {
  it.each([
    // [what read() returns, what the next one does, the state that the host sees]
    ['v2', REQUEST.slice(0, 3), -EAGAIN, KcsState.READ],
    ['v2-unlocked', REQUEST.slice(0, 3), -EAGAIN, KcsState.READ],
    ['review', -EOVERFLOW, -EOVERFLOW, KcsState.READ],
    ['review-mended', -EOVERFLOW, -EOVERFLOW, KcsState.READ],
    ['mainline', -EOVERFLOW, -EAGAIN, KcsState.ERROR],
    ['fixed', -EOVERFLOW, -EAGAIN, KcsState.ERROR],
  ] as const)('%s', (version, first, second, state) => {
    const rig = rigOf(version);
    const results: unknown[] = [];
    run(rig, function* () {
      const file = yield* rig.open(true);
      yield* rig.sys.poll(file, true);
      results.push(yield* rig.read(file, 3), yield* rig.read(file, 3));
    }, () => rig.send(REQUEST));
    expect(results).toEqual([first, second]);
    expect(stateOf(rig.str)).toBe(state);
  });

  it.each([['mainline', 0x01], ['fixed', 0x06]] as const)('%s tells the host status code %i', (version, expected) => {
    const rig = rigOf(version);
    let code = 0;
    run(rig, function* () {
      const file = yield* rig.open();
      yield* rig.read(file, 3);
    }, function* () {
      yield* rig.send(REQUEST);
      yield rig.io.sleep(MS);
      code = yield* rig.host.abort();
    });
    expect(code).toBe(expected);
  });
});

describe('a bad address', () => {
  it.each([
    ['v2', -EFAULT, -EAGAIN], ['v2-unlocked', -EFAULT, -EAGAIN], ['review', REQUEST, -EAGAIN], ['review-mended', -EFAULT, REQUEST],
    ['mainline', -EFAULT, REQUEST], ['fixed', -EFAULT, REQUEST],
  ] as const)('%s', (version, first, second) => {
    const rig = rigOf(version);
    const results: unknown[] = [];
    run(rig, function* () {
      const file = yield* rig.open(true);
      yield* rig.sys.poll(file, true);
      const got = yield* rig.read(file, 8, 4);
      // What lies behind the end of the page was not copied, whatever read() says.
      results.push(typeof got === 'number' ? got : got.map((byte, i) => (i < 4 ? byte : REQUEST[i])), yield* rig.read(file, 8));
    }, () => rig.send(REQUEST));
    expect(results).toEqual([first, second]);
  });
});

describe('a signal', () => {
  it.each([['v2', -EAGAIN], ['v2-unlocked', -EAGAIN], ['mainline', -EAGAIN], ['fixed', -EINTR]] as const)('%s', (version, expected) => {
    const rig = rigOf(version);
    let result: unknown;
    const signal = { plan: [], draw: (kind: string, _a: string, _s: number, _n: number, label: string) => (kind === 'fault' && label === 'signal' ? 1 : 0) };
    expect(rig.run({
      chooser: signal,
      threads: [function* () {
        const file = yield* rig.open();
        result = yield* rig.read(file);
      }],
    })).toBe('done');
    expect(result).toBe(expected);
  });
});

describe('the interrupt and the state bits', () => {
  it.each([
    // [state after probe(), IBF interrupts while closed, open, closed again, state after release()]
    ['v2', KcsState.IDLE, [true, true, true], KcsState.IDLE],
    ['v2-unlocked', KcsState.IDLE, [true, true, true], KcsState.IDLE],
    ['review', KcsState.IDLE, [true, true, true], KcsState.IDLE],
    ['mainline', KcsState.IDLE, [false, true, false], KcsState.ERROR],
    ['fixed', KcsState.ERROR, [true, true, true], KcsState.ERROR],
  ] as const)('%s', (version, probed, interrupts, released) => {
    const rig = rigOf(version);
    const enabled = (): boolean => (rig.soc.lpc.read(LPC.HICR2) & HICR2.IBFIE3) !== 0;
    const seen: boolean[] = [];
    let state = -1;
    run(rig, function* () {
      state = stateOf(rig.str);
      seen.push(enabled());
      const file = yield* rig.open();
      seen.push(enabled());
      yield* rig.sys.close(file);
      seen.push(enabled());
    });
    expect(state).toBe(probed);
    expect(seen).toEqual(interrupts);
    expect(stateOf(rig.str)).toBe(released);
  });

  it('fixed refuses a transfer while nobody has the file open, and serves GET_STATUS/ABORT', () => {
    const rig = rigOf('fixed');
    const seen: number[] = [];
    run(rig, function* () {}, function* () {
      seen.push(yield* rig.host.abort(), stateOf(rig.str));
      yield* rig.send(REQUEST);
      seen.push(stateOf(rig.str), rig.str & Str.IBF, yield* rig.host.abort(), stateOf(rig.str));
    });
    expect(seen).toEqual([0xff, KcsState.IDLE, KcsState.ERROR, 0, 0xff, KcsState.IDLE]);
  });

  it.each([
    // [open() in the middle of a transfer: what the host gets]
    ['v2', []], ['fixed', []],
  ] as const)('%s: a request that began before open() is not answered', (version, expected) => {
    const rig = rigOf(version);
    let response: readonly number[] = [1];
    rig.run({
      host: function* () {
        response = yield* rig.transact(REQUEST);
      },
      threads: [function* () {
        yield* serve(rig);
      }],
      threadsAt: [140_000_000],
    });
    expect(response).toEqual(expected);
  });
});

describe('unbind', () => {
  it('fixed wakes its readers, and every call on the old file fails with -ENODEV', () => {
    const rig = rigOf('fixed');
    const seen: unknown[] = [];
    expect(rig.run({
      threads: [
        function* () {
          const file = yield* rig.open();
          seen.push(yield* rig.read(file), yield* rig.sys.poll(file, true), yield* rig.write(file, RESPONSE));
          seen.push(yield* rig.sys.ioctl(file, IPMI_BMC_IOCTL_SET_SMS_ATN), yield* rig.sys.close(file));
        },
        function* () {
          yield rig.kernel.sleep(2 * MS);
          yield* rig.driver.remove();
        },
      ],
    })).toBe('done');
    expect(seen).toEqual([-ENODEV, EPOLLERR | EPOLLHUP, -ENODEV, -ENODEV, 0]);
    expect(rig.sim.violations).toEqual([]);
    expect(rig.soc.lpc.read(LPC.HICR2) & HICR2.IBFIE3).toBe(0);
  });

  it('mainline leaves its readers asleep, with its memory gone', () => {
    const rig = rigOf('mainline');
    rig.run({
      threads: [
        function* () {
          yield* rig.read(yield* rig.open());
        },
        function* () {
          yield rig.kernel.sleep(2 * MS);
          yield* rig.driver.remove();
        },
        function* () {
          yield rig.kernel.sleep(4 * MS);
        },
      ],
    });
    expect(rig.sim.contexts.find(({ name }) => name === 'thread 0')!.waits).toBe(true);
  });

  it.each(ALL)('%s: the host gets FFh from an interface that is gone', (version) => {
    const rig = rigOf(version);
    let status = 0;
    run(rig, () => rig.driver.remove(), function* () {
      yield rig.io.sleep(MS);
      status = yield rig.io.inb(1);
    });
    expect(status).toBe(0xff);
    expect(rig.sim.violations).toEqual([]);
  });
});
