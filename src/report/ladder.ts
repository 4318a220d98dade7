import { decisionText, type Describe } from './decisions.ts';
import { fold } from './fold.ts';
import { layoutOf, lay, wrap, type Line } from './layout.ts';
import { loopSteps, loopText } from './loop.ts';
import { ruleOf } from './rules.ts';
import { sceneOf, type Focus, type Scene } from './scene.ts';
import { placeOf, sourceLines } from './sources.ts';
import { columnOf, rowsOf } from './story.ts';
import { paint } from './style.ts';
import type { Recording } from './recording.ts';
import type { Row } from './rows.ts';

export interface LadderOptions extends Focus {
  /** Columns of the terminal; 112 if not given. */
  readonly width?: number;
  /** ANSI colours; none if not given. */
  readonly color?: boolean;
  /** The finding's file, as it was given: for the line that says how to replay it. */
  readonly file?: string;
  /** Says what the scenario's own decisions mean. */
  readonly describe?: Describe;
}

const WIDTH = 112;

/**
 * One run as text: what went wrong and which rule that breaks, the decisions that it took, and both sides
 * on one timeline. The same recording and options give the same text.
 */
export function formatLadder(recording: Recording, options: LadderOptions = {}): string {
  const { width = WIDTH, describe } = options;
  const scene = sceneOf(recording, options);
  const rows = fold(scene, rowsOf(scene, describe)).map((row) => (row.style === 'violation' ? { ...row, wide: breach(scene) } : row));
  const layout = layoutOf(width, rows, scene.medium);
  const lines: Line[] = [
    ...verdict(scene, layout.width),
    ...decisions(scene, layout.width, describe),
    ...lay(layout, rows, (row) => heldColumns(scene, row)),
    ...source(scene, rows, layout.width),
  ];
  if (options.file !== undefined) lines.push(plain(''), plain(`replay: inband replay ${options.file}`));
  return `${lines.map((line) => (options.color === true ? paint(line) : line.text)).join('\n')}\n`;
}

function plain(text: string): Line {
  return { style: 'plain', text };
}

/** What went wrong, in one sentence. */
function verdict(scene: Scene, width: number): Line[] {
  const { violation } = scene;
  if (violation === undefined) return [];
  const { text, source } = ruleOf(violation, scene.medium.rules);
  const what = `${violation.oracle}: ${violation.message}, which breaks the rule that ${text} (${source}).`;
  return [...wrap(what, width).map((line): Line => ({ style: 'violation', text: line })), plain('')];
}

/** Where it happens; what it is stands above. */
function breach({ violation }: Scene): string {
  return violation === undefined ? '' : `${violation.oracle}: ${violation.rule}`;
}

/** What it takes, and where. */
function decisions(scene: Scene, width: number, describe: Describe | undefined): Line[] {
  const { recording } = scene;
  const lines: Line[] = [];
  for (const [index, { decision, at }] of recording.decisions.entries()) {
    const hold = recording.holds.find((h) => h.decision === index);
    const text = decisionText(decision, at, recording, scene.medium, hold, describe);
    lines.push(...hanging(`${index + 1}. `, text, width));
  }
  if (lines.length === 0) lines.push(plain(scene.violation === undefined ? 'Nominal timing: no decision departs from it.' : 'It takes no decision: this happens with nominal timing.'));
  const { kernel } = recording;
  if (kernel !== null) lines.push(plain(`Kernel: preempt=${kernel.preempt}, ${kernel.cpus === 1 ? '1 CPU' : `${kernel.cpus} CPUs`}.`));
  return [...lines, ...loopLines(scene, width), plain('')];
}

/** That it goes on so, and what one round is. */
function loopLines({ recording, loop, all }: Scene, width: number): Line[] {
  if (loop === undefined) return [];
  return [loopText(loop), loopSteps(recording, loop, all)].flatMap((text) => wrap(text, width)).map(plain);
}

/** The lines of a driver in C of which the timeline speaks; those of the stalls and of the breach are marked. */
function source({ recording, violation }: Scene, rows: readonly Row[], width: number): Line[] {
  const marked = [...recording.holds.map(({ label }) => label), violation?.message ?? ''];
  const shown = sourceLines(recording.ops, [...marked, ...rows.flatMap(({ cells, wide = '' }) => [...cells, wide])]);
  const main = new Set(sourceLines(recording.ops, marked).map(placeOf));
  return shown.flatMap((at, i) => [
    ...(shown[i - 1]?.file === at.file ? [] : [plain(''), plain(at.file)]),
    plain(`${main.has(placeOf(at)) ? '>' : ' '}${String(at.line).padStart(5)}  ${at.text}`.slice(0, width)),
  ]);
}

function hanging(head: string, text: string, width: number): Line[] {
  return wrap(text, width - head.length).map((line, i) => plain(`${i === 0 ? head : ' '.repeat(head.length)}${line}`));
}

/** The columns of whoever is held while a row happens. */
function heldColumns(scene: Scene, row: Row): readonly number[] {
  const columns: number[] = [];
  for (const hold of scene.recording.holds) {
    if (hold.from <= row.at && (hold.to < 0 || row.at < hold.to) && hold.from !== hold.to) columns.push(columnOf(scene, hold.actor));
  }
  return columns;
}

