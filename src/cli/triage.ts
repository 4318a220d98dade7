import { realpathSync } from 'node:fs';
import { suspects, triage as groupByCause, type Cause, type Suspect } from '../campaign/index.ts';
import type { Finding } from '../explore/index.ts';
import { shellQuote } from '../report/index.ts';
import { Exit } from './exit.ts';
import { loadFindings } from './finding-set.ts';
import { complain, count, print, printJson } from './output.ts';

/** Of one bug that are shown, at most. */
const OTHER_WAYS = 4;

export interface TriageFlags {
  readonly json?: boolean;
}

/** `inband triage FOLDER...`: findings by cause, the best witness of each first, and which causes look like one bug; a folder counts once. */
export function triage(paths: readonly string[], flags: TriageFlags): number {
  const sets = [...new Map(paths.map((path) => [realOf(path), path])).values()].map(loadFindings);
  const found = sets.flatMap((set) => set.found);
  const refused = sets.flatMap((set) => set.refused);
  const causes = groupByCause(found);
  const bugs = suspects(causes);
  if (flags.json === true) {
    printJson({
      format: 'inband-triage/1', findings: found.length, causes: causes.map(causeJson), refused,
      suspects: bugs.map(({ window, causes: alike }) => ({ window, causes: alike.map((cause) => causes.indexOf(cause)) })),
    });
  } else {
    print(text(bugs, causes.length, found.length));
  }
  for (const { reason } of refused) complain(reason);
  return refused.length > 0 ? Exit.usage : causes.length > 0 ? Exit.found : Exit.nothing;
}

/** Where a folder is in truth; one that is not there is refused when it is read. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** A line on how many bugs the findings of a folder may be, where they are fewer; otherwise none. */
export function likelyBugs(findings: readonly Finding[], folder: string): readonly string[] {
  const bugs = suspects(groupByCause(findings.map((finding) => ({ finding, file: '' })))).length;
  return bugs < findings.length ? [`they look like ${count(bugs, 'bug')}: inband triage ${shellQuote(folder)}`] : [];
}

function causeJson({ oracle, rule, traits, witnesses }: Cause): unknown {
  const [{ finding: best, file }] = witnesses;
  return {
    oracle, rule, traits, best: { id: best.id, file, message: best.message, decisions: best.decisions.length, kernel: best.kernel },
    witnesses: witnesses.map((witness) => ({ id: witness.finding.id, driver: witness.finding.driver, scenario: witness.finding.scenario, file: witness.file })),
  };
}

function text(bugs: readonly Suspect[], causes: number, findings: number): string {
  if (causes === 0) return 'no findings';
  const lines = bugs.flatMap(({ causes: [best, ...others] }) => [...first(best), ...(others.length === 0 ? [] : also(best, others))]);
  const guess = bugs.length < causes ? `, which look like ${count(bugs.length, 'bug')},` : '';
  return [...lines, `${count(causes, 'cause')}${guess} in ${count(findings, 'finding')}`].join('\n');
}

function first({ oracle, rule, traits, witnesses }: Cause): string[] {
  const [{ finding, file }] = witnesses;
  const drivers = [...new Set(witnesses.map((witness) => witness.finding.driver))];
  return [
    `${oracle}/${rule}: ${finding.message}`,
    `    ${decided(traits)}`,
    `    ${count(witnesses.length, 'finding')} in ${drivers.join(' and ')}; the best has ${count(finding.decisions.length, 'decision')}, preempt=${finding.kernel.preempt}, ${count(finding.kernel.cpus, 'CPU')}: ${file}`,
  ];
}

/** The same bug, as it seems, by other ways: of each what it has beyond the first. */
function also({ rule: known, traits: common }: Cause, others: readonly Cause[]): string[] {
  const shown = others.slice(0, OTHER_WAYS).map(({ rule, traits, witnesses: [{ file }] }) => {
    const more = traits.filter((trait) => !common.includes(trait));
    const what = more.length === traits.length ? decided(more) : `... ${more.join('; ')}`.trimEnd();
    return `        ${rule === known ? '' : `${rule}: `}${what}: ${file}`;
  });
  const rest = others.length - shown.length;
  return [`    ${count(others.length, 'other way')} to it, as it seems:`, ...shown, ...(rest === 0 ? [] : [`        and ${rest} more, all in --json`])];
}

function decided(traits: readonly string[]): string {
  return traits.length === 0 ? 'with nominal timing' : traits.join('; ');
}
