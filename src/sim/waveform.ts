import type { Op } from './op.ts';
import type { Ps } from './time.ts';

/** One wire, or a bundle of them, as a waveform shows it. */
export interface Wire {
  /** Its block and its name: `lpc.LAD`. */
  readonly name: string;
  /** Wires in the bundle; 0: text for people. */
  readonly width: number;
  /** Its level while nothing happens on it. */
  readonly idle: number | string;
  /** What a value means: the bits by name. */
  readonly words?: (value: number) => string;
}

/** A level that a wire takes, or takes again. */
export interface WireLevel {
  readonly at: Ps;
  /** {@link Wire.name}. */
  readonly wire: string;
  readonly value: number | string;
}

/** One step of a context, at its effect. */
export interface TapeStep {
  readonly at: Ps;
  readonly issuedAt: Ps;
  readonly actor: number;
  /** Ordinal of the step within its context. */
  readonly step: number;
  readonly op: Op;
  readonly value: number;
  /** Of a poll, at its last sample: how many there were, and how far apart, ps. */
  readonly poll?: { readonly samples: number; readonly period: Ps };
}

/** One event of the trace bus. */
export interface TapeEvent {
  readonly at: Ps;
  /** Id of the context that caused it, -1: hardware on its own. */
  readonly actor: number;
  /** Code of its kind. */
  readonly code: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What a recording kept of one effect: a step, and the events that it told the trace; null: hardware on its own. */
export interface TapeAct {
  readonly step: TapeStep | null;
  readonly events: readonly TapeEvent[];
}

/**
 * A block's wires at clock level. No clock is simulated: what the block did is recorded as accesses, bytes and
 * slots, and is expanded to levels only when a waveform is written.
 */
export interface Waveform {
  readonly wires: readonly Wire[];
  /** Length of one clock, ps, where all that happens keeps to one. */
  readonly clock?: Ps;
  /** Every level behind a recording, in any order; of levels at the same time the later one counts. */
  levels(tape: readonly TapeAct[]): readonly WireLevel[];
}
