import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SERIRQ_EVENTS, Serirq, ast2500Params, clocksPastStart, frameOf, nextSlot, sampleClock, sequenceClocks, stopClocks,
  type Ast2500Params,
} from '../../src/hw/index.ts';
import { NOMINAL, Simulator, type Chooser } from '../../src/sim/index.ts';

const CLK = 30_303;

/** What the host sampled: when (in clocks), which IRQ, its level. */
type Sample = readonly [number, number, number];

/** Changes of lines, at times in ps, and the samples that came of them. */
function run(
  changes: readonly (readonly [number, number, number])[], params: Partial<Ast2500Params> = {}, chooser: Chooser = NOMINAL,
) {
  const sim = new Simulator();
  const serirq = new Serirq(sim, ast2500Params(params));
  const samples: Sample[] = [];
  let slots = 0;
  sim.trace.on(sim.trace.code(SERIRQ_EVENTS.slot), () => slots++);
  serirq.onHost = (irq, level) => samples.push([sim.now, irq, level]);
  sim.onReset(() => serirq.reset());
  let next = 0;
  const slot = sim.slot({
    fire() {
      while (next < changes.length && changes[next][0] <= sim.now) {
        serirq.set(changes[next][1], changes[next][2]);
        next++;
      }
      if (next < changes.length) sim.queue.schedule(slot, changes[next][0], false);
    },
  });
  sim.finished = () => next === changes.length;
  sim.reset(chooser);
  sim.queue.schedule(slot, changes[0][0], false);
  expect(sim.run()).toBe('done');
  return { samples, slots, serirq, sim };
}

/** Draws the one phase. */
function phase(value: number): Chooser {
  return { plan: [], draw: (kind, actor, _step, n) => (kind === 'timing' && actor === 'serirq' && n === 8 ? value : 0) };
}

const QUIET = { serirqQuiet: 1 };
const CONTINUOUS = { serirqQuiet: 0 };

describe('the sequence (Serialized IRQ 6.0)', () => {
  it('IRQ k is frame k+1; frame 3, the slot of IRQ2, is SMI#', () => {
    expect([0, 1, 2, 3, 15].map(frameOf)).toEqual([1, 2, 3, 4, 16]);
  });

  it('frame n is sampled 3n-1 clocks past the rising edge of the start', () => {
    const table = [2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35, 38, 41, 44, 47, 50, 53, 56, 59, 62];
    expect(table.map((_, i) => clocksPastStart(i + 1))).toEqual(table);
  });

  it('takes 61 clocks with 17 frames, a start of 4 and a stop of 2', () => {
    expect(sequenceClocks({ startClocks: 4, frames: 17, stopClocks: 2 })).toBe(61);
  });

  it('takes 78 clocks with 21 frames, a start of 8 and a stop of 3', () => {
    expect(sequenceClocks({ startClocks: 8, frames: 21, stopClocks: 3 })).toBe(78);
  });

  it('ends with a stop of 2 clocks if the next mode is quiet, 3 if it is continuous', () => {
    expect([stopClocks(true), stopClocks(false)]).toEqual([2, 3]);
  });

  it('in quiet mode brings IRQ10 to the host after 36 clocks at best', () => {
    expect(sampleClock(10, 4)).toBe(36);
    expect(36 * CLK).toBe(1_090_908);
  });

  it('finds the next of periodic slots', () => {
    expect([0, 3, 4, 10, 11, 17, 18].map((at) => nextSlot(at, 10, 7))).toEqual([3, 3, 10, 10, 17, 17, 24]);
  });
});

describe('quiet mode', () => {
  it('starts a sequence at once, on the next edge of LCLK, if the line rests', () => {
    expect(run([[0, 10, 1]], QUIET).samples).toEqual([[36 * CLK, 10, 1]]);
    expect(run([[1, 10, 1]], QUIET).samples).toEqual([[37 * CLK, 10, 1]]);
  });

  it('the fall takes a sequence too', () => {
    const { samples } = run([[0, 10, 1], [100 * CLK, 10, 0]], QUIET);
    expect(samples).toEqual([[36 * CLK, 10, 1], [136 * CLK, 10, 0]]);
  });

  it('a change whose slot lies ahead rides in the running sequence', () => {
    const { samples } = run([[0, 3, 1], [20 * CLK, 11, 1]], QUIET);
    expect(samples).toEqual([[sampleClock(3, 4) * CLK, 3, 1], [sampleClock(11, 4) * CLK, 11, 1]]);
  });

  it('a change whose slot has passed waits for stop, gap and the next sequence', () => {
    const { samples } = run([[0, 11, 1], [20 * CLK, 3, 1]], QUIET);
    expect(samples).toEqual([[39 * CLK, 11, 1], [(61 + 2 + 15) * CLK, 3, 1]]);
  });

  it('with one sequence waiting, a slot that is still ahead in the running one is taken all the same', () => {
    const { samples } = run([[0, 11, 1], [20 * CLK, 3, 1], [21 * CLK, 12, 1]], QUIET);
    expect(samples.map(([at, irq]) => [at / CLK, irq])).toEqual([[39, 11], [42, 12], [78, 3]]);
  });

  it('a sequence that waited is the running one once it has started', () => {
    const { samples } = run([[0, 11, 1], [20 * CLK, 3, 1], [80 * CLK, 11, 0], [81 * CLK, 4, 1]], QUIET);
    expect(samples.map(([at, irq]) => [at / CLK, irq])).toEqual([[39, 11], [78, 3], [63 + 39, 11], [126 + 18, 4]]);
  });

  it('a change less than a clock before its sample is too late', () => {
    const early = run([[0, 11, 1], [sampleClock(12, 4) * CLK - CLK, 12, 1]], QUIET).samples;
    expect(early[1]).toEqual([42 * CLK, 12, 1]);
    const late = run([[0, 11, 1], [sampleClock(12, 4) * CLK - CLK + 1, 12, 1]], QUIET).samples;
    expect(late[1]).toEqual([(63 + 42) * CLK, 12, 1]);
  });

  it('a request that comes and goes before its sample is never seen', () => {
    expect(run([[0, 10, 1], [30 * CLK, 10, 0]], QUIET).samples).toEqual([]);
  });

  it('one that goes within the last clock is seen, and its fall in the next sequence', () => {
    const { samples } = run([[0, 10, 1], [36 * CLK - 5, 10, 0]], QUIET);
    expect(samples).toEqual([[36 * CLK, 10, 1], [(63 + 36) * CLK, 10, 0]]);
  });

  it('and one that wavers within the last clock is seen once', () => {
    const { samples, slots } = run([[0, 10, 1], [36 * CLK - 5, 10, 0], [36 * CLK - 4, 10, 1]], QUIET);
    expect([samples, slots]).toEqual([[[36 * CLK, 10, 1]], 1]);
  });

  it('a line that does not change costs no sequence', () => {
    expect(run([[0, 10, 0], [5, 10, 0]], QUIET).samples).toEqual([]);
  });

  it('longer starts and more frames shift what they must', () => {
    const params = { ...QUIET, serirqStartClocks: 8, serirqFrames: 21 };
    const { samples } = run([[0, 11, 1], [30 * CLK, 3, 1]], params);
    expect(samples.map(([at, irq]) => [at / CLK, irq])).toEqual([[43, 11], [8 + 2 + 63 + 2 + 2 + 2 + 19, 3]]);
  });
});

describe('continuous mode', () => {
  const period = 4 + 2 + 51 + 3 + 2 + 2;

  it('needs one clock if the change lands just before its slot', () => {
    expect(run([[35 * CLK, 10, 1]], CONTINUOUS).samples).toEqual([[36 * CLK, 10, 1]]);
  });

  it('and a sequence and its gap if it just missed it', () => {
    expect(run([[35 * CLK + 1, 10, 1]], CONTINUOUS).samples).toEqual([[(36 + period) * CLK, 10, 1]]);
  });

  it('has the phase that the parameter sets', () => {
    expect(run([[0, 10, 1]], { ...CONTINUOUS, serirqPhase: 12_345 }).samples).toEqual([[36 * CLK + 12_345, 10, 1]]);
  });

  it('lets the schedule shift the phase by eighths, once a run', () => {
    for (let value = 0; value < 8; value++) {
      const { samples, sim } = run([[0, 10, 1], [3 * period * CLK, 10, 0]], CONTINUOUS, phase(value));
      const shift = Math.floor((period * CLK * value) / 8);
      const first = shift + 36 * CLK;
      const earlier = first - period * CLK;
      const at = earlier >= CLK ? earlier : first;
      expect(samples).toEqual([[at, 10, 1], [at + 3 * period * CLK, 10, 0]]);
      expect(sim.taken).toEqual(value === 0 ? [] : [{ kind: 'timing', actor: 'serirq', step: 0, label: 'phase', value }]);
    }
  });

  it('asks nothing of the schedule in quiet mode', () => {
    expect(run([[0, 10, 1]], QUIET, phase(3)).sim.taken).toEqual([]);
  });
});

describe('any changes, in either mode', () => {
  const change = fc.record({ wait: fc.integer({ min: 0, max: 90 * CLK }), irq: fc.integer({ min: 0, max: 15 }) });
  const cases = fc.record({
    changes: fc.array(change, { minLength: 1, maxLength: 25 }),
    quiet: fc.integer({ min: 0, max: 1 }),
    start: fc.constantFrom(4, 6, 8),
    value: fc.integer({ min: 0, max: 7 }),
  });

  it('are seen by the host within 96 clocks of 17 frames, each in its own slot, alternating, to the last', () => {
    fc.assert(fc.property(cases, ({ changes, quiet, start, value }) => {
      const levels = new Array<number>(16).fill(0);
      let now = 0;
      const list = changes.map(({ wait, irq }) => {
        now += wait;
        levels[irq] ^= 1;
        return [now, irq, levels[irq]] as const;
      });
      const { samples, serirq } = run(list, { serirqQuiet: quiet, serirqStartClocks: start }, phase(value));
      const seen = new Array<number>(16).fill(0);
      const last = new Map<number, number>();
      for (const [at, irq, level] of samples) {
        expect(level).not.toBe(seen[irq]);
        seen[irq] = level;
        // Some change of this line to this level at least a clock and at most 96 (and the edge of LCLK) ago.
        const cause = list.find(([t, i, l]) => i === irq && l === level && at - t >= CLK && at - t <= 97 * CLK);
        expect(cause).toBeDefined();
        // One slot a sequence: two samples of one line are a sequence apart.
        expect(at - (last.get(irq) ?? -Infinity)).toBeGreaterThanOrEqual(61 * CLK);
        last.set(irq, at);
      }
      expect(seen).toEqual(levels);
      for (let irq = 0; irq < 16; irq++) expect(serirq.level(irq)).toBe(levels[irq]);
    }), { numRuns: 300 });
  });

  it('samples of different lines in one sequence stand 3 clocks apart per frame', () => {
    fc.assert(fc.property(cases, ({ changes, quiet, start, value }) => {
      let now = 0;
      const levels = new Array<number>(16).fill(0);
      const list = changes.map(({ wait, irq }) => {
        now += wait;
        levels[irq] ^= 1;
        return [now, irq, levels[irq]] as const;
      });
      const { samples } = run(list, { serirqQuiet: quiet, serirqStartClocks: start }, phase(value));
      const starts = samples.map(([at, irq]) => at - sampleClock(irq, start) * CLK);
      const length = (sequenceClocks({ startClocks: start, frames: 17, stopClocks: stopClocks(quiet === 1) }) + 2) * CLK;
      for (let i = 1; i < starts.length; i++) {
        const apart = starts[i] - starts[i - 1];
        expect(apart === 0 || apart >= length).toBe(true);
      }
    }), { numRuns: 300 });
  });

  it('run the same again after a reset', () => {
    const sim = new Simulator();
    const serirq = new Serirq(sim, ast2500Params());
    const samples: number[] = [];
    serirq.onHost = () => samples.push(sim.now);
    for (let i = 0; i < 2; i++) {
      sim.reset();
      serirq.reset();
      serirq.set(5, 1);
      sim.finished = () => samples.length === i + 1;
      sim.run();
    }
    expect(samples).toEqual([21 * CLK, 21 * CLK]);
  });
});

describe('the trace', () => {
  it('has the change, the slot that carries it, and the sample with its latency', () => {
    const sim = new Simulator();
    const serirq = new Serirq(sim, ast2500Params());
    const texts: string[] = [];
    const fields: number[][] = [];
    for (const name of Object.values(SERIRQ_EVENTS)) {
      const code = sim.trace.code(name);
      expect(sim.trace.kinds[code].lane).toBe('serirq');
      sim.trace.on(code, (at, _actor, a, b, c) => {
        texts.push(sim.trace.kinds[code].text(a, b, c));
        fields.push([at, a, b, c]);
      });
    }
    sim.reset();
    serirq.set(5, 1);
    sim.finished = () => serirq.level(5) === 1;
    sim.run();
    expect(texts).toEqual([
      'BMC requests IRQ5', 'IRQ5 is sampled at 636363 ps, in the sequence from 0 ps', 'host samples IRQ5 high',
    ]);
    expect(fields[2]).toEqual([636_363, 5, 1, 636_363]);
  });
});
