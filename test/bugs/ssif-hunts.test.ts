import { describe, expect, it } from 'vitest';
import { Hunter } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';

/** Executions in which `fixed` must give nothing here; tools/find-bugs.mjs makes more of them. */
const CLEAN = 2000;

describe('short hunts', () => {
  it.each([1, 2])('find nothing in ssif-bmc@fixed on i2c-aspeed@fixed, seed %i', (seed) => {
    const ssif = scenario('ssif');
    const build = { driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', settings: {} };
    const hunter = new Hunter(ssif.build(build), { scenario: ssif.name, build, model: ssif.models(build) }, { keepGoing: true, maxExecutions: CLEAN, seed });
    while (!hunter.done) hunter.advance(1000);
    expect(hunter.findings.map(({ id, message, decisions }) => ({ id, message, decisions }))).toEqual([]);
    expect(hunter.executions).toBe(CLEAN);
  });
});
