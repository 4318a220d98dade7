import { describe, expect, it } from 'vitest';
import { Estimator, NO_DEPARTURES, Prover, describeBounds, type Bounds, type SavedState } from '../../../src/explore/index.ts';
import { SUBJECT, faultAndStall, lostUpdate, lostWakeUp, timerRace, twoStalls, untilRace, type Toy } from '../toys.ts';
import { ProgramSystem, drawProgram } from './programs.ts';

function finish(prover: Prover): Prover {
  while (!prover.done) prover.advance(500);
  return prover;
}

/** Toys keep a part of their state in closures, where nobody sees it: each of their schedules is run. */
function prove(toy: Toy, bounds: Partial<Bounds>): Prover {
  return finish(new Prover(toy, SUBJECT, { bounds: { ...NO_DEPARTURES, ...bounds }, prune: false }));
}

function shapes(prover: Prover): string[][] {
  return prover.findings.map(({ decisions }) => decisions.map((d) => `${d.kind} ${d.actor} ${d.label} ${d.value}`));
}

describe('every schedule within the bounds is run once', () => {
  it.each([[0, 1], [1, 1 + 24], [2, 1 + 24 + (24 * 23) / 2]])('of two actors with 12 steps each, and at most %i stalls', (stalls, schedules) => {
    const prover = prove(lostUpdate(), { stalls });
    expect([prover.executions, prover.schedules]).toEqual([schedules, schedules]);
  });

  it('each answer to a question is one', () => {
    // Three questions of three answers, asked again as long as the answers leave the length at 3.
    expect(prove(faultAndStall(), { faults: 1 }).schedules).toBe(1 + 3 * 2);
    expect(prove(faultAndStall(), { faults: 3 }).schedules).toBe(27);
  });

  it('with the ends that stalls may have', () => {
    const steps = prove(lostUpdate(), { stalls: 1 }).schedules - 1;
    expect(prove(lostUpdate(), { stalls: 1, timeouts: 2 }).schedules).toBe(1 + 3 * steps);
    expect(prove(lostUpdate(), { stalls: 1, releases: ['quiet', 'for'] }).schedules).toBe(1 + 6 * steps);
    // While A is held B takes its 12 steps; when B is there A has ended.
    expect(prove(lostUpdate(), { stalls: 1, releases: ['quiet', 'until'] }).schedules).toBe(1 + steps + 12 * 12);
  });
});

describe('what is there is found, and nothing else', () => {
  it.each<[string, () => Toy, Partial<Bounds>, string[][]]>([
    ['a lost update', lostUpdate, { stalls: 1 }, [['stall A A: store quiet']]],
    ['none without a stall', lostUpdate, { timings: 1, orders: 1 }, []],
    ['a lost wake-up', lostWakeUp, { stalls: 1 }, [['stall consumer sleep quiet']]],
    ['none where it is mended', () => lostWakeUp(true), { stalls: 2 }, []],
    ['two stalls', twoStalls, { stalls: 2 }, [['stall A a2 quiet', 'stall B b2 quiet']]],
    ['none of them with one', twoStalls, { stalls: 1 }, []],
    ['a fault and a stall', faultAndStall, { stalls: 1, faults: 1 }, [['fault A copy fault 2', 'stall A relock quiet']]],
    ['a timer race by a time', timerRace, { stalls: 1, releases: ['quiet', 'for'] }, [['stall B act for 100000000 ps']]],
    ['a partial overlap by a step', untilRace, { stalls: 1, releases: ['quiet', 'until'] }, [['stall B act until A#59']]],
  ])('%s', (_name, toy, bounds, found) => {
    expect(shapes(prove(toy(), bounds))).toEqual(found);
  });
});

describe('a proof that is interrupted', () => {
  const bounds: Bounds = { ...NO_DEPARTURES, stalls: 2, faults: 1, releases: ['quiet', 'until'] };
  const system = (): ProgramSystem => new ProgramSystem(drawProgram(14));
  const result = ({ executions, schedules, merged, states, findings, violating, shrinkExecutions }: Prover): unknown => (
    { executions, schedules, merged, states, findings, violating, shrinkExecutions });
  const whole = finish(new Prover(system(), SUBJECT, { bounds }));

  it('goes on to the same result wherever it was', () => {
    expect(whole.executions).toBeGreaterThan(100);
    for (let at = 1; at < whole.executions; at += 17) {
      const first = new Prover(system(), SUBJECT, { bounds });
      while (first.executions < at) first.advance(1);
      while (!first.settled) first.settle(1);
      if (first.done) break;
      const saved = JSON.parse(JSON.stringify([first.save(), [...first.saveStates()]])) as [ReturnType<Prover['save']>, SavedState[]];
      const second = new Prover(system(), SUBJECT, { bounds }, saved[0]);
      for (const state of saved[1]) second.addState(state);
      expect(result(finish(second)), `at ${at}`).toEqual(result(whole));
    }
  });
});

describe('the number of schedules', () => {
  it('is estimated without bias', () => {
    const bounds: Bounds = { ...NO_DEPARTURES, stalls: 2 };
    const system = new ProgramSystem(drawProgram(1));
    const { schedules } = finish(new Prover(system, SUBJECT, { bounds }));
    const estimator = new Estimator(system, bounds);
    for (let i = 0; i < 400; i++) estimator.probe();
    const { schedules: about, error } = estimator.estimate;
    expect(Math.abs(about - schedules)).toBeLessThan(4 * error);
    expect(error).toBeLessThan(0.2 * schedules);
  });

  it('and its bounds are told in words', () => {
    expect(describeBounds({ ...NO_DEPARTURES, stalls: 2, faults: 1 })).toBe('at most 2 stalls and 1 fault');
    expect(describeBounds({ ...NO_DEPARTURES, stalls: 1, orders: 2, workload: 1 }))
      .toBe('at most 1 stall, 2 exchanges of simultaneous events and 1 departure of the workload');
    expect(describeBounds(NO_DEPARTURES)).toBe('no departure');
  });
});
