/** What SMBus 2.0 lays down for both ends of the wire: pure functions and numbers, for controllers, drivers and judges alike. */
export * from './block.ts';
export * from './pec.ts';
