/**
 * inband as a library: the commands, and all that a driver of one's own stands on.
 *
 *     hunt    Hunter, serializeFinding()          run      record() with NOMINAL, formatTranscript(), transcriptJson()
 *     replay  parseFinding(), replay(),           show     record() with a ScheduleChooser, formatLadder(), recordingJson()
 *             checkDeterminism()                  conform  parseRecording(), compareKcsHost(), compareBtHost(), compareLpcRecording()
 *     bench   IrqBench, with a JitterChooser               formatMermaid(), formatVcd(), formatPerfetto()
 *     shrink  Shrinker, makeFinding()             list     SCENARIOS, KCS_BMC_VERSIONS, STRATEGIES, the parameters of a scenario
 *
 * A version of a driver is a class on the kernel's primitives (Kernel, SpinLock, Mutex, WaitQueue, UserAccess and so on),
 * so a patch is a subclass: KcsSystem takes it as `driverClass`.
 */
export * from './conform/index.ts';
export * from './drivers/kcs-bmc/index.ts';
export * from './drivers/kcs-core.ts';
export { KcsBmcV2, Phase as KcsBmcV2Phase } from './drivers/kcs-bmc/v2.ts';
export { KcsBmcV2Unlocked } from './drivers/kcs-bmc/v2-unlocked.ts';
export { KcsBmcReview } from './drivers/kcs-bmc/review.ts';
export { KcsBmcReviewMended } from './drivers/kcs-bmc/review-mended.ts';
export { KcsBmcMainline, Phase as KcsBmcPhase } from './drivers/kcs-bmc/mainline.ts';
export { KcsBmcFixed } from './drivers/kcs-bmc/fixed.ts';
export * from './drivers/kcs-raw/index.ts';
export { KcsRawV2 } from './drivers/kcs-raw/v2.ts';
export { KcsRawV3 } from './drivers/kcs-raw/v3.ts';
export { KcsRawOpenBmc } from './drivers/kcs-raw/openbmc.ts';
export { KcsRawFixed } from './drivers/kcs-raw/fixed.ts';
export {
  AspeedI2cIc, Complaint, I2C_ASPEED_VERSIONS, type I2cAspeedBus, type I2cAspeedBusClass, type I2cAspeedVersion,
} from './drivers/i2c-aspeed/index.ts';
export { AspeedI2cBus, SlaveState } from './drivers/i2c-aspeed/bus.ts';
export { AspeedI2c2022 } from './drivers/i2c-aspeed/2022.ts';
export { AspeedI2cNak } from './drivers/i2c-aspeed/nak.ts';
export { AspeedI2c2023 } from './drivers/i2c-aspeed/2023-12.ts';
export { AspeedI2cLateAck } from './drivers/i2c-aspeed/late-ack.ts';
export { AspeedI2cFixed } from './drivers/i2c-aspeed/fixed.ts';
export * from './drivers/ssif-bmc/index.ts';
export { SsifBmcV10 } from './drivers/ssif-bmc/v10.ts';
export { SsifBmcMainline } from './drivers/ssif-bmc/mainline.ts';
export { SsifBmc2026 } from './drivers/ssif-bmc/2026-04.ts';
export { SsifBmcFixed } from './drivers/ssif-bmc/fixed.ts';
export * from './explore/index.ts';
export { KcsControl, KcsState, KcsStatus, STATE_MASK, Str, formatStr, stateOf } from './ipmi/index.ts';
export * from './linux/index.ts';
export {
  IrqBench, Recorder, converse, formatLadder, formatMermaid, formatPerfetto, formatTranscript, formatVcd, hopsOf, record, recordingJson, ruleOf, spreadOf, transcriptJson,
  type Conversation, type Hop, type IrqResult, type LadderOptions, type Message, type Recording as RunRecording, type Rule, type ShowEvent,
} from './report/index.ts';
export * from './scenarios/index.ts';
export {
  BLOCKED, GeneratorProcess, MS, NOMINAL, NS, SEC, Simulator, US, formatPs, formatRelease, hex32, parseRelease,
  type ChoiceKind, type Chooser, type Context, type Decision, type Op, type Planned, type Process, type Ps, type Release, type Steps,
  type StopReason, type Violation,
} from './sim/index.ts';
