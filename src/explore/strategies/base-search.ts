import type { Context, Decision, Prng } from '../../sim/index.ts';

/** Most stalls at once. */
export const MOST_STALLS = 3;
/** A stall's position as one integer: context id above the step. */
const STEP_BITS = 11;
export const MOST_STEPS = 1 << STEP_BITS;
const MOST_CONTEXTS = 64;
const POSITIONS = MOST_STEPS * MOST_CONTEXTS;
/** Schedules that are kept for extension, of one size and base. */
const FRONTIER = 512;
/** Of so many executions with two stalls or more, one has three. */
const TRIPLES = 4;

/** A schedule to be extended by one more stall, at every step that its own run took; as it is kept between slices. */
export interface StemState {
  /** Positions, ascending. */
  readonly stalls: readonly number[];
  /** Steps per context in its run; empty: all have been tried. */
  readonly counts: readonly number[];
  /** The order in which steps are tried: (start + i * stride) mod total. */
  readonly start: number;
  readonly stride: number;
  readonly next: number;
}

/** Stems by size, each in the order in which they came. */
export type StemStates = readonly (readonly StemState[])[];

/** What became of a stem that was there: size, how many had come before it, next step. */
export type Progress = readonly [number, number, number];

interface Stem extends StemState {
  readonly total: number;
  next: number;
  /** How many stems of its size came before. */
  readonly arrival: number;
}

/** How many more stems all bases of a search together may keep. */
export interface Allowance {
  left: number;
}

/** Which of the stems that are there are to be extended, if several divide a base: those of that turn. */
export interface Share {
  readonly turn: number;
  readonly of: number;
}

/** What is kept of a search over one base. */
export interface SearchState {
  readonly started: boolean;
  readonly stems: StemStates;
}

/** The stems of one size, served in turn. */
class Level {
  readonly added: Stem[] = [];
  private readonly known: readonly StemState[];
  /** Those that were there and are to be extended. */
  private readonly own: Stem[] = [];
  private readonly allowance: Allowance;
  /** When each came, by key: of two ways to one schedule only the older is taken. */
  private readonly arrival = new Map<number, number>();
  private readonly live: Stem[];
  private turn = 0;

  constructor(allowance: Allowance, known: readonly StemState[], share: Share) {
    this.allowance = allowance;
    this.known = known;
    known.forEach((state, arrival) => {
      this.arrival.set(keyOf(state.stalls), arrival);
      if (arrival % share.of === share.turn && !isDone(state)) this.own.push({ ...state, total: totalOf(state.counts), arrival });
    });
    // Who has had the fewest turns is next.
    this.live = this.own.toSorted((a, b) => a.next - b.next || a.arrival - b.arrival);
  }

  /** The steps at which those stand that were there and have moved on, by their arrival. */
  get progress(): readonly (readonly [number, number])[] {
    return this.own.filter(({ arrival, next }) => next !== this.known[arrival].next).map(({ arrival, next }) => [arrival, next]);
  }

  add(state: StemState): void {
    if (this.arrival.size >= FRONTIER || this.allowance.left <= 0) return;
    this.allowance.left--;
    const stem = { ...state, total: totalOf(state.counts), arrival: this.arrival.size };
    this.arrival.set(keyOf(stem.stalls), stem.arrival);
    this.added.push(stem);
    this.live.push(stem);
  }

  /** The next extension; undefined if there is none. */
  extend(): number[] | undefined {
    const { live } = this;
    while (live.length > 0) {
      if (this.turn >= live.length) this.turn = 0;
      const stem = live[this.turn];
      if (stem.next >= stem.total) {
        live.splice(this.turn, 1);
        this.allowance.left++;
        continue;
      }
      this.turn++;
      const position = locate(stem, (stem.start + stem.next++ * stem.stride) % stem.total);
      if (position < 0 || stem.stalls.includes(position)) continue;
      const stalls = [...stem.stalls, position].sort((a, b) => a - b);
      if (!this.older(stalls, position, stem.arrival)) return stalls;
    }
    return undefined;
  }

  /** Whether another stem, of an earlier arrival, leads to the same schedule. */
  private older(stalls: readonly number[], added: number, arrival: number): boolean {
    for (const left of stalls) {
      if (left === added) continue;
      const other = this.arrival.get(keyOf(stalls.filter((s) => s !== left)));
      if (other !== undefined && other < arrival) return true;
    }
    return false;
  }
}

function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

/** Nothing of it is left to be tried. */
export function isDone({ counts, next }: StemState): boolean {
  return next >= totalOf(counts);
}

function stateOf({ stalls, counts, start, stride, next }: StemState): StemState {
  return { stalls, counts: isDone({ stalls, counts, start, stride, next }) ? [] : counts, start, stride, next };
}

/** What several have made of the stems of one base: of those that were there, and of those that each has added. */
export function mergeStems(known: StemStates, progress: readonly Progress[], added: readonly StemStates[]): StemStates {
  const levels = Array.from({ length: MOST_STALLS }, (_none, size) => [...known[size] ?? []]);
  for (const [size, arrival, next] of progress) levels[size][arrival] = stateOf({ ...levels[size][arrival], next });
  for (const states of added) {
    states.forEach((stems, size) => {
      const level = levels[size];
      const there = new Set(level.map(({ stalls }) => keyOf(stalls)));
      for (const stem of stems) if (level.length < FRONTIER && !there.has(keyOf(stem.stalls))) level.push(stem);
    });
  }
  return levels;
}

function keyOf(stalls: readonly number[]): number {
  let key = 0;
  for (const stall of stalls) key = key * POSITIONS + stall + 1;
  return key;
}

/** The position of the `index`-th step of a run, counted context by context. */
function locate({ counts }: StemState, index: number): number {
  let left = index;
  for (let ctx = 0; ctx < counts.length; ctx++) {
    if (left < counts[ctx]) return (ctx << STEP_BITS) | left;
    left -= counts[ctx];
  }
  return -1;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

export function contextOf(position: number): number {
  return position >> STEP_BITS;
}

export function stepOfPosition(position: number): number {
  return position & (MOST_STEPS - 1);
}

/**
 * The search over one base, a fixed set of answers to the seam's questions: the base alone, every single
 * stall, then pairs and triples, extending only schedules whose trace was new. Positions are never
 * filtered by what a stall does alone: the first of a pair often changes nothing by itself.
 */
export class BaseSearch {
  readonly answers: readonly Decision[];
  /** The schedule being run. */
  stalls: readonly number[] = [];
  /** Its own run has been made. */
  started: boolean;
  private readonly prng: Prng;
  private readonly levels: readonly Level[];
  private turn = 0;

  constructor(answers: readonly Decision[], prng: Prng, allowance: Allowance, known: SearchState, share: Share) {
    this.answers = answers;
    this.prng = prng;
    this.started = known.started;
    this.levels = Array.from({ length: MOST_STALLS }, (_none, size) => new Level(allowance, known.stems[size] ?? [], share));
  }

  /** How far those stems have come that were there. */
  get progress(): readonly Progress[] {
    return this.levels.flatMap(({ progress }, size) => progress.map(([arrival, next]): Progress => [size, arrival, next]));
  }

  /** The stems that have come since. */
  get added(): StemStates {
    return this.levels.map(({ added }) => added.map(stateOf));
  }

  /** Moves on to the next schedule; false if there is none. */
  next(): boolean {
    if (!this.started) {
      this.started = true;
      this.stalls = [];
      return true;
    }
    const [singles, pairs, triples] = this.levels;
    const deep = ++this.turn % TRIPLES === 0;
    const next = singles.extend() ?? (deep ? triples.extend() ?? pairs.extend() : pairs.extend() ?? triples.extend());
    if (next === undefined) return false;
    this.stalls = next;
    return true;
  }

  /** The schedule just run had a trace that is new: it is extended in time. */
  extend(contexts: readonly Context[]): void {
    const { stalls, prng } = this;
    if (stalls.length >= MOST_STALLS) return;
    const counts = contexts.slice(0, MOST_CONTEXTS).map(({ steps }) => Math.min(steps, MOST_STEPS));
    const total = totalOf(counts);
    if (total === 0) return;
    let stride = 1 + prng.below(total);
    while (gcd(stride, total) !== 1) stride++;
    this.levels[stalls.length].add({ stalls, counts, start: prng.below(total), stride, next: 0 });
  }
}
