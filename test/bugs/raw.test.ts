import { describe, expect, it } from 'vitest';
import { Hunter } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { testBugs } from './bug-test.ts';

testBugs('kcs-raw@v2');
testBugs('kcs-raw@openbmc');

/** Executions in which `fixed` must give nothing here; tools/find-bugs.mjs makes more of them. */
const CLEAN = 2000;

describe('short hunts', () => {
  it.each(['raw-kcs', 'mctp'])('find nothing in kcs-raw@fixed, scenario %s', (name) => {
    const system = scenario(name);
    const build = { driver: 'kcs-raw@fixed', settings: {} };
    const hunter = new Hunter(system.build(build), { scenario: name, build, model: system.models(build) }, { keepGoing: true, maxExecutions: CLEAN, seed: 1 });
    while (!hunter.done) hunter.advance(1000);
    expect(hunter.findings.map(({ id, message, decisions }) => ({ id, message, decisions }))).toEqual([]);
    expect(hunter.executions).toBe(CLEAN);
  });

  it('lose a packet of MCTP on kcs-raw@v2', () => {
    const system = scenario('mctp');
    const build = { driver: 'kcs-raw@v2', settings: {}, oracles: ['lost-request', 'lost-response'] };
    const hunter = new Hunter(system.build(build), { scenario: 'mctp', build, model: system.models(build) }, { maxExecutions: CLEAN, seed: 1 });
    while (!hunter.done) hunter.advance(100);
    expect(hunter.findings.map(({ oracle, rule }) => `${oracle}/${rule}`)).toEqual(['lost-request/packet']);
    expect(hunter.findings[0].message).toMatch(/is in the window and was announced by Tx Begin, but the BMC has not fetched it/);
  });
});
