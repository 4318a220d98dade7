import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LeavesRunner, NO_DEPARTURES, NondeterminismError, Prover, serializeFinding, type Bounds, type LeavesResult, type LeavesTask, type SavedState,
} from '../../../src/explore/index.ts';
import { Prng } from '../../../src/sim/index.ts';
import { SUBJECT } from '../toys.ts';
import { ProgramSystem, drawProgram } from './programs.ts';

const SOME_BOUNDS: readonly Bounds[] = [
  { ...NO_DEPARTURES, stalls: 2 },
  { ...NO_DEPARTURES, stalls: 1, timings: 1, faults: 1 },
  { ...NO_DEPARTURES, stalls: 2, releases: ['quiet', 'until'] },
];

interface Drawn {
  readonly program: number;
  readonly bounds: Bounds;
  /** Tasks that are kept ready, and leaves of each. */
  readonly share: number;
  readonly leaves: number;
  /** Of what the others do. */
  readonly seed: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  program: fc.integer({ min: 1, max: 400 }), bounds: fc.constantFrom(...SOME_BOUNDS),
  share: fc.integer({ min: 1, max: 3 }), leaves: fc.integer({ min: 1, max: 40 }), seed: fc.nat(),
});

/** A program of more executions is left out. */
const MOST = 500;

function proverOf({ program, bounds, share, leaves }: Drawn, shared: boolean): Prover {
  return new Prover(new ProgramSystem(drawProgram(program)), SUBJECT, { bounds, ...(shared ? { share, leaves } : {}) });
}

/** Whoever takes tasks of a prover, keeps them for a while and gives them back in any order; as plain data, as threads do. */
class Others {
  taken = 0;
  private readonly prover: Prover;
  private readonly prng: Prng;
  private readonly runner: LeavesRunner;
  private readonly held: LeavesTask[] = [];

  constructor(prover: Prover, { program, bounds, seed }: Drawn) {
    this.prover = prover;
    this.prng = new Prng(seed, 0x5a4e);
    this.runner = LeavesRunner.of(new ProgramSystem(drawProgram(program)), bounds);
  }

  turn(): void {
    if (this.held.length > 0 && this.prng.oneIn(2)) {
      const [task] = this.held.splice(this.prng.below(this.held.length), 1);
      this.runner.begin(structuredClone(task));
      while (!this.runner.done) this.runner.advance(1 + this.prng.below(9));
      this.prover.take(task, structuredClone(this.runner.result!));
    }
    const task = this.prng.oneIn(2) ? this.prover.task() : null;
    if (task === null) return;
    this.held.push(task);
    this.taken++;
  }
}

function alone(it: Drawn): Prover | null {
  const prover = proverOf(it, false);
  while (!prover.done && prover.executions < MOST) prover.advance(100);
  return prover.done ? prover : null;
}

function result({ executions, schedules, merged, states, violating, shrinkExecutions, findings }: Prover): unknown {
  return { executions, schedules, merged, states, violating, shrinkExecutions, findings: findings.map(serializeFinding) };
}

describe('a proof whose leaves others run', () => {
  it('comes to what one comes to that nobody helps', () => {
    let tasks = 0;
    let findings = 0;
    fc.assert(fc.property(drawn, (it) => {
      const wanted = alone(it);
      fc.pre(wanted !== null);
      const prover = proverOf(it, true);
      const others = new Others(prover, it);
      while (!prover.done) {
        prover.advance(7);
        others.turn();
      }
      expect(result(prover)).toEqual(result(wanted));
      tasks += others.taken;
      findings += prover.findings.length;
    }), { numRuns: 100, seed: 1 });
    expect(tasks).toBeGreaterThan(100);
    expect(findings).toBeGreaterThan(10);
  });

  it('begins no more than is wanted of it', () => {
    const it: Drawn = { program: 14, bounds: SOME_BOUNDS[0], share: 1, leaves: 4, seed: 1 };
    const prover = proverOf(it, true);
    for (let before = prover.executions; !prover.done; before = prover.executions) {
      prover.advance(5);
      expect(prover.executions - before).toBeLessThanOrEqual(5);
    }
  });

  it('can be interrupted when what was begun is settled, and goes on alone to the same', () => {
    fc.assert(fc.property(drawn, fc.integer({ min: 1, max: 200 }), (it, at) => {
      const wanted = alone(it);
      fc.pre(wanted !== null);
      const first = proverOf(it, true);
      const others = new Others(first, it);
      while (first.executions < at && !first.done) {
        first.advance(7);
        others.turn();
      }
      if (!first.settled) expect(() => first.save()).toThrow('under way');
      const { executions } = first;
      while (!first.settled) {
        first.settle(3);
        others.turn();
      }
      expect(first.executions).toBe(executions);
      fc.pre(!first.done);
      const [saved, states] = JSON.parse(JSON.stringify([first.save(), [...first.saveStates()]])) as [ReturnType<Prover['save']>, SavedState[]];
      const second = new Prover(new ProgramSystem(drawProgram(it.program)), SUBJECT, { bounds: it.bounds }, saved);
      for (const state of states) second.addState(state);
      while (!second.done) second.advance(100);
      expect(result(second)).toEqual(result(wanted));
    }), { numRuns: 40, seed: 2 });
  });

  it('ends if a leaf did not take its departures', () => {
    const prover = proverOf({ program: 14, bounds: SOME_BOUNDS[0], share: 1, leaves: 4, seed: 1 }, true);
    const first = (): LeavesTask => {
      for (let task = prover.task(); ; task = prover.task()) {
        if (task !== null) return task;
        prover.advance(1);
      }
    };
    const task = first();
    const astray: LeavesResult = { number: task.number, striking: [[1, { violations: [], taken: [] }]] };
    prover.take(task, astray);
    expect(() => {
      while (!prover.done) prover.advance(1);
    }).toThrow(NondeterminismError);
  });
});
