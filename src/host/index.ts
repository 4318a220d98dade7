/** The host's side: KCS as Linux drives it, and hosts that do not care. */
export * from './kcs/careless.ts';
export * from './kcs/careless-moves.ts';
export * from './io.ts';
export * from './si/irq-input.ts';
export * from './kcs/kcs-data.ts';
export * from './kcs/kcs-sm.ts';
export * from './log.ts';
export * from './si/si.ts';
export * from './si/si-probe.ts';
export * from './si/si-sm.ts';
export * from './si/si-timer.ts';
export * from './raw/index.ts';
export * from './sim-io.ts';
export * from './si/smi-info.ts';
export * from './si/smi-msg.ts';
export * from './ssif/index.ts';
