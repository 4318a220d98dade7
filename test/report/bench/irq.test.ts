import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partition, type Layer } from '../../../src/report/bench/partition.ts';
import { spread } from '../../../src/report/bench/spread.ts';
import { IrqBench, converse, irqBenchCsv, type IrqResult } from '../../../src/report/index.ts';
import { KcsSystem, addOtherHandlers, type Settings } from '../../../src/scenarios/index.ts';
import { KcsBmcMainline } from '../../../src/drivers/kcs-bmc/mainline.ts';
import { record } from '../../../src/report/index.ts';
import { ssifRun } from '../ssif-runs.ts';
import { run } from '../runs.ts';

const LCLK = 30_303;
const NS = 1_000;
const US = 1_000_000;

/** The path with nominal timing, and a host that is driven by interrupt. */
function measured(settings: Settings = {}, others = 0): IrqResult {
  const system = new KcsSystem({ driverClass: KcsBmcMainline, settings: { hostMode: 'irq', serirqId: 10, ...settings }, oracles: [] });
  if (others > 0) addOtherHandlers(system, system.channel, others);
  const bench = new IrqBench();
  bench.add(record(system));
  return bench.result();
}

function leg({ legs }: IrqResult, name: string): IrqResult['legs'][number] {
  const found = legs.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}: there are ${legs.map((one) => one.name).join(', ')}`);
  return found;
}

describe('the interrupt path', () => {
  it('from the host: the BMC takes its latency and its entry, then the handler its two STR reads and IDR', () => {
    const result = measured();
    // irqLatency 5 us and irqEntry 1.2 us, and nothing between.
    expect(leg(result, 'IDR write -> interrupt handler')).toMatchObject({ per: 'byte', min: 6_200 * NS, max: 6_200 * NS });
    // Two locks of 50 ns, the core's and the client's, then STR and IDR of 300 ns each.
    expect(leg(result, 'interrupt handler -> IDR read').min).toBe((2 * 50 + 2 * 300) * NS);
  });

  it('to the host, quiet mode: a sequence begins at the next clock, and IRQ10 is sampled 36 clocks later', () => {
    const result = measured();
    // 4 clocks of start frame, then 3(k+1)-1: 36 for IRQ10, 1.09 us.
    expect(leg(result, 'SerIRQ sequence starts -> host samples')).toMatchObject({ min: 36 * LCLK, max: 36 * LCLK });
    expect(leg(result, 'SerIRQ request -> sequence starts').max).toBeLessThan(LCLK);
    const { min, max } = leg(result, 'SerIRQ request -> host samples');
    expect(min).toBeGreaterThanOrEqual(36 * LCLK);
    expect(max).toBeLessThan(37 * LCLK);
  });

  it.each([[0, 2], [1, 5], [3, 11], [7, 23], [11, 35], [15, 47]])('IRQ%i is sampled %i clocks past the rising edge of the start frame (Serialized IRQ 6.0)', (irq, clocks) => {
    for (const start of [4, 8]) {
      const { min, max } = leg(measured({ serirqId: irq, serirqStartClocks: start, serirqFrames: 21, requests: 1 }), 'SerIRQ sequence starts -> host samples');
      expect({ min, max }).toEqual({ min: (start + clocks) * LCLK, max: (start + clocks) * LCLK });
    }
  });

  it('to the host, continuous mode: at best one clock, at worst a sequence with its gap and that clock', () => {
    // 4 + 2 + 17 x 3 + 3 + 2 clocks, and 2 between two sequences.
    const sequence = 4 + 2 + 17 * 3 + 3 + 2;
    const step = 2 * LCLK;
    const all: number[] = [];
    for (let serirqPhase = 0; serirqPhase < (sequence + 2) * LCLK; serirqPhase += step) {
      const { min, max } = leg(measured({ serirqQuiet: 0, serirqPhase, requests: 1, length: 4 }), 'SerIRQ request -> host samples');
      all.push(min!, max!);
    }
    const [best, worst] = [LCLK, (sequence + 2 + 1) * LCLK];
    expect(Math.min(...all)).toBeGreaterThanOrEqual(best);
    expect(Math.max(...all)).toBeLessThanOrEqual(worst);
    // Of all phases some come as near to both as the phases are apart.
    expect(Math.min(...all) - best).toBeLessThan(step);
    expect(worst - Math.max(...all)).toBeLessThan(step);
  });

  it('in the host: 1 us of interrupt controller and 3 us of entry', () => {
    expect(leg(measured(), 'host samples -> host handler')).toMatchObject({ min: 4 * US, max: 4 * US });
  });

  it('the legs of a byte to the host add up to its whole way', () => {
    const result = measured({ requests: 1, length: 4 });
    const names = ['ODR write -> SerIRQ request', 'SerIRQ request -> host samples', 'host samples -> host handler', 'host handler -> ODR read'];
    expect(names.reduce((sum, name) => sum + leg(result, name).min!, 0)).toBeLessThanOrEqual(leg(result, 'ODR write -> ODR read').min!);
    expect(names.reduce((sum, name) => sum + leg(result, name).max!, 0)).toBeGreaterThanOrEqual(leg(result, 'ODR write -> ODR read').max!);
  });

  it('without interrupts the host polls: no leg of SerIRQ', () => {
    const result = measured({ hostMode: 'poll' });
    expect(result.legs.map(({ name }) => name).filter((name) => name.includes('SerIRQ'))).toEqual([]);
    expect(leg(result, 'ODR write -> host sees OBF=1').n).toBeGreaterThan(10);
  });

  it('each driver that shares VIC 8 costs a read of its status before the channel is looked at', () => {
    const [none, three] = [measured(), measured({}, 3)].map((result) => leg(result, 'interrupt handler -> IDR read').min!);
    expect(three - none).toBe(3 * 300 * NS);
  });

  it.each([['irqLatency', 20 * US, 'IDR write -> interrupt handler', 15 * US], ['apbRead', 600 * NS, 'interrupt handler -> IDR read', 2 * 300 * NS]])('%s is felt where it should be', (name, value, where, more) => {
    expect(leg(measured({ [name]: value }), where).min! - leg(measured(), where).min!).toBe(more);
  });

  it('each LPC wait state lengthens a cycle by a clock', () => {
    const times = [0, 4].map((lpcWaitStates) => leg(measured({ lpcWaitStates }), 'host handler -> ODR read').min!);
    expect((times[1] - times[0]) % (4 * LCLK)).toBe(0);
    expect(times[1]).toBeGreaterThan(times[0]);
  });
});

describe('whose the time is', () => {
  it.each([{ hostMode: 'irq' }, { hostMode: 'kipmid' }, { hostMode: 'poll', length: 30 }])('the shares of KCS add up to the transactions: %o', (settings) => {
    const recording = run({ settings, oracles: [] });
    const bench = new IrqBench();
    bench.add(recording);
    const { total, shares, transactions } = bench.result();
    const answered = converse(recording).messages.filter(({ ending }) => ending === 'answered');
    expect(transactions).toBe(answered.length);
    expect(total).toBe(answered.reduce((sum, { from, to }) => sum + to - from, 0));
    expect(shares.reduce((sum, { time }) => sum + time, 0)).toBe(total);
  });

  it('the daemon\'s 200 us are the daemon\'s, and kipmid\'s sleep is the host\'s', () => {
    const share = (settings: Settings, name: string): number => measured({ requests: 1, ...settings }).shares.find((one) => one.name === name)!.time;
    expect(share({}, 'BMC: daemon, from read() to write()')).toBe(200 * US);
    expect(share({ think: 700 * US }, 'BMC: daemon, from read() to write()')).toBe(700 * US);
    expect(share({ hostMode: 'kipmid' }, 'host: waits')).toBeGreaterThan(10 * share({ hostMode: 'irq' }, 'host: waits'));
  });

  it('of SSIF it is the budget of each request', () => {
    const bench = new IrqBench();
    bench.add(ssifRun({ driver: 'ssif-bmc@fixed,i2c-aspeed@fixed' }));
    const { total, shares } = bench.result();
    expect(total).toBeGreaterThan(0);
    expect(shares.reduce((sum, { time }) => sum + time, 0)).toBe(total);
  });

  it('counts no more transactions than it is asked to', () => {
    const bench = new IrqBench();
    bench.add(run({ settings: { requests: 4 }, oracles: [] }), 3);
    expect(bench.result().transactions).toBe(3);
    expect(leg(bench.result(), 'WRITE_START -> response complete').n).toBe(3);
  });
});

describe('partition', () => {
  const END = 60;
  const span = fc.tuple(fc.integer({ min: -10, max: END + 10 }), fc.integer({ min: -10, max: END + 10 }));
  const layers = fc.array(fc.array(span, { maxLength: 4 }), { maxLength: 4 }).map((all) => all.map((spans, i): Layer => ({ name: `layer ${i}`, spans })));

  it('gives each moment to the first that is busy in it', () => {
    fc.assert(fc.property(layers, (all) => {
      const naive = new Map<string, number>();
      for (let at = 0; at < END; at++) {
        const owner = all.find(({ spans }) => spans.some(([from, to]) => from <= at && at < to))?.name ?? 'rest';
        naive.set(owner, (naive.get(owner) ?? 0) + 1);
      }
      expect(partition(0, END, all, 'rest').filter(({ time }) => time > 0)).toEqual(
        [...all.map(({ name }) => name), 'rest'].filter((name) => naive.has(name)).map((name) => ({ name, time: naive.get(name) })));
    }));
  });
});

describe('spread', () => {
  it('percentiles are the least value that so many percent do not exceed', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 300 }), (all) => {
      const least = (percent: number) => Math.min(...all.filter((value) => all.filter((other) => other <= value).length * 100 >= percent * all.length));
      expect(spread(all)).toEqual({ n: all.length, min: Math.min(...all), p50: least(50), p90: least(90), p99: least(99), max: Math.max(...all) });
    }));
  });

  it('of nothing is nothing', () => {
    expect(spread([])).toEqual({ n: 0, min: null, p50: null, p90: null, p99: null, max: null });
  });
});

it('the table has a line for each leg and share, with as many fields as its head', () => {
  const point = { ...measured(), sweep: { name: 'a "b", c', value: 1 } };
  const text = irqBenchCsv({ scenario: 'kcs', driver: 'x', settings: {}, n: 1, seed: 1, jitter: { distribution: 'none', text: '', weights: [], steps: [], draws: [] }, points: [point] });
  const rows = text.trimEnd().split('\n').map((line) => Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain));
  expect(rows).toHaveLength(1 + point.legs.length + point.shares.length);
  for (const row of rows) expect(row).toHaveLength(rows[0].length);
  const index = rows[0].indexOf('p99');
  for (const [i, one] of point.legs.entries()) expect([rows[i + 1][1], rows[i + 1][3], Number(rows[i + 1][index])]).toEqual(['a "b", c', one.name, one.p99]);
});
