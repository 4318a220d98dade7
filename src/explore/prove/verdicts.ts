import type { Decision, Violation } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import { causeOf, isWithin, signatureOf, traitOf, traitsOf } from '../cause.ts';
import { makeFinding, type Finding, type Subject } from '../finding.ts';
import { compareMeasures, measure } from '../measure.ts';
import { normalise } from '../schedule.ts';
import { Shrinker } from '../shrink.ts';
import type { Judged } from './leaves.ts';

/** A breach that is to be shrunk. */
interface Candidate {
  readonly decisions: readonly Decision[];
  readonly violation: Violation;
  readonly execution: number;
}

/** Executions for shrinking one candidate, at most: what an exhaustive search finds is small already. */
const SHRINK_BUDGET = 2_000;
/** Breaches of one signature of which no known finding is a part are all shrunk up to so many; then the 128th, the 256th, ... */
const ALL_SHRUNK = 64;

/** What is kept of {@link Verdicts} when a proof is interrupted. */
export interface SavedVerdicts {
  readonly findings: readonly Finding[];
  readonly violating: number;
  readonly shrinkExecutions: number;
  readonly unexplained: readonly (readonly [string, number])[];
}

/** Collects what breaks a rule: one finding for each cause, shrunk. */
export class Verdicts {
  /** Executions in which a rule was broken. */
  violating = 0;
  shrinkExecutions = 0;
  private readonly system: System;
  private readonly subject: Subject;
  private readonly nominal: number;
  private readonly byCause = new Map<string, Finding>();
  private readonly unexplained = new Map<string, number>();
  private readonly waiting: Candidate[] = [];
  private at: { readonly candidate: Candidate; readonly shrinker: Shrinker } | null = null;

  constructor(system: System, subject: Subject, nominal: number, saved?: SavedVerdicts) {
    this.system = system;
    this.subject = subject;
    this.nominal = nominal;
    if (saved === undefined) return;
    this.violating = saved.violating;
    this.shrinkExecutions = saved.shrinkExecutions;
    for (const finding of saved.findings) this.byCause.set(causeOf(finding.oracle, finding.rule, finding.decisions), finding);
    for (const [signature, count] of saved.unexplained) this.unexplained.set(signature, count);
  }

  get findings(): Finding[] {
    return [...this.byCause.values()];
  }

  /** Something waits to be shrunk. */
  get busy(): boolean {
    return this.at !== null || this.waiting.length > 0;
  }

  save(): SavedVerdicts {
    const { findings, violating, shrinkExecutions } = this;
    return { findings, violating, shrinkExecutions, unexplained: [...this.unexplained] };
  }

  /** Takes what an execution has broken. */
  offer({ violations, taken }: Judged, execution: number): void {
    if (violations.length === 0) return;
    this.violating++;
    for (const violation of violations) {
      if (this.explains(violation, taken)) continue;
      const signature = signatureOf(violation);
      const count = (this.unexplained.get(signature) ?? 0) + 1;
      this.unexplained.set(signature, count);
      if (count > ALL_SHRUNK && (count & (count - 1)) !== 0) continue;
      this.waiting.push({ decisions: normalise(taken), violation: { ...violation }, execution });
    }
  }

  /** Shrinks by at most `n` executions; returns how many it were. */
  advance(n: number): number {
    let spent = 0;
    while (spent < n && this.busy) {
      if (this.at === null) {
        const candidate = this.waiting.shift()!;
        if (this.explains(candidate.violation, candidate.decisions)) continue;
        this.at = { candidate, shrinker: new Shrinker(this.system, candidate.decisions, candidate.violation, { budget: SHRINK_BUDGET }) };
      }
      spent += this.at.shrinker.advance(n - spent);
      if (this.at.shrinker.done) this.settle(this.at);
    }
    this.shrinkExecutions += spent;
    return spent;
  }

  /** Whether the schedule has all traits of a finding of this rule. */
  private explains({ oracle, rule }: Violation, taken: readonly Decision[]): boolean {
    const traits = new Set(taken.map(traitOf));
    for (const finding of this.byCause.values()) {
      if (finding.oracle === oracle && finding.rule === rule && traitsOf(finding.decisions).every((trait) => traits.has(trait))) return true;
    }
    return false;
  }

  private settle({ candidate, shrinker: { decisions, violation, hash } }: { readonly candidate: Candidate; readonly shrinker: Shrinker }): void {
    this.at = null;
    if (violation === undefined) throw new Error(`execution ${candidate.execution} does not show the same when it is run again`);
    const { oracle, rule } = violation;
    const rivals = this.findings.filter((finding) => finding.oracle === oracle && finding.rule === rule);
    if (rivals.some((finding) => isWithin(finding.decisions, decisions))) return;
    const cause = causeOf(oracle, rule, decisions);
    const known = this.byCause.get(cause);
    if (known !== undefined && compareMeasures(measure(decisions), measure(known.decisions)) >= 0) return;
    for (const finding of rivals) {
      if (isWithin(decisions, finding.decisions)) this.byCause.delete(causeOf(oracle, rule, finding.decisions));
    }
    const origin = { seed: 0, strategy: 'prove', execution: known?.execution ?? candidate.execution };
    this.byCause.set(cause, makeFinding(this.subject, origin, violation, decisions, { nominal: this.nominal, run: hash }));
  }
}
