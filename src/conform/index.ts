/** Recorded reality against the models. */
export * from './kcs-host.ts';
export * from './kcs-record.ts';
export * from './lpc-registers.ts';
export * from './recording.ts';
