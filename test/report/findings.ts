import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ScheduleChooser, buildOptionsOf, parseFinding, violationOf } from '../../src/explore/index.ts';
import { record, type Recording } from '../../src/report/index.ts';
import type { Describe } from '../../src/report/decisions.ts';
import { fold } from '../../src/report/fold.ts';
import type { Row } from '../../src/report/rows.ts';
import { sceneOf, type Scene } from '../../src/report/scene.ts';
import { rowsOf } from '../../src/report/story.ts';
import { scenario } from '../../src/scenarios/index.ts';
import type { Violation } from '../../src/sim/index.ts';

const FOLDER = fileURLToPath(new URL('../data/findings/', import.meta.url));

/** The saved findings, by name. */
export const FINDINGS: readonly string[] = readdirSync(FOLDER).filter((file) => file.endsWith('.json')).map((file) => file.replace(/\.json$/, '')).sort();

/** A saved finding as it goes. */
export interface Played {
  readonly recording: Recording;
  readonly violation: Violation | null;
  readonly describe: Describe;
}

const played = new Map<string, Played>();

/** Replays a saved finding and records it, once. */
export function play(name: string): Played {
  const known = played.get(name);
  if (known !== undefined) return known;
  const file = `${FOLDER}${name}.json`;
  const finding = parseFinding(readFileSync(file, 'utf8'), file);
  const system = scenario(finding.scenario).build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const one: Played = { recording, violation: violationOf(recording, finding) ?? null, describe: (decision) => system.describe(decision) };
  played.set(name, one);
  return one;
}

/** The run of a saved finding. */
export function recordFinding(name: string): Recording {
  return play(name).recording;
}

/** The rows that `inband show` draws of a saved finding, with what they were made of. */
export function rowsShown(name: string, all: boolean): { readonly scene: Scene; readonly rows: readonly Row[] } {
  const { recording, violation } = play(name);
  const scene = sceneOf(recording, { violation, all });
  return { scene, rows: fold(scene, rowsOf(scene)) };
}
