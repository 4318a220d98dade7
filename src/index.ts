/**
 * inband as a library: the commands by their names, and what they stand on.
 *
 *     import { scenario, Hunter } from 'inband';
 */
export * from './conform/index.ts';
export { KCS_BMC_VERSIONS, type KcsBmcDriver, type KcsBmcDriverClass, type KcsBmcVersion } from './drivers/kcs-bmc/index.ts';
export * from './explore/index.ts';
export { Recorder, formatLadder, record, type LadderOptions, type Recording as RunRecording } from './report/index.ts';
export * from './scenarios/index.ts';
export {
  NOMINAL, Simulator, formatPs, type Chooser, type Context, type Decision, type Op, type Process, type Ps, type Release, type Steps,
  type StopReason, type Violation,
} from './sim/index.ts';
