import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { VIC_EVENTS, VIC_I2C, VIC_LPC, Vic } from '../../src/hw/index.ts';
import { Simulator } from '../../src/sim/index.ts';

let sim: Simulator;
let vic: Vic;
let line: number;

beforeEach(() => {
  sim = new Simulator();
  vic = new Vic(sim);
  line = 0;
  vic.onLine = (level) => {
    if (level === line) throw new Error(`the line is told twice that it is ${level}`);
    line = level;
  };
});

describe('the interrupt controller (irq-aspeed-vic.c)', () => {
  it('masks everything after reset', () => {
    for (let source = 0; source < 64; source++) vic.raise(source, 1);
    expect([vic.next(), line]).toEqual([-1, 0]);
  });

  it('a level source interrupts as long as it is high and enabled', () => {
    vic.unmask(VIC_LPC);
    vic.raise(VIC_LPC, 1);
    expect([vic.next(), line]).toEqual([VIC_LPC, 1]);
    vic.mask(VIC_LPC);
    expect([vic.next(), line]).toEqual([-1, 0]);
    vic.unmask(VIC_LPC);
    expect(line).toBe(1);
    vic.raise(VIC_LPC, 0);
    expect([vic.next(), line]).toEqual([-1, 0]);
  });

  it('an edge source interrupts until its edge is cleared', () => {
    for (const source of [5, 40]) {
      vic.sense(source, false);
      vic.unmask(source);
      vic.raise(source, 1);
      vic.raise(source, 0);
      expect([vic.next(), line]).toEqual([source, 1]);
      vic.edgeClear(source);
      expect([vic.next(), line]).toEqual([-1, 0]);
    }
  });

  it('takes the lowest set bit of the low word first, then of the high word', () => {
    for (const source of [63, 32, 31, VIC_I2C, VIC_LPC]) {
      vic.raise(source, 1);
      vic.unmask(source);
      expect(vic.next()).toBe(source);
    }
    expect([vic.statusLo, vic.statusHi]).toEqual([0x8000_1100, 0x8000_0001]);
    for (const source of [VIC_LPC, VIC_I2C, 31, 32, 63]) {
      expect(vic.next()).toBe(source);
      vic.mask(source);
    }
    expect([vic.statusLo, vic.rawLo, vic.rawHi, line]).toEqual([0, 0x8000_1100, 0x8000_0001, 0]);
  });

  it('has 64 sources', () => {
    expect(() => vic.raise(64, 1)).toThrow(RangeError);
    expect(() => vic.unmask(-1)).toThrow(RangeError);
  });

  it('has the line high exactly while next() finds a source, after any history', () => {
    const step = fc.record({
      what: fc.constantFrom('raise', 'lower', 'mask', 'unmask', 'level', 'edge', 'clear'),
      source: fc.constantFrom(0, 8, 12, 31, 32, 33, 63),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      vic.reset();
      line = 0;
      const high = new Set<number>();
      const seen = new Set<number>();
      const edge = new Set<number>();
      const enabled = new Set<number>();
      for (const { what, source } of steps) {
        switch (what) {
          case 'raise':
            if (!high.has(source)) seen.add(source);
            high.add(source);
            vic.raise(source, 1);
            break;
          case 'lower': high.delete(source); vic.raise(source, 0); break;
          case 'mask': enabled.delete(source); vic.mask(source); break;
          case 'unmask': enabled.add(source); vic.unmask(source); break;
          case 'level': edge.delete(source); vic.sense(source, true); break;
          case 'edge': edge.add(source); vic.sense(source, false); break;
          default: seen.delete(source); vic.edgeClear(source);
        }
        const asking = [...enabled].filter((s) => (edge.has(s) ? seen : high).has(s)).toSorted((a, b) => a - b);
        expect(vic.next()).toBe(asking[0] ?? -1);
        expect(line).toBe(asking.length > 0 ? 1 : 0);
      }
    }));
  });

  it('a reset of the BMC masks all and leaves the inputs, which go on asking once unmasked', () => {
    vic.unmask(VIC_LPC);
    vic.raise(VIC_LPC, 1);
    vic.bmcReset();
    expect(line).toBe(0);
    vic.unmask(VIC_LPC);
    expect(line).toBe(1);
  });

  it('tells the trace', () => {
    const texts: string[] = [];
    for (const name of Object.values(VIC_EVENTS)) {
      const code = sim.trace.code(name);
      sim.trace.on(code, (_at, actor, a, b, c) => {
        expect(actor).toBe(-1);
        texts.push(sim.trace.kinds[code].text(a, b, c));
      });
    }
    vic.raise(VIC_LPC, 1);
    vic.unmask(VIC_LPC);
    vic.raise(VIC_LPC, 0);
    expect(texts).toEqual([
      'interrupt source 8 (LPC) rises', 'interrupt source 8 (LPC) unmasked', 'IRQ to the BMC rises for source 8 (LPC)',
      'interrupt source 8 (LPC) falls', 'IRQ to the BMC falls',
    ]);
  });
});
