import { siteOf } from './names.ts';
import { IRQ, WIRE, cell, cells, type Row } from './rows.ts';
import type { Scene } from './scene.ts';

/** One step of a BMC context in a column: what it does to the interface, or a step to be joined with its neighbours. */
export function stepRows(scene: Scene, index: number, column: number, withSteps: boolean): Row[] {
  const { recording, conversation, medium } = scene;
  const act = recording.acts[index];
  const place = column === IRQ ? conversation.places[index] : undefined;
  const more = place === undefined ? {} : { place };
  const { frame: scope, step } = act.step === null ? { frame: '', step: '' } : siteOf(recording.ops.label(act.step.op));
  const frame = scope.replace(/ \(.*\)$/, '');
  const rows = medium.effects(act, withSteps).map((effect) => (
    effect.column === WIRE ? cells(act.at, [[column, frame], [WIRE, effect.text]], more) : cell(act.at, effect.column, effect.text, more)
  ));
  const steps: string[] = rows.length === 0 && withSteps && step !== '' && act.step !== null ? [medium.stepText(act.step, step)] : [];
  const phase = recording.phases.get(index);
  if (phase !== undefined) steps.push(medium.phaseText(phase));
  if (steps.length > 0) rows.push(cell(act.at, column, '', { ...more, burst: { column, head: frame, steps } }));
  return rows;
}
