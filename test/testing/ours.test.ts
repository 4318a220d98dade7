import { replayFindings } from '../../src/testing/index.ts';

replayFindings(new URL('../data/findings/', import.meta.url), { expect: 'reproduces' });
