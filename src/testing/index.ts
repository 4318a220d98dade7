/**
 * Findings that a project keeps, as tests of its own: two lines, the same for node:test and for vitest.
 *
 *     import { replayFindings } from 'inband/test';
 *     replayFindings('test/findings');
 */
export * from './regression.ts';
export * from './replay-findings.ts';
