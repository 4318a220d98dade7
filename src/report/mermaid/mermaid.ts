import { fold } from '../fold.ts';
import type { LadderOptions } from '../ladder.ts';
import { micros } from '../names.ts';
import type { Recording } from '../recording.ts';
import { HOST, IRQ, LINE, TASK, WIRE, folded, type Row, type RowStyle } from '../rows.ts';
import { ruleOf } from '../rules.ts';
import { sceneOf } from '../scene.ts';
import { rowsOf } from '../story.ts';

/** Most rows of a diagram: more fit on no page. */
export const MOST_ROWS = 40;
/** Participants, by column: letters, which are no word of the grammar. */
const IDS = ['H', 'W', 'L', 'I', 'T'] as const;
/** Who acts in a row of several cells: the first of them that has one. */
const ACTORS = [HOST, IRQ, TASK, LINE, WIRE] as const;
/** Which rows go first where there are too many: the larger the later. */
const WEIGHT: Readonly<Record<RowStyle, number>> = { violation: 5, decision: 4, held: 4, message: 3, event: 2, fold: 1 };

/**
 * The rows of the timeline that lead to a breach as a sequence diagram of mermaid (`sequenceDiagram`), for places that
 * render markdown. Of more than {@link MOST_ROWS} rows the decisions, stalls, messages and the latest ones are kept.
 */
export function formatMermaid(recording: Recording, options: LadderOptions = {}): string {
  const scene = sceneOf(recording, options);
  const rows = few(fold(scene, rowsOf(scene, options.describe)));
  const { heads } = scene.medium;
  const columns = [HOST, WIRE, LINE, IRQ, TASK].filter((column) => heads[column] !== '' && (column !== LINE || rows.some((row) => row.cells[LINE] !== '')));
  const { violation } = scene;
  const title = violation === undefined ? 'nothing found' : `${violation.oracle}: ${ruleOf(violation, scene.medium.rules).text}`;
  const lines = [
    'sequenceDiagram',
    `title ${escaped(title)}`,
    ...columns.map((column) => `participant ${IDS[column]} as ${escaped(heads[column])}`),
    ...rows.map((row) => rowLine(row, columns)),
  ];
  return `${lines.map((line, i) => (i === 0 ? line : `    ${line}`)).join('\n')}\n`;
}

/** The rows, or those of them that matter most with notes of what is left out between them. */
function few(rows: readonly Row[]): Row[] {
  const order = rows.map((_row, i) => i).sort((one, other) => WEIGHT[rows[other].style] - WEIGHT[rows[one].style] || other - one);
  for (let size = rows.length; ; size--) {
    const kept = new Set(order.slice(0, size));
    const out: Row[] = [];
    let left = 0;
    for (const [i, row] of rows.entries()) {
      if (!kept.has(i)) {
        left++;
        continue;
      }
      if (left > 0) out.push(folded(row.at, leftOut(left)));
      left = 0;
      out.push(row);
    }
    if (left > 0) out.push(folded(rows[rows.length - 1].at, leftOut(left)));
    if (out.length <= MOST_ROWS) return out;
  }
}

function leftOut(n: number): string {
  return `${n} row${n === 1 ? '' : 's'} left out`;
}

/** A note across all, a note at one, or an arrow from who acts to what is acted on. */
function rowLine(row: Row, columns: readonly number[]): string {
  const at = `${micros(row.at)} us`;
  if (row.wide !== undefined) return `Note over ${IDS[columns[0]]},${IDS[columns[columns.length - 1]]}: ${escaped(`${at}: ${MARKS[row.style] ?? ''}${row.wide}`)}`;
  const actor = ACTORS.find((column) => row.cells[column] !== '') ?? HOST;
  const others = columns.filter((column) => column !== actor && row.cells[column] !== '');
  const text = escaped(`${at}: ${[actor, ...others].map((column) => row.cells[column]).filter((part) => part !== '').join(' | ')}`);
  if (row.style === 'message' && others.length === 0) return `Note over ${IDS[actor]}: ${text}`;
  // What SerIRQ carries goes to the host; who acts alone acts on itself.
  const to = others[0] ?? (actor === LINE ? HOST : actor);
  return `${IDS[actor]}->>${IDS[to]}: ${text}`;
}

const MARKS: Readonly<Partial<Record<RowStyle, string>>> = { violation: 'BROKEN: ' };

/**
 * Text for a place of the grammar that ends with its line: what would end it before (`;`), begin a comment or an entity
 * (`#`, `%`), or be taken for HTML or mathematics is written as mermaid's entities, `#59;`.
 */
function escaped(text: string): string {
  return text.replaceAll(/[#;%<>&"$\\{}]/g, (char) => `#${char.charCodeAt(0)};`).replaceAll(/\s+/g, ' ').trim();
}
