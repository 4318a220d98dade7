import { KcsState, KcsStatus } from '../../ipmi/index.ts';

/** enum kcs_ipmi_phases. */
export const Phase = {
  IDLE: 0,
  WRITE_START: 1,
  WRITE_DATA: 2,
  WRITE_END_CMD: 3,
  WRITE_DONE: 4,
  WAIT_READ: 5,
  READ: 6,
  ABORT_ERROR1: 7,
  ABORT_ERROR2: 8,
  ERROR: 9,
} as const;

const PHASE_NAMES = Object.keys(Phase).map((name) => `KCS_PHASE_${name}`);
/** The interface state that belongs to each phase. */
const STATE_OF_PHASE = [
  KcsState.IDLE, KcsState.WRITE, KcsState.WRITE, KcsState.WRITE, KcsState.READ, KcsState.READ, KcsState.READ, KcsState.WRITE,
  KcsState.READ, KcsState.ERROR,
];

/** struct kcs_bmc_ipmi: what the interrupt handler and the file operations share. */
export class State {
  phase: number = Phase.IDLE;
  error: number = KcsStatus.NO_ERROR;
  dataInAvail = false;
  dataInIdx = 0;
  dataOutIdx = 0;
  dataOutLen = 0;

  reset(): void {
    this.phase = Phase.IDLE;
    this.error = KcsStatus.NO_ERROR;
    this.dataInAvail = false;
    this.dataInIdx = 0;
    this.dataOutIdx = 0;
    this.dataOutLen = 0;
  }
}

/** The interface state that a phase means. */
export function stateOfPhase(phase: number): number {
  return STATE_OF_PHASE[phase];
}

/** `KCS_PHASE_WAIT_READ`. */
export function phaseName(phase: number): string {
  return PHASE_NAMES[phase];
}
