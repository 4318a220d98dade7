/** The page of bugs, made of the saved findings. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Columns of a timeline. */
const WIDTH = 110;

/**
 * @typedef {typeof import('../src/index.ts')} Library the library, built or not
 * @typedef {import('../src/index.ts').Finding} Finding
 */

/** A saved finding that does not reproduce: no bug to tell of, and a mistake in the findings. */
export class GoneError extends Error {
  /** @override */
  name = 'GoneError';
}

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
  if (violation === undefined) throw new GoneError(`${slug} does not reproduce`);
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
 * @param {(error: GoneError) => void} complain is told of a finding that does not reproduce, which is left out
 * @returns {string}
 */
export function bugsBlock(inband, folder, complain) {
  /** @type {Map<string, { slug: string, section: string }[]>} */
  const groups = new Map();
  for (const slug of slugsIn(folder)) {
    const version = hunted(findingOf(inband, folder, slug));
    try {
      groups.set(version, [...groups.get(version) ?? [], { slug, section: bugSection(inband, folder, slug) }]);
    } catch (error) {
      if (!(error instanceof GoneError)) throw error;
      complain(error);
    }
  }
  const order = inband.SCENARIOS.flatMap(({ drivers, hosts }) => [...drivers, ...hosts]);
  const sorted = [...groups].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const index = sorted.map(([version, bugs]) => `| \`${version}\` | ${bugs.map(({ slug }) => `[${slug}](#${slug})`).join(', ')} |`);
  const sections = sorted.map(([version, bugs]) => `## ${version}\n\n${bugs.map(({ section }) => section).join('\n')}`);
  return `| hunted in | bugs |\n|---|---|\n${index.join('\n')}\n\n${sections.join('\n')}`;
}
