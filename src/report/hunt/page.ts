import { escape } from '../escape.ts';
import { replayText, ruleName, type HuntSummary, type ReportedFinding } from './summary.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --bad: light-dark(#a40000, #ff7a70); }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5em auto; max-width: 76em; padding: 0 1em; }
table { border-collapse: collapse; } td, th { border: 1px solid var(--line); padding: 2px 8px; text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.oracle { color: var(--bad); font-weight: bold; }
pre { overflow-x: auto; border: 1px solid var(--line); padding: 8px; font: 12px/1.35 ui-monospace, Menlo, Consolas, monospace; }
code { font: 12px ui-monospace, Menlo, Consolas, monospace; }
`.trim();

/** A hunt as one file for a browser: what was searched, what was found, and the timeline of each finding as text. */
export function formatHuntPage(summary: HuntSummary): string {
  const { version, scenario, driver, strategy, seed, oracles, executions, shrinkExecutions, milliseconds, findings } = summary;
  const title = `inband hunt ${scenario}: ${driver}`;
  const spent = `${executions} executions (and ${shrinkExecutions} to shrink) in ${(milliseconds / 1000).toFixed(1)} s; strategy ${strategy}, seed ${seed}, inband ${version}.`;
  const sum = findings.length === 0 ? 'Nothing found.' : `${findings.length} distinct finding${findings.length === 1 ? '' : 's'}.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<h1>${escape(title)}</h1>
<p id="sum">${sum} ${escape(spent)}</p>
<p>Judged: ${oracles.map((oracle) => `<code>${escape(oracle)}</code>`).join(', ')}.</p>
${findings.length === 0 ? '' : overview(findings)}
${findings.map(section).join('\n')}
</body>
</html>
`;
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
