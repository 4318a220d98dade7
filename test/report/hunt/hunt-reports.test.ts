import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseFinding, type Finding } from '../../../src/explore/index.ts';
import { formatGithub, formatJunit, formatSarif, ruleOf, type HuntSummary } from '../../../src/report/index.ts';
import { readXml, type Element } from './xml.ts';

const NAMES = ['kcs-read-aba', 'kcsv2-overflow-ibf-storm', 'kcsv2-silent-truncate'] as const;

function load(name: string): Finding {
  const url = new URL(`../../data/findings/${name}.json`, import.meta.url);
  return parseFinding(readFileSync(url, 'utf8'), fileURLToPath(url));
}

/** A hunt that has found these, one of them with a text and a file that must be escaped everywhere. */
function summary(findings: readonly Finding[]): HuntSummary {
  return {
    version: '1.2.3', scenario: 'kcs', driver: 'kcs-bmc@v2', strategy: 'portfolio', seed: 7, oracles: ['wrong-response', 'irq-storm', 'torn-message', 'hang'],
    executions: 500, shrinkExecutions: 60, milliseconds: 12_007,
    findings: findings.map((finding) => ({ finding, file: `out dir/${finding.id}.json`, breaks: ruleOf(finding), timeline: `1 < 2 && "x"\u0007\n${finding.message}\n` })),
  };
}

const FOUND = NAMES.map(load);
const NASTY: Finding = { ...FOUND[0], id: 'nasty,1:2', message: '100% <b> "a" & \'b\': c, d\u0000' };

describe('JUnit (surefire-test-report-3.0.xsd)', () => {
  /** What the schema says of an element: its attributes, those of them that it must have, and its children in order. */
  const SCHEMA: Readonly<Record<string, { readonly may: readonly string[]; readonly must: readonly string[]; readonly children: readonly string[] }>> = {
    testsuite: { may: ['version', 'name', 'time', 'tests', 'errors', 'skipped', 'failures', 'group'], must: ['name', 'tests', 'errors', 'skipped', 'failures'], children: ['properties', 'testcase'] },
    properties: { may: [], must: [], children: ['property'] },
    property: { may: ['name', 'value'], must: ['name', 'value'], children: [] },
    testcase: {
      may: ['name', 'classname', 'group', 'time'], must: ['name', 'time'],
      children: ['failure', 'rerunFailure', 'flakyFailure', 'skipped', 'error', 'rerunError', 'flakyError', 'system-out', 'system-err'],
    },
    failure: { may: ['message', 'type'], must: ['type'], children: [] },
  };
  const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?$/;

  const check = (element: Element): void => {
    const known = SCHEMA[element.name];
    expect(known, element.name).toBeDefined();
    for (const name of known.must) expect(element.attributes, element.name).toHaveProperty(name);
    for (const [name, value] of Object.entries(element.attributes)) {
      expect(known.may, element.name).toContain(name);
      if (name === 'time') expect(value).toMatch(TIME);
    }
    const order = element.children.map(({ name }) => known.children.indexOf(name));
    expect(order, element.name).toEqual([...order].sort((a, b) => a - b));
    expect(order, element.name).not.toContain(-1);
    if (known.children.length > 0) expect(element.text.trim()).toBe('');
    for (const child of element.children) check(child);
  };

  it.each([[[]], [FOUND], [[NASTY, ...FOUND]]])('is valid', (findings) => {
    const root = readXml(formatJunit(summary(findings)));
    expect(root.name).toBe('testsuite');
    check(root);
  });

  it('has a test case for each oracle, which fails with its findings and their timelines', () => {
    const root = readXml(formatJunit(summary([...FOUND, NASTY])));
    expect(root.attributes).toMatchObject({ tests: '4', failures: '3', errors: '0', skipped: '0', time: '12.007' });
    const cases = root.children.filter(({ name }) => name === 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes['name'], children.length])).toEqual([['wrong-response', 2], ['irq-storm', 1], ['torn-message', 1], ['hang', 0]]);
    const [, nasty] = cases[0].children;
    expect(nasty.attributes['message']).toBe(NASTY.message.replace('\u0000', '?'));
    expect(nasty.text).toContain('inband replay \'out dir/nasty,1:2.json\'\n\n1 < 2 && "x"?\n');
  });
});

describe('SARIF 2.1.0', () => {
  interface Location { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } } }
  interface Result {
    readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly kind: string; readonly message: { readonly text: string };
    readonly locations: readonly Location[]; readonly partialFingerprints: Readonly<Record<string, string>>;
    readonly codeFlows?: readonly { readonly threadFlows: readonly { readonly locations: readonly { readonly location: Location & { readonly message: { readonly text: string } } }[] }[] }[];
  }
  interface Log {
    readonly version: string; readonly $schema: string;
    readonly runs: readonly { readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string; readonly shortDescription: { readonly text: string } }[] } }; readonly results: readonly Result[]; readonly columnKind: string; readonly automationDetails: { readonly id: string }; readonly invocations: readonly { readonly executionSuccessful: boolean }[] }[];
  }
  const log = (findings: readonly Finding[]): Log => JSON.parse(formatSarif(summary(findings))) as Log;

  it('has what §3.13, §3.14 and §3.18 require: version, runs, a tool with a name; results also if there are none', () => {
    const { version, $schema, runs } = log([]);
    expect({ version, $schema }).toEqual({ version: '2.1.0', $schema: expect.stringMatching(/^https:.*sarif-schema-2\.1\.0\.json$/) });
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ tool: { driver: { name: 'inband', rules: [] } }, results: [], columnKind: 'utf16CodeUnits', invocations: [{ executionSuccessful: true }] });
    // §3.17.3: a hierarchical string; with a slash at its end it names a category of runs.
    expect(runs[0].automationDetails.id).toMatch(/^[^/]+(\/[^/]+)*\/$/);
  });

  it('names each rule once (§3.19.23) and each result its rule by id and index (§3.27.5, §3.27.6)', () => {
    const { runs: [{ tool: { driver: { rules } }, results }] } = log([...FOUND, NASTY]);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(results).toHaveLength(FOUND.length + 1);
    for (const { ruleId, ruleIndex, level, kind } of results) {
      expect(rules[ruleIndex].id).toBe(ruleId);
      // §3.27.10: with any kind but fail the level would have to be none.
      expect({ level, kind }).toEqual({ level: 'error', kind: 'fail' });
    }
  });

  it('every message has a text (§3.11.8), of full sentences, with no brackets or braces that would be links or places', () => {
    const { runs: [{ results, tool: { driver: { rules } } }] } = log(FOUND);
    for (const { shortDescription } of rules) expect(shortDescription.text.length).toBeGreaterThan(10);
    for (const { message } of results) {
      // §3.11.6: [text](target) is a link, \[ is not; §3.11.5: {0} is a place.
      expect(message.text).not.toMatch(/(?<!\\)\[[^\]]*\]\(|\{\d+\}/);
    }
  });

  it('locates each result by a URI reference (§3.4.3) and a line from 1 (§3.30.5)', () => {
    const { runs: [{ results }] } = log([NASTY]);
    for (const { locations: [{ physicalLocation: { artifactLocation: { uri }, region } }] } of results) {
      expect(uri).toMatch(/^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-F]{2})+$/);
      expect(decodeURIComponent(uri)).toBe(`out dir/${NASTY.id}.json`);
      expect(region).toEqual({ startLine: 1 });
    }
    const absolute = { ...summary([NASTY]), findings: [{ ...summary([NASTY]).findings[0], file: '/tmp/a b.json' }] };
    expect((JSON.parse(formatSarif(absolute)) as Log).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('file:///tmp/a%20b.json');
  });

  it('the schedule is a code flow (§3.36): one thread flow with a location for each decision', () => {
    const { runs: [{ results }] } = log(FOUND);
    for (const [i, { codeFlows, partialFingerprints }] of results.entries()) {
      const { decisions, id } = FOUND[i];
      expect(codeFlows?.[0].threadFlows[0].locations.length ?? 0).toBe(decisions.length);
      for (const [n, { location }] of (codeFlows?.[0].threadFlows[0].locations ?? []).entries()) expect(location.message.text).toContain(decisions[n].actor);
      expect(partialFingerprints).toEqual({ 'inbandCause/v1': id });
    }
  });
});

describe('annotations of GitHub Actions', () => {
  /** As the runner takes a line apart (ActionCommand.cs): `::name key=value,key=value::message`, with its escapes. */
  const read = (line: string) => {
    const match = /^::(\w+)(?: ([^:]*))?::(.*)$/.exec(line);
    if (match === null) throw new Error(`no command: ${line}`);
    const data = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
    const property = (text: string): string => data(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
    return { name: match[1], properties: Object.fromEntries((match[2] ?? '').split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), property(pair.slice(pair.indexOf('=') + 1))])), message: data(match[3]) };
  };

  it('one line a finding, whatever is in it', () => {
    const lines = formatGithub(summary([...FOUND, NASTY])).trimEnd().split('\n');
    expect(lines).toHaveLength(FOUND.length + 1);
    const { name, properties, message } = read(lines[FOUND.length]);
    expect({ name, properties }).toEqual({ name: 'error', properties: { file: 'out dir/nasty,1:2.json', line: '1', title: `inband: ${NASTY.oracle}/${NASTY.rule}` } });
    expect(message.split('\n')[0]).toBe(NASTY.message);
    expect(message).toContain('inband replay \'out dir/nasty,1:2.json\'');
  });

  it('a notice if there is none', () => {
    expect(read(formatGithub(summary([])).trimEnd())).toMatchObject({ name: 'notice', message: 'nothing found in 500 executions of kcs with kcs-bmc@v2' });
  });
});
