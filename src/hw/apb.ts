import type { Ps } from '../sim/index.ts';

/** Timing of the BMC's register accesses, ps. */
export interface ApbParams {
  /** A register read: CPU to AHB to APB and back. */
  readonly apbRead: Ps;
  /** The longest that the schedule may make it. */
  readonly apbReadMax: Ps;
  /** A register write until it has its effect. It is posted on silicon; here the CPU waits for it. */
  readonly apbWrite: Ps;
  readonly apbWriteMax: Ps;
}

/** When a step of the BMC has its effect, and by how much the schedule may delay that. */
export interface AccessTiming {
  readonly lead: Ps;
  readonly jitter: Ps;
}

/** Timing of reads. */
export function apbReadTiming({ apbRead, apbReadMax }: ApbParams): AccessTiming {
  return { lead: apbRead, jitter: Math.max(0, apbReadMax - apbRead) };
}

/** Timing of writes. */
export function apbWriteTiming({ apbWrite, apbWriteMax }: ApbParams): AccessTiming {
  return { lead: apbWrite, jitter: Math.max(0, apbWriteMax - apbWrite) };
}
