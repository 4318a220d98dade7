import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KCS_PARAMETERS, type Parameter, type Settings } from '../../src/scenarios/index.ts';
import { systemWith } from './script.ts';

/** A response has a byte more than its echo, and ipmi_si takes 272. */
const LONGEST_ECHO = 271;

function valuesOf({ name, words, min, max, default: value }: Parameter): (number | string)[] {
  if (words !== undefined) return [...words];
  return [...new Set([min!, value, name === 'length' ? LONGEST_ECHO : max!])];
}

function expectRequestsServed(settings: Settings): void {
  const system = systemWith(KcsBmcFixed, settings);
  const { reason, violations } = system.execute();
  expect({ settings, reason, violations, satisfied: system.workload.satisfied })
    .toEqual({ settings, reason: 'done', violations: [], satisfied: true });
}

describe('parameters of the KCS scenario', () => {
  it.each(KCS_PARAMETERS)('$name: requests are served at every end of its range', (parameter) => {
    for (const value of valuesOf(parameter)) {
      for (const hostMode of parameter.name === 'hostMode' ? [value] : ['kipmid', 'irq']) {
        expectRequestsServed({ hostMode, [parameter.name]: value });
      }
    }
  });

  it('are served with everything as slow, and as fast, as it may be', () => {
    const timings = KCS_PARAMETERS.filter(({ unit, name }) => unit === 'ps' && name !== 'think');
    for (const end of ['min', 'max'] as const) {
      for (const hostMode of ['kipmid', 'irq', 'poll']) {
        expectRequestsServed({ hostMode, ...Object.fromEntries(timings.map((p) => [p.name, p[end]!])) });
      }
    }
  });

  it('have a default within their bounds, a source and a text, and names of their own', () => {
    for (const { name, default: value, min, max, words, source, text, confidence } of KCS_PARAMETERS) {
      if (words === undefined) {
        expect(Number.isSafeInteger(value), name).toBe(true);
        expect(value, name).toBeGreaterThanOrEqual(min!);
        expect(value, name).toBeLessThanOrEqual(max!);
      } else {
        expect(words, name).toContain(value);
      }
      expect([source, text, confidence].every((field) => field !== undefined && field !== ''), name).toBe(true);
    }
    expect(new Set(KCS_PARAMETERS.map(({ name }) => name)).size).toBe(KCS_PARAMETERS.length);
  });
});
