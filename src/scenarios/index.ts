export * from './kcs.ts';
export * from './kcs-system.ts';
export * from './kcs-parameters.ts';
export * from './settings.ts';
export * from './system.ts';
