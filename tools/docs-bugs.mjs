/** The page of bugs, made of the saved findings. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Columns of a timeline. */
const WIDTH = 110;

/**
 * @typedef {typeof import('../src/index.ts')} Library the library, built or not
 * @typedef {import('../src/index.ts').Finding} Finding
 */

/** Names of the saved findings. @param {string} folder @returns {string[]} */
export function slugsIn(folder) {
  return readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)).toSorted();
}

/**
 * The version that was hunted: of the host if one is named, else the first driver that is not mended.
 *
 * @param {Finding} finding
 */
function hunted({ driver, host }) {
  return host ?? driver.split(',').find((part) => !part.endsWith('@fixed')) ?? driver;
}

/**
 * @param {Library} inband
 * @param {string} folder
 * @param {string} slug
 */
function findingOf({ parseFinding }, folder, slug) {
  const file = join(folder, `${slug}.json`);
  return parseFinding(readFileSync(file, 'utf8'), file);
}

/**
 * What the page tells of one bug: what went wrong, the schedule, and its timeline folded away.
 *
 * @param {Library} inband
 * @param {string} folder of the findings
 * @param {string} slug
 * @returns {string}
 */
export function bugSection(inband, folder, slug) {
  const finding = findingOf(inband, folder, slug);
  const { ScheduleChooser, buildOptionsOf, formatLadder, record, scenario, violationOf } = inband;
  const system = scenario(finding.scenario).build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding);
  if (violation === undefined) throw new Error(`${slug} does not reproduce`);
  const path = `test/data/findings/${slug}.json`;
  const ladder = formatLadder(recording, { width: WIDTH, violation, file: path, describe: (decision) => system.describe(decision) });
  const [said, ...rest] = ladder.trimEnd().split('\n\n');
  const schedule = finding.decisions.length === 0 ? '- at nominal timing, with an empty schedule\n' : finding.decisions.map((d) => `1. ${system.describe(d)}\n`).join('');
  const where = [`\`${finding.driver}\``, ...(finding.host === undefined ? [] : [`host \`${finding.host}\``]), `scenario \`${finding.scenario}\``];
  return `### ${slug}

${marked(said.replaceAll('\n', ' '))}

${schedule}
${where.join(', ')}, rule \`${finding.rule}\`: [${slug}.json](../${path})

<details><summary>Timeline</summary>

\`\`\`text
${rest.slice(1).join('\n\n')}
\`\`\`

</details>
`;
}

/** The oracle's name as code, and nothing that markdown would take for more than text. @param {string} sentence */
function marked(sentence) {
  const at = sentence.indexOf(':');
  return `\`${sentence.slice(0, at)}\`${sentence.slice(at).replaceAll(/[<>*_[\]]/g, '\\$&')}`;
}

/**
 * All bugs, by the version that was hunted, with a table on top.
 *
 * @param {Library} inband
 * @param {string} folder of the findings
 * @returns {string}
 */
export function bugsBlock(inband, folder) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  const findings = new Map(slugsIn(folder).map((slug) => [slug, findingOf(inband, folder, slug)]));
  for (const [slug, finding] of findings) groups.set(hunted(finding), [...groups.get(hunted(finding)) ?? [], slug]);
  const order = inband.SCENARIOS.flatMap(({ drivers, hosts }) => [...drivers, ...hosts]);
  const sorted = [...groups].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const index = sorted.map(([version, slugs]) => `| \`${version}\` | ${slugs.map((slug) => `[${slug}](#${slug})`).join(', ')} |`);
  const sections = sorted.map(([version, slugs]) => `## ${version}\n\n${slugs.map((slug) => bugSection(inband, folder, slug)).join('\n')}`);
  return `| hunted in | bugs |\n|---|---|\n${index.join('\n')}\n\n${sections.join('\n')}`;
}
