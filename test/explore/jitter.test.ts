import { describe, expect, it } from 'vitest';
import { JITTERS, JitterChooser, type Jitter } from '../../src/explore/index.ts';
import { KCS } from '../../src/scenarios/index.ts';
import { JITTER_STEPS, NOMINAL } from '../../src/sim/index.ts';

const STEPS = new Map([['host', 4000], ['bmc:irq', 4000]]);
const named = (name: string): Jitter => JITTERS.find((jitter) => jitter.name === name)!;

describe('JitterChooser', () => {
  it('without jitter is nominal timing', () => {
    const system = KCS.build({ settings: { hostMode: 'irq' } });
    const nominal = { ...system.execute(NOMINAL) };
    const none = system.execute(new JitterChooser(named('none'), STEPS, 1, 0));
    expect({ hash: none.hash, time: none.time, taken: none.taken.length }).toEqual({ hash: nominal.hash, time: nominal.time, taken: 0 });
  });

  it('departs in time alone: the same requests are answered, later', () => {
    const system = KCS.build({ driver: 'kcs-bmc@mainline', settings: { hostMode: 'irq' } });
    const { time } = system.execute(NOMINAL);
    const late = system.execute(new JitterChooser(named('even'), STEPS, 1, 0));
    expect(late.reason).toBe('done');
    expect(late.violations).toEqual([]);
    expect(late.time).toBeGreaterThan(time);
    expect(new Set(late.taken.map(({ kind }) => kind))).toEqual(new Set(['timing']));
  });

  it('draws the same for the same seed and execution, and something else for another', () => {
    const plan = (seed: number, execution: number) => new JitterChooser(named('tail'), STEPS, seed, execution).plan;
    expect(plan(1, 0)).toEqual(plan(1, 0));
    expect(plan(1, 1)).not.toEqual(plan(1, 0));
    expect(plan(2, 0)).not.toEqual(plan(1, 0));
  });

  it.each(['tail', 'even'])('%s: lateness comes as often as its weight says', (name) => {
    const { weights } = named(name);
    const sum = weights!.reduce((a, b) => a + b, 0);
    const { plan } = new JitterChooser(named(name), STEPS, 3, 0);
    for (let eighths = 1; eighths <= JITTER_STEPS; eighths++) {
      const expected = (8000 * weights![eighths]) / sum;
      const got = plan.filter(({ late }) => late === eighths).length;
      // Five standard deviations of a count.
      expect(Math.abs(got - expected), `${eighths}: ${got} of ${expected}`).toBeLessThan(5 * Math.sqrt(expected));
    }
    // The simulator takes a context's departures from the end: in this order it need not sort them.
    const order = plan.filter(({ actor }) => actor === 'host').map(({ step }) => step);
    expect(order).toEqual([...order].sort((one, other) => other - one));
    // None late at all: not in the plan.
    expect(plan.some(({ late }) => late === 0)).toBe(false);
  });

  it('draws phases evenly, and answers nothing but questions of time', () => {
    const chooser = new JitterChooser(named('tail'), STEPS, 1, 0);
    const phases = Array.from({ length: 800 }, () => chooser.draw('timing', 'serirq', 0, 8, 'phase'));
    for (let phase = 0; phase < 8; phase++) expect(Math.abs(phases.filter((p) => p === phase).length - 100)).toBeLessThan(50);
    for (const kind of ['workload', 'config', 'fault', 'order', 'stall']) expect(chooser.draw(kind, 'host', 0, 5, 'gap')).toBe(0);
    expect([...chooser.asked]).toEqual(['phase']);
  });
});
