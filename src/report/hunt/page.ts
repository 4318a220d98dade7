import { escape } from '../escape.ts';
import { staticPage } from '../static-page.ts';
import { replayText, ruleName, type HuntSummary, type ReportedFinding } from './summary.ts';

/** A hunt as one file for a browser: what was searched, what was found, and the timeline of each finding as text. */
export function formatHuntPage(summary: HuntSummary): string {
  const { version, scenario, driver, strategy, seed, oracles, executions, shrinkExecutions, milliseconds, findings } = summary;
  const title = `inband hunt ${scenario}: ${driver}`;
  const spent = `${executions} executions (and ${shrinkExecutions} to shrink) in ${(milliseconds / 1000).toFixed(1)} s; strategy ${strategy}, seed ${seed}, inband ${version}.`;
  const sum = findings.length === 0 ? 'Nothing found.' : `${findings.length} distinct finding${findings.length === 1 ? '' : 's'}.`;
  return staticPage(title, `<p id="sum">${sum} ${escape(spent)}</p>
<p>Judged: ${oracles.map((oracle) => `<code>${escape(oracle)}</code>`).join(', ')}.</p>
${findings.length === 0 ? '' : overview(findings)}
${findings.map(section).join('\n')}`);
}

function overview(findings: readonly ReportedFinding[]): string {
  const rows = findings.map(({ finding }, i) => `<tr><td><a href="#finding-${i + 1}">${i + 1}</a></td><td class="oracle">${escape(ruleName(finding))}</td>`
    + `<td class="n">${finding.execution}</td><td class="n">${finding.decisions.length}</td><td>${escape(finding.message)}</td></tr>`);
  return `<table><tr><th></th><th>rule</th><th>execution</th><th>decisions</th><th>what happens</th></tr>
${rows.join('\n')}
</table>`;
}

function section(reported: ReportedFinding, i: number): string {
  const { finding, breaks, timeline } = reported;
  return `<section id="finding-${i + 1}">
<h2>${i + 1}. <span class="oracle">${escape(ruleName(finding))}</span></h2>
<p>${escape(finding.message)}</p>
<p>Rule: ${escape(breaks.text)} (${escape(breaks.source)}).</p>
<p><code>${escape(replayText(reported))}</code></p>
<details><summary>Timeline</summary><pre>${escape(timeline)}</pre></details>
</section>`;
}
