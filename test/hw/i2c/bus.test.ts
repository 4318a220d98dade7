import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAST_MODE, IDLE_HIGH, STANDARD_MODE, type I2cTiming } from '../../../src/hw/index.ts';
import { MS, US, type Ps } from '../../../src/sim/index.ts';
import { Puppet, READ, READ_LAST, Rig, START, STOP, Sponge, vanish, write, type Act } from './rig.ts';

const WRITE = write(0x20); // address 10h
const READS = write(0x21);

/** Nine bits, from the fall of SCL to the ninth fall. */
function byteTime({ low, high }: I2cTiming): Ps {
  return 9 * (low + high);
}

describe('a transaction (UM10204 §3.1, timing §6)', () => {
  it('START, 9 clocks a byte, STOP: each when it should', () => {
    for (const timing of [STANDARD_MODE, FAST_MODE]) {
      const rig = new Rig();
      const host = new Puppet(rig, timing);
      const target = new Sponge(rig, 0x10);
      rig.run(() => host.play(START, WRITE, write(0x55), STOP));
      const { holdStart, setupStop, low } = timing;
      const byte = byteTime(timing);
      expect(rig.texts).toEqual([
        [0, 'I2C3: START'],
        [holdStart + byte, 'I2C3: address 10h write ACK'],
        [holdStart + 2 * byte, 'I2C3: writes 55h ACK'],
        [holdStart + 2 * byte + low + setupStop, 'I2C3: STOP'],
      ]);
      expect(host.log).toEqual([
        [holdStart, 'started'], [holdStart + byte, 'ACK'], [holdStart + 2 * byte, 'ACK'],
        [holdStart + 2 * byte + low + setupStop, 'stopped'],
      ]);
      expect(target.bytes).toEqual([0x55]);
    }
    expect(byteTime(STANDARD_MODE)).toBe(90 * US);
    expect(byteTime(FAST_MODE)).toBe(22.5 * US);
  });

  it('a repeated START: SCL rises, SDA falls after tSU;STA, SCL after tHD;STA', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const target = new Sponge(rig, 0x10);
    target.give = [0xa5, 0x5a];
    rig.run(() => host.play(START, WRITE, START, READS, READ, READ_LAST, STOP));
    const { holdStart, setupStart, low } = STANDARD_MODE;
    const again = holdStart + byteTime(STANDARD_MODE) + low + setupStart;
    expect(rig.texts[2]).toEqual([again, 'I2C3: repeated START']);
    expect(rig.texts.slice(3).map(([, text]) => text)).toEqual([
      'I2C3: address 10h read ACK', 'I2C3: reads A5h ACK', 'I2C3: reads 5Ah NAK', 'I2C3: STOP',
    ]);
    expect(target.log).toEqual(['start 0', 'addressed', 'start 0', 'addressed', 'ACK', 'NAK', 'stop 0']);
    expect(rig.bus.busy).toBe(false);
  });

  it('nobody at the address: NAK; a byte without target: NAK, and FFh when read', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    new Sponge(rig, 0x10);
    rig.run(() => host.play(START, write(0x22), write(1), READ_LAST, STOP));
    expect(host.log.map(([, text]) => text)).toEqual(['started', 'NAK', 'NAK', 'got ff', 'stopped']);
  });

  it('a target NAKs the byte that it has no room for', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const target = new Sponge(rig, 0x10);
    target.room = 1;
    rig.run(() => host.play(START, WRITE, write(1), write(2), STOP));
    expect(host.log.map(([, text]) => text)).toEqual(['started', 'ACK', 'ACK', 'NAK', 'stopped']);
    expect(target.bytes).toEqual([1]);
  });

  it('the next START waits for tBUF after STOP, whoever wants it', () => {
    for (const timing of [STANDARD_MODE, FAST_MODE]) {
      const rig = new Rig();
      const [a, b] = [new Puppet(rig), new Puppet(rig, timing)];
      rig.at(50 * US, () => b.play(START, WRITE, STOP));
      rig.run(() => a.play(START, WRITE, STOP));
      const stop = a.log.find(([, text]) => text === 'stopped')![0];
      expect(b.log[0]).toEqual([stop + timing.busFree + timing.holdStart, 'started']);
    }
  });

  it('busy from START to STOP', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const seen: boolean[] = [];
    for (const at of [1, 3 * US, 90 * US]) rig.at(at, () => seen.push(rig.bus.busy));
    rig.at(200 * US, () => seen.push(rig.bus.busy));
    rig.run(() => host.play(START, WRITE, STOP));
    expect(seen).toEqual([true, true, true, false]);
  });

  it('two targets at one address: ACK if either does, and the AND of what they send', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const [one, two] = [new Sponge(rig, 0x10), new Sponge(rig, 0x10)];
    one.give = [0xf0];
    two.give = [0xcc];
    rig.run(() => host.play(START, READS, READ_LAST, STOP));
    expect(host.log[2][1]).toBe('got c0');
  });
});

describe('clock stretching (UM10204 §3.1.9)', () => {
  const holds = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 200 * US })), { maxLength: 8 });
  const data = fc.array(fc.integer({ min: 0, max: 0xff }), { minLength: 1, maxLength: 7 });
  const timings = fc.constantFrom(STANDARD_MODE, FAST_MODE);

  /** How much longer each hold makes a transaction: what exceeds tLOW, which passes anyway. */
  function sum(stretches: readonly Ps[], n: number, { low }: I2cTiming): Ps {
    return stretches.slice(0, n).reduce((total, ps) => total + Math.max(0, ps - low), 0);
  }

  it('bytes written arrive unchanged, in the time of their bits and the stretches', () => {
    fc.assert(fc.property(holds, data, timings, (stretches, bytes, timing) => {
      const rig = new Rig();
      const host = new Puppet(rig, timing);
      const target = new Sponge(rig, 0x10);
      target.stretch = [...stretches];
      rig.run(() => host.play(START, WRITE, ...bytes.map(write), STOP));
      expect(target.bytes).toEqual(bytes);
      const bits = (bytes.length + 1) * byteTime(timing);
      const [end, what] = host.log.at(-1)!;
      expect(what).toBe('stopped');
      expect(end).toBe(timing.holdStart + bits + sum(stretches, bytes.length + 1, timing) + timing.low + timing.setupStop);
      const told = rig.events.filter(([, name]) => name === 'i2c.stretch').reduce((total, [, , ps]) => total + ps, 0);
      expect(told).toBe(sum(stretches, bytes.length + 1, timing));
    }));
  });

  it('bytes read arrive unchanged, in the time of their bits and the stretches', () => {
    fc.assert(fc.property(holds, data, timings, (stretches, bytes, timing) => {
      const rig = new Rig();
      const host = new Puppet(rig, timing);
      const target = new Sponge(rig, 0x10);
      target.stretch = [...stretches];
      target.give = [...bytes];
      const reads: Act[] = bytes.map((_, i) => (i === bytes.length - 1 ? READ_LAST : READ));
      rig.run(() => host.play(START, READS, ...reads, STOP));
      const got = host.log.map(([, text]) => text).filter((text) => text.startsWith('got'));
      expect(got).toEqual(bytes.map((byte) => `got ${byte.toString(16)}`));
      const [end] = host.log.at(-1)!;
      const bits = (bytes.length + 1) * byteTime(timing);
      expect(end).toBe(timing.holdStart + bits + sum(stretches, bytes.length + 1, timing) + timing.low + timing.setupStop);
    }));
  });

  it('holds back STOP and repeated START as well', () => {
    for (const next of [STOP, START]) {
      const rig = new Rig();
      const host = new Puppet(rig);
      const target = new Sponge(rig, 0x10);
      target.stretch = [100 * US];
      rig.run(() => host.play(START, WRITE, next));
      const { holdStart, setupStart, setupStop } = STANDARD_MODE;
      const byte = holdStart + byteTime(STANDARD_MODE);
      const expected = next === STOP ? byte + 100 * US + setupStop : byte + 100 * US + setupStart + holdStart;
      expect(host.log.at(-1)![0]).toBe(expected);
    }
  });
});

describe('SCL low for too long (SMBus 2.0 §3.1.1.3)', () => {
  it('is told after the time-out, counted from the fall of SCL; a STOP comes when SCL is let go', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const target = new Sponge(rig, 0x10);
    target.stretch = [40 * MS];
    rig.run(() => {
      host.port.timeout = 30 * MS;
      host.play(START, WRITE, write(1), STOP);
    });
    const byte = STANDARD_MODE.holdStart + byteTime(STANDARD_MODE);
    expect(host.log.slice(2)).toEqual([[byte + 30 * MS, 'timed out'], [byte + 40 * MS + STANDARD_MODE.setupStop, 'stopped']]);
    expect(rig.texts.map(([, text]) => text)).toContain('I2C3: SCL low for 30 ms: time-out');
    expect(target.bytes).toEqual([]);
  });

  it('each of two that clock in step bears what it bears', () => {
    const rig = new Rig();
    const [short, long] = [new Puppet(rig), new Puppet(rig)];
    const target = new Sponge(rig, 0x10);
    target.stretch = [100 * MS];
    rig.run(() => {
      short.port.timeout = 25 * MS;
      long.port.timeout = 35 * MS;
      short.play(START, WRITE, write(1), STOP);
      long.play(START, WRITE, write(1), STOP);
    });
    const byte = STANDARD_MODE.holdStart + byteTime(STANDARD_MODE);
    expect(short.log[2]).toEqual([byte + 25 * MS, 'timed out']);
    expect(long.log[2]).toEqual([byte + 35 * MS, 'timed out']);
  });

  it('is not told if it ends a moment earlier', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const target = new Sponge(rig, 0x10);
    target.stretch = [30 * MS - 1];
    rig.run(() => {
      host.port.timeout = 30 * MS;
      host.play(START, WRITE, write(1), STOP);
    });
    expect(host.log.map(([, text]) => text)).toEqual(['started', 'ACK', 'ACK', 'stopped']);
  });
});

describe('a controller that vanishes', () => {
  /** A host that writes FFh or reads 00h and vanishes after `bits` bits of that byte. */
  function vanishing(bits: number, reads: boolean, glitch: 'none' | 'start' | 'stop' = 'none') {
    const rig = new Rig();
    const [host, next] = [new Puppet(rig), new Puppet(rig)];
    const target = new Sponge(rig, 0x10);
    target.give = [0x0f];
    rig.run(() => host.play(START, reads ? READS : WRITE, vanish(bits, glitch), reads ? READ : write(0xff), STOP));
    return { rig, host, next, target };
  }

  it('leaves the target in mid-byte, with neither STOP nor START; the bus is free when it was high for 50 us', () => {
    for (const bits of [1, 4, 7]) {
      const { rig, host, next, target } = vanishing(bits, false);
      const byte = STANDARD_MODE.holdStart + byteTime(STANDARD_MODE);
      const gone = byte + bits * 10 * US;
      expect(host.log.at(-1)).toEqual([gone, 'vanished']);
      expect(target.log).toEqual(['start 0', 'addressed']);
      expect(target.bytes).toEqual([]);
      expect(rig.bus.busy).toBe(true);
      rig.sim.now = gone;
      next.play(START, WRITE, write(7), STOP);
      rig.sim.run();
      expect(next.log[0]).toEqual([gone + IDLE_HIGH + STANDARD_MODE.holdStart, 'started']);
      expect(target.log.slice(2)).toEqual([`start ${bits}`, 'addressed', 'stop 0']);
      expect(target.bytes).toEqual([7]);
    }
  });

  it('may leave a STOP or a START behind, as lines fall and rise', () => {
    expect(vanishing(3, false, 'stop').target.log).toEqual(['start 0', 'addressed', 'stop 3']);
    expect(vanishing(3, false, 'start').target.log).toEqual(['start 0', 'addressed', 'start 3']);
  });

  it('leaves SDA low where the target was sending a 0: no START until clocks have freed it (UM10204 §3.1.16)', () => {
    const { rig, next, target } = vanishing(2, true);
    expect(rig.bus.sda).toBe(0);
    next.play(START, STOP, START, READS, READ_LAST, STOP);
    target.give = [0x42];
    rig.sim.run();
    expect(next.log.map(([, text]) => text)).toEqual(['stuck', 'stopped', 'started', 'ACK', 'got 42', 'stopped']);
    expect(rig.texts.map(([, text]) => text)).toContain('I2C3: bus cleared with 2 clocks');
    expect(target.log).toContain('stop 4');
  });

  it('does not where the target was sending a 1', () => {
    const { rig } = vanishing(4, true);
    expect(rig.bus.sda).toBe(1);
  });

  it('leaves SDA low in the ACK bit too', () => {
    const { rig } = vanishing(8, false);
    expect(rig.bus.sda).toBe(0);
  });

  it('at any other moment: the bits that were clocked count', () => {
    const byte = STANDARD_MODE.holdStart + byteTime(STANDARD_MODE);
    for (const [after, bits] of [[1, 0], [9.9, 0], [10.1, 1], [55, 5], [79, 7], [80.5, 8]] as const) {
      const rig = new Rig();
      const [host, next] = [new Puppet(rig), new Puppet(rig)];
      const target = new Sponge(rig, 0x10);
      rig.at(byte + after * US, () => host.port.vanish());
      rig.run(() => host.play(START, WRITE, write(0xff), STOP));
      next.play(START, STOP);
      rig.sim.run();
      if (bits === 8) expect(next.log[0][1]).toBe('stuck');
      else expect(target.log[2]).toBe(`start ${bits}`);
    }
  });
});

describe('conditions without a transaction', () => {
  it('a bare STOP is seen by all targets', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    const target = new Sponge(rig, 0x10);
    rig.run(() => host.play(STOP));
    expect(rig.texts).toEqual([[STANDARD_MODE.low + STANDARD_MODE.setupStop, 'I2C3: STOP without START']]);
    expect(target.log).toEqual(['stop 0']);
  });

  it('a controller that forgets STOP keeps the bus, and goes on with a repeated START', () => {
    const rig = new Rig();
    const host = new Puppet(rig);
    new Sponge(rig, 0x10);
    rig.run(() => host.play(START, WRITE));
    expect(rig.bus.busy).toBe(true);
    expect(rig.bus.scl).toBe(0);
    host.play(START, WRITE, STOP);
    rig.sim.run();
    expect(rig.texts.map(([, text]) => text)).toContain('I2C3: repeated START');
    expect(rig.bus.busy).toBe(false);
  });
});
