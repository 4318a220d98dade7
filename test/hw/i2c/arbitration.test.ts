import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAST_MODE, STANDARD_MODE, type I2cTiming } from '../../../src/hw/index.ts';
import { MS, US, type Ps } from '../../../src/sim/index.ts';
import { Puppet, READ, READ_LAST, Rig, START, STOP, Sponge, vanish, write, type Act } from './rig.ts';

const byte = fc.integer({ min: 0, max: 0xff });

/** Several controllers that start at once, each with what it does. */
function together(acts: readonly (readonly Act[])[], timings: readonly I2cTiming[] = []): { rig: Rig; hosts: Puppet[]; target: Sponge } {
  const rig = new Rig();
  const hosts = acts.map((_, i) => new Puppet(rig, timings[i] ?? STANDARD_MODE));
  const target = new Sponge(rig, 0x10);
  rig.run(() => {
    for (const [i, host] of hosts.entries()) host.play(...acts[i]);
  });
  return { rig, hosts, target };
}

/** Rise of SCL at a bit of the first byte after START, both controllers at 100 kHz. */
function riseOf(bit: number): Ps {
  return STANDARD_MODE.holdStart + STANDARD_MODE.low + bit * 10 * US;
}

describe('arbitration (UM10204 §3.1.8): SDA is the wired AND', () => {
  it('of two address bytes the lower wins; the other loses at the first bit that differs', () => {
    fc.assert(fc.property(byte, byte, (a, b) => {
      fc.pre(a !== b);
      const { rig, hosts } = together([[START, write(a), STOP], [START, write(b), STOP]]);
      const [winner, loser] = a < b ? hosts : [hosts[1], hosts[0]];
      const bit = Math.clz32(a ^ b) - 24;
      expect(loser.log).toEqual([[STANDARD_MODE.holdStart, 'started'], [riseOf(bit), `lost at ${bit}`]]);
      expect(winner.log.map(([, text]) => text).slice(0, 1)).toEqual(['started']);
      expect(winner.log.at(-1)![1]).toBe('stopped');
      expect(rig.events.find(([, name]) => name === 'i2c.address')![2]).toBe(Math.min(a, b));
    }));
  });

  it('goes on through equal bytes, into the data', () => {
    fc.assert(fc.property(fc.array(byte, { maxLength: 3 }), byte, byte, (same, a, b) => {
      fc.pre(a !== b);
      const script = (last: number): Act[] => [START, write(0x20), ...same.map(write), write(last), STOP];
      const { hosts, target } = together([script(a), script(b)]);
      expect(target.bytes).toEqual([...same, Math.min(a, b)]);
      const [winner, loser] = a < b ? hosts : [hosts[1], hosts[0]];
      expect(loser.log.at(-1)![1]).toBe(`lost at ${Math.clz32(a ^ b) - 24}`);
      expect(winner.log.at(-1)![1]).toBe('stopped');
    }));
  });

  it('of many controllers the lowest byte wins, at whatever speeds', () => {
    const hosts = fc.uniqueArray(byte, { minLength: 2, maxLength: 5 });
    fc.assert(fc.property(hosts, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (bytes, fast) => {
      const { target, hosts: puppets } = together(
        bytes.map((b) => [START, write(0x20), write(b), STOP]), fast.map((f) => (f ? FAST_MODE : STANDARD_MODE)),
      );
      expect(target.bytes).toEqual([Math.min(...bytes)]);
      const lost = puppets.filter(({ log }) => log.some(([, text]) => text.startsWith('lost')));
      expect(lost).toHaveLength(bytes.length - 1);
    }));
  });

  it('two that send the same never notice each other', () => {
    const script: Act[] = [START, write(0x20), write(1), STOP];
    const { hosts, target } = together([script, script]);
    expect(hosts[0].log).toEqual(hosts[1].log);
    expect(hosts[0].log.at(-1)![1]).toBe('stopped');
    expect(target.bytes).toEqual([1]);
  });

  it('two readers: who NAKs while the other ACKs loses at the ninth bit', () => {
    const { hosts, target } = together([[START, write(0x21), READ_LAST, STOP], [START, write(0x21), READ, READ_LAST, STOP]]);
    expect(hosts[0].log.at(-1)![1]).toBe('lost at 8');
    expect(hosts[1].log.at(-1)![1]).toBe('stopped');
    expect(target.log).toContain('ACK');
  });

  it('STOP or repeated START against a byte: the first bit decides', () => {
    const end = (last: Act): Act[] => [START, write(0x20), last];
    const outcome = (a: Act, b: Act): string[] => together([end(a), end(b)]).hosts.map(({ log }) => log[2]?.[1] ?? 'goes on');
    // A byte that begins with 0 keeps SDA low while a STOP would let it rise.
    expect(outcome(STOP, write(0x7f))).toEqual(['lost at 0', 'ACK']);
    // One that begins with 1 finds SDA low.
    expect(outcome(STOP, write(0x80))).toEqual(['stopped', 'lost at 0']);
    expect(outcome(START, write(0x7f))).toEqual(['lost at 0', 'ACK']);
    expect(outcome(START, write(0x80))).toEqual(['started', 'lost at 0']);
    expect(outcome(START, STOP)).toEqual(['lost at 0', 'stopped']);
  });
});

describe('a winner that vanishes', () => {
  const addressed = (byte: number): Act[] => [START, write(0x20), write(byte), STOP];

  it('before the bit that decides: the others go on, the lowest of them wins', () => {
    const vanishing: Act[] = [START, write(0x20), vanish(3), write(0x10)];
    const { hosts, target } = together([vanishing, addressed(0x13), addressed(0x12)]);
    expect(hosts[0].log.at(-1)![1]).toBe('vanished');
    expect(hosts[1].log.at(-1)![1]).toBe('lost at 7');
    expect(hosts[2].log.at(-1)![1]).toBe('stopped');
    expect(target.bytes).toEqual([0x12]);
  });

  it('after it: nobody drives the bus', () => {
    const vanishing: Act[] = [START, write(0x20), vanish(7), write(0x10)];
    const { rig, hosts, target } = together([vanishing, addressed(0x30)]);
    expect(hosts.map(({ log }) => log.at(-1)![1])).toEqual(['vanished', 'lost at 2']);
    expect(target.bytes).toEqual([]);
    expect([rig.bus.scl, rig.bus.busy]).toEqual([1, true]);
  });

  it('a loser that vanishes first is never told', () => {
    const rig = new Rig();
    const [winner, loser] = [new Puppet(rig), new Puppet(rig)];
    const target = new Sponge(rig, 0x10);
    rig.at(STANDARD_MODE.holdStart + 90 * US + 20 * US, () => loser.port.vanish());
    rig.run(() => {
      winner.play(...addressed(0x10));
      loser.play(...addressed(0x11));
    });
    expect(loser.log.at(-1)![1]).toBe('ACK');
    expect(target.bytes).toEqual([0x10]);
  });
});

describe('who takes part', () => {
  it('whoever asks before SCL falls; from then on the bus is busy', () => {
    for (const late of [1, STANDARD_MODE.holdStart - 1, STANDARD_MODE.holdStart + 1]) {
      const rig = new Rig();
      const [first, second] = [new Puppet(rig), new Puppet(rig)];
      new Sponge(rig, 0x10);
      rig.at(late, () => second.play(START, write(0x20), STOP));
      rig.run(() => first.play(START, write(0x20), STOP));
      const joined = late < STANDARD_MODE.holdStart;
      const starts = rig.texts.filter(([, text]) => text === 'I2C3: START').length;
      expect(starts).toBe(joined ? 1 : 2);
    }
  });

  it('two that wait for a busy bus start together when it is free', () => {
    const rig = new Rig();
    const [busy, a, b] = [new Puppet(rig), new Puppet(rig), new Puppet(rig)];
    new Sponge(rig, 0x10);
    rig.at(20 * US, () => a.play(START, write(0x20), STOP));
    rig.at(70 * US, () => b.play(START, write(0x30), STOP));
    rig.run(() => busy.play(START, write(0x20), STOP));
    expect(a.log[0]).toEqual(b.log[0]);
    expect(b.log.at(-1)![1]).toBe('lost at 3');
  });

  it('the clock in common has the longest tLOW and the shortest tHIGH (UM10204 §3.1.7)', () => {
    const script: Act[] = [START, write(0x20), write(1), STOP];
    const { hosts } = together([script, script], [STANDARD_MODE, FAST_MODE]);
    const period = STANDARD_MODE.low + FAST_MODE.high;
    const [[, [first], [second]]] = hosts.map(({ log }) => log.map(([at]) => [at]));
    expect(second - first).toBe(9 * period);
  });

  it('one that never goes on keeps SCL low until the other has had enough', () => {
    const rig = new Rig();
    const [a, b] = [new Puppet(rig), new Puppet(rig)];
    new Sponge(rig, 0x10);
    rig.run(() => {
      a.port.timeout = 30 * MS;
      b.port.timeout = 30 * MS;
      a.play(START, write(0x20), write(0x03), STOP);
      b.play(START, write(0x20));
    });
    expect(a.log.at(-1)).toEqual([a.log[1][0] + 30 * MS, 'timed out']);
    expect(b.log.at(-1)![1]).toBe('ACK');
  });

  it('a controller that is slow with its next byte keeps SCL low for both', () => {
    const rig = new Rig();
    const [a, b] = [new Puppet(rig), new Puppet(rig)];
    const target = new Sponge(rig, 0x10);
    rig.at(300 * US, () => b.play(write(0x02), STOP));
    rig.run(() => {
      a.play(START, write(0x20), write(0x03), STOP);
      b.play(START, write(0x20));
    });
    expect(target.bytes).toEqual([2]);
    expect(a.log.at(-1)![1]).toBe('lost at 7');
    expect(a.log.at(-1)![0]).toBe(300 * US + STANDARD_MODE.setupData + 70 * US);
  });
});
