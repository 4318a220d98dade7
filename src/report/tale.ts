import { wrap } from './layout.ts';
import { formatLadder, type LadderOptions } from './ladder.ts';
import { mediumOf, type Verdict } from './medium.ts';
import type { Recording } from './recording.ts';
import type { Report } from '../scenarios/index.ts';

const WIDTH = 112;

/** A run that tells a report anew: what was reported, under which conditions, both sides on one timeline, and whose fault it is. */
export function formatTale(recording: Recording, report: Report, drivers: string, options: LadderOptions = {}): string {
  const { width = WIDTH } = options;
  const verdict = mediumOf(recording).verdict();
  const lines = [
    ...wrap(`"${report.text}"`, width), ...wrap(`(${report.source})`, width), '',
    ...wrap(`Here with ${drivers}:`, width), ...report.conditions.flatMap((line) => wrap(line, width - 2).map((part) => `  ${part}`)), '',
    formatLadder(recording, { ...options, width }),
    ...(verdict === undefined ? [] : verdictLines(verdict, width)), '',
    recording.violations.length === 0 ? 'No rule is broken: with these drivers it is gone.' : `Rules broken: ${recording.violations.map(({ oracle, rule }) => `${oracle}/${rule}`).join(', ')}.`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The verdict as a paragraph. */
export function verdictLines({ blame, reasons }: Verdict, width = WIDTH): string[] {
  const [first, ...rest] = blame;
  const who = first === undefined ? 'Nobody is to blame: no event was lost, and the backend took all that it was told.'
    : rest.length === 0 ? `To blame: ${first}.` : `To blame: first ${first}, then ${rest.join(', ')} as well.`;
  return wrap([who, ...reasons].join(' '), width);
}
