import { hashText, type Decision } from '../../sim/index.ts';
import type { Question } from '../anchor.ts';
import { isDone, mergeStems, type Progress, type StemStates } from './base-search.ts';

/** Answers that have run, and what that run asked: others can be made of it. */
export interface Parent {
  readonly answers: readonly Decision[];
  readonly asked: readonly Question[];
}

/** The search over one base, as it is kept between slices. */
export interface BaseState {
  /** Of its answers. */
  readonly id: number;
  readonly answers: readonly Decision[];
  /** Steps that it may still spend; a run that is longer than expected is paid for by later rounds. */
  readonly credit: number;
  /** The last round of which it has had its share, from 1. */
  readonly round: number;
  /** Its own run has been made. */
  readonly started: boolean;
  readonly stems: StemStates;
}

/** What the systematic search knows. */
export interface StallMemory {
  /** Steps of the nominal run. */
  readonly nominalSteps: number;
  readonly bases: readonly BaseState[];
  /** Ids of all bases there have ever been. */
  readonly known: readonly number[];
  readonly parents: readonly Parent[];
  /** Hashes of the traces that were seen, newest last. */
  readonly traces: readonly number[];
}

/** What a slice has made of a base. */
export interface BaseLesson extends Pick<BaseState, 'id' | 'answers' | 'round' | 'started'> {
  /** How much more it may spend than before, steps. */
  readonly credit: number;
  readonly progress: readonly Progress[];
  readonly added: StemStates;
}

export interface StallLessons extends Pick<StallMemory, 'nominalSteps' | 'parents' | 'traces'> {
  readonly bases: readonly BaseLesson[];
}

/** Bases at a time, and parents. */
export const MOST_BASES = 1024;
/** Traces that are remembered from slice to slice. */
const MOST_TRACES = 1 << 17;

/** Tells bases apart. */
export function baseId(answers: readonly Decision[]): number {
  return hashText(answers.map((a) => `${a.kind} ${a.actor}#${a.step}=${a.value}`).sort().join('\n'));
}

/** Before the first execution there is the nominal base, and its own run to be made. */
export const BEGINNING: StallMemory = {
  nominalSteps: 1, known: [baseId([])], parents: [], traces: [],
  bases: [{ id: baseId([]), answers: [], credit: 1, round: 1, started: false, stems: [] }],
};

export function mergeStall(memory: StallMemory, lessons: readonly StallLessons[]): StallMemory {
  const bases = new Map(memory.bases.map((base) => [base.id, base]));
  const known = new Set(memory.known);
  const taught = new Map<number, BaseLesson[]>();
  for (const lesson of lessons) for (const base of lesson.bases) taught.set(base.id, [...taught.get(base.id) ?? [], base]);
  for (const [id, all] of taught) {
    const before = bases.get(id);
    if (before === undefined) {
      // The same new base in two slices: the first is kept.
      if (known.has(id) || bases.size >= MOST_BASES) continue;
      const [{ answers, credit, round, started, added }] = all;
      known.add(id);
      bases.set(id, { id, answers, credit, round, started, stems: mergeStems([], [], [added]) });
      continue;
    }
    bases.set(id, {
      ...before,
      credit: all.reduce((sum, { credit }) => sum + credit, before.credit),
      round: Math.max(before.round, ...all.map(({ round }) => round)),
      started: before.started || all.some(({ started }) => started),
      stems: mergeStems(before.stems, all.flatMap(({ progress }) => progress), all.map(({ added }) => added)),
    });
  }
  return {
    nominalSteps: Math.max(memory.nominalSteps, ...lessons.map(({ nominalSteps }) => nominalSteps)),
    bases: [...bases.values()].filter(({ started, stems }) => !started || stems.some((level) => level.some((stem) => !isDone(stem)))),
    known: [...known],
    parents: [...memory.parents, ...lessons.flatMap(({ parents }) => parents)].slice(0, MOST_BASES),
    traces: [...memory.traces, ...lessons.flatMap(({ traces }) => traces)].slice(-MOST_TRACES),
  };
}
