import { normalise, rerun, violationOf, type Candidate, type HuntTask, type HuntTaskResult, type ShrinkResult, type ShrinkTask, type SliceResult } from '../explore/index.ts';
import { UsageError, type System } from '../scenarios/index.ts';
import type { Decision, Violation } from '../sim/index.ts';

/** Runs again what others say has broken a rule, before anything is made of it. */
export class Trial {
  private readonly system: System;

  constructor(system: System) {
    this.system = system;
  }

  /** Throws UsageError of one line, beginning with `name`, if something in a result is not so. */
  check(task: HuntTask, result: HuntTaskResult, name: string): void {
    if (task.kind === 'shrink') this.shrunk(task, result as ShrinkResult, name);
    else for (const [i, candidate] of (result as SliceResult).candidates.entries()) this.candidate(candidate, `${name}: candidates[${i}]`);
  }

  private candidate({ decisions, violation }: Candidate, name: string): void {
    const { violations } = rerun(this.system, decisions);
    if (!violations.some((other) => isSame(other, violation))) throw new UsageError(`${name}: its schedule does not break ${violation.oracle}/${violation.rule} in that way here`);
  }

  private shrunk({ decisions, target }: ShrinkTask, result: ShrinkResult, name: string): void {
    if (result.violation === undefined) {
      if (violationOf(rerun(this.system, decisions), target) !== undefined) throw new UsageError(`${name}: says of a schedule that it breaks no rule, and here it does`);
      return;
    }
    const outcome = rerun(this.system, result.decisions);
    const violation = violationOf(outcome, target);
    if (violation === undefined || !isSame(violation, result.violation) || outcome.hash !== result.hash) {
      throw new UsageError(`${name}: its schedule does not break ${target.oracle}/${target.rule} in that way here`);
    }
    if (keyOf(normalise(outcome.taken)) !== keyOf(result.decisions)) throw new UsageError(`${name}: has decisions that its run does not take`);
    for (const [i, way] of result.ways.entries()) {
      if (violationOf(rerun(this.system, way), target) === undefined) throw new UsageError(`${name}: ways[${i}] does not break ${target.oracle}/${target.rule} here`);
    }
  }
}

function isSame(a: Violation, b: Violation): boolean {
  return a.oracle === b.oracle && a.rule === b.rule && a.site === b.site && a.message === b.message && a.step === b.step && a.at === b.at;
}

function keyOf(decisions: readonly Decision[]): string {
  return JSON.stringify(decisions.map(({ step, kind, actor, label, value }) => [step, kind, actor, label, value]));
}
