import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { I2cBus, STANDARD_MODE, SmbusHost, SmbusStatus, i2cParams, timingOf, type I2cParams } from '../../../src/hw/index.ts';
import { pec } from '../../../src/smbus/index.ts';
import { GeneratorProcess, MS, Simulator, State, US, type Ps } from '../../../src/sim/index.ts';
import { Sponge, type Rig } from './rig.ts';

type Script = (host: SmbusHost) => void;

/** A host on a bus with a target at 10h; runs scripts one after the other. */
class Bench {
  readonly sim = new Simulator();
  readonly bus = new I2cBus(this.sim, 1);
  readonly target = new Sponge(this as unknown as Rig, 0x10);
  readonly host: SmbusHost;
  readonly texts: [Ps, string][] = [];
  /** Status of each, and when its step was over. */
  readonly results: [number, Ps][] = [];

  constructor(params: Partial<I2cParams> = {}) {
    this.host = new SmbusHost(this.sim, this.bus, i2cParams({ smbusSetup: 0, smbusDone: 0, ...params }));
    this.sim.trace.kinds.forEach((kind, code) => {
      this.sim.trace.on(code, (at, _actor, a, b, c) => this.texts.push([at, kind.text(a, b, c).slice(6)]));
    });
  }

  run(...scripts: readonly Script[]): this {
    const { sim, host, results } = this;
    const process = new GeneratorProcess(function* () {
      for (const script of scripts) {
        script(host);
        const status = yield host.transfer;
        results.push([status, sim.now]);
      }
    });
    const ctx = sim.context('host', process);
    sim.finished = () => ctx.state === State.done;
    sim.reset();
    process.start();
    ctx.start();
    sim.run();
    return this;
  }

  get status(): number[] {
    return this.results.map(([status]) => status);
  }

  get wire(): string[] {
    return this.texts.map(([, text]) => text);
  }

  get received(): number[] {
    return [...this.host.data.subarray(0, this.host.length)];
  }
}

describe('SMBus transactions (SMBus 2.0 §5.5)', () => {
  it('quick command: the address alone', () => {
    const b = new Bench().run((h) => h.quick(0x10, false), (h) => h.quick(0x11, true));
    expect(b.wire).toEqual(['START', 'address 10h write ACK', 'STOP', 'START', 'address 11h read NAK', 'STOP']);
    expect(b.status).toEqual([SmbusStatus.OK, SmbusStatus.DEV_ERR]);
    expect(b.host.nakAt).toBe(0);
  });

  it('block write: command, count, data, PEC', () => {
    const block = fc.uint8Array({ minLength: 0, maxLength: 32 });
    fc.assert(fc.property(block, fc.integer({ min: 0, max: 255 }), fc.boolean(), (data, command, withPec) => {
      const b = new Bench().run((h) => h.blockWrite(0x10, command, data, data.length, withPec));
      const sent = [command, data.length, ...data];
      const crc = pec(0, Uint8Array.from([0x20, ...sent]), 0, sent.length + 1);
      expect(b.target.bytes).toEqual(withPec ? [...sent, crc] : sent);
      expect(b.status).toEqual([SmbusStatus.OK]);
    }));
  });

  it('block read: count and data, the PEC checked; the last byte NAKed, all others ACKed', () => {
    const block = fc.uint8Array({ minLength: 1, maxLength: 32 });
    fc.assert(fc.property(block, fc.boolean(), fc.boolean(), (data, withPec, wrong) => {
      const b = new Bench();
      const head = Uint8Array.from([0x20, 0x03, 0x21, data.length, ...data]);
      b.target.give = [data.length, ...data, pec(0, head, 0, head.length) ^ (wrong ? 1 : 0)];
      b.run((h) => h.blockRead(0x10, 0x03, withPec));
      expect(b.received).toEqual([...data]);
      expect(b.status).toEqual([withPec && wrong ? SmbusStatus.PEC_ERR : SmbusStatus.OK]);
      const reads = b.wire.filter((text) => text.startsWith('reads'));
      expect(reads).toHaveLength(1 + data.length + (withPec ? 1 : 0));
      for (const [i, text] of reads.entries()) expect(text.endsWith(i === reads.length - 1 ? 'NAK' : 'ACK')).toBe(true);
      expect(b.wire.at(-1)).toBe('STOP');
    }));
  });

  it('a count of 0 or over 32 is an error: the count is NAKed, or one byte more is taken (smbusBadCount)', () => {
    for (const count of [0, 33, 255]) {
      for (const smbusBadCount of [0, 1]) {
        const b = new Bench({ smbusBadCount });
        b.target.give = [count, 0x55];
        b.run((h) => h.blockRead(0x10, 3, false));
        expect(b.status).toEqual([SmbusStatus.COUNT_ERR]);
        expect(b.wire.filter((text) => text.startsWith('reads')).map((text) => text.slice(-3))).toEqual(smbusBadCount === 0 ? ['NAK'] : ['ACK', 'NAK']);
        expect(b.host.length).toBe(0);
        expect(b.bus.busy).toBe(false);
      }
    }
  });

  it('takeBadCountFor(): such a count passes for another, whatever smbusBadCount says, in this transaction alone', () => {
    for (const count of [0, 33, 255]) {
      for (const smbusBadCount of [0, 1]) {
        const b = new Bench({ smbusBadCount });
        b.target.give = [count, 0x55, 0x66];
        b.run((h) => h.blockRead(0x10, 3, false).takeBadCountFor(1));
        expect(b.status).toEqual([SmbusStatus.OK]);
        expect(b.wire.filter((text) => text.startsWith('reads')).map((text) => text.slice(-3))).toEqual(['ACK', 'NAK']);
        expect([b.received, b.host.tookBadCount]).toEqual([[0x55], true]);
        expect([b.wire.at(-1), b.bus.busy]).toEqual(['STOP', false]);
        b.run((h) => h.blockRead(0x10, 3, false).takeBadCountFor(1), (h) => h.blockRead(0x10, 3, false));
        expect(b.status.slice(-2)).toEqual([SmbusStatus.OK, SmbusStatus.COUNT_ERR]);
        expect(b.host.tookBadCount).toBe(false);
      }
    }
  });

  it('takeBadCountFor() leaves a good count alone', () => {
    const b = new Bench();
    b.target.give = [2, 0x55, 0x66];
    b.run((h) => h.blockRead(0x10, 3, false).takeBadCountFor(1));
    expect([b.status, b.received, b.host.tookBadCount]).toEqual([[SmbusStatus.OK], [0x55, 0x66], false]);
  });

  it.each([[0, SmbusStatus.PEC_ERR], [1, SmbusStatus.OK]])('the PEC of a count of 0 that passes for 1, as computed with a count of %i', (count, status) => {
    const head = Uint8Array.of(0x20, 0x03, 0x21, count, 0x55);
    const b = new Bench();
    b.target.give = [0, 0x55, pec(0, head, 0, head.length)];
    b.run((h) => h.blockRead(0x10, 0x03, true).takeBadCountFor(1));
    expect(b.status).toEqual([status]);
    expect(b.wire.filter((text) => text.startsWith('reads')).map((text) => text.slice(-3))).toEqual(['ACK', 'ACK', 'NAK']);
  });

  it('a NAK ends the transaction with STOP; its place is told', () => {
    for (let room = 0; room < 4; room++) {
      const b = new Bench();
      b.target.room = room;
      b.run((h) => h.blockWrite(0x10, 2, [1, 2], 2, false));
      expect(b.status).toEqual([SmbusStatus.DEV_ERR]);
      expect(b.host.nakAt).toBe(1 + room);
      expect(b.wire.at(-1)).toBe('STOP');
      expect(b.target.bytes).toHaveLength(room);
    }
  });
});

describe('time', () => {
  it('the step ends smbusDone after STOP, and begins with smbusSetup', () => {
    const b = new Bench({ smbusSetup: 8 * US, smbusDone: 5 * US }).run((h) => h.quick(0x10, false));
    const { holdStart, low, setupStop } = STANDARD_MODE;
    expect(b.texts[0][0]).toBe(8 * US);
    expect(b.results[0][1]).toBe(8 * US + holdStart + 90 * US + low + setupStop + 5 * US);
  });

  it('smbusByteGap keeps SCL low longer before each byte and condition, hold() before one', () => {
    const plain = new Bench().run((h) => h.clear().start(0x10, false).send(1).send(2).stop());
    const gap = new Bench({ smbusByteGap: 30 * US }).run((h) => h.clear().start(0x10, false).send(1).send(2).stop());
    const hold = new Bench().run((h) => h.clear().start(0x10, false).send(1).hold(700 * US).send(2).stop());
    expect(gap.results[0][1] - plain.results[0][1]).toBe(4 * 30 * US);
    expect(hold.results[0][1] - plain.results[0][1]).toBe(700 * US);
  });

  it('back to back: the next START follows STOP after tBUF, at each speed', () => {
    for (const smbusKhz of [100, 400]) {
      const b = new Bench({ smbusKhz }).run((h) => h.quick(0x10, false), (h) => h.quick(0x10, false));
      const stop = b.texts.find(([, text]) => text === 'STOP')![0];
      const start = b.texts.filter(([, text]) => text === 'START')[1][0];
      expect(start - stop).toBe(timingOf(smbusKhz).busFree);
    }
  });
});

describe('tTIMEOUT (SMBus 2.0 §3.1.1.3)', () => {
  it('ends the transaction; a STOP follows when SCL is let go, and the next transaction waits for it', () => {
    const b = new Bench({ smbusTimeout: 25 * MS });
    b.target.stretch = [30 * MS];
    b.run((h) => h.clear().start(0x10, false).send(1).stop(), (h) => h.clear().start(0x10, false).send(2).stop());
    expect(b.status).toEqual([SmbusStatus.TIMEOUT, SmbusStatus.OK]);
    expect(b.wire).toEqual([
      'START', 'address 10h write ACK', 'SCL low for 25 ms: time-out', 'SCL is stretched by 4.999 ms', 'STOP',
      'START', 'address 10h write ACK', 'writes 02h ACK', 'STOP',
    ]);
    expect(b.target.bytes).toEqual([2]);
  });

  it('without smbusTimeoutStop: no STOP', () => {
    const b = new Bench({ smbusTimeoutStop: 0 });
    b.target.stretch = [40 * MS];
    b.run((h) => h.clear().start(0x10, false).send(1).stop(), (h) => h.clear().start(0x10, false).send(2).stop());
    expect(b.status).toEqual([SmbusStatus.TIMEOUT, SmbusStatus.OK]);
    expect(b.wire.filter((text) => text === 'STOP')).toHaveLength(1);
    expect(b.target.bytes).toEqual([2]);
  });

  it('a target that never lets go: each transaction ends after tTIMEOUT', () => {
    const b = new Bench();
    b.target.stretch = [10_000 * MS];
    b.run((h) => h.quick(0x10, false), (h) => h.quick(0x10, false), (h) => h.quick(0x10, false));
    expect(b.status).toEqual([SmbusStatus.TIMEOUT, SmbusStatus.TIMEOUT, SmbusStatus.TIMEOUT]);
    expect(b.results[2][1] - b.results[1][1]).toBe(30 * MS);
  });
});

describe('careless scripts', () => {
  it('no STOP: the bus stays ours, the next START is a repeated one', () => {
    const b = new Bench().run((h) => h.clear().start(0x10, false).send(1), (h) => h.clear().start(0x10, false).send(2).stop());
    expect(b.status).toEqual([0, 0]);
    expect(b.wire).toEqual([
      'START', 'address 10h write ACK', 'writes 01h ACK', 'repeated START', 'address 10h write ACK', 'writes 02h ACK', 'STOP',
    ]);
  });

  it('a STOP after k bytes of a read, NAKed or not', () => {
    for (const ackLast of [false, true]) {
      const b = new Bench();
      b.target.give = [1, 2, 3];
      b.run((h) => h.clear().start(0x10, true).receive(2, ackLast).stop());
      expect(b.received).toEqual([1, 2]);
      expect(b.target.log.slice(2)).toEqual(['ACK', ackLast ? 'ACK' : 'NAK', 'stop 0']);
    }
  });

  it('a host that does not heed a NAK goes on', () => {
    const b = new Bench();
    b.target.room = 1;
    b.run((h) => h.blockWrite(0x10, 2, [7, 8], 2, false).ignoreNak());
    expect(b.wire.filter((text) => text.startsWith('writes'))).toHaveLength(4);
    expect(b.status).toEqual([SmbusStatus.DEV_ERR]);
    expect(b.host.nakAt).toBe(2);
  });

  it('power off after k bits: OFF at once, no STOP; the next transaction finds the bus high for 50 us', () => {
    const b = new Bench().run(
      (h) => h.clear().start(0x10, false).send(1).powerOff(5).send(0xff).stop(), (h) => h.quick(0x10, false),
    );
    expect(b.status).toEqual([SmbusStatus.OFF, SmbusStatus.OK]);
    expect(b.wire.slice(0, 5)).toEqual(['START', 'address 10h write ACK', 'writes 01h ACK', 'the controller vanishes after 5 bits', 'START']);
    expect(b.texts[4][0] - b.texts[3][0]).toBe(50 * US);
    expect(b.target.log).toContain('start 5');
  });

  it('power off while the target sends a 0: BUS_ERR until a bare STOP has clocked it free', () => {
    const b = new Bench();
    b.target.give = [0x07];
    b.run(
      (h) => h.clear().start(0x10, true).powerOff(2).receive(1).stop(),
      (h) => h.quick(0x10, false), (h) => h.clear().stop(), (h) => h.quick(0x10, false),
    );
    expect(b.status).toEqual([SmbusStatus.OFF, SmbusStatus.BUS_ERR, SmbusStatus.OK, SmbusStatus.OK]);
  });

  it('an empty script takes no time on the bus', () => {
    const b = new Bench({ smbusDone: 3 * US }).run((h) => h.clear());
    expect(b.results).toEqual([[SmbusStatus.OK, 3 * US]]);
  });

  it('two hosts: the lower byte wins, the other gets BUS_ERR', () => {
    const sim = new Simulator();
    const bus = new I2cBus(sim, 1);
    const results: number[] = [];
    const hosts = [0, 1].map((i) => new SmbusHost(sim, bus, i2cParams(), `smbus${i}`));
    const processes = hosts.map((host, i) => new GeneratorProcess(function* () {
      host.quick(0x10 + i, false);
      results[i] = yield host.transfer;
    }));
    const contexts = processes.map((process, i) => sim.context(`host${i}`, process));
    sim.finished = () => contexts.every((ctx) => ctx.state === State.done);
    sim.reset();
    for (const [i, process] of processes.entries()) {
      process.start();
      contexts[i].start();
    }
    sim.run();
    expect(results).toEqual([SmbusStatus.DEV_ERR, SmbusStatus.BUS_ERR]);
  });
});

describe('cutPower', () => {
  it('at any moment: whoever waits gets OFF, the lines are let go', () => {
    const b = new Bench();
    const slot = b.sim.slot({ fire: () => b.host.cutPower() });
    b.sim.onReset(() => b.sim.queue.schedule(slot, 130 * US, false));
    b.run((h) => h.blockWrite(0x10, 2, [1, 2], 2, false));
    expect(b.status).toEqual([SmbusStatus.OFF]);
    expect([b.bus.scl, b.bus.sda]).toEqual([1, 1]);
  });
});
