export * from './btd.ts';
export * from './daemon.ts';
export * from './kcsd.ts';
export * from './ssifd.ts';
export * from './thread.ts';
export * from './witness.ts';
