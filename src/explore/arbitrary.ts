import fc from 'fast-check';
import { US, formatRelease, type Decision, type Release } from '../sim/index.ts';
import type { System } from '../scenarios/system.ts';
import { ScheduleChooser } from './schedule.ts';

/** Bounds of a drawn schedule. */
export interface ScheduleBounds {
  /** Most stalls, default 4. */
  readonly stalls?: number;
  /** Most other departures (faults, workload, configuration), default 4. */
  readonly draws?: number;
}

/** A question that a run asks of the seam, as {@link questionsOf} finds it. */
interface Question {
  readonly kind: Decision['kind'];
  readonly actor: string;
  readonly step: number;
  readonly label: string;
  readonly n: number;
}

/** The steps of each context and the questions of a nominal run: what a schedule can depart from. */
function shapeOf(system: System): { readonly contexts: readonly { name: string; steps: number }[]; readonly questions: readonly Question[] } {
  const questions: Question[] = [];
  system.execute({
    plan: [],
    draw(kind, actor, step, n, label) {
      questions.push({ kind, actor, step, label, n });
      return 0;
    },
  });
  const contexts = system.sim.contexts.filter((ctx) => ctx.steps > 0).map((ctx) => ({ name: ctx.name, steps: ctx.steps }));
  return { contexts, questions };
}

const release: fc.Arbitrary<Release> = fc.oneof(
  fc.constant<Release>({ kind: 'quiet' }),
  fc.integer({ min: 1, max: 3 }).map((n): Release => ({ kind: 'timeouts', n })),
  fc.integer({ min: 1, max: 2000 }).map((n): Release => ({ kind: 'for', ps: n * US })),
);

/**
 * An arbitrary of schedules of `system`, for properties of one's own: lists of decisions to be given to
 * {@link ScheduleChooser}. Shrinks towards fewer decisions and smaller numbers.
 */
export function schedules(system: System, bounds: ScheduleBounds = {}): fc.Arbitrary<ScheduleChooser> {
  const { contexts, questions } = shapeOf(system);
  const stall = fc.nat({ max: Math.max(0, contexts.length - 1) }).chain((i) => fc.record({
    kind: fc.constant('stall' as const),
    actor: fc.constant(contexts[i].name),
    step: fc.nat({ max: contexts[i].steps - 1 }),
    label: fc.constant(''),
    value: release.map(formatRelease),
  }));
  const drawn = fc.nat({ max: Math.max(0, questions.length - 1) }).chain((i) => {
    const { kind, actor, step, label, n } = questions[i];
    return fc.integer({ min: 1, max: n - 1 }).map((value): Decision => ({ kind, actor, step, label, value }));
  });
  return fc.tuple(
    fc.array(stall, { maxLength: contexts.length === 0 ? 0 : bounds.stalls ?? 4 }),
    fc.array(drawn, { maxLength: questions.length === 0 ? 0 : bounds.draws ?? 4 }),
  ).map(([stalls, draws]) => new ScheduleChooser([...stalls, ...draws]));
}
