import type { Context } from './context.ts';
import type { Ps } from './time.ts';

/**
 * The one seam through which all nondeterminism passes: it is asked for a choice and answers with a
 * small integer, 0 being the nominal answer. A *schedule* is the list of answers that are not 0.
 */
export type ChoiceKind = 'stall' | 'timing' | 'order' | 'fault' | 'workload' | 'config';

/**
 * Until when a stalled context is held, smallest first. `past`: not before it has sat through so many moments of quiet,
 * in each of which another one was let go.
 */
export type Release =
  | { readonly kind: 'quiet'; readonly past?: number }
  | { readonly kind: 'timeouts'; readonly n: number }
  | { readonly kind: 'until'; readonly actor: string; readonly step: number; readonly past?: number }
  | { readonly kind: 'for'; readonly ps: Ps };

/** One departure from nominal timing: what a schedule, a finding and a report are made of. */
export interface Decision {
  readonly kind: ChoiceKind;
  /** The context or other actor that was asked. */
  readonly actor: string;
  /** Its step (stall, timing, fault) or the ordinal of its question of this kind (the others). */
  readonly step: number;
  /** The site, redundant: replay checks it and people read it. */
  readonly label: string;
  /** The answer, never 0; of a stall its release, as {@link formatRelease} writes it. */
  readonly value: number | string;
}

/** A departure that is known before the run starts, placed by step: the fast path of the seam. */
export interface Planned {
  readonly actor: string;
  readonly step: number;
  /** A stall. */
  readonly release?: Release;
  /** Or a timing: eighths of the step's jitter. */
  readonly late?: number;
}

/**
 * Says at every step, as the run goes, whose turn it is. Whoever comes to a step and is not the one is held before it,
 * until its own turn comes. Each of these stalls is recorded with the moment that ended it, so that the same run can be
 * planned and needs nobody to take turns.
 */
export interface Turns {
  /**
   * Who takes the next step: `ctx`, which is about to issue one; one that is held, which goes on now; or one that is on
   * the way to its own next step. `all` are these; the list is reused.
   */
  next(ctx: Context, all: readonly Context[]): Context;
  /** Everybody in `held` is held, and nothing but time-outs is due: who goes on? */
  rest(held: readonly Context[]): Context;
}

/** Answers the seam's questions; every search strategy and every replay is one. */
export interface Chooser {
  /** Departures known beforehand; no stalls if there are {@link turns}. */
  readonly plan: readonly Planned[];
  /** Asked at every step of every context, if there is one. */
  readonly turns?: Turns | null;
  /** An answer in [0, n) to a question that arises only as the run goes. */
  draw(kind: ChoiceKind, actor: string, step: number, n: number, label: string): number;
}

/** Nominal timing. */
export const NOMINAL: Chooser = {
  plan: [],
  draw: () => 0,
};

/** Steps of the ladder on which a timing is drawn. */
export const JITTER_STEPS = 8;

export function formatRelease(release: Release): string {
  switch (release.kind) {
    case 'quiet':
      return `quiet${formatPast(release.past)}`;
    case 'timeouts':
      return `timeouts ${release.n}`;
    case 'until':
      return `until ${release.actor}#${release.step}${formatPast(release.past)}`;
    case 'for':
      return `for ${release.ps} ps`;
  }
}

/** For people: `, past 2 moments of quiet`; nothing if it is the first that counts. */
export function pastText(past: number | undefined): string {
  return past === undefined ? '' : `, past ${past} moment${past === 1 ? '' : 's'} of quiet`;
}

function formatPast(past: number | undefined): string {
  return past === undefined ? '' : ` past ${past}`;
}

function parsePast(text: string | undefined): { readonly past?: number } {
  return text === undefined ? {} : { past: Number(text) };
}

/** Reads what {@link formatRelease} wrote; undefined if it is something else. */
export function parseRelease(text: string): Release | undefined {
  const quiet = /^quiet(?: past ([1-9]\d{0,5}))?$/.exec(text);
  if (quiet) return { kind: 'quiet', ...parsePast(quiet[1]) };
  const timeouts = /^timeouts ([1-9]\d{0,5})$/.exec(text);
  if (timeouts) return { kind: 'timeouts', n: Number(timeouts[1]) };
  const until = /^until (\S[^#]*)#(\d{1,9})(?: past ([1-9]\d{0,5}))?$/.exec(text);
  if (until) return { kind: 'until', actor: until[1]!, step: Number(until[2]), ...parsePast(until[3]) };
  const span = /^for ([1-9]\d{0,14}) ps$/.exec(text);
  if (span) return { kind: 'for', ps: Number(span[1]) };
  return undefined;
}
