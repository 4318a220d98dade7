import { describe, expect, it } from 'vitest';
import {
  EAGAIN, EBUSY, EFAULT, EINTR, EINVAL, ENODATA, ENODEV, ENOTTY, EPOLLERR, EPOLLHUP, EPOLLIN, ETIMEDOUT, UserBuffer, type OpenFile,
} from '../../src/linux/index.ts';
import { MS, type Steps } from '../../src/sim/index.ts';
import { SSIF_MSG_SIZE } from '../../src/drivers/ssif-bmc/index.ts';
import { DRIVERS, SsifRig } from './ssif-bmc-rig.ts';

const REQUEST = [0x18, 0x01, 0xa1, 0xa2];
const RESPONSE = [0x1c, 0x01, 0x00];

/** What `thread` returns on a file that is open, with a host that does `host` from 1 ms on. */
function result(version: string, thread: (rig: SsifRig, file: OpenFile) => Steps<unknown>, options: {
  host?: (rig: SsifRig) => Steps<unknown>; nonBlocking?: boolean; signal?: boolean;
} = {}): unknown {
  const rig = new SsifRig(DRIVERS[version]);
  let returned: unknown;
  const { host = (r: SsifRig) => r.request(REQUEST) } = options;
  const signal = { plan: [], draw: (_kind: string, _actor: string, _step: number, _n: number, label: string) => (label === 'signal' ? 1 : 0) };
  const reason = rig.run({
    host: () => host(rig),
    ...options.signal === true ? { chooser: signal } : {},
    threads: [function* () {
      const file = yield* rig.open(options.nonBlocking);
      returned = yield* thread(rig, file);
    }],
  });
  expect(reason === 'done' || reason === 'violation').toBe(true);
  return returned;
}

describe.each(Object.keys(DRIVERS))('files of ssif-bmc@%s', (version) => {
  const fixed = version === 'fixed';

  it('one at a time may open it', () => {
    expect(result(version, (rig) => rig.tryOpen())).toBe(-EBUSY);
    expect(result(version, function* (rig, file) {
      yield* rig.sys.close(file);
      return typeof (yield* rig.tryOpen());
    })).toBe('object');
  });

  it('read() waits, or returns -EAGAIN', () => {
    expect(result(version, (rig, file) => rig.read(file))).toEqual(REQUEST);
    expect(result(version, (rig, file) => rig.read(file), { nonBlocking: true })).toBe(-EAGAIN);
    expect(result(version, (rig, file) => rig.read(file), { signal: true })).toBe(-EINTR);
  });

  it('read() into a buffer that is too short returns -EINVAL, and the request stays', () => {
    expect(result(version, function* (rig, file) {
      return [yield* rig.read(file, 4 + REQUEST.length - 1), yield* rig.read(file, fixed ? SSIF_MSG_SIZE : 4 + REQUEST.length)];
    })).toEqual([-EINVAL, REQUEST]);
  });

  it('write() returns the count; of what it cannot take -EINVAL', () => {
    expect(result(version, function* (rig, file) {
      yield* rig.read(file);
      return [
        yield* rig.write4(file, RESPONSE, 0),
        yield* rig.write4(file, RESPONSE, 4),
        yield* rig.write4(file, new Array<number>(257).fill(0)),
        yield* rig.write4(file, RESPONSE),
      ];
    })).toEqual([-EINVAL, -EINVAL, -EINVAL, 7]);
  });

  it('write() from a bad address returns -EFAULT, and can be repeated', () => {
    expect(result(version, function* (rig, file) {
      yield* rig.read(file);
      const bad = new UserBuffer(7);
      bad.place(0, 'unmapped');
      return [yield* rig.sys.write(file, bad, 7), yield* rig.write4(file, RESPONSE)];
    })).toEqual([-EFAULT, 7]);
  });

  it('write() without a request, and a second time', () => {
    const none = fixed ? -ENODATA : -EINVAL;
    expect(result(version, (rig, file) => rig.write4(file, RESPONSE))).toBe(none);
    const twice = (nonBlocking: boolean): unknown => result(version, function* (rig, file) {
      yield* rig.sys.poll(file, true);
      yield* rig.read(file);
      return [yield* rig.write4(file, RESPONSE), yield* rig.write4(file, RESPONSE)];
    }, {
      nonBlocking,
      *host(rig) {
        yield* rig.request(REQUEST);
        yield* rig.pause(20 * MS);
        yield* rig.response();
      },
    });
    // A response that is pending is waited for, unless O_NONBLOCK.
    expect(twice(true)).toEqual([7, fixed ? none : -EAGAIN]);
    expect(twice(false)).toEqual([7, none]);
  });

  it('write() after the time-out', () => {
    expect(result(version, function* (rig, file) {
      yield* rig.read(file);
      yield rig.kernel.sleep(600 * MS);
      return [yield* rig.write4(file, RESPONSE), yield* rig.write4(file, RESPONSE)];
    })).toEqual(fixed ? [-ETIMEDOUT, -ENODATA] : [-EINVAL, -EINVAL]);
  });

  it('poll() tells of a request, and of nothing else', () => {
    expect(result(version, function* (rig, file) {
      const before = yield* rig.sys.poll(file, false);
      const there = yield* rig.sys.poll(file, true);
      yield* rig.read(file);
      return [before, there, yield* rig.sys.poll(file, false)];
    })).toEqual([0, EPOLLIN, 0]);
  });

  it('has no ioctl(): vfs_ioctl() says so', () => {
    expect(result(version, (rig, file) => rig.sys.ioctl(file, 0))).toBe(-ENOTTY);
  });
});

describe('ssif-bmc@fixed after remove()', () => {
  it('fails every call, wakes who sleeps, and frees the memory with the last file', () => {
    const rig = new SsifRig(DRIVERS['fixed']);
    const seen: unknown[] = [];
    expect(rig.run({
      threads: [function* () {
        const file = yield* rig.open();
        seen.push(yield* rig.read(file));
        seen.push(yield* rig.write4(file, RESPONSE), yield* rig.sys.poll(file, false));
        yield* rig.sys.close(file);
      }, function* () {
        yield* rig.driver.remove();
        seen.push(yield* rig.tryOpen());
      }],
      threadsAt: [0, 2 * MS],
      host: () => rig.pause(2000 * MS),
    })).toBe('done');
    expect(seen.toSorted()).toEqual([-ENODEV, -ENODEV, -ENODEV, EPOLLERR | EPOLLHUP].toSorted());
    expect(rig.violations).toEqual([]);
  });
});
