export * from './byte-host.ts';
export * from './mctp-host.ts';
export * from './odr.ts';
