import { formatRelease, type Decision } from '../sim/index.ts';
import type { Anchored, Question } from './anchor.ts';
import { releaseOf } from './measure.ts';
import type { Attempt, ShrunkRun } from './passes.ts';

type Steps = Generator<Attempt, void, boolean>;

/** Whoever does nothing that matters: all decisions about one actor, with the decision by which it is there at all, if one is. */
export function* dropActors(state: { readonly run: ShrunkRun }): Steps {
  const { schedule } = state.run;
  const actors = new Set(schedule.filter(({ decision }) => decision.kind !== 'config').map(({ decision }) => decision.actor));
  for (const actor of actors) {
    yield { schedule: state.run.schedule.filter(({ decision }) => decision.actor !== actor), aligned: false };
    for (const config of state.run.schedule.filter(({ decision }) => decision.kind === 'config')) {
      yield { schedule: state.run.schedule.filter((one) => one !== config && one.decision.actor !== actor), aligned: false };
    }
  }
}

/**
 * One round of what an actor does over and over, as if it had never been: a request of the host's, a turn of the daemon's.
 * The decisions in it go, and those after it, of whomever, move to where they are without it.
 */
export function* dropRounds(state: { readonly run: ShrunkRun }): Steps {
  const { asked } = state.run;
  const actors = new Set(asked.filter(({ kind }) => kind === 'workload').map(({ actor }) => actor));
  for (const actor of actors) {
    for (let round = 0; ;) {
      const { run } = state;
      const starts = roundsOf(run, actor);
      if (round + 1 >= starts.length) break;
      const schedule = withoutRound(run, starts[round], starts[round + 1]);
      const accepted = schedule !== undefined && (yield { schedule, aligned: true });
      if (!accepted) round++;
    }
  }
}

/** Where its rounds begin among the questions: by the first that it asks more than once. */
function roundsOf({ asked }: ShrunkRun, actor: string): readonly number[] {
  const mine = asked.filter((question) => question.kind === 'workload' && question.actor === actor);
  const again = mine.find(({ label, rank }) => rank === 0 && mine.some((other) => other.label === label && other.rank > 0));
  return again === undefined ? [] : asked.flatMap((question, at) => (mine.includes(question) && question.label === again.label ? [at] : []));
}

/** The schedule without what is asked from question `from` up to `to`; undefined if that makes no difference. */
function withoutRound(run: ShrunkRun, from: number, to: number): Anchored[] | undefined {
  const { asked, contexts, schedule } = run;
  const gone = asked.slice(from, to);
  const { steps: begun } = asked[from];
  const { steps: ended } = asked[to];
  if (begun === undefined || ended === undefined) return undefined;
  /** A step after the round is so much earlier without it; undefined: it is in it. */
  const moved = (actor: string, step: number): number | undefined => {
    const id = contexts.indexOf(actor);
    if (id < 0 || step < begun[id]) return step;
    return step < ended[id] ? undefined : step - (ended[id] - begun[id]);
  };
  let differs = false;
  const shifted = schedule.flatMap((one): Anchored[] => {
    const next = one.decision.kind === 'stall' ? shiftedStall(one, moved) : shiftedAnswer(one, asked, from, to, gone);
    if (next !== one) differs = true;
    return next === undefined ? [] : [next];
  });
  return differs ? shifted : undefined;
}

type Moved = (actor: string, step: number) => number | undefined;

function shiftedStall(one: Anchored, moved: Moved): Anchored | undefined {
  const { decision } = one;
  const step = moved(decision.actor, decision.step);
  if (step === undefined) return undefined;
  const release = releaseOf(decision);
  let { value }: Decision = decision;
  if (release?.kind === 'until') {
    const target = moved(release.actor, release.step);
    if (target === undefined) return undefined;
    value = formatRelease({ ...release, step: target });
  }
  return step === decision.step && value === decision.value ? one : { decision: { ...decision, step, value }, rank: -1 };
}

function shiftedAnswer(one: Anchored, asked: readonly Question[], from: number, to: number, gone: readonly Question[]): Anchored | undefined {
  const { decision, rank } = one;
  const isSame = ({ kind, actor, label }: Question): boolean => kind === decision.kind && actor === decision.actor && label === decision.label;
  const at = asked.findIndex((question) => isSame(question) && question.rank === rank);
  if (at < from) return one;
  if (at < to) return undefined;
  const before = gone.filter(isSame).length;
  return before === 0 ? one : { decision, rank: rank - before };
}
