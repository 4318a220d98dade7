import { describe, expect, it } from 'vitest';
import { Hunter, type Finding } from '../../src/explore/index.ts';
import { scenario } from '../../src/scenarios/index.ts';

/** A short hunt of one version of the host's driver, for the ways in which it dies. */
function hunt(host: string, maxExecutions: number): readonly Finding[] {
  const ssif = scenario('ssif');
  const build = { driver: ssif.wholeDriver('ssif-bmc@mainline'), host, settings: {}, oracles: ['crash', 'deadlock'] };
  const hunter = new Hunter(ssif.build(build), { scenario: ssif.name, build, model: ssif.models(build) }, {
    seed: 1, keepGoing: true, maxExecutions, shrinkBudget: 200,
  });
  while (!hunter.done) hunter.advance(200);
  return hunter.findings;
}

describe('hssif-null-on-error', () => {
  it('kills ipmi_ssif of 2017, whose look at the flags a silent BMC does not answer', () => {
    const found = hunt('ipmi_ssif@2017', 600).filter(({ oracle, rule }) => oracle === 'crash' && rule === 'data-is-NULL');
    expect(found).not.toEqual([]);
    for (const { decisions } of found) expect(decisions.map(({ label }) => label)).toContain('host asks for events');
  });

  it('does not kill that of 6.1', () => {
    expect(hunt('ipmi_ssif@6.1', 600)).toEqual([]);
  });
});
