import { formatTale, formatTranscript, record, transcriptJson } from '../report/index.ts';
import { NOMINAL } from '../sim/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { systemOf, type SystemFlags } from './options.ts';
import { isOwn } from './own.ts';
import { colour, print, printJson, width } from './output.ts';
import { checkTraces, writeTraces, type TraceFlags } from './traces.ts';

/** `inband run SCENARIO`: one nominal run; of a scenario that tells a report, its timeline. */
export function run(name: string | undefined, flags: SystemFlags & TraceFlags & { readonly json?: boolean }): number {
  if (name === undefined && !isOwn(flags)) throw new UsageError("missing required argument 'scenario'");
  const { scenario, options } = systemOf(name, flags);
  checkTraces(flags);
  const columns = width();
  const system = scenario.build(options);
  const recording = record(system, NOMINAL);
  writeTraces(flags, recording, { title: `inband run ${scenario.name}`, describe: (decision) => system.describe(decision) });
  if (flags.json === true) printJson({ ...transcriptJson(recording), scenario: scenario.name, driver: options.driver });
  else if (scenario.report === undefined) print(formatTranscript(recording));
  else print(formatTale(recording, scenario.report, options.driver ?? scenario.defaultDriver, { color: colour(), ...(columns === undefined ? {} : { width: columns }) }));
  return recording.violations.length > 0 ? Exit.found : Exit.nothing;
}
