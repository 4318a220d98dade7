import type { Narrow } from './draws.ts';
import type { Chooser, Decision, Ps, Simulator, StopReason, Violation, Waveform } from '../sim/index.ts';

/** What one execution came to. The arrays are reused: copy what must outlive the next execution. */
export interface Outcome {
  readonly reason: StopReason;
  /** Rules broken, in order of time; only of the oracles that were selected. */
  readonly violations: readonly Violation[];
  /** The schedule: every departure that took effect, in order. */
  readonly taken: readonly Decision[];
  /** Rolling hash over all steps. */
  readonly hash: number;
  /**
   * Hash of the happens-before trace: equal for executions that differ only in the order of steps
   * that touch nothing in common. 0 unless {@link System.trackTraces} is set.
   */
  readonly traceHash: number;
  readonly steps: number;
  /** Simulated length, ps. */
  readonly time: Ps;
}

/** One built system, executed over and over, reset in place. */
export interface System {
  readonly sim: Simulator;
  /** Computes {@link Outcome.traceHash} from now on; costs a few ns a step. */
  trackTraces: boolean;
  /** Where driver, device and the last interrupt stand, as one integer: what coverage tells apart beside accesses. */
  situation?(): number;
  /** What a decision means, in plain words: `the host restarts while it waits for the response`. */
  describe(decision: Decision): string;
  /** Its wires at clock level, as the execution just made has driven them; absent: it has none. */
  waveforms?(): readonly Waveform[];
  /** Parts that only watch, and ask: what they remember decides nothing that happens next; absent: there are none. */
  spectators?(): readonly object[];
  /** Runs once from reset with the given source of choices. Deterministic. */
  execute(chooser: Chooser): Outcome;
}

/** A parameter that `--set` fixes. */
export interface Parameter {
  readonly name: string;
  /** Default value: a number within the bounds, or one of the words. */
  readonly default: number | string;
  readonly min?: number;
  readonly max?: number;
  /** The values, where they are words. */
  readonly words?: readonly string[];
  readonly unit?: string;
  /** A: read in a source, B: derived, C: judgement. */
  readonly confidence?: 'A' | 'B' | 'C';
  readonly source: string;
  readonly text: string;
}

/** The values that a system is built with: only what departs from the defaults. */
export type Settings = Readonly<Record<string, number | string>>;

export interface BuildOptions {
  /** `id@version`; undefined: the scenario's default. */
  readonly driver?: string;
  readonly host?: string;
  readonly daemon?: string;
  readonly settings: Settings;
  /** Oracles that are judged; undefined: all that the scenario has. */
  readonly oracles?: readonly string[];
  /** Builds the system so that accesses to shared fields are observed (needed by `data-race`). */
  readonly observed?: boolean;
  /** Set by narrow scenarios: answers in place of the seam's. */
  readonly narrow?: Narrow;
}

/** What somebody has seen on real hardware, which a scenario tells anew. */
export interface Report {
  /** In the words of whoever reported it. */
  readonly text: string;
  readonly source: string;
  /** How the system departs from the nominal one, and why: one line each. */
  readonly conditions: readonly string[];
}

/** A named system: hardware, versions, workload, oracles. */
export interface Scenario {
  readonly name: string;
  readonly text: string;
  /** Raised by hand when choice points or nominal timing change. */
  readonly model: number;
  readonly defaultDriver: string;
  readonly drivers: readonly string[];
  readonly hosts: readonly string[];
  readonly daemons: readonly string[];
  readonly oracles: readonly string[];
  readonly parameters: readonly Parameter[];
  /** The report that it tells; its run is shown as a timeline. */
  readonly report?: Report;
  /** What `--driver` means in full: every driver of the system with its version, separated by commas. Throws UsageError. */
  wholeDriver(driver: string): string;
  /** Throws UsageError on names or values that it does not know. */
  build(options: BuildOptions): System;
  /** The integers that a finding records and replay compares: driver version, hardware, scenario. */
  models(options: BuildOptions): Readonly<Record<string, number>>;
}

/** Something the user asked for that is not there or out of bounds; one clear line. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The oracle that needs a system built to be observed. */
export const DATA_RACE = 'data-race';

/** Checks that a name, if one is given, is known. */
export function oneOf(what: string, name: string | undefined, known: readonly string[]): void {
  if (name !== undefined && !known.includes(name)) throw new UsageError(`unknown ${what} "${name}": there are ${known.join(', ')}`);
}
