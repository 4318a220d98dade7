import { replayText, ruleName, type HuntSummary, type ReportedFinding } from './summary.ts';

/**
 * A hunt as annotations of GitHub Actions: one workflow command (`::error ...::message`) a finding, or one notice that
 * there is none. Escapes are those of the runner (actions/toolkit, command.ts): `%`, CR and LF in the message, in
 * properties `:` and `,` as well.
 */
export function formatGithub({ scenario, driver, executions, findings }: HuntSummary): string {
  if (findings.length === 0) return `${command('notice', { title: 'inband' }, `nothing found in ${executions} executions of ${scenario} with ${driver}`)}\n`;
  return findings.map((reported) => `${annotation(reported)}\n`).join('');
}

function annotation(reported: ReportedFinding): string {
  const { finding, file, breaks } = reported;
  const text = `${finding.message}\nThat breaks the rule that ${breaks.text} (${breaks.source}).\n${finding.driver}, ${replayText(reported)}`;
  return command('error', { file, line: '1', title: `inband: ${ruleName(finding)}` }, text);
}

function command(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escaped(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
  return `::${name} ${list.join(',')}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
