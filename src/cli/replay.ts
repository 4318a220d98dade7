import { ScheduleChooser, checkDeterminism, formatDivergence, formatNondeterminism, replay as replayFinding } from '../explore/index.ts';
import { record } from '../report/index.ts';
import { hex32 } from '../sim/index.ts';
import { Exit } from './exit.ts';
import { loadFinding } from './finding-file.ts';
import { timelineOptions } from './show.ts';
import { print, printJson } from './output.ts';
import type { OwnFlags } from './own.ts';
import { checkTraces, wantsTraces, writeTraces, type TraceFlags } from './traces.ts';

export interface ReplayFlags extends OwnFlags, TraceFlags {
  readonly checkDeterminism?: boolean;
  readonly json?: boolean;
}

/** `inband replay FINDING`: the same run again. */
export function replay(path: string, flags: ReplayFlags): number {
  const { finding, build } = loadFinding(path, flags);
  checkTraces(flags, path);
  const system = build();
  const result = replayFinding(system, finding);
  const difference = flags.checkDeterminism === true ? checkDeterminism(system, finding, build) : null;
  if (wantsTraces(flags)) writeTraces(flags, record(build(), new ScheduleChooser(finding.decisions)), timelineOptions(finding, path, system, result.violation));
  const { reproduces, violation, same, divergence, unused, outcome } = result;
  if (flags.json === true) {
    printJson({
      format: 'inband-replay/1',
      finding: finding.id,
      reproduces,
      same,
      message: violation?.message ?? null,
      hash: hex32(outcome.hash),
      steps: outcome.steps,
      time: outcome.time,
      divergence: divergence === null ? null : formatDivergence(divergence),
      unused,
      deterministic: flags.checkDeterminism === true ? difference === null : null,
    });
  } else {
    print(reproduces
      ? `reproduces: ${finding.oracle}/${finding.rule}: ${violation?.message ?? ''}`
      : `does not reproduce: ${finding.oracle}/${finding.rule}`);
    print(`${outcome.steps} steps, hash ${hex32(outcome.hash)}${same ? ', the same as when it was found' : `, was ${finding.hashes.run} when it was found`}`);
    if (divergence !== null) print(`first divergence: ${formatDivergence(divergence)}`);
    for (const decision of unused) print(`not used: ${system.describe(decision)}`);
    if (flags.checkDeterminism === true) print(difference === null ? 'deterministic: three runs are the same step by step' : `NOT deterministic: ${formatNondeterminism(difference)}`);
  }
  if (difference !== null) return Exit.nondeterminism;
  return reproduces ? Exit.found : Exit.nothing;
}
