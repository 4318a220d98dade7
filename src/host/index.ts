/** The host's side: KCS as Linux drives it, and hosts that do not care. */
export * from './careless.ts';
export * from './careless-moves.ts';
export * from './io.ts';
export * from './irq-input.ts';
export * from './kcs-data.ts';
export * from './kcs-sm.ts';
export * from './log.ts';
export * from './si.ts';
export * from './si-probe.ts';
export * from './si-sm.ts';
export * from './si-timer.ts';
export * from './sim-io.ts';
export * from './smi-info.ts';
export * from './smi-msg.ts';
export * from './ssif/index.ts';
