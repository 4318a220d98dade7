import { describe, expect, it } from 'vitest';
import { KcsEvent } from '../../src/drivers/kcs-aspeed.ts';
import { KcsBmcDevice } from '../../src/drivers/kcs-core.ts';
import { AspeedKcsObe, KCS_RAW_VERSIONS, OBE_SPIN, type KcsRawDriverClass } from '../../src/drivers/kcs-raw/index.ts';
import { KcsRawFixed } from '../../src/drivers/kcs-raw/fixed.ts';
import { KcsRawOpenBmc } from '../../src/drivers/kcs-raw/openbmc.ts';
import { KcsRawV2 } from '../../src/drivers/kcs-raw/v2.ts';
import { KcsRawV3 } from '../../src/drivers/kcs-raw/v3.ts';
import { Ast2500 } from '../../src/hw/index.ts';
import { Str } from '../../src/ipmi/index.ts';
import {
  DEFAULT_KERNEL, EAGAIN, EBUSY, EFAULT, EINVAL, ENODEV, EPOLLIN, EPOLLOUT, Kernel, OpenFile, Syscalls, UserBuffer, type KernelConfig,
} from '../../src/linux/index.ts';
import { GeneratorProcess, MS, SEC, Simulator, US, type Ps, type Steps } from '../../src/sim/index.ts';

/** One version on channel 3, a host of bare port accesses, one thread. */
class RawRig {
  readonly sim = new Simulator();
  readonly soc = new Ast2500(this.sim);
  readonly kernel: Kernel;
  readonly aspeed: AspeedKcsObe;
  readonly driver: InstanceType<KcsRawDriverClass>;
  readonly sys: Syscalls;
  readonly port = this.soc.port(0xca2, 1);
  private readonly bodies: (() => Steps<unknown>)[] = [];
  private readonly sleepOp: number;
  masked: Ps[] = [];

  constructor(driver: KcsRawDriverClass, spin: Ps = 0, config: Partial<KernelConfig> = {}) {
    const { sim, soc } = this;
    this.kernel = new Kernel(sim, { ...DEFAULT_KERNEL, ...config }, soc.vic);
    soc.vic.onLine = (level) => this.kernel.cpus[0].irqLine(level !== 0);
    this.aspeed = new AspeedKcsObe(this.kernel, soc.registers, { channel: 3, ioAddr: 0xca2, serirq: null });
    this.aspeed.spin = spin;
    this.driver = new driver(this.kernel, this.aspeed);
    this.sys = new Syscalls(this.kernel);
    this.kernel.onIrqsOff = (since) => this.masked.push(sim.now - since);
    this.sleepOp = sim.ops.define({ label: 'host sleeps', kind: 'block', exec: (_operand, ctx) => ctx.doze(ctx.arg) });
  }

  /** Runs the thread from the start, and the host from 100 us on, until nothing happens any more. */
  run(thread: (rig: RawRig) => Steps<unknown>, host: (rig: RawRig) => Steps<unknown> = function* () {}): this {
    const { sim } = this;
    this.bodies.push(() => thread(this), () => host(this));
    const task = this.kernel.thread('thread', this.bodies[0]);
    const process = new GeneratorProcess(this.bodies[1]);
    const ctx = sim.context('host', process);
    sim.onReset(() => process.start());
    sim.limit = 20_000;
    sim.horizon = 4 * SEC;
    sim.finished = () => false; // a timer is all that may be left
    sim.reset();
    this.kernel.boot(this.driver.probe());
    task.ctx.start();
    ctx.start(100 * US);
    sim.run();
    return this;
  }

  wait(ps: Ps): number {
    this.sim.current!.arg = ps;
    return this.sleepOp;
  }

  get str(): number {
    return this.soc.lpc.channels[2].str;
  }

  *open(nonBlocking = false): Steps<OpenFile> {
    const file = yield* this.sys.open(this.driver.miscdev, nonBlocking);
    if (typeof file === 'number') throw new Error(`open() = ${file}`);
    return file;
  }

  *pread(file: OpenFile, count: number, pos: number, mapped = true): Steps<number | readonly number[]> {
    const buffer = new UserBuffer(4);
    buffer.place(mapped ? 4 : 0, mapped ? 'resident' : 'unmapped');
    const result = yield* this.sys.pread(file, buffer, count, pos);
    return result < 0 ? result : [...buffer.bytes.subarray(0, result)];
  }

  *pwrite(file: OpenFile, pos: number, ...bytes: readonly number[]): Steps<number> {
    const buffer = new UserBuffer(4);
    buffer.place(4, 'resident');
    buffer.bytes.set(bytes);
    return yield* this.sys.pwrite(file, buffer, bytes.length, pos);
  }
}

const VERSIONS = KCS_RAW_VERSIONS.map(({ version, driver }) => [version, driver] as const);

describe.each(VERSIONS)('/dev/raw-kcs of %s: Documentation/ABI/testing/dev-raw-kcs', (_version, driver) => {
  it('takes what lies within two bytes from offset 0', () => {
    const results: unknown[] = [];
    new RawRig(driver).run(function* (rig) {
      const file = yield* rig.open();
      for (const [count, pos] of [[0, 0], [0, 7], [3, 0], [1, 2], [2, 1]]) results.push(yield* rig.pread(file, count, pos));
      for (const [bytes, pos] of [[[], 0], [[1, 2, 3], 0], [[1], 2], [[1, 2], 1]] as const) results.push(yield* rig.pwrite(file, pos, ...bytes));
    });
    expect(results).toEqual([[], [], -EINVAL, -EINVAL, -EINVAL, 0, -EINVAL, -EINVAL, -EINVAL]);
  });

  it('reads IDR at 0, and STR at 1 with IBF for the byte that is held', () => {
    const results: unknown[] = [];
    const rig = new RawRig(driver).run(function* (rig_) {
      const file = yield* rig_.open();
      results.push(yield* rig_.pread(file, 1, 1));
      yield rig_.kernel.sleep(1 * MS);
      results.push(yield* rig_.pread(file, 1, 1), yield* rig_.pread(file, 1, 0), yield* rig_.pread(file, 1, 1));
    }, function* ({ port }) {
      yield port.outb(0, 0x5a);
    });
    expect(results).toEqual([[0], [Str.IBF], [0x5a], [0]]);
    expect(rig.str).toBe(0);
  });

  it('blocks in read() until the host writes, and shows IBF=1 beside the byte, and C/D', () => {
    let got: unknown;
    new RawRig(driver).run(function* (rig) {
      got = yield* rig.pread(yield* rig.open(), 2, 0);
    }, function* ({ port }) {
      yield port.outb(1, 0x77);
    });
    expect(got).toEqual([0x77, Str.IBF | Str.C_D]);
  });

  it('writes STR before ODR', () => {
    const written: string[] = [];
    const rig = new RawRig(driver);
    for (const name of ['bmc.str.write', 'bmc.odr.write']) rig.sim.trace.on(rig.sim.trace.code(name), (_at, _actor, a, b) => written.push(`${name} ${name === 'bmc.odr.write' ? a : b}`));
    rig.run(function* (rig_) {
      expect(yield* rig_.pwrite(yield* rig_.open(), 0, 0x44, 0x81)).toBe(2);
    });
    expect(written).toEqual(['bmc.str.write 128', 'bmc.odr.write 68']);
    expect(rig.str).toBe(0x81);
  });

  it('throws the byte in ODR away if bit 0 of STR is written as 0', () => {
    const rig = new RawRig(driver).run(function* (rig_) {
      const file = yield* rig_.open();
      yield* rig_.pwrite(file, 0, 0x44);
      yield* rig_.pwrite(file, 1, 0xc0);
    });
    expect(rig.str).toBe(0xc0);
  });

  it('answers -EWOULDBLOCK to a write() with O_NONBLOCK while OBF=1', () => {
    const results: number[] = [];
    new RawRig(driver).run(function* (rig) {
      const file = yield* rig.open(true);
      results.push(yield* rig.pwrite(file, 0, 1), yield* rig.pwrite(file, 0, 2), yield* rig.pwrite(file, 1, 0x41));
    });
    expect(results).toEqual([1, -EAGAIN, 1]);
  });

  it('is opened by one at a time, but in v2 by anybody', () => {
    const results: unknown[] = [];
    new RawRig(driver).run(function* (rig) {
      const file = yield* rig.open();
      const second = yield* rig.sys.open(rig.driver.miscdev, false);
      results.push(second instanceof OpenFile || second);
      yield* rig.sys.close(file);
      results.push((yield* rig.sys.open(rig.driver.miscdev, false)) instanceof OpenFile);
    });
    expect(results).toEqual([driver === KcsRawV2 || -EBUSY, true]);
  });

  it('lets the host wait on IBF from the second byte on: one is held, one is in IDR', () => {
    const seen: number[] = [];
    const got: unknown[] = [];
    new RawRig(driver).run(function* (rig) {
      const file = yield* rig.open();
      yield rig.kernel.sleep(2 * MS);
      got.push(yield* rig.pread(file, 1, 0), yield* rig.pread(file, 1, 0));
    }, function* (rig) {
      yield rig.port.outb(0, 1);
      yield rig.wait(50 * US);
      seen.push((yield rig.port.inb(1)) & Str.IBF);
      yield rig.port.outb(0, 2);
      yield rig.wait(50 * US);
      seen.push((yield rig.port.inb(1)) & Str.IBF);
    });
    expect([seen, got]).toEqual([[0, Str.IBF], [[1], [2]]]);
  });
});

describe('OBE, which the chip does not have: kcs_bmc_aspeed.c', () => {
  /** When a blocking write() goes on, after the host has read ODR 5 ms after it began; and the longest time without interrupts. */
  function writeOverFull(driver: KcsRawDriverClass, spin: Ps, late: Ps): { readonly after: Ps; readonly masked: Ps } {
    let after = -1;
    let readAt = 0;
    const rig = new RawRig(driver, spin).run(function* (rig_) {
      const file = yield* rig_.open();
      yield* rig_.pwrite(file, 0, 1);
      yield rig_.kernel.sleep(200 * US);
      yield* rig_.pwrite(file, 0, 2);
      after = rig_.sim.now - readAt;
    }, function* (rig_) {
      yield rig_.wait(100 * US + late);
      yield rig_.port.inb(0);
      readAt = rig_.sim.now;
    });
    return { after, masked: Math.max(...rig.masked) };
  }

  it('is looked for every 500 ms', () => {
    const { after } = writeOverFull(KcsRawV3, 0, 5 * MS);
    expect(after).toBeGreaterThan(400 * MS);
    expect(after).toBeLessThan(510 * MS);
  });

  it('since 2022 is polled for up to 100 us first, with interrupts off all the while', () => {
    const fast = writeOverFull(KcsRawV3, OBE_SPIN, 50 * US);
    expect(fast.after).toBeLessThan(10 * US);
    const slow = writeOverFull(KcsRawV3, OBE_SPIN, 5 * MS);
    expect(slow.after).toBeGreaterThan(400 * MS);
    expect(slow.masked).toBeGreaterThanOrEqual(100 * US);
  });

  it('is never told of if OBF falls within the poll: the later copy, which does not look again, sleeps on', () => {
    expect(writeOverFull(KcsRawOpenBmc, OBE_SPIN, 50 * US).after).toBeLessThan(0);
    expect(writeOverFull(KcsRawOpenBmc, 0, 50 * US).after).toBeGreaterThan(0);
  });

  it('does not keep interrupts off in fixed, which is as fast', () => {
    const { after, masked } = writeOverFull(KcsRawFixed, 0, 50 * US);
    expect(after).toBeLessThan(10 * US);
    expect(masked).toBeLessThan(20 * US);
  });
});

describe('OBE that is over when it is told of', () => {
  /**
   * A writer sleeps. The timer has looked, has found OBF=0, and has let go of its lock; another writer fills ODR; only then
   * does the client hear of it, here together with a byte of the host. When it goes on after the host has read ODR.
   */
  function sleeper(driver: KcsRawDriverClass): Ps {
    let after = -1;
    let readAt = 0;
    new RawRig(driver).run(function* (rig) {
      const file = yield* rig.open();
      yield* rig.pwrite(file, 0, 1);
      yield* rig.pwrite(file, 0, 2);
      after = rig.sim.now - readAt;
    }, function* (rig) {
      yield rig.wait(1 * MS);
      // The timer has fired, and nobody has armed it again.
      expect(rig.aspeed.irqMaskUpdate(KcsEvent.OBE, 0).next(0).done).toBe(true);
      yield rig.port.outb(0, 0x21);
      yield rig.wait(1 * MS);
      yield rig.port.inb(0);
      readAt = rig.sim.now;
    });
    return after;
  }

  it('is looked for again in fixed', () => {
    expect(sleeper(KcsRawFixed)).toBeGreaterThan(0);
    expect(sleeper(KcsRawFixed)).toBeLessThan(510 * MS);
  });

  it('is never told of again in the others: the writer sleeps on', () => {
    expect([KcsRawV2, KcsRawV3].map(sleeper)).toEqual([-1, -1]);
  });
});

describe('the core of the second round of 2021: kcs_bmc.c as of "[PATCH v2 15/21] ipmi: kcs_bmc: Don\'t enforce single-open policy in the kernel"', () => {
  /** Runs, and counts the interrupts that nobody claims. */
  function unclaimed(driver: KcsRawDriverClass, thread: (rig: RawRig) => Steps<unknown>, host: (rig: RawRig) => Steps<unknown>): number {
    let count = 0;
    const rig = new RawRig(driver);
    rig.sim.trace.on(rig.sim.trace.code('bmc.irq'), (_at, _actor, _source, handled) => {
      if (handled === 0) count++;
    });
    rig.run(thread, host);
    return count;
  }

  /** Interrupts of a storm: those that fit into the steps of a run. */
  const STORM = 1000;

  describe('IBF is let through to nobody', () => {
    const before = (driver: KcsRawDriverClass): number => unclaimed(driver, function* (rig) {
      yield rig.kernel.sleep(1 * MS);
      yield* rig.open();
    }, function* ({ port }) {
      yield port.outb(0, 1);
    });

    it('before the device is first opened', () => {
      expect(before(KcsRawV2)).toBeGreaterThan(STORM);
      expect([before(KcsRawV3), before(KcsRawFixed)]).toEqual([0, 0]);
    });

    it('but not after it was closed: what was enabled is masked, and comes back with the next open()', () => {
      const got: unknown[] = [];
      const enabled: boolean[] = [];
      const storm = unclaimed(KcsRawV2, function* (rig) {
        const look = (): unknown => enabled.push((rig.soc.lpc.read(0x008) & 0x08) !== 0);
        yield* rig.sys.close(yield* rig.open());
        look();
        yield rig.kernel.sleep(1 * MS);
        const file = yield* rig.open();
        look();
        got.push(yield* rig.pread(file, 1, 0));
      }, function* ({ port }) {
        yield port.outb(0, 0x21);
      });
      expect([storm, enabled, got]).toEqual([0, [false, true], [[0x21]]]);
    });
  });

  describe('a byte is held, the device is closed and opened again, and another byte is in IDR', () => {
    const reopened = (driver: KcsRawDriverClass, got: unknown[] = []): number => unclaimed(driver, function* (rig) {
      const file = yield* rig.open();
      yield rig.kernel.sleep(1 * MS);
      yield* rig.sys.close(file);
      yield rig.kernel.sleep(1 * MS);
      const again = yield* rig.open();
      yield rig.kernel.sleep(1 * MS);
      got.push(yield* rig.pread(again, 1, 0), yield* rig.pread(again, 1, 0));
    }, function* (rig) {
      yield rig.port.outb(0, 1);
      yield rig.wait(1500 * US);
      yield rig.port.outb(0, 2);
    });

    it('of which the driver wants to hear nothing, and the core has it told: who has opened the device never gets to read()', () => {
      const got: unknown[] = [];
      expect(reopened(KcsRawV2, got)).toBeGreaterThan(STORM);
      expect(got).toEqual([]);
    });

    it('waits in fixed until the first is read', () => {
      const got: unknown[] = [];
      expect(reopened(KcsRawFixed, got)).toBe(0);
      expect(got).toEqual([[1], [2]]);
    });
  });

  describe('two have it open, and the first closes it', () => {
    it('the other sleeps in read() for a byte of which there is no event any more', () => {
      let got: unknown = 'sleeps';
      const rig = new RawRig(KcsRawV2).run(function* (rig_) {
        const file = yield* rig_.open();
        const other = yield* rig_.open();
        yield* rig_.sys.close(file);
        got = yield* rig_.pread(other, 1, 0);
      }, function* ({ port }) {
        yield port.outb(0, 1);
      });
      expect([got, rig.str & Str.IBF, rig.driver.hasClient]).toEqual(['sleeps', Str.IBF, false]);
    });

    it('or finds the byte, lets IBF through again, and drowns in the interrupts of the next', () => {
      const got: unknown[] = [];
      const storm = unclaimed(KcsRawV2, function* (rig) {
        const file = yield* rig.open();
        const other = yield* rig.open();
        yield* rig.sys.close(file);
        yield rig.kernel.sleep(1 * MS);
        got.push(yield* rig.pread(other, 1, 0));
        got.push(yield* rig.pread(other, 1, 0));
      }, function* (rig) {
        yield rig.port.outb(0, 1);
        yield rig.wait(2 * MS);
        yield rig.port.outb(0, 2);
      });
      expect(got).toEqual([[1]]);
      expect(storm).toBeGreaterThan(STORM);
    });
  });

  describe('aspeed_kcs_check_obe() tells the core that ODR is free, in a softirq', () => {
    /** What is broken if the host writes a byte at `at`, and when the softirq has taken the lock of the core. */
    function written(driver: KcsRawDriverClass, at: Ps): { readonly broken: readonly string[]; readonly lockedAt: Ps } {
      let lockedAt = -1;
      const rig = new RawRig(driver);
      rig.sim.observer = {
        step({ name }, op) {
          if (name === 'bmc:softirq' && rig.sim.ops.describe(op).startsWith('kcs_bmc_handle_event: spin_lock')) lockedAt = rig.sim.now;
        },
      };
      rig.run(function* (rig_) {
        const file = yield* rig_.open();
        yield* rig_.pwrite(file, 0, 1);
        yield* rig_.pwrite(file, 0, 2);
      }, function* (rig_) {
        yield rig_.wait(1 * MS);
        yield rig_.port.inb(0);
        yield rig_.wait(at - rig_.sim.now);
        yield rig_.port.outb(0, 1);
      });
      return { broken: rig.sim.violations.map(({ oracle, rule, message }) => `${oracle}/${rule}: ${message}`), lockedAt };
    }

    /** The same, with the byte at any moment of the 10 us before that, of which the interrupt takes 6 to be taken. */
    function around(driver: KcsRawDriverClass): readonly string[] {
      const { lockedAt } = written(driver, 900 * MS);
      expect(lockedAt).toBeGreaterThan(400 * MS);
      const broken = new Set<string>();
      for (let at = lockedAt - 10 * US; at <= lockedAt; at += US / 10) for (const what of written(driver, at).broken) broken.add(what);
      return [...broken];
    }

    it('with interrupts on: that of a byte which the host writes meanwhile takes the lock that the softirq holds', () => {
      expect(around(KcsRawV2)).toContain('deadlock/lock-held-below: spin_lock(kcs_bmc->lock): bmc:softirq, which this context interrupts or displaces, holds it');
    });

    it('with interrupts off since 2023', () => {
      expect(around(KcsRawFixed)).toEqual([]);
    });
  });
});

describe('what differs between the versions', () => {
  const reading = (driver: KcsRawDriverClass, bytes: readonly number[]): unknown => {
    let got: unknown = 'sleeps';
    new RawRig(driver).run(function* (rig) {
      const file = yield* rig.open(true);
      yield rig.kernel.sleep(1 * MS);
      got = yield* rig.pread(file, 1, 0);
    }, function* (rig) {
      for (const byte of bytes) {
        yield rig.port.outb(0, byte);
        yield rig.wait(50 * US);
      }
    });
    return got;
  };

  it.each([
    ['v2', KcsRawV2, 'sleeps', [1], -EAGAIN], ['openbmc', KcsRawOpenBmc, 'sleeps', [1], [1]], ['fixed', KcsRawFixed, -EAGAIN, [1], [1]],
  ] as const)('read() with O_NONBLOCK of %s: nothing, one byte, two', (_name, driver, none, one, two) => {
    expect([reading(driver, []), reading(driver, [1]), reading(driver, [1, 2])]).toEqual([none, one, two]);
  });

  it('a copy that faults takes the byte with it, but not in fixed', () => {
    const faulting = (driver: KcsRawDriverClass): unknown[] => {
      const results: unknown[] = [];
      new RawRig(driver).run(function* (rig) {
        const file = yield* rig.open();
        results.push(yield* rig.pread(file, 1, 0, false));
        results.push(yield* rig.pread(file, 1, 1));
        results.push(yield* rig.pread(file, 1, 0));
      }, function* ({ port }) {
        yield port.outb(0, 0x21);
      });
      return results;
    };
    expect(faulting(KcsRawV3)).toEqual([-EFAULT, [0]]);
    expect(faulting(KcsRawFixed)).toEqual([-EFAULT, [Str.IBF], [0x21]]);
  });

  it('poll() tells of IN and OUT, in the later copy of IN only', () => {
    const ready = (driver: KcsRawDriverClass): number => {
      let events = -1;
      new RawRig(driver).run(function* (rig) {
        const file = yield* rig.open();
        yield rig.kernel.sleep(1 * MS);
        events = yield* rig.sys.poll(file, false, EPOLLIN | EPOLLOUT);
      }, function* ({ port }) {
        yield port.outb(0, 1);
      });
      return events;
    };
    expect([KcsRawV2, KcsRawOpenBmc, KcsRawFixed].map(ready)).toEqual([EPOLLIN | EPOLLOUT, EPOLLIN, EPOLLIN | EPOLLOUT]);
  });

  it('a sleeper is woken and told when fixed is unbound', () => {
    let result: unknown;
    const rig = new RawRig(KcsRawFixed);
    const unbinder = rig.kernel.thread('unbind', () => rig.driver.remove());
    rig.sim.onReset(() => unbinder.ctx.start(300 * US));
    rig.run(function* (rig_) {
      result = yield* rig_.pread(yield* rig_.open(), 1, 0);
    });
    expect(result).toBe(-ENODEV);
    expect(rig.sim.violations).toEqual([]);
  });

  it('v2 lets IBF through from the probe on, later ones while the device is open', () => {
    const enabled = (driver: KcsRawDriverClass): boolean => {
      const rig = new RawRig(driver);
      rig.sim.reset();
      rig.kernel.boot(rig.driver.probe());
      return (rig.soc.lpc.read(0x008) & 0x08) !== 0;
    };
    expect([KcsRawV2, KcsRawV3, KcsRawOpenBmc, KcsRawFixed].map(enabled)).toEqual([true, false, false, false]);
  });

  it.each([[KcsRawV3, false], [KcsRawFixed, true]] as const)('an open() that is refused makes the file that is open deaf: not that of fixed', (driver, hears) => {
    let got: unknown;
    const refused: unknown[] = [];
    new RawRig(driver).run(function* (rig) {
      const open = yield* rig.open();
      refused.push(yield* rig.sys.open(rig.driver.miscdev, false));
      yield rig.kernel.sleep(1000 * US);
      got = yield* rig.pread(open, 1, 0);
    }, function* (rig) {
      yield rig.wait(2000 * US);
      yield rig.port.outb(0, 0x55);
    });
    expect(refused).toEqual([-EBUSY]);
    expect(got).toEqual(hears ? [0x55] : undefined);
  });

  it('the core refuses a second client, whoever that is', () => {
    const rig = new RawRig(KcsRawFixed);
    const device = new KcsBmcDevice(rig.kernel, rig.aspeed);
    const client = { *event(): Steps<number> { return 0; } };
    const results: number[] = [];
    rig.run(function* () {
      results.push(yield* device.enableDevice(client), yield* device.enableDevice({ ...client }));
      yield* device.disableDevice(client);
      results.push(yield* device.enableDevice({ ...client }));
    });
    expect(results).toEqual([0, -EBUSY, 0]);
  });
});
