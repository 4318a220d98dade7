import { replayText, ruleName, type HuntSummary, type ReportedFinding } from './summary.ts';

/**
 * A hunt as a SARIF 2.1.0 log (OASIS Standard, 27 March 2020), for code scanning: a rule for each rule broken, a result
 * for each finding, located at its file, with the schedule as a code flow (§3.36). The fingerprint is the finding's id,
 * which comes from its cause: the same race is the same alert in every run.
 */
export function formatSarif(summary: HuntSummary): string {
  const { version, scenario, driver, strategy, seed, executions, shrinkExecutions, findings } = summary;
  const names = [...new Set(findings.map(({ finding }) => ruleName(finding)))].sort();
  return `${JSON.stringify({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'inband', version, semanticVersion: version, rules: names.map((name) => ruleOf(name, findings)) } },
      automationDetails: { id: `inband/${scenario}/${driver}/` },
      invocations: [{ executionSuccessful: true }],
      columnKind: 'utf16CodeUnits',
      properties: { scenario, driver, strategy, seed, executions, shrinkExecutions },
      results: findings.map((reported) => resultOf(reported, names.indexOf(ruleName(reported.finding)))),
    }],
  }, null, 2)}\n`;
}

/** A reportingDescriptor (§3.49). */
function ruleOf(id: string, findings: readonly ReportedFinding[]): object {
  const { breaks } = findings.find(({ finding }) => ruleName(finding) === id)!;
  return { id, shortDescription: { text: `${breaks.text} (${breaks.source})` }, defaultConfiguration: { level: 'error' } };
}

/** A result (§3.27). */
function resultOf(reported: ReportedFinding, ruleIndex: number): object {
  const { finding, file, breaks } = reported;
  const place = locationOf(file);
  return {
    ruleId: ruleName(finding),
    ruleIndex,
    kind: 'fail',
    level: 'error',
    message: { text: `${finding.message}, which breaks the rule that ${breaks.text} (${breaks.source}). Replay: ${replayText(reported)}` },
    locations: [{ ...place, logicalLocations: [{ fullyQualifiedName: `${finding.driver}: ${finding.site}`, kind: 'function' }] }],
    partialFingerprints: { 'inbandCause/v1': finding.id },
    ...(finding.decisions.length === 0 ? {} : {
      codeFlows: [{
        message: { text: 'The schedule: where this run departs from nominal timing.' },
        threadFlows: [{
          locations: finding.decisions.map(({ kind, actor, step, label, value }) => ({
            location: { ...place, message: { text: `${kind} of ${actor} at its step ${step}, ${label}: ${value}` } },
          })),
        }],
      }],
    }),
    properties: { execution: finding.execution, seed: finding.seed, kernel: finding.kernel },
  };
}

/** A location (§3.28): the finding's file, as a URI reference (RFC 3986). */
function locationOf(file: string): object {
  const uri = file.split('/').map((part) => encodeURIComponent(part)).join('/');
  return { physicalLocation: { artifactLocation: { uri: file.startsWith('/') ? `file://${uri}` : uri }, region: { startLine: 1 } } };
}
