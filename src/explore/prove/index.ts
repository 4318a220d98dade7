export * from './bounds.ts';
export * from './departure.ts';
export * from './estimate.ts';
export * from './leaves.ts';
export * from './prover.ts';
export * from './saved.ts';
export { PruningError } from './search.ts';
export * from './table.ts';
export * from './verdicts.ts';
