import type { Ps } from '../../sim/index.ts';

/** Where lanes stand, from top to bottom. */
export const GROUPS = ['host', 'bus', 'wires', 'registers', 'lines', 'interrupt', 'tasks', 'locks'] as const;
export type Group = (typeof GROUPS)[number];

/** What people read above the lanes of a group. */
export const GROUP_HEADS: Readonly<Record<Group, string>> = {
  host: 'Host', bus: 'Bus', wires: 'Wires', registers: 'Registers', lines: 'Interrupt lines', interrupt: 'BMC interrupt', tasks: 'BMC tasks', locks: 'Locks and waits',
};

/** How an item is drawn. Its number stands in {@link Columns.kind}. */
export const ITEM_KINDS = [
  /** One step of a context, from its issue to its effect. */
  'step',
  /** A system call, from its entry to its return; its steps lie on it. */
  'call',
  /** One pass of the interrupt handler. */
  'pass',
  /** A context sleeps, or spins on a lock. */
  'wait',
  /** A stall of the schedule. */
  'held',
  /** A cycle on the bus, or a byte of it. */
  'cycle',
  /** The host looks at a register again and again, from the first look to the last; its cycles lie on it. */
  'poll',
  /** A register keeps a value. */
  'value',
  /** A line is active. */
  'level',
  /** Something at one moment. */
  'event',
  /** A decision of the schedule that holds nobody. */
  'decision',
  /** A rule is broken. */
  'violation',
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export interface Lane {
  readonly name: string;
  readonly group: Group;
}

/**
 * All items, a column for each property, in order of their beginning. Texts are indices into
 * {@link TimelineDocument.strings}, 0 being the empty one.
 */
export interface Columns {
  readonly lane: readonly number[];
  /** When it begins, ps; each as the difference to the one before. */
  readonly from: readonly number[];
  /** How long it lasts, ps; 0: a moment. */
  readonly length: readonly number[];
  readonly kind: readonly number[];
  readonly text: readonly number[];
  /** More about it: where in which function, the section of the specification. */
  readonly note: readonly number[];
}

/** That one item had to come before another, and why. */
export interface Links {
  /** Index of the cause, of the effect, and of the text that says through what. */
  readonly cause: readonly number[];
  readonly effect: readonly number[];
  readonly through: readonly number[];
}

/** One wire at clock level. */
export interface WireTrack {
  /** Its block and its name: `lpc.LAD`. */
  readonly name: string;
  /** How many bits it has; 0: text. */
  readonly bits: number;
  /** Length of one clock, ps; 0: it keeps to none. */
  readonly clock: Ps;
  /** Its value while nothing happens; of text the index of the string, as for {@link value}. */
  readonly idle: number;
  /** When it changes, ps, each as the difference to the one before, and to what. */
  readonly at: readonly number[];
  readonly value: readonly number[];
}

/** A place to which the reader is led. */
export interface Mark {
  readonly at: Ps;
  readonly text: string;
}

/** All that the page shows: what one recording was, ready to be drawn. */
export interface TimelineDocument {
  readonly title: string;
  /** `inband replay FILE`, or what made it; empty: unknown. */
  readonly command: string;
  /** The breach, in one sentence, with its rule and where that stands. */
  readonly violation: { readonly oracle: string; readonly text: string; readonly rule: string; readonly source: string; readonly at: Ps } | null;
  /** The loop in which it ends, and one round of it; empty: none. */
  readonly loop: readonly string[];
  /** The schedule in plain words. */
  readonly decisions: readonly Mark[];
  /** `preempt=none, 1 CPU`. */
  readonly kernel: string;
  /** Messages that host and BMC exchanged. */
  readonly messages: readonly Mark[];
  /** Length of the run, ps. */
  readonly time: Ps;
  /** What is shown first, ps. */
  readonly focus: readonly [Ps, Ps];
  readonly lanes: readonly Lane[];
  readonly strings: readonly string[];
  readonly items: Columns;
  readonly links: Links;
  readonly wires: readonly WireTrack[];
  /** Lines of a driver in C that the texts name, by place: `driver.c:12`; absent: there are none. */
  readonly sources?: Readonly<Record<string, string>>;
}
