export * from './kcsd.ts';
export * from './witness.ts';
