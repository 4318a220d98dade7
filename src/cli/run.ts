import { formatTranscript, record, transcriptJson } from '../report/index.ts';
import { NOMINAL } from '../sim/index.ts';
import { Exit } from './exit.ts';
import { systemOf, type SystemFlags } from './options.ts';
import { print, printJson } from './output.ts';

/** `inband run SCENARIO`: one nominal run. */
export function run(name: string, flags: SystemFlags & { readonly json?: boolean }): number {
  const { scenario, options } = systemOf(name, flags);
  const recording = record(scenario.build(options), NOMINAL);
  if (flags.json === true) printJson({ ...transcriptJson(recording), scenario: scenario.name, driver: options.driver });
  else print(formatTranscript(recording));
  return recording.violations.length > 0 ? Exit.found : Exit.nothing;
}
