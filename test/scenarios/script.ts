import type { KcsBmcDriverClass } from '../../src/drivers/kcs-bmc/index.ts';
import { CARELESS_KCS_MOVES } from '../../src/host/index.ts';
import { KcsSystem, type Outcome, type Settings, type System } from '../../src/scenarios/index.ts';
import type { ChoiceKind, Chooser, Planned, Release } from '../../src/sim/index.ts';

/** Answers by label, or by `actor label`: one for all questions, or a list of the first ones in order. */
export type Answers = Readonly<Record<string, number | readonly number[]>>;

/** A stall at the `nth` step (from 0) of `actor` whose label contains `at`. */
export interface StallAt {
  readonly actor: string;
  readonly at: string;
  readonly nth?: number;
  readonly release?: Release;
}

/** A schedule as a test writes it. */
export interface Script {
  readonly answers?: Answers;
  /** In the order in which they bite: each is placed by a run with those before it. */
  readonly stalls?: readonly StallAt[];
}

const QUIET: Release = { kind: 'quiet' };

/** Answers questions by label; everything else is nominal. */
class Answering implements Chooser {
  readonly plan: readonly Planned[];
  private readonly answers: Answers;
  private readonly asked = new Map<string, number>();

  constructor(answers: Answers, plan: readonly Planned[]) {
    this.answers = answers;
    this.plan = plan;
  }

  draw(_kind: ChoiceKind, actor: string, _step: number, n: number, label: string): number {
    const key = `${actor} ${label}` in this.answers ? `${actor} ${label}` : label;
    const answer = this.answers[key];
    if (answer === undefined) return 0;
    const rank = this.asked.get(key) ?? 0;
    this.asked.set(key, rank + 1);
    const value = typeof answer === 'number' ? answer : answer[rank] ?? 0;
    if (value >= n) throw new RangeError(`${key} has ${n} answers`);
    return value;
  }
}

/** Runs the script; throws if one of its stalls has no site. */
export function play(system: System, script: Script = {}): Outcome {
  const { answers = {}, stalls = [] } = script;
  const plan: Planned[] = [];
  for (const { actor, at, nth = 0, release = QUIET } of stalls) {
    const step = stepsOf(system, new Answering(answers, plan), actor, at)[nth];
    if (step === undefined) throw new Error(`${actor} has no step ${nth} of "${at}"`);
    plan.push({ actor, step, release });
  }
  return system.execute(new Answering(answers, plan));
}

/** The steps of `actor` in one run whose labels contain `text`. */
export function stepsOf(system: System, chooser: Chooser, actor: string, text: string): number[] {
  const { sim } = system;
  const before = sim.observer;
  const found: number[] = [];
  sim.observer = {
    step(ctx, op, value) {
      before?.step(ctx, op, value);
      if (ctx.name === actor && found.at(-1) !== ctx.step && sim.ops.label(op).includes(text)) found.push(ctx.step);
    },
  };
  try {
    system.execute(chooser);
  } finally {
    sim.observer = before;
  }
  return found;
}

/** A system with the driver, its parameters as set, judged by all oracles but `data-race`. */
export function systemWith(driverClass: KcsBmcDriverClass, settings: Settings = {}): KcsSystem {
  return new KcsSystem({ driverClass, settings });
}

/** The answer to `host move` that is the move of this name. */
export function moveOf(name: string): number {
  const index = CARELESS_KCS_MOVES.findIndex((move) => move.name === name);
  if (index < 0) throw new Error(`no move "${name}"`);
  return index;
}
