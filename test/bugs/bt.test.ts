import { describe, expect, it } from 'vitest';
import { Hunter } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { testBugs } from './bug-test.ts';

testBugs('bt-bmc@mainline');

/** Executions in which `fixed` must give nothing here; long hunts are made by hand. */
const CLEAN = 1500;

describe('short hunts', () => {
  it.each([1, 2])('find nothing in bt-bmc@fixed with bridge and host mended, seed %i', (seed) => {
    const bt = scenario('bt');
    const build = { driver: 'bt-bmc@fixed', daemon: 'btbridged-mended', host: 'ipmi_si@mended', settings: {} };
    const hunter = new Hunter(bt.build(build), { scenario: bt.name, build, model: bt.models(build) }, { keepGoing: true, maxExecutions: CLEAN, seed });
    while (!hunter.done) hunter.advance(1000);
    expect(hunter.findings.map(({ id, message, decisions }) => ({ id, message, decisions }))).toEqual([]);
    expect(hunter.executions).toBe(CLEAN);
  });
});
