import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { I2C, SmbusHost, i2cParams, type Glitch } from '../../../src/hw/index.ts';
import { MS, US, type Ps } from '../../../src/sim/index.ts';
import { ADDRESS, BUS, I2cBench } from './system.ts';

type Move =
  | { readonly do: 'start'; readonly address: number; readonly read: boolean }
  | { readonly do: 'send'; readonly byte: number }
  | { readonly do: 'receive'; readonly count: number; readonly ack: boolean }
  | { readonly do: 'block' }
  | { readonly do: 'stop' }
  | { readonly do: 'ignore' }
  | { readonly do: 'off'; readonly bits: number; readonly glitch: Glitch }
  | { readonly do: 'hold'; readonly ps: Ps };

interface Poke {
  readonly at: Ps;
  readonly what: 'write' | 'serve' | 'reset' | 'cut';
  readonly offset: number;
  readonly value: number;
}

const byte = fc.integer({ min: 0, max: 0xff });
const move = fc.oneof<fc.Arbitrary<Move>[]>(
  fc.record({ do: fc.constant('start'), address: fc.constantFrom(ADDRESS, ADDRESS, 0x11), read: fc.boolean() }),
  fc.record({ do: fc.constant('send'), byte }),
  fc.record({ do: fc.constant('receive'), count: fc.integer({ min: 1, max: 4 }), ack: fc.boolean() }),
  fc.constantFrom<Move[]>({ do: 'block' }, { do: 'stop' }, { do: 'ignore' }),
  fc.record({ do: fc.constant('off'), bits: fc.integer({ min: 0, max: 8 }), glitch: fc.constantFrom('none', 'start', 'stop') }),
  fc.record({ do: fc.constant('hold'), ps: fc.integer({ min: 1, max: 200 * US }) }),
);
const scripts = fc.array(fc.array(move, { maxLength: 8 }), { minLength: 1, maxLength: 4 });
const poke = fc.record<Poke>({
  at: fc.integer({ min: 0, max: 4 * MS }),
  what: fc.constantFrom('write', 'serve', 'serve', 'serve', 'reset', 'cut'),
  offset: fc.constantFrom(...Object.values(I2C)),
  value: fc.integer({ min: 0, max: 0xffff }),
});
const pokes = fc.array(poke, { maxLength: 20 });

function fill(host: SmbusHost, moves: readonly Move[]): void {
  host.clear();
  for (const m of moves) {
    if (m.do === 'start') host.start(m.address, m.read);
    else if (m.do === 'send') host.send(m.byte);
    else if (m.do === 'receive') host.receive(m.count, m.ack);
    else if (m.do === 'block') host.receiveBlock(true);
    else if (m.do === 'stop') host.stop();
    else if (m.do === 'ignore') host.ignoreNak();
    else if (m.do === 'off') host.powerOff(m.bits, m.glitch);
    else if (m.do === 'hold') host.hold(m.ps);
  }
}

/** Two hosts and a BMC that do anything at any time; then a polite one is served. */
function chaos(one: readonly (readonly Move[])[], two: readonly (readonly Move[])[], bmc: readonly Poke[]): I2cBench & { statuses: number[] } {
  const b = new I2cBench();
  const other = new SmbusHost(b.sim, b.soc.i2c.bus(BUS), i2cParams(), 'other');
  const statuses: number[] = [];
  let done = 0;
  const hosts = [[b.host, one], [other, two]] as const;
  for (const [i, [host, list]] of hosts.entries()) {
    b.context(`host${i}`, function* () {
      for (const moves of list) {
        fill(host, moves);
        statuses.push(yield host.transfer);
      }
      host.clear().stop(); // whatever is left of it
      statuses.push(yield host.transfer);
      done++;
    });
  }
  b.context('last', function* () {
    const last = hosts[1][0];
    last.clear().stop();
    statuses.push(yield last.transfer);
    done++;
  }, 2_000 * MS);
  const serve = (): void => {
    const { engine } = b;
    const status = engine.read(I2C.INTR_STS);
    engine.write(I2C.BYTE_BUF, 0x5a);
    engine.write(I2C.CMD, 4);
    engine.write(I2C.INTR_STS, status);
  };
  for (const { at, what, offset, value } of bmc) {
    b.at(at, () => {
      if (what === 'write') b.engine.write(offset, value);
      else if (what === 'serve') serve();
      else if (what === 'reset') b.soc.bmcReset();
      else b.host.cutPower();
    });
  }
  // The BMC is reset for good, so that nobody holds the bus but the hosts.
  b.at(5 * MS, () => b.soc.bmcReset());
  b.sim.onReset(() => {
    statuses.length = 0;
    done = 0;
  });
  b.sim.limit = 10_000;
  b.run();
  expect(done).toBe(3);
  return Object.assign(b, { statuses });
}

describe('hosts and a BMC that do anything at any time', () => {
  it('end; the bus is free, and the same run again is the same', () => {
    fc.assert(fc.property(scripts, scripts, pokes, (one, two, bmc) => {
      const b = chaos(one, two, bmc);
      const bus = b.soc.i2c.bus(BUS);
      expect([bus.scl, bus.busy]).toEqual([1, false]);
      const [texts, statuses, hash, now] = [[...b.texts], [...b.statuses], b.sim.hash, b.sim.now];
      b.run();
      expect([b.texts, b.statuses, b.sim.hash, b.sim.now]).toEqual([texts, statuses, hash, now]);
    }), { numRuns: 300 });
  });
});
