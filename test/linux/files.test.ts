import { describe, expect, it } from 'vitest';
import {
  EBADF, EBUSY, EINTR, ENODEV, EPOLLIN, MiscDevice, OpenFile, UserBuffer, WaitQueue, waitEventInterruptible, type FileOperations,
} from '../../src/linux/index.ts';
import type { Steps } from '../../src/sim/index.ts';
import { answers, stalls } from '../sim/bed.ts';
import { COST, LinuxBed, all, positions } from './bed.ts';

const { wakeLatency } = COST;

/** A device of which each operation takes a step and says that it was called. */
class Device implements FileOperations {
  readonly bed: LinuxBed;
  readonly calls: string[] = [];
  readonly misc: MiscDevice;
  readonly queue: WaitQueue;
  ready = 0;
  openResult = 0;
  /** What read() does. */
  reading: () => Steps<number> = function* () {
    return 3;
  };
  private readonly step: (name: string) => Steps;

  constructor(bed: LinuxBed) {
    this.bed = bed;
    const op = bed.op('driver', 100);
    this.step = function* (this: Device, name: string): Steps {
      yield op;
      this.calls.push(`${bed.sim.current!.name} ${name}`);
    }.bind(this);
    this.queue = new WaitQueue(bed.memory(), 'queue');
    this.misc = new MiscDevice(bed.kernel, 'ipmi-kcs3', this);
    bed.sim.onReset(() => {
      this.calls.length = 0;
      this.ready = 0;
    });
  }

  *open(): Steps<number> {
    yield* this.step('open');
    return this.openResult;
  }

  *release(): Steps<number> {
    yield* this.step('release');
    return 0;
  }

  *read(): Steps<number> {
    yield* this.step('read');
    return yield* this.reading();
  }

  *write(): Steps<number> {
    yield* this.step('write');
    return 1;
  }

  *ioctl(_file: OpenFile, cmd: number): Steps<number> {
    yield* this.step(`ioctl ${cmd}`);
    return 0;
  }

  *poll(): Steps<number> {
    yield this.queue.at(0).pollWait;
    return this.ready;
  }
}

const BUFFER = new UserBuffer(8);

function withDevice(config: ConstructorParameters<typeof LinuxBed>[0] = {}): { bed: LinuxBed; device: Device } {
  const bed = new LinuxBed(config);
  const device = new Device(bed);
  bed.at(0, () => {
    device.misc.registered = true;
  });
  return { bed, device };
}

describe('a character device', () => {
  it('is opened, used and closed by system calls: entry, the driver, return', () => {
    const { bed, device } = withDevice();
    const { sys } = bed;
    const results: unknown[] = [];
    bed.thread('T', function* () {
      const file = yield* sys.open(device.misc, true);
      if (typeof file === 'number') throw new Error('not opened');
      results.push(file.nonBlocking, yield* sys.read(file, BUFFER, 8), yield* sys.write(file, BUFFER, 1), yield* sys.ioctl(file, 7), yield* sys.close(file));
    });
    expect(bed.run()).toBe('done');
    expect(results).toEqual([true, 3, 1, 0, 0]);
    expect(device.calls).toEqual(['T open', 'T read', 'T write', 'T ioctl 7', 'T release']);
    expect(bed.labels('T').filter((label) => label.includes('()'))).toEqual(
      ['open', 'read', 'write', 'ioctl', 'close'].flatMap((name) => [`${name}()`, `return from ${name}()`]));
  });

  it('that is not registered is not there (ENODEV); one that refuses gives no file', () => {
    const { bed, device } = withDevice();
    const results: unknown[] = [];
    bed.thread('T', function* () {
      device.openResult = -EBUSY;
      results.push(yield* bed.sys.open(device.misc, false));
      yield* device.misc.deregister();
      results.push(yield* bed.sys.open(device.misc, false));
    }, 1);
    expect(bed.run()).toBe('done');
    expect(results).toEqual([-EBUSY, -ENODEV]);
    expect(device.calls).toEqual(['T open']);
  });

  it('is not deregistered while an open() is under way, and not opened after (misc_mtx, drivers/char/misc.c)', () => {
    const { bed, device } = withDevice({ preempt: 'full' });
    let gone = false;
    bed.sim.onReset(() => {
      gone = false;
    });
    const slow = device.open.bind(device);
    device.open = function* () {
      const result = yield* slow();
      expect(gone).toBe(false);
      return result;
    };
    const opened: unknown[] = [];
    bed.thread('T', function* () {
      opened.push(typeof (yield* bed.sys.open(device.misc, false)));
    }, 1);
    bed.kernelThread('U', function* () {
      yield* device.misc.deregister();
      gone = true;
    }, 30);
    for (const place of positions(bed, bed.tasks.map(({ ctx }) => ctx))) {
      expect(bed.run(stalls(`${place} quiet`)), place).toBe('done');
    }
    expect(new Set(opened)).toEqual(new Set(['object', 'number']));
  });
});

describe('a file', () => {
  /** T reads and sleeps in the driver; U closes meanwhile. */
  function closedInRead(): { bed: LinuxBed; device: Device } {
    const { bed, device } = withDevice();
    let file: OpenFile | null = null;
    const doze = bed.op('doze', 10, { exec: (_operand, ctx) => ctx.doze(5000, 1) });
    device.reading = function* () {
      return yield doze;
    };
    bed.thread('T', function* () {
      file = new OpenFile(device, false);
      yield* bed.sys.read(file, BUFFER, 8);
    }, 1);
    bed.thread('U', function* () {
      expect(yield* bed.sys.close(file!)).toBe(0);
      expect(yield* bed.sys.close(file!)).toBe(-EBADF);
      for (const call of [bed.sys.read(file!, BUFFER, 1), bed.sys.write(file!, BUFFER, 1), bed.sys.ioctl(file!, 1), bed.sys.poll(file!, true)]) {
        expect(yield* call).toBe(-EBADF);
      }
    }, 200);
    return { bed, device };
  }

  it('closed during a read() is released when that has ended, by the reader (fput(), fs/file_table.c)', () => {
    const { bed, device } = closedInRead();
    expect(bed.run()).toBe('done');
    expect(device.calls).toEqual(['T read', 'T release']);
  });

  it('is released exactly once, whoever is last', () => {
    const { bed, device } = closedInRead();
    const places = positions(bed, bed.tasks.map(({ ctx }) => ctx));
    const by = new Set<string>();
    for (const place of places) for (const release of ['quiet', 'for 100 ps', 'for 40000 ps']) {
      expect(bed.run(stalls(`${place} ${release}`))).toBe('done');
      const released = device.calls.filter((call) => call.endsWith('release'));
      expect(released.length).toBe(1);
      expect(device.calls.at(-1)).toBe(released[0]);
      by.add(released[0]!);
    }
    expect([...by].toSorted()).toEqual(['T release', 'U release']);
  });

  it('knows who is in which call', () => {
    const { bed, device } = withDevice();
    const seen: string[] = [];
    const look = bed.op('look', 1, { exec: (_operand, ctx) => seen.push(bed.kernel.taskOf(ctx).syscall) });
    device.reading = function* () {
      yield look;
      return 1;
    };
    const release = device.release.bind(device);
    device.release = function* () {
      yield look;
      return yield* release();
    };
    bed.thread('T', function* () {
      const file = new OpenFile(device, false);
      yield* bed.sys.read(file, BUFFER, 1);
      yield look;
      yield* bed.sys.close(file);
      yield look;
    });
    bed.run();
    expect(seen).toEqual(['read()', '', 'release()', '']);
  });
});

describe('poll()', () => {
  it('answers at once with what is ready, or nothing if it is not to block', () => {
    for (const [ready, block] of [[EPOLLIN, true], [EPOLLIN, false], [0, false]] as const) {
      const { bed, device } = withDevice();
      let result = -1;
      bed.thread('T', function* () {
        device.ready = ready;
        result = yield* bed.sys.poll(new OpenFile(device, false), block);
      });
      expect(bed.run()).toBe('done');
      expect(result).toBe(ready);
      expect(bed.labels('T')).not.toContain('poll_schedule_timeout');
    }
  });

  function blocked(config: ConstructorParameters<typeof LinuxBed>[0] = {}): { bed: LinuxBed; result: () => number } {
    const { bed, device } = withDevice(config);
    const { wakeUpInterruptible } = device.queue.at(0);
    let result = -1;
    bed.sim.onReset(() => {
      result = -1;
    });
    const set = bed.op('set', 10, { exec: () => (device.ready = EPOLLIN) });
    const clear = bed.op('clear', 10, { exec: () => (bed.lines.set(1, false), 0) });
    bed.thread('T', function* () {
      result = yield* bed.sys.poll(new OpenFile(device, false), true);
    });
    bed.handler(1, () => all(set, wakeUpInterruptible, clear));
    bed.interruptAt(500);
    return { bed, result: () => result };
  }

  it('that blocks sleeps until it is woken, and looks again', () => {
    const { bed, result } = blocked();
    expect(bed.run()).toBe('done');
    expect(result()).toBe(EPOLLIN);
    expect(bed.timeOf('poll_wait(queue)', 1)).toBe(bed.timeOf('wake_up_interruptible(queue)') + wakeLatency + COST.lock);
  });

  it('loses no wake-up, wherever a stall sits (fs/select.c)', () => {
    for (const config of [{}, { preempt: 'full' }, { cpus: 2 }] as const) {
      const { bed, result } = blocked(config);
      for (const place of positions(bed)) for (const release of ['quiet', 'for 1000 ps', 'for 4000 ps', 'timeouts 1']) {
        expect(bed.run(stalls(`${place} ${release}`)), `${place} ${release}`).toBe('done');
        expect(result()).toBe(EPOLLIN);
      }
    }
  });

  it('leaves the queue when it ends: that wakes nobody who sleeps elsewhere by then', () => {
    const { bed, device } = withDevice();
    const other = bed.queue('other');
    let ready = false;
    const set = bed.op('set', 10, { exec: () => ((ready = true), 0) });
    bed.thread('T', function* () {
      yield* bed.sys.poll(new OpenFile(device, false), false);
      yield* waitEventInterruptible(other.queue, other.ops, () => ready);
    });
    bed.thread('U', () => all(device.queue.at(0).wakeUpInterruptible, set, other.ops.wakeUpInterruptible), 5000);
    expect(bed.run()).toBe('done');
    expect(bed.labels('T').filter((label) => label.includes('other'))).toEqual(['prepare_to_wait(other)', 'schedule(other)']);
    expect(bed.timeOf('schedule(other)')).toBeLessThan(5000);
  });

  it('ends with EINTR at a signal, and leaves the queue', () => {
    const { bed, result } = blocked();
    bed.run(answers((kind) => (kind === 'fault' ? 1 : 0)));
    expect(result()).toBe(-EINTR);
    expect(bed.allDone).toBe(true);
    expect(bed.tasks[0]!.polling).toBeNull();
    expect(bed.labels('bmc:irq')).toContain('wake_up_interruptible(queue)');
  });
});
