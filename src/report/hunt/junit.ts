import { replayText, ruleName, type HuntSummary, type ReportedFinding } from './summary.ts';

/**
 * A hunt as a test report (surefire-test-report-3.0.xsd of Maven Surefire, which CI systems read as JUnit's): each oracle
 * that was judged is a test case, each of its findings a failure with the timeline. Only `time` of the suite depends on
 * the machine.
 */
export function formatJunit(summary: HuntSummary): string {
  const { version, scenario, driver, strategy, seed, oracles, executions, shrinkExecutions, milliseconds, findings } = summary;
  const failing = oracles.filter((oracle) => findings.some(({ finding }) => finding.oracle === oracle));
  const properties = Object.entries({ inband: version, scenario, driver, strategy, seed, executions, shrinkExecutions });
  const suite = attributes({
    name: `inband hunt ${scenario}: ${driver}`, time: seconds(milliseconds), tests: oracles.length, errors: 0, skipped: 0, failures: failing.length,
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite${suite}>`,
    '  <properties>',
    ...properties.map(([name, value]) => `    <property${attributes({ name, value })}/>`),
    '  </properties>',
    ...oracles.flatMap((oracle) => testCase(oracle, `inband.${scenario}.${driver}`, findings.filter(({ finding }) => finding.oracle === oracle))),
    '</testsuite>',
    '',
  ].join('\n');
}

function testCase(oracle: string, classname: string, findings: readonly ReportedFinding[]): string[] {
  const open = `  <testcase${attributes({ name: oracle, classname, time: 0 })}`;
  if (findings.length === 0) return [`${open}/>`];
  return [
    `${open}>`,
    ...findings.map((reported) => {
      const { finding, timeline } = reported;
      return `    <failure${attributes({ message: finding.message, type: ruleName(finding) })}>${escaped(`${replayText(reported)}\n\n${timeline}`)}</failure>`;
    }),
    '  </testcase>',
  ];
}

/** `12.345`. */
function seconds(milliseconds: number): string {
  return `${Math.floor(milliseconds / 1000)}.${String(milliseconds % 1000).padStart(3, '0')}`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`).join('');
}

/** Text of XML; characters that XML 1.0 has no way to write become `?`. */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
