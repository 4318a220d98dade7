export { wrap } from './layout.ts';
export { formatLadder, type LadderOptions } from './ladder.ts';
export { Recorder, record } from './recorder.ts';
export * from './recording.ts';
export { ruleOf, type Rule } from './rules.ts';
export { recordingJson, type ShowEvent } from './json.ts';
export { formatTranscript, transcriptJson } from './transcript.ts';
export { hopsOf, spreadOf, type Hop } from './hops.ts';
export { converse, messageName, type Conversation, type Message } from './messages.ts';
