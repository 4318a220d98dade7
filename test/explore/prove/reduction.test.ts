import { afterEach, describe, expect, it, vi } from 'vitest';
import { NO_DEPARTURES, Prover, PruningError, type Bounds } from '../../../src/explore/index.ts';
import { Histories } from '../../../src/explore/prove/histories.ts';
import { Visible } from '../../../src/explore/prove/visible.ts';
import type { Outcome, System } from '../../../src/scenarios/index.ts';
import { Cpu } from '../../../src/linux/cpu.ts';
import type { Chooser } from '../../../src/sim/index.ts';
import { SUBJECT } from '../toys.ts';
import { ProgramSystem, drawProgram, type Line, type Program } from './programs.ts';

/** Remembers in what each run of a proof ends; tells the prover of no breach, so that nothing is shrunk. */
class Watched implements System {
  readonly sim;
  trackTraces = false;
  private readonly system: ProgramSystem;
  readonly ends: Set<string>;

  constructor(program: Program, ends: Set<string>) {
    this.system = new ProgramSystem(program);
    this.sim = this.system.sim;
    this.ends = ends;
    // What is remembered is no part of the state.
    Object.defineProperty(this, 'ends', { enumerable: false });
  }

  describe(): string {
    return '';
  }

  execute(chooser: Chooser): Outcome {
    const outcome = this.system.execute(chooser);
    this.ends.add(this.system.final);
    return { ...outcome, violations: [] };
  }
}

const SOME_BOUNDS: readonly Bounds[] = [
  { ...NO_DEPARTURES, stalls: 2 },
  { ...NO_DEPARTURES, stalls: 2, timeouts: 1 },
  { ...NO_DEPARTURES, stalls: 1, timings: 1, faults: 1 },
  { ...NO_DEPARTURES, stalls: 1, orders: 1, releases: ['quiet', 'for'] },
  { ...NO_DEPARTURES, stalls: 2, releases: ['quiet', 'until'] },
];

/** A program of more executions is left out: it would take the time of hundreds. */
const MOST = 600;

interface Tried {
  readonly ends: ReadonlySet<string>;
  readonly schedules: number;
  readonly executions: number;
  readonly done: boolean;
}

function prove(program: Program, bounds: Bounds, prune: boolean, most = Infinity): Tried {
  const ends = new Set<string>();
  const prover = new Prover(new Watched(program, ends), SUBJECT, { bounds, prune });
  while (!prover.done && prover.executions < most) prover.advance(100);
  const { schedules, executions, done } = prover;
  return { ends, schedules, executions, done };
}

/** What is wrong with what the reduction makes of a program; undefined: nothing, null: the program is too large. */
function compare(program: Program, bounds: Bounds, sums = { executions: 0, schedules: 0 }, most = MOST): string | undefined | null {
  let pruned: Tried;
  try {
    pruned = prove(program, bounds, true, most);
  } catch (error) {
    if (error instanceof PruningError) return error.message;
    throw error;
  }
  if (!pruned.done) return null;
  const plain = prove(program, bounds, false);
  sums.executions += pruned.executions;
  sums.schedules += plain.executions;
  const ends = [...plain.ends].filter((end) => !pruned.ends.has(end)).length;
  if (ends > 0 || pruned.ends.size !== plain.ends.size) return `${ends} ends of ${plain.ends.size} are missing`;
  return pruned.schedules === plain.executions && plain.schedules === plain.executions ? undefined
    : `${pruned.schedules} schedules are counted, there are ${plain.executions}`;
}

const compareDrawn = (seed: number, sums?: { executions: number; schedules: number }): string | undefined | null => (
  compare(drawProgram(seed), SOME_BOUNDS[seed % SOME_BOUNDS.length], sums));

/** Of these programs, the first of which something is wrong. */
function firstWrong(programs: number): string | undefined {
  for (let seed = 1; seed <= programs; seed++) {
    const wrong = compareDrawn(seed);
    if (typeof wrong === 'string') return wrong;
  }
  return undefined;
}

/** More by hand: INBAND_PROGRAMS=5000 npx vitest run test/explore/prove */
const PROGRAMS = Number(process.env['INBAND_PROGRAMS'] ?? 150);

describe('the reduction', () => {
  it(`ends ${PROGRAMS} random programs in the states in which plain enumeration ends them, and counts the same schedules`, () => {
    const sums = { executions: 0, schedules: 0 };
    let compared = 0;
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const wrong = compareDrawn(seed, sums);
      if (wrong === null) continue;
      expect(wrong, `program ${seed}`).toBeUndefined();
      compared++;
    }
    expect(compared).toBeGreaterThan(PROGRAMS / 2);
    expect(sums.schedules / sums.executions).toBeGreaterThan(1.1);
  }, 3_600_000);
});

describe('two states', () => {
  it('are two if dictionaries have the same values under other names', () => {
    expect(compareDrawn(687)).toBeUndefined();
  });
});

describe('the reduction is wrong', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });
  /** The part of it that sees what is due. */
  const visible = Visible.prototype as unknown as Record<'queue', (...args: never[]) => void>;
  const tooMany = 200;

  const line = (verb: Line['verb'], a = 0, b = 0): Line => ({ verb, a, b });
  /** The task looks at what the first interrupt stores, before or after it; then it waits for the second. */
  const looks: Program = {
    hosts: [['pause', 'interrupt', 'pause', 'interrupt', 'pause', 'pause'].map((verb) => line(verb as Line['verb']))],
    tasks: [[line('work'), line('load'), line('work'), line('wait', 0, 1), line('write')]],
    handler: [line('store', 5), line('wake', 0, 1)], callback: [], preempt: 'full', starts: [0, 0, 0, 0],
  };
  const late: Bounds = { ...NO_DEPARTURES, stalls: 2, releases: ['quiet', 'until'] };

  it('if it does not know what code has been told', () => {
    expect(compare(looks, late, undefined, Infinity)).toBeUndefined();
    vi.spyOn(Histories.prototype, 'fold').mockImplementation((low, high) => [low, high]);
    expect(compare(looks, late, undefined, Infinity)).toEqual(expect.any(String));
  });

  it('if it takes steps for independent that differ in when something is due', () => {
    vi.spyOn(visible, 'queue').mockImplementation(() => {});
    expect(firstWrong(tooMany)).toBeDefined();
  }, 60_000);

  it('if it takes a stall for idle in whose place another task runs', () => {
    vi.spyOn(Cpu.prototype, 'keeps').mockReturnValue(true);
    expect(firstWrong(tooMany)).toBeDefined();
  }, 60_000);
});
