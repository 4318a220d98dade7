import { triage as groupByCause, type Cause } from '../campaign/index.ts';
import { Exit } from './exit.ts';
import { loadFindings } from './finding-set.ts';
import { complain, count, print, printJson } from './output.ts';

export interface TriageFlags {
  readonly json?: boolean;
}

/** `inband triage FOLDER...`: findings by cause, the best witness of each first. */
export function triage(paths: readonly string[], flags: TriageFlags): number {
  const sets = paths.map(loadFindings);
  const found = sets.flatMap((set) => set.found);
  const refused = sets.flatMap((set) => set.refused);
  const causes = groupByCause(found);
  if (flags.json === true) printJson({ format: 'inband-triage/1', findings: found.length, causes: causes.map(causeJson), refused });
  else print(text(causes, found.length));
  for (const { reason } of refused) complain(reason);
  return refused.length > 0 ? Exit.usage : causes.length > 0 ? Exit.found : Exit.nothing;
}

function causeJson({ oracle, rule, traits, witnesses }: Cause): unknown {
  const [{ finding: best, file }] = witnesses;
  return {
    oracle, rule, traits, best: { id: best.id, file, message: best.message, decisions: best.decisions.length, kernel: best.kernel },
    witnesses: witnesses.map((witness) => ({ id: witness.finding.id, driver: witness.finding.driver, scenario: witness.finding.scenario, file: witness.file })),
  };
}

function text(causes: readonly Cause[], findings: number): string {
  if (causes.length === 0) return 'no findings';
  const lines = causes.flatMap(({ oracle, rule, traits, witnesses }) => {
    const [{ finding, file }] = witnesses;
    const drivers = [...new Set(witnesses.map((witness) => witness.finding.driver))];
    return [
      `${oracle}/${rule}: ${finding.message}`,
      `    ${traits.length === 0 ? 'with nominal timing' : traits.join('; ')}`,
      `    ${count(witnesses.length, 'finding')} in ${drivers.join(' and ')}; the best has ${count(finding.decisions.length, 'decision')}, preempt=${finding.kernel.preempt}, ${count(finding.kernel.cpus, 'CPU')}: ${file}`,
    ];
  });
  return [...lines, `${count(causes.length, 'cause')} in ${count(findings, 'finding')}`].join('\n');
}
