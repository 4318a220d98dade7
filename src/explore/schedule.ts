import { JITTER_STEPS, parseRelease, type ChoiceKind, type Chooser, type Decision, type Planned } from '../sim/index.ts';

/** A decision that met something else than the run in which it was recorded. */
export interface Divergence {
  /** Index of the decision in the schedule. */
  readonly index: number;
  readonly expected: Decision;
  /** What was there instead. */
  readonly found: string;
}

/** How a replayed schedule matched its run. */
export interface Match {
  /** The first in the order of the schedule; null if every decision that was used met its own site. */
  readonly divergence: Divergence | null;
  /** Decisions whose step or question never came. */
  readonly unused: readonly Decision[];
}

/** Replays a list of decisions, and nothing else: any question that it does not name is nominal. */
export class ScheduleChooser implements Chooser {
  readonly plan: readonly Planned[];
  readonly decisions: readonly Decision[];
  private readonly draws: readonly Decision[];
  /** Questions that have fewer answers than their decision asks for. */
  private readonly refused = new Map<Decision, string>();

  constructor(decisions: readonly Decision[]) {
    this.decisions = decisions;
    this.plan = planOf(decisions);
    this.draws = decisions.filter(({ kind }) => kind !== 'stall');
  }

  draw(kind: ChoiceKind, actor: string, step: number, n: number, label: string): number {
    const { draws } = this;
    for (let i = 0; i < draws.length; i++) {
      const decision = draws[i];
      if (decision.step !== step || decision.actor !== actor || decision.kind !== kind) continue;
      const value = Number(decision.value);
      if (value < n) return value;
      this.refused.set(decision, `"${label}", which has ${n} answers`);
      return 0;
    }
    return 0;
  }

  /** Compares the schedule with the departures that one execution of it took. */
  match(taken: readonly Decision[]): Match {
    let divergence: Divergence | null = null;
    const unused: Decision[] = [];
    const byPlace = new Map(taken.map((d) => [place(d), d]));
    this.decisions.forEach((expected, index) => {
      const got = byPlace.get(place(expected));
      const refused = this.refused.get(expected);
      if (got === undefined) unused.push(expected);
      if (divergence !== null) return;
      if (refused !== undefined) divergence = { index, expected, found: refused };
      else if (got !== undefined && got.label !== expected.label) divergence = { index, expected, found: `"${got.label}"` };
    });
    this.refused.clear();
    return { divergence, unused };
  }
}

/**
 * What the simulator is told beforehand. A timing is listed as well as drawn, since some actors ask for
 * theirs and others have it placed by step; an actor that is no context ignores the plan.
 */
export function planOf(decisions: readonly Decision[]): Planned[] {
  return decisions.flatMap(({ kind, actor, step, value }): Planned[] => {
    if (kind === 'timing' && Number(value) <= JITTER_STEPS) return [{ actor, step, late: Number(value) }];
    const release = kind === 'stall' ? parseRelease(String(value)) : undefined;
    return release === undefined ? [] : [{ actor, step, release }];
  });
}

/** Where a decision sits; at most one can sit there. */
export function place({ kind, actor, step }: Decision): string {
  return `${kind} ${actor}#${step}`;
}

/** One line for people: `stall bmc:kcsd#6 "copy_to_user" quiet`. */
export function formatDecision(decision: Decision): string {
  return `${place(decision)} "${decision.label}" ${decision.value}`;
}

/** One line for people: what was expected and what was there. */
export function formatDivergence({ index, expected, found }: Divergence): string {
  return `decision ${index + 1} (${place(expected)}) was recorded at "${expected.label}", but meets ${found}`;
}

/** The same schedules have the same key, in whatever order they are listed. */
export function scheduleKey(decisions: readonly Decision[]): string {
  return decisions.map((d) => `${place(d)}=${d.value}`).sort().join('\n');
}

/** A copy that outlives the next execution, without decisions that repeat a place or say nothing. */
export function normalise(decisions: readonly Decision[]): Decision[] {
  const seen = new Set<string>();
  return decisions.filter((d) => {
    const at = place(d);
    if (d.value === 0 || seen.has(at)) return false;
    seen.add(at);
    return true;
  });
}
