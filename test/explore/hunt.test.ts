import { describe, expect, it } from 'vitest';
import { Hunter, TaskRunner, compareMeasures, measure, rerun, signatureOf, traitsOf, type Candidate, type HunterOptions, type Finding } from '../../src/explore/index.ts';
import type { Decision } from '../../src/sim/index.ts';
import {
  SUBJECT, drownedCause, faultAndStall, hiddenCause, lostUpdate, lostWakeUp, sixFaults, threeCauses, timerRace, twoStalls, untilRace, type Toy,
} from './toys.ts';

function hunt(toy: Toy, options: HunterOptions): Hunter {
  const hunter = new Hunter(toy, SUBJECT, options);
  while (!hunter.done) hunter.advance(100);
  return hunter;
}

/** Shape of a schedule: kinds and sites, in order of time. */
function shape(hunter: Hunter, finding = 0): string[] {
  return hunter.findings[finding].decisions.map((d) => `${d.kind} ${d.actor} ${d.label} ${d.value}`);
}

describe('planted races are found and shrunk to their minimum', () => {
  const cases: readonly [string, () => Toy, string, number, string[]][] = [
    ['a lost update', lostUpdate, 'random', 100, ['stall A A: store quiet']],
    ['a lost update', lostUpdate, 'stall', 60, ['stall A A: store quiet']],
    ['two stalls', twoStalls, 'random', 4000, ['stall A a2 quiet', 'stall B b2 quiet']],
    ['two stalls', twoStalls, 'stall', 6000, ['stall A a2 quiet', 'stall B b2 quiet']],
    ['a fault and a stall', faultAndStall, 'random', 500, ['fault A copy fault 2', 'stall A relock quiet']],
    ['a fault and a stall', faultAndStall, 'stall', 500, ['fault A copy fault 2', 'stall A relock quiet']],
    ['a lost wake-up', lostWakeUp, 'random', 50, ['stall consumer sleep quiet']],
    ['a lost wake-up', lostWakeUp, 'stall', 50, ['stall consumer sleep quiet']],
  ];
  /** A release that names the step does with one stall what takes two quiet ones, or with two others: no single change leads from one to another. */
  const TWO_STALLS = [['stall A a2 quiet', 'stall B b2 quiet'], ['stall A A: idle until B#6'], ['stall A A: idle quiet', 'stall B b1 until A#10']];
  for (const seed of [1, 2, 3]) {
    for (const [name, toy, strategy, maxExecutions, minimum] of cases) {
      it(`${name} by ${strategy} in ${maxExecutions} executions, seed ${seed}`, () => {
        const hunter = hunt(toy(), { strategy, seed, maxExecutions });
        expect(hunter.findings).toHaveLength(1);
        if (name === 'two stalls') expect(TWO_STALLS).toContainEqual(shape(hunter));
        else expect(shape(hunter)).toEqual(minimum);
      });
    }
    it(`a timer race by a time, seed ${seed}`, () => {
      const hunter = hunt(timerRace(), { strategy: 'random', seed, maxExecutions: 500 });
      expect(shape(hunter)).toEqual(['stall B act for 100000000 ps']);
    });
    it(`a race in mid-count, seed ${seed}`, () => {
      const hunter = hunt(untilRace(), { strategy: 'random', seed, maxExecutions: 4000 });
      expect(shape(hunter)[0]).toMatch(/^stall B act until A#(59|60)$/);
    });
  }

  it('finds nothing where nothing is', () => {
    const hunter = hunt(lostWakeUp(true), { maxExecutions: 2000, keepGoing: true });
    expect(hunter.findings).toEqual([]);
    expect(hunter.violating).toBe(0);
  });

  it('systematic search ends when all singles, pairs and triples are done', () => {
    const hunter = hunt(lostWakeUp(true), { strategy: 'stall', maxExecutions: 100_000, keepGoing: true });
    expect(hunter.exhausted).toBe(true);
    expect(hunter.executions).toBeLessThan(200);
  });
});

describe('a hunt', () => {
  const full = (hunter: Hunter): unknown => ({
    findings: hunter.findings, executions: hunter.executions, shrink: hunter.shrinkExecutions, violating: hunter.violating,
  });
  const toys: readonly [string, () => Toy, number][] = [
    ['three causes', threeCauses, 600], ['two stalls', twoStalls, 3000], ['a fault and a stall', faultAndStall, 1000],
  ];

  for (const [name, toy, maxExecutions] of toys) {
    it(`${name}: same seed, same findings`, () => {
      const options = { seed: 7, keepGoing: true, maxExecutions };
      expect(full(hunt(toy(), options))).toEqual(full(hunt(toy(), options)));
    });

    it(`${name}: portions of 1, 7 or 1000 give the same`, () => {
      const run = (portion: number): unknown => {
        const hunter = new Hunter(toy(), SUBJECT, { seed: 3, keepGoing: true, maxExecutions });
        let spent = 0;
        while (!hunter.done) {
          const more = hunter.advance(portion);
          expect(more).toBeLessThanOrEqual(portion);
          spent += more;
        }
        expect(spent).toBe(hunter.executions + hunter.shrinkExecutions);
        return full(hunter);
      };
      const whole = run(1000);
      expect(run(1)).toEqual(whole);
      expect(run(7)).toEqual(whole);
    });
  }

  it('takes other ways with another seed', () => {
    const first = [1, 2, 3, 4, 5, 6].map((seed) => hunt(twoStalls(), { seed, maxExecutions: 20_000 }).findings[0].execution);
    expect(new Set(first).size).toBeGreaterThan(3);
  });

  it('keeps one finding for each cause, however often and in whatever size it shows', () => {
    const hunter = hunt(threeCauses(), { keepGoing: true, maxExecutions: 1500 });
    expect(hunter.violating).toBeGreaterThan(300);
    expect(hunter.findings.map((f) => f.decisions.map((d) => d.label)).sort()).toEqual([['blue fault'], ['green fault'], ['red fault']]);
    expect(hunter.findings.every((f) => f.decisions[0].value === 1 && f.decisions[0].step < 3)).toBe(true);
    expect(new Set(hunter.findings.map((f) => f.id)).size).toBe(3);
  });

  it('keeps one of two findings if the larger holds all departures of the smaller', () => {
    // a alone breaks the rule; where c is there, too, it takes b as well.
    const toy = (): Toy => sixFaults(([a, b, c]) => (a === 1 && (c === 0 || b > 0) ? 'bad' : undefined));
    for (const seed of [1, 2, 3, 4]) {
      const { findings } = hunt(toy(), { keepGoing: true, maxExecutions: 2000, seed, shrinkBudget: 3 });
      const shapes = findings.map((finding) => finding.decisions.map(({ label, value }) => `${label} ${value}`));
      for (const [i, one] of shapes.entries()) {
        for (const [j, other] of shapes.entries()) {
          const within = one.length < other.length && one.every((departure) => other.includes(departure));
          expect(i !== j && within, `${one.join(', ')} within ${other.join(', ')}`).toBe(false);
        }
      }
    }
  });

  it('finds the rare cause behind the same rule, at the same place, as a frequent one that seldom looks alike', () => {
    for (const seed of [2, 4, 6, 8]) {
      const { violating, findings } = hunt(hiddenCause(), { keepGoing: true, maxExecutions: 5000, strategy: 'random', seed });
      expect(violating).toBeGreaterThan(500);
      expect(findings.map((f) => f.decisions[0].label)).toEqual(['place a', 'rare fault']);
    }
  });

  it('a frequent cause does not hide a rare one that comes together with it', () => {
    const held = (actor: string, step: number): Decision => ({ kind: 'stall', actor, step, label: actor === 'C' ? 'door' : 'place', value: 'quiet' });
    const seen = [[held('A', 3)], [held('A', 5)], [held('A', 7), held('A', 9)], [held('C', 0), held('A', 11)]];
    const toy = drownedCause();
    const hunter = new Hunter(toy, SUBJECT, { keepGoing: true, maxExecutions: 256, strategy: 'random' });
    const runner = new TaskRunner(toy, 'random', 1);
    for (let task = hunter.task(); task !== null; task = hunter.task()) {
      if (task.kind === 'slice') {
        const candidates = seen.map((decisions, i): Candidate => {
          const [violation] = rerun(toy, decisions).violations;
          return { decisions, signature: signatureOf(violation), violation: { ...violation }, execution: 200 + i, by: 'random', explained: false, times: 1 };
        });
        hunter.take(task, { index: 0, executions: 256, made: [['random', 256]], violating: 4, candidates, rest: [], exhausted: false, lessons: null });
        continue;
      }
      runner.begin(task);
      while (!runner.done) runner.advance(100);
      hunter.take(task, runner.result!);
    }
    expect(hunter.findings.map((f) => f.decisions.map(({ label }) => label))).toEqual([['place'], ['door']]);
  });

  it.each(['portfolio', 'random', 'stall'])('a cause of two departures that has nothing to do with one of a single departure is no longer way to it, by %s', (strategy) => {
    const { findings } = hunt(sixFaults(([a, , c, d]) => (a === 1 || (c === 1 && d === 1) ? 'bad' : undefined)), { strategy, keepGoing: true, maxExecutions: 5000 });
    expect(findings.map((f) => f.decisions.map(({ label }) => label)).toSorted()).toEqual([['fault a'], ['fault c', 'fault d']]);
  });

  it('a finding is of the strategy, and of the execution, that showed its cause first, whichever showed it smallest', () => {
    for (const [make, shrinkBudget] of [[threeCauses, 1], [faultAndStall, 1], [twoStalls, 20], [threeCauses, 4000]] as const) for (let seed = 1; seed <= 6; seed++) {
      const toy = make();
      const hunter = new Hunter(toy, SUBJECT, { keepGoing: true, seed, maxExecutions: 1500, shrinkBudget });
      const runner = new TaskRunner(toy, 'portfolio', seed);
      const by = new Map<number, string>();
      for (let task = hunter.task(); task !== null; task = hunter.task()) {
        runner.know(hunter.knowledge);
        runner.begin(task);
        while (!runner.done) runner.advance(100);
        const result = runner.result!;
        if ('candidates' in result) for (const candidate of result.candidates) by.set(candidate.execution, candidate.by);
        hunter.take(task, result);
      }
      const { findings } = hunter;
      expect(findings.map((finding) => hunter.finderOf(finding))).toEqual(findings.map(({ execution }) => by.get(execution)));
      expect(findings.map(({ execution }) => execution)).toEqual(findings.map(({ execution }) => execution).toSorted((a, b) => a - b));
    }
  });

  it('shrinks only a few of many occurrences', () => {
    const hunter = hunt(threeCauses(), { keepGoing: true, maxExecutions: 20_000 });
    expect(hunter.violating).toBeGreaterThan(4000);
    expect(hunter.shrinkExecutions).toBeLessThan(2000);
  });

  it('keeps the smaller of two with one cause, and knows a cause in every size', () => {
    // Without shrinking, so that sizes and moments stay as they were found.
    const shrinks = [1, 2, 3, 4, 5, 6, 7, 8].some((seed) => {
      const reds = [20, 100, 300, 1000, 3000].map((maxExecutions) => {
        const { findings } = hunt(threeCauses(), { seed, keepGoing: true, maxExecutions, shrinkBudget: 1 });
        const causes = findings.map((f) => traitsOf(f.decisions).join(', '));
        expect(new Set(causes).size).toBe(causes.length);
        return findings[causes.indexOf('fault A red fault')] as Finding | undefined;
      }).filter((red) => red !== undefined);
      expect(new Set(reds.map((red) => red.id)).size).toBeLessThan(2);
      const compared = reds.slice(1).map((red, i) => compareMeasures(measure(red.decisions), measure(reds[i].decisions)));
      expect(Math.max(0, ...compared)).toBe(0);
      return compared.some((difference) => difference < 0);
    });
    expect(shrinks).toBe(true);
  });

  it('looks again at the 1st, 2nd, 4th, 8th, ... occurrence of what is known', () => {
    const always = (maxExecutions: number): Hunter => hunt(sixFaults(() => 'always'), { keepGoing: true, maxExecutions, strategy: 'random' });
    const short = always(64);
    expect(short.violating).toBe(64);
    // 1 as unexplained, then 1, 2, 4, 8, 16, 32 as explained: one or two executions each.
    expect(short.shrinkExecutions).toBeGreaterThanOrEqual(7);
    expect(short.shrinkExecutions).toBeLessThanOrEqual(14);
    const long = always(4096);
    expect(long.shrinkExecutions).toBeGreaterThanOrEqual(13);
    expect(long.shrinkExecutions).toBeLessThanOrEqual(26);
    expect(long.findings.map((f) => f.decisions)).toEqual([[]]);
  });

  it('stops at the first finding unless told to keep going', () => {
    const hunter = hunt(threeCauses(), { maxExecutions: 100_000 });
    expect(hunter.findings).toHaveLength(1);
    expect(hunter.executions).toBeLessThan(100);
    expect(hunter.advance(10)).toBe(0);
  });

  it('gives what it has when it is ended in mid-shrinking', () => {
    const hunter = new Hunter(twoStalls(), SUBJECT, { seed: 1, strategy: 'random' });
    while (hunter.shrinkExecutions === 0) hunter.advance(1);
    expect(hunter.findings).toHaveLength(0);
    hunter.conclude();
    expect(hunter.done).toBe(true);
    expect(hunter.findings).toHaveLength(1);
    expect(hunter.findings[0].decisions.length).toBeGreaterThan(2);
  });

  it('makes no findings of what waits to be shrunk when it is ended, but where a rule has none', () => {
    const whole = hunt(threeCauses(), { keepGoing: true, maxExecutions: 2000, strategy: 'random' });
    const rules = new Set(whole.findings.map(({ oracle, rule }) => `${oracle} ${rule}`));
    for (const after of [1, 5, Math.floor(whole.shrinkExecutions / 2)]) {
      const hunter = new Hunter(threeCauses(), SUBJECT, { keepGoing: true, maxExecutions: 2000, strategy: 'random' });
      // Slices come before what they have found is shrunk.
      while (hunter.shrinkExecutions < after) hunter.advance(1);
      expect(hunter.done).toBe(false);
      const before = hunter.findings.length;
      hunter.conclude();
      expect(hunter.findings.length).toBeLessThanOrEqual(before + 1 + rules.size);
      expect(new Set(hunter.findings.map(({ oracle, rule }) => `${oracle} ${rule}`))).toEqual(rules);
    }
  });

  it('says that nothing is left to try whether or not its budget ends there', () => {
    for (const [make, strategy] of [[lostUpdate, 'stall'], [twoStalls, 'stall']] as const) {
      const whole = hunt(make(), { strategy, keepGoing: true, maxExecutions: 100_000 });
      expect(whole.exhausted).toBe(true);
      for (let maxExecutions = 256; maxExecutions <= 4096; maxExecutions *= 2) {
        const { exhausted, executions } = hunt(make(), { strategy, keepGoing: true, maxExecutions });
        if (exhausted) expect(executions).toBe(whole.executions);
        else expect(executions).toBeLessThanOrEqual(maxExecutions);
        if (executions === whole.executions) expect(exhausted).toBe(true);
      }
    }
  });

  it('knows its strategies', () => {
    expect(() => hunt(lostUpdate(), { strategy: 'luck' })).toThrow(/unknown strategy "luck"; there are portfolio, random, stall, pct, pos, surw, greybox, walk/);
  });
});
