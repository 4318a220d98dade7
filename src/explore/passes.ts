import { JITTER_STEPS, US, formatRelease, type Decision, type Ps, type Release } from '../sim/index.ts';
import type { Anchored, Question } from './anchor.ts';
import { differsInKind } from './cause.ts';
import { kindRank, measure, compareMeasures, releaseOf } from './measure.ts';
import { dropActors, dropRounds } from './parts.ts';
import { stepOf, type Sites } from './sites.ts';

/** The simplest run so far, as the passes see it. */
export interface ShrunkRun {
  readonly schedule: readonly Anchored[];
  readonly sites: Sites;
  readonly asked: readonly Question[];
  /** Names of the contexts, by id. */
  readonly contexts: readonly string[];
}

/** A simpler schedule that may still show the violation. */
export interface Attempt {
  readonly schedule: readonly Anchored[];
  /** If it does not: try it once more with its stalls moved to where their sites went. */
  readonly aligned: boolean;
}

/** Proposes attempts and hears whether each became the current run. */
export type Pass = (state: { readonly run: ShrunkRun }) => Generator<Attempt, void, boolean>;

/** Steps of one site that are tried for a stall that replaces two decisions. */
const OF_A_SITE = 8;
/** Decisions up to which every subset is tried. */
const ALL_SUBSETS = 7;
/** Sites up to which every pair of stalls is tried. */
const ALL_PAIRS = 50;
/** Answers that are tried where one decision replaces two. */
const FEW = 4;
/** Longest jump of a stall, or of the step that ends it, towards the beginning; steps. */
const FARTHEST = 64;
/** Time-outs that are tried in place of a time. */
const TIMEOUTS = 3;
/** Times that are tried in place of a longer one. */
const TIMES: readonly Ps[] = [1 * US, 10 * US, 100 * US, 1000 * US];

function without(schedule: readonly Anchored[], from: number, count = 1): Anchored[] {
  return [...schedule.slice(0, from), ...schedule.slice(from + count)];
}

function withValue(schedule: readonly Anchored[], at: number, value: Decision['value']): Anchored[] {
  return schedule.map((a, i) => (i === at ? { decision: { ...a.decision, value }, rank: a.rank } : a));
}

function withStep(schedule: readonly Anchored[], at: number, step: number): Anchored[] {
  return schedule.map((a, i) => (i === at ? { decision: { ...a.decision, step }, rank: -1 } : a));
}

function withRank(schedule: readonly Anchored[], at: number, rank: number): Anchored[] {
  return schedule.map((a, i) => (i === at ? { decision: a.decision, rank } : a));
}

/** All at once, halves, quarters, ... down to pairs (ddmin). */
function* deleteMany(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let size = state.run.schedule.length; size > 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < state.run.schedule.length;) {
      const accepted = yield { schedule: without(state.run.schedule, from, size), aligned: false };
      if (!accepted) from += size;
    }
  }
}

/** One by one, what is nearest to the machine's configuration first. */
function* deleteEach(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let kind = 0; kind <= 5; kind++) {
    for (let at = state.run.schedule.length - 1; at >= 0; at--) {
      const { schedule } = state.run;
      if (at >= schedule.length || kindRank(schedule[at].decision) !== kind) continue;
      yield { schedule: without(schedule, at), aligned: true };
    }
  }
}

/** Subsets, the smallest first: what each decision alone is needed for may be needed only by the others. */
function* deleteSets(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  const { schedule } = state.run;
  if (schedule.length > ALL_SUBSETS) {
    for (let i = 0; i < schedule.length; i++) {
      for (let j = i + 1; j < schedule.length; j++) {
        if (yield { schedule: without(without(schedule, j), i), aligned: false }) return;
      }
    }
    return;
  }
  for (let size = 1; size < schedule.length; size++) {
    for (let set = 1; set < 1 << schedule.length; set++) {
      const kept = schedule.filter((_, i) => (set >> i) % 2 === 1);
      if (kept.length === size && (yield { schedule: kept, aligned: false })) return;
    }
  }
}

/** Past one time-out, two, and so on up to `most`. */
function timeouts(most: number): Release[] {
  return Array.from({ length: most }, (_, i) => ({ kind: 'timeouts', n: i + 1 }));
}

/** Half as many moments of quiet, or one less. */
function fewerRests(release: Release & { readonly past?: number }): Release[] {
  const { past = 0 } = release;
  return [...new Set([past >> 1, past - 1])].filter((n) => n > 0).map((n) => ({ ...release, past: n }));
}

function simplerReleases(release: Release): Release[] {
  switch (release.kind) {
    case 'quiet':
      return release.past === undefined ? [] : [{ kind: 'quiet' }, ...fewerRests(release)];
    case 'timeouts':
      return [{ kind: 'quiet' }, ...timeouts(Math.min(TIMEOUTS, release.n - 1))];
    case 'until': { // it ends with the first that finds the system quiet
      const { kind, actor, step, past } = release;
      return [{ kind: 'quiet' }, ...timeouts(1), ...(past === undefined ? [] : [{ kind, actor, step }, ...fewerRests(release)])];
    }
    case 'for':
      return [
        { kind: 'quiet' }, ...timeouts(TIMEOUTS),
        ...[...TIMES, Math.floor(release.ps / 2)].filter((ps) => ps > 0 && ps < release.ps).map((ps) => ({ kind: 'for', ps }) as const),
      ];
  }
}

/** Quiet instead of anything else, fewer time-outs, a shorter time. */
function* simplifyReleases(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let at = 0; at < state.run.schedule.length; at++) {
    for (let going = true; going;) {
      going = false;
      const release = at < state.run.schedule.length ? releaseOf(state.run.schedule[at].decision) : undefined;
      for (const simpler of release === undefined ? [] : simplerReleases(release)) {
        if (!(yield { schedule: withValue(state.run.schedule, at, formatRelease(simpler)), aligned: true })) continue;
        going = true;
        break;
      }
    }
  }
}

/** Until an earlier step of the other: its first, then by halving jumps. */
function* lowerUntils(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let at = 0; at < state.run.schedule.length; at++) {
    let jump: number = FARTHEST;
    for (let first = true; jump >= 1; first = false) {
      const anchored = state.run.schedule[at];
      const release = anchored === undefined ? undefined : releaseOf(anchored.decision);
      if (release?.kind !== 'until' || release.step === 0) break;
      const step = first ? 0 : release.step - jump;
      const accepted = step >= 0 && (yield { schedule: withValue(state.run.schedule, at, formatRelease({ ...release, step })), aligned: true });
      if (!accepted && !first) jump >>= 1;
    }
  }
}

/** Answers towards 1: the least, then by halves. What differs in kind is no less for being in front. */
function* lowerValues(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let at = 0; at < state.run.schedule.length; at++) {
    let low = 1;
    for (;;) {
      const anchored = state.run.schedule[at];
      if (anchored === undefined || typeof anchored.decision.value !== 'number') break;
      const { value, label } = anchored.decision;
      if (low >= value || differsInKind(label)) break;
      const middle = low === 1 ? 1 : Math.floor((low + value) / 2);
      if (!(yield { schedule: withValue(state.run.schedule, at, middle), aligned: true })) low = middle + 1;
    }
  }
}

/** Stalls to earlier steps: the first of their site, then by halving jumps. */
function* moveStalls(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let at = 0; at < state.run.schedule.length; at++) {
    const first = state.run.schedule[at].decision;
    if (first.kind !== 'stall') continue;
    const home = stepOf(state.run.sites, first.actor, first.label, 0);
    if (home >= 0 && home < first.step) yield { schedule: withStep(state.run.schedule, at, home), aligned: false };
    for (let jump: number = FARTHEST; jump >= 1;) {
      const anchored = state.run.schedule[at];
      if (anchored === undefined || anchored.decision.kind !== 'stall') break;
      const step = anchored.decision.step - jump;
      const accepted = step >= 0 && (yield { schedule: withStep(state.run.schedule, at, step), aligned: false });
      if (!accepted) jump = jump >> 1;
    }
  }
}

/** What answers a question answers an earlier one of its kind instead. */
function* moveDraws(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (let at = 0; at < state.run.schedule.length; at++) {
    for (let going = true; going;) {
      going = false;
      const anchored = state.run.schedule[at];
      if (anchored === undefined || anchored.decision.kind === 'stall') break;
      const { rank } = anchored;
      for (const earlier of new Set([0, rank >> 1, rank - 1])) {
        if (earlier < 0 || earlier >= rank) continue;
        if (!(yield { schedule: withRank(state.run.schedule, at, earlier), aligned: true })) continue;
        going = true;
        break;
      }
    }
  }
}

/** One of the two stays, released by the other's moment instead of by quiet, or past a time-out. */
function* oneOfTwo(a: Anchored, b: Anchored): Generator<Anchored> {
  for (const [stays, goes] of [[a, b], [b, a]]) {
    if (stays.decision.kind !== 'stall') continue;
    const { actor, step } = goes.decision;
    const releases: readonly Release[] = goes.decision.kind === 'stall' && actor !== stays.decision.actor
      ? [{ kind: 'timeouts', n: 1 }, { kind: 'until', actor, step }]
      : [{ kind: 'timeouts', n: 1 }];
    for (const release of releases) yield { decision: { ...stays.decision, value: formatRelease(release) }, rank: stays.rank };
  }
}

/** A quiet stall at every site: at each of its steps, or at some, spread evenly, of a loop. */
function* stallsAnywhere(run: ShrunkRun): Generator<Anchored> {
  for (const [actor, labels] of run.sites) {
    const sites = new Map<string, number[]>();
    for (let step = 0; step < labels.length; step++) {
      const steps = sites.get(labels[step]);
      if (steps === undefined) sites.set(labels[step], [step]);
      else steps.push(step);
    }
    for (const [label, steps] of sites) {
      const stride = Math.max(1, Math.floor(steps.length / OF_A_SITE));
      for (let i = 0; i < steps.length; i += stride) {
        yield { decision: { kind: 'stall', actor, step: steps[i], label, value: 'quiet' }, rank: -1 };
      }
    }
  }
}

function* answersAnywhere(run: ShrunkRun): Generator<Anchored> {
  for (const { kind, actor, step, label, rank, n } of run.asked) {
    if (kind === 'timing' && n > JITTER_STEPS + 1) continue;
    for (let value = 1; value < Math.min(n, FEW + 1); value++) yield { decision: { kind, actor, step, label, value }, rank };
  }
}

/** Three stalls or more by one, wherever; in a small system also by two. */
function* allStallsByFew(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  const { run } = state;
  const rest = run.schedule.filter(({ decision }) => decision.kind !== 'stall');
  if (run.schedule.length - rest.length < 3) return; // two are the next pass's
  const anywhere = [...stallsAnywhere(run)];
  for (const one of anywhere) if (yield { schedule: [...rest, one], aligned: false }) return;
  if (anywhere.length > ALL_PAIRS) return;
  for (let i = 0; i < anywhere.length; i++) {
    for (let j = i + 1; j < anywhere.length; j++) {
      if (yield { schedule: [...rest, anywhere[i], anywhere[j]], aligned: false }) return;
    }
  }
}

/** Any two by one: without this, shrinking sticks at three or four decisions. */
function* twoForOne(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  const { run } = state;
  const { schedule } = run;
  for (let i = 0; i < schedule.length; i++) {
    for (let j = i + 1; j < schedule.length; j++) {
      const rest = without(without(schedule, j), i);
      const stalled = schedule[i].decision.kind === 'stall' || schedule[j].decision.kind === 'stall';
      const sources = stalled ? [stallsAnywhere, answersAnywhere] : [answersAnywhere, stallsAnywhere];
      for (const one of oneOfTwo(schedule[i], schedule[j])) {
        if (yield { schedule: [...rest, one], aligned: false }) return;
      }
      for (const source of sources) {
        for (const one of source(run)) if (yield { schedule: [...rest, one], aligned: false }) return;
      }
    }
  }
}

/** A departure of the configuration, or a stall that is not released by quiet, by a quiet stall wherever. */
function* oneForOne(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  const { run } = state;
  for (let at = 0; at < run.schedule.length; at++) {
    const { kind, value } = run.schedule[at].decision;
    if (kind !== 'config' && (kind !== 'stall' || value === 'quiet')) continue;
    const rest = without(run.schedule, at);
    for (const one of stallsAnywhere(run)) if (yield { schedule: [...rest, one], aligned: false }) return;
  }
}

const CHEAP: readonly Pass[] = [
  deleteMany, dropActors, deleteEach, deleteSets, simplifyReleases, lowerUntils, lowerValues, moveStalls, moveDraws, dropRounds,
];
const EXPENSIVE: readonly Pass[] = [allStallsByFew, twoForOne, oneForOne];

/** All cheap passes, over and over, until none finds anything. */
export function* cheapPasses(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  for (;;) {
    const before = sizeOfRun(state.run);
    for (const pass of CHEAP) yield* pass(state);
    if (compareMeasures(sizeOfRun(state.run), before) >= 0) return;
  }
}

/** The passes that try every site, one after the other, until one finds something. */
export function* expensivePasses(state: { readonly run: ShrunkRun }): Generator<Attempt, void, boolean> {
  const before = sizeOfRun(state.run);
  for (const pass of EXPENSIVE) {
    yield* pass(state);
    if (compareMeasures(sizeOfRun(state.run), before) < 0) return;
  }
}

function sizeOfRun({ schedule }: ShrunkRun): readonly number[] {
  return measure(schedule.map(({ decision }) => decision));
}
