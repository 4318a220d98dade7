import { describe, expect, it } from 'vitest';
import { createStrategy, formatDecision } from '../../src/explore/index.ts';
import { scenario, type BuildOptions, type Parameter } from '../../src/scenarios/index.ts';

/** Of each value. */
const EXECUTIONS = 25;

/** Of each interface what has every fault mended that is known. */
const FIXED: Readonly<Record<string, Omit<BuildOptions, 'settings'>>> = {
  kcs: { driver: 'kcs-bmc@fixed' },
  'raw-kcs': { driver: 'kcs-raw@fixed' },
  mctp: { driver: 'kcs-raw@fixed' },
  bt: { driver: 'bt-bmc@fixed', daemon: 'btbridged-mended', host: 'ipmi_si@mended' },
  ssif: { driver: 'ssif-bmc@fixed,i2c-aspeed@fixed' },
  router: { driver: 'ipmi-router@fixed' },
  'router-i2c': { driver: 'ipmi-router@fixed' },
};

/** Values with which even these cannot do: what is reported then is so. */
const BEYOND: Readonly<Record<string, string>> = {
  'raw-kcs channel=1': 'channel 1 has no SerIRQ but 1 and 12, and a raw host that is driven by it hears of nothing',
  'mctp channel=1': 'the same',
  'raw-kcs obeSpin=on': 'kcs-raw@fixed is for a kcs_bmc_aspeed that does not spin, and spinning has a price',
  'mctp obeSpin=on': 'the same',
  'raw-kcs irqsOffBudget=1000000': 'nobody gets by with 1 us',
  'mctp irqsOffBudget=1000000': 'the same',
  'ssif i2cStretchTx=0': 'an engine that does not stretch SCL sends a byte that nobody has written yet',
  'router-i2c i2cStretchTx=0': 'the same',
};

/** The bounds of a parameter, or its other words. */
function bounds({ default: plain, words, min, max }: Parameter): readonly (number | string)[] {
  const all: readonly (number | string | undefined)[] = words ?? [min, max];
  return [...new Set(all)].filter((value) => value !== undefined).filter((value) => value !== plain);
}

/** What is reported with this value; an error of the simulator itself is thrown. */
function reported(name: string, settings: BuildOptions['settings']): string[] {
  const system = scenario(name).build({ ...FIXED[name], settings });
  const strategy = createStrategy('random', system, 1);
  const found = new Map<string, string>();
  for (let execution = 0; execution < EXECUTIONS; execution++) {
    const outcome = system.execute(strategy.begin(execution)!);
    strategy.end(outcome);
    for (const { oracle, rule, message } of outcome.violations) {
      found.set(`${oracle}/${rule}`, [`${oracle}/${rule}: ${message}`, ...outcome.taken.map(formatDecision)].join('\n    '));
    }
  }
  return [...found.values()];
}

describe('drivers in which all is mended are blamed for nothing, and nothing breaks, with each parameter at its bounds', () => {
  for (const name of Object.keys(FIXED)) {
    const values = scenario(name).parameters.flatMap((parameter) => bounds(parameter).map((value) => [parameter.name, value] as const))
      .filter(([parameter, value]) => !(`${name} ${parameter}=${value}` in BEYOND));
    it.each(values)(`${name}, %s=%s`, (parameter, value) => {
      expect(reported(name, { [parameter]: value })).toEqual([]);
    });
  }

  it.each(Object.keys(BEYOND))('what they cannot do with is a value of a parameter: %s', (what) => {
    const [name, setting] = what.split(' ');
    const [parameter, value] = setting.split('=');
    const known = scenario(name).parameters.find((p) => p.name === parameter);
    expect(known === undefined ? [] : bounds(known).map(String)).toContain(value);
  });
});
