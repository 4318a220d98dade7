import { DATA_RACE, type BuildOptions, type Scenario } from '../scenarios/index.ts';

/** The oracles that are judged: those that were named, or all but the one that needs a system built to be observed. */
export function judgedOracles(scenario: Scenario, { oracles, observed }: BuildOptions): readonly string[] {
  return oracles ?? scenario.oracles.filter((oracle) => oracle !== DATA_RACE || observed === true);
}

/** `judged by: hang, errno; host ipmi_si@mended; daemon btbridged`: host and daemon where they were named. */
export function judgedText(scenario: Scenario, options: BuildOptions): string {
  const { host, daemon } = options;
  return [
    `judged by: ${judgedOracles(scenario, options).join(', ')}`, ...(host === undefined ? [] : [`host ${host}`]), ...(daemon === undefined ? [] : [`daemon ${daemon}`]),
  ].join('; ');
}

/** The same for documents. */
export function judgedJson(scenario: Scenario, options: BuildOptions): { readonly oracles: readonly string[]; readonly host?: string; readonly daemon?: string } {
  const { host, daemon } = options;
  return { oracles: judgedOracles(scenario, options), ...(host === undefined ? {} : { host }), ...(daemon === undefined ? {} : { daemon }) };
}
