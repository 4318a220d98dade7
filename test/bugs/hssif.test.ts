import { describe, expect, it } from 'vitest';
import { Hunter, type Finding } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';
import { testBugs } from './bug-test.ts';

testBugs('ipmi_ssif@2017');

/** A short hunt for the ways in which a version of the host's driver dies, on a BMC without fault. */
function hunt(host: string, maxExecutions: number): readonly Finding[] {
  const ssif = scenario('ssif');
  const build = { driver: 'ssif-bmc@fixed,i2c-aspeed@fixed', host, settings: {} };
  const hunter = new Hunter(ssif.build(build), { scenario: ssif.name, build, model: ssif.models(build) }, {
    seed: 1, keepGoing: true, maxExecutions, shrinkBudget: 200,
  });
  while (!hunter.done) hunter.advance(200);
  return hunter.findings;
}

const rules = (findings: readonly Finding[]): readonly string[] => [...new Set(findings.map(({ oracle, rule }) => `${oracle}/${rule}`))].toSorted();

describe('ipmi_ssif on a BMC without fault', () => {
  it('of 2017 dies in five ways, one of which, a request in two parts, does not hide the others', () => {
    expect(rules(hunt('ipmi_ssif@2017', 1600))).toEqual([
      'crash/data-is-NULL', 'crash/multi_data-is-NULL', 'deadlock/ssif_info--lock-is-left-locked', 'deadlock/ssif_info--lock-is-taken-twice',
      'use-after-free/ssif_info-is-freed',
    ]);
  });

  it('of 6.1 dies in one: it leaves its thread behind as well', () => {
    expect(rules(hunt('ipmi_ssif@6.1', 800))).toEqual(['use-after-free/ssif_info-is-freed']);
  });
});
