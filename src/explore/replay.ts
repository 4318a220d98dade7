import { hex32, type Context, type Op, type StepObserver, type Violation } from '../sim/index.ts';
import type { Outcome, System } from '../scenarios/system.ts';
import type { Finding } from './finding.ts';
import { ScheduleChooser, type Match } from './schedule.ts';
import { violationOf } from './shrink.ts';

export interface Replayed extends Match {
  /** The same rule is broken again. */
  readonly reproduces: boolean;
  /** The violation as this run reports it. */
  readonly violation: Violation | undefined;
  /** The run has the hash that the finding records: step by step the same. */
  readonly same: boolean;
  /** A copy: it outlives the next execution. */
  readonly outcome: Outcome;
}

/** Runs a finding's schedule again. */
export function replay(system: System, finding: Finding): Replayed {
  const chooser = new ScheduleChooser(finding.decisions);
  const outcome = copyOutcome(system.execute(chooser));
  const violation = violationOf(outcome, finding);
  return {
    reproduces: violation !== undefined,
    violation,
    same: hex32(outcome.hash) === finding.hashes.run,
    outcome,
    ...chooser.match(outcome.taken),
  };
}

/** An outcome whose arrays are its own. */
export function copyOutcome(outcome: Outcome): Outcome {
  return {
    ...outcome,
    violations: outcome.violations.map((v) => ({ ...v })),
    taken: outcome.taken.map((d) => ({ ...d })),
  };
}

/** What one run did at the step where two runs part. */
export interface StepSeen {
  readonly context: string;
  readonly label: string;
  /** With which the step ended; blocked steps have none of their own. */
  readonly value: number;
  /** When it took effect, ps. */
  readonly at: number;
}

/** Two runs of one schedule that are not the same: there is nondeterminism in the models. */
export interface Nondeterminism {
  /** The first step that differs, from 0. */
  readonly step: number;
  /** What the first run did there, and what the other did; null: it had ended. */
  readonly expected: StepSeen | null;
  readonly found: StepSeen | null;
  /** Which run was the other one. */
  readonly run: 'the same system again' | 'a system built anew';
}

/** Keeps the rolling hash after every step, and what the steps were. */
class StepLog implements StepObserver {
  private readonly system: System;
  private readonly before: StepObserver | null;
  private readonly names: readonly string[];
  readonly hashes: number[] = [];
  private readonly contexts: number[] = [];
  private readonly ops: Op[] = [];
  private readonly values: number[] = [];
  private readonly times: number[] = [];
  /** What the run came to in the end: reason, departures and violations, as text. */
  end = '';

  constructor(system: System, finding: Pick<Finding, 'decisions'>) {
    this.system = system;
    const { sim } = system;
    this.before = sim.observer;
    this.names = sim.contexts.map(({ name }) => name);
    sim.observer = this;
    try {
      const { reason, taken, violations, hash, steps, time } = system.execute(new ScheduleChooser(finding.decisions));
      this.end = JSON.stringify({ reason, taken, violations, hash, steps, time });
    } finally {
      sim.observer = this.before;
    }
  }

  step(ctx: Context, op: Op, value: number): void {
    if (this.before !== null) this.before.step(ctx, op, value);
    this.hashes.push(ctx.sim.hash);
    this.contexts.push(ctx.id);
    this.ops.push(op);
    this.values.push(value);
    this.times.push(ctx.sim.now);
  }

  seen(i: number): StepSeen | null {
    if (i >= this.hashes.length) return null;
    return {
      context: this.names[this.contexts[i]], label: this.system.sim.ops.label(this.ops[i]), value: this.values[i], at: this.times[i],
    };
  }
}

/**
 * Runs a finding again and again and compares every step: twice in `system`, and in a system built anew
 * if a builder is given. Null if all runs are the same.
 */
export function checkDeterminism(system: System, finding: Pick<Finding, 'decisions'>, build?: () => System): Nondeterminism | null {
  const first = new StepLog(system, finding);
  return compare(first, new StepLog(system, finding), 'the same system again')
    ?? (build === undefined ? null : compare(first, new StepLog(build(), finding), 'a system built anew'));
}

function compare(a: StepLog, b: StepLog, run: Nondeterminism['run']): Nondeterminism | null {
  const most = Math.max(a.hashes.length, b.hashes.length);
  for (let step = 0; step < most; step++) {
    if (a.hashes[step] !== b.hashes[step]) return { step, expected: a.seen(step), found: b.seen(step), run };
  }
  return a.end === b.end ? null : { step: most, expected: null, found: null, run };
}

/** One line for people. */
export function formatNondeterminism({ step, expected, found, run }: Nondeterminism): string {
  const text = (seen: StepSeen | null): string => (
    seen === null ? 'the end' : `${seen.context} "${seen.label}" = ${seen.value} at ${seen.at} ps`);
  if (expected === null && found === null) return `${run} ends otherwise after the same ${step} steps`;
  return `${run} differs at step ${step}: ${text(found)} instead of ${text(expected)}`;
}
