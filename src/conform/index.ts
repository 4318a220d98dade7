/** Recorded reality against the models. */
export { compareBtHost, type MakeBtMachine } from './bt-host.ts';
export { btRecord, isBtHost } from './bt-record.ts';
export * from './i2c-registers.ts';
export * from './i2c-rig.ts';
export * from './i2c-rules.ts';
export * from './i2c-sequence.ts';
export * from './kcs-host.ts';
export { isKcsHost, kcsRecord } from './kcs-record.ts';
export * from './lpc-registers.ts';
export * from './recording.ts';
export type { SiAccess, SiRecord } from './si-record.ts';
export { compareSsifHost, type MakeDriver } from './ssif-host.ts';
export { isSsifHost, ssifRecord, type SsifEvent, type SsifRecord } from './ssif-record.ts';
export * from './transactions.ts';
