export * from './crew.ts';
export * from './messages.ts';
export * from './pool.ts';
export * from './proof-crew.ts';
export * from './source.ts';
export * from './turn.ts';
export * from './worker.ts';
