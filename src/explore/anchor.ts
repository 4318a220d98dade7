import type { ChoiceKind, Chooser, Decision, Planned } from '../sim/index.ts';
import { planOf } from './schedule.ts';
import { rankOf, stepOf, type Sites } from './sites.ts';

/**
 * A decision that keeps its place while others come and go. Its step number shifts with every change
 * before it; its rank among the questions (or steps) of the same actor with the same label hardly does.
 */
export interface Anchored {
  readonly decision: Decision;
  /** How many equals came before; -1: unknown, the step number decides. */
  readonly rank: number;
}

/** A question that a run asked. */
export interface Question {
  readonly kind: ChoiceKind;
  readonly actor: string;
  readonly step: number;
  readonly label: string;
  readonly rank: number;
  /** Number of answers. */
  readonly n: number;
  /** Of a question about what is done next: steps that each context had issued by then, by its id, if that is kept. */
  readonly steps?: readonly number[];
}

/** Questions remembered of one run: a storm asks the same ones over and over. */
const MOST_QUESTIONS = 512;

/** Replays anchored decisions, answers by label and rank, and remembers what was asked. */
export class AnchoredChooser implements Chooser {
  readonly plan: readonly Planned[];
  readonly asked: Question[] = [];
  private readonly draws: readonly Anchored[];
  private readonly issued: (() => readonly number[]) | undefined;
  private readonly ranks = new Map<string, number>();
  /** Ranks of the questions that were answered, by kind, actor and step. */
  private readonly answered = new Map<string, number>();

  /** @param issued steps that each context has issued so far */
  constructor(schedule: readonly Anchored[], issued?: () => readonly number[]) {
    this.issued = issued;
    this.plan = planOf(schedule.map(({ decision }) => decision));
    this.draws = schedule.filter(({ decision }) => decision.kind !== 'stall');
  }

  draw(kind: ChoiceKind, actor: string, step: number, n: number, label: string): number {
    const key = `${kind} ${actor} ${label}`;
    const rank = this.ranks.get(key) ?? 0;
    this.ranks.set(key, rank + 1);
    if (this.asked.length < MOST_QUESTIONS) {
      const steps = kind === 'workload' ? this.issued?.() : undefined;
      this.asked.push({ kind, actor, step, label, rank, n, ...(steps === undefined ? {} : { steps }) });
    }
    for (const { decision, rank: wanted } of this.draws) {
      if (decision.kind !== kind || decision.actor !== actor) continue;
      if (wanted < 0 ? decision.step !== step : decision.label !== label || wanted !== rank) continue;
      const value = Number(decision.value);
      if (value >= n) return 0;
      this.answered.set(`${kind} ${actor}#${step}`, rank);
      return value;
    }
    return 0;
  }

  /** The departures of the run just made, anchored. */
  anchor(taken: readonly Decision[], sites: Sites): Anchored[] {
    return taken.map((decision) => {
      const { kind, actor, step, label } = decision;
      const rank = this.answered.get(`${kind} ${actor}#${step}`) ?? rankOf(sites, actor, step, label);
      return { decision, rank };
    });
  }
}

/**
 * The schedule with its stalls moved to where their sites were in another run; null if they were there
 * already. For when a change to one decision shifts the steps of all that follow.
 */
export function align(schedule: readonly Anchored[], sites: Sites): Anchored[] | null {
  let moved = false;
  const aligned = schedule.map((anchored) => {
    const { decision, rank } = anchored;
    if (decision.kind !== 'stall' || rank < 0) return anchored;
    const step = stepOf(sites, decision.actor, decision.label, rank);
    if (step < 0 || step === decision.step) return anchored;
    moved = true;
    return { decision: { ...decision, step }, rank };
  });
  return moved ? aligned : null;
}
