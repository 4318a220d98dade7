export * from './crew.ts';
export * from './messages.ts';
export * from './pool.ts';
export * from './source.ts';
export * from './worker.ts';
