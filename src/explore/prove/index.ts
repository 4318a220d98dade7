export * from './bounds.ts';
export * from './departure.ts';
export * from './prover.ts';
export * from './table.ts';
export * from './verdicts.ts';
