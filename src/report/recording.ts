import type { Decision, OpTable, Ps, StopReason, TapeEvent, TapeStep, TraceKind, Violation, Waveform } from '../sim/index.ts';

/** One event of the trace bus; its code is the index into {@link Recording.kinds}. */
export type TraceEntry = TapeEvent;

/** What a poll did between its issue and its last sample. */
export interface PollRecord {
  readonly mask: number;
  /** The value that it was to differ from. */
  readonly last: number;
  /** Samples taken in all, the last one included, and how far apart, ps. */
  readonly samples: number;
  readonly period: Ps;
}

/** One step of a context, at its effect. */
export interface StepEntry extends TapeStep {
  /** CPU of the BMC on which it ran, -1: none. */
  readonly cpu: number;
  /** The last sample of a poll. */
  readonly poll?: PollRecord;
  /** Another sample of a poll that goes on: how many there have been. */
  readonly sampled?: number;
  /** What a word of a user copy carried. */
  readonly bytes?: readonly number[];
}

/** A step with the events that its effect emitted; or events of hardware on its own, without a step. */
export interface Act {
  readonly at: Ps;
  readonly actor: number;
  readonly step: StepEntry | null;
  readonly events: readonly TraceEntry[];
}

/** A departure, and when it took effect. */
export interface TakenDecision {
  readonly decision: Decision;
  readonly at: Ps;
}

/** How a stalled context stands. */
export type Standing = 'off the CPU' | 'keeps the CPU' | 'interrupts off' | '';

/** A stall as it turned out. */
export interface Hold {
  /** Index into {@link Recording.decisions}. */
  readonly decision: number;
  readonly actor: number;
  readonly step: number;
  /** The site before which it sat: `kcs_bmc_read: copy_to_user`. */
  readonly label: string;
  /** When the step would have been issued. */
  readonly from: Ps;
  /** When it was; -1: never. */
  to: Ps;
  readonly standing: Standing;
}

/** One execution, in full. */
export interface Recording {
  /** Names by context id. */
  readonly contexts: readonly string[];
  readonly kinds: readonly TraceKind[];
  readonly ops: OpTable;
  /** In the order in which it happened. */
  readonly acts: readonly Act[];
  /** By act of the BMC after which the driver's phase was another: `KCS_PHASE_READ`. */
  readonly phases: ReadonlyMap<number, string>;
  readonly decisions: readonly TakenDecision[];
  readonly holds: readonly Hold[];
  readonly violations: readonly Violation[];
  /** Polls that are not over at the end of the run, by the act of their last sample; samples up to the end are counted. */
  readonly underWay: ReadonlyMap<number, PollRecord>;
  /** Kernel configuration of the BMC, where the system has one. */
  readonly kernel: { readonly preempt: string; readonly cpus: number } | null;
  readonly reason: StopReason;
  readonly steps: number;
  readonly hash: number;
  /** Length of the run. */
  readonly time: Ps;
  /** The wires between the two sides, which know how to expand it to clock level. */
  readonly waveforms: readonly Waveform[];
}

/** The context that unbinds the driver, whoever has its device open. */
export const UNBINDER = 'bmc:unbind';

/** In which column a context belongs. */
export type Side = 'host' | 'irq' | 'task' | 'none';

/** The side of a context, by its name. */
export function sideOf(recording: Recording, actor: number): Side {
  const name = recording.contexts[actor];
  if (name === undefined) return 'none';
  if (!name.startsWith('bmc:')) return 'host';
  return /^bmc:(soft)?irq/.test(name) ? 'irq' : 'task';
}

/** The stable name of an event's kind. */
export function nameOf(recording: Recording, event: TraceEntry): string {
  return recording.kinds[event.code].name;
}

/** When the first event of that name came from act `from` on, caused by an actor that `by` accepts; -1: never. */
export function firstEvent(recording: Recording, from: number, name: string, by: (actor: number) => boolean): Ps {
  for (let i = from; i < recording.acts.length; i++) {
    for (const event of recording.acts[i].events) if (nameOf(recording, event) === name && by(event.actor)) return event.at;
  }
  return -1;
}
