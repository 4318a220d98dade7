/** The host's side of SSIF: ipmi_ssif on an SMBus controller, and controllers that do not care. */
export * from './adapter.ts';
export * from './careless.ts';
export * from './careless-moves.ts';
export * from './careless-other.ts';
export * from './exchange.ts';
export * from './sim-time.ts';
export * from './smbus.ts';
export * from './smbus-kinds.ts';
export * from './scripted-smbus.ts';
export * from './ssif.ts';
export * from './ssif-data.ts';
export * from './ssif-info.ts';
export * from './ssif-load.ts';
export * from './ssif-probe.ts';
export * from './ssif-versions.ts';
export * from './time.ts';
