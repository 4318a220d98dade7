export type { StrategyTally } from './cases.ts';
export { NondeterminismError } from './reruns.ts';
export { SliceRunner } from './slice-runner.ts';
export { HUNT_STATE_VERSION, type HuntState } from './state.ts';
export { TaskRunner } from './task-runner.ts';
export type { Candidate, Knowledge, ShrinkResult, ShrinkTask, SliceResult, SliceTask, HuntTask, HuntTaskResult, Taught } from './tasks.ts';
