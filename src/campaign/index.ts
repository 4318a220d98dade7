export * from './claims.ts';
export * from './disk.ts';
export * from './file-error.ts';
export * from './folder.ts';
export * from './owner.ts';
