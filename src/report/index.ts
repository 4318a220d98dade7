export { formatLadder, type LadderOptions } from './ladder.ts';
export { Recorder, record } from './recorder.ts';
export * from './recording.ts';
export { ruleOf, type Rule } from './rules.ts';
export { recordingJson } from './json.ts';
export { formatTranscript, transcriptJson } from './transcript.ts';
