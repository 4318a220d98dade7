/** Recorded reality against the models. */
export * from './kcs-host.ts';
export * from './kcs-record.ts';
export * from './lpc-registers.ts';
export * from './recording.ts';
export { compareSsifHost, type MakeDriver, type SsifHostResult } from './ssif-host.ts';
export { isSsifHost, ssifRecord, type SsifEvent, type SsifRecord, type SsifTransaction } from './ssif-record.ts';
