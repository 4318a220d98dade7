import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Hunter, STRATEGIES, TaskRunner, serializeFinding, type HuntState, type HuntTask, type HuntTaskResult, type HunterOptions,
} from '../../src/explore/index.ts';
import { KCS, MCTP, type Scenario, type System } from '../../src/scenarios/index.ts';
import { Prng } from '../../src/sim/index.ts';
import { SUBJECT, faultAndStall, sixFaults, threeCauses, twoStalls } from './toys.ts';

/** A system, and what a hunt in it is told. */
interface Subject {
  readonly name: string;
  build(): System;
}

function scenario(it: Scenario, driver: string): Subject {
  return { name: driver, build: () => it.build({ driver, settings: {} }) };
}

const TOYS: readonly Subject[] = [
  { name: 'two stalls', build: twoStalls }, { name: 'a fault and a stall', build: faultAndStall }, { name: 'three causes', build: threeCauses },
  { name: 'faults in pairs', build: () => sixFaults(([a, b, c]) => (a === 1 && b > 0 ? 'ab' : c === 2 && b === 0 ? 'c' : undefined)) },
];

/** All that a hunt comes to, byte by byte. */
function outcome(hunter: Hunter): unknown {
  const { findings, executions, shrinkExecutions, violating, tally, exhausted } = hunter;
  return { findings: findings.map(serializeFinding), by: findings.map((f) => hunter.finderOf(f)), executions, shrinkExecutions, violating, tally, exhausted };
}

function alone(subject: Subject, options: HunterOptions): unknown {
  const hunter = new Hunter(subject.build(), SUBJECT, options);
  while (!hunter.done) hunter.advance(977);
  return outcome(hunter);
}

/** What goes from one to another as through postMessage. */
function sent<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** A hunt by so many workers, each with a system of its own, whose results come back in any order, some of them twice. What they have not missed they are not told. */
function together(subject: Subject, options: HunterOptions, jobs: number, prng: Prng): unknown {
  const hunter = new Hunter(subject.build(), SUBJECT, options);
  const workers = Array.from({ length: jobs }, () => new TaskRunner(subject.build(), hunter.strategy, hunter.seed));
  const knows = workers.map(() => NaN);
  const back: { readonly task: HuntTask; readonly result: HuntTaskResult }[] = [];
  const under: HuntTask[] = [];
  while (!hunter.done) {
    for (let task = under.length < jobs ? hunter.task() : null; task !== null; task = under.length < jobs ? hunter.task() : null) under.push(task);
    if (under.length > 0) {
      const [task] = under.splice(prng.below(under.length), 1);
      const at = prng.below(jobs);
      const worker = workers[at];
      const { knowledge } = hunter;
      if (knows[at] === knowledge.epoch - 1 && !prng.oneIn(8)) worker.learn(sent(hunter.taught!));
      else if (knows[at] !== knowledge.epoch) worker.know(sent(knowledge));
      knows[at] = knowledge.epoch;
      worker.begin(sent(task));
      while (!worker.done) worker.advance(1 + prng.below(100));
      const result = sent(worker.result!);
      for (let times = prng.oneIn(4) ? 2 : 1; times > 0; times--) back.push({ task, result });
    }
    while (back.length > 0 && (under.length === 0 || prng.oneIn(2))) {
      const [{ task, result }] = back.splice(prng.below(back.length), 1);
      hunter.take(task, result);
    }
  }
  return outcome(hunter);
}

/** A hunt that is stopped now and then, and continued from what was saved, by another hunter in another system. */
function withStops(subject: Subject, options: HunterOptions, prng: Prng): unknown {
  let hunter = new Hunter(subject.build(), SUBJECT, options);
  while (!hunter.done) {
    hunter.advance(1 + prng.below(700));
    const state: HuntState = sent(hunter.state);
    hunter = new Hunter(subject.build(), SUBJECT, { ...options, state });
  }
  return outcome(hunter);
}

const STRATEGY = fc.constantFrom(...STRATEGIES.map(({ name }) => name));

describe('who runs the slices, and when they come back, changes nothing', () => {
  const options = fc.record({
    strategy: STRATEGY, seed: fc.nat(1000), keepGoing: fc.boolean(), maxExecutions: fc.integer({ min: 1, max: 3000 }), shrinkBudget: fc.constantFrom(20, 200),
  });

  it.each(TOYS)('$name', (subject) => {
    fc.assert(fc.property(options, fc.constantFrom(1, 2, 3), fc.nat(), (given, jobs, seed) => {
      expect(together(subject, given, jobs, new Prng(seed))).toEqual(alone(subject, given));
    }), { numRuns: 8, seed: 1 });
  });

  // Three epochs, of which the last has two slices.
  it.each([
    { subject: scenario(KCS, 'kcs-bmc@v2'), strategy: 'portfolio' }, { subject: scenario(MCTP, 'kcs-raw@openbmc'), strategy: 'greybox' },
  ])('$subject.name by $strategy', ({ subject, strategy }) => {
    const given = { strategy, keepGoing: true, maxExecutions: 1024, shrinkBudget: 5 };
    expect(together(subject, given, 3, new Prng(1))).toEqual(alone(subject, given));
  });
});

describe('a hunt that is continued', () => {
  it.each(TOYS)('$name: is as if it had not stopped', (subject) => {
    fc.assert(fc.property(STRATEGY, fc.nat(1000), fc.nat(), (strategy, seed, stops) => {
      const given = { strategy, seed, keepGoing: true, maxExecutions: 1800, shrinkBudget: 50 };
      expect(withStops(subject, given, new Prng(stops))).toEqual(alone(subject, given));
    }), { numRuns: 6, seed: 1 });
  });
});
