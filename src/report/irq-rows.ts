import { KcsState, stateOf } from '../ipmi/index.ts';
import { US } from '../sim/index.ts';
import { IRQ, LPC, SERIRQ, cell, cells, type Row } from './rows.ts';
import { hex, siteOf, span, strText } from './names.ts';
import { nameOf, type TraceEntry } from './recording.ts';
import type { HandlerRun } from './runs.ts';
import type { Scene } from './scene.ts';

/** Interrupts that wait longer than this say so, ps. */
const LATE = 20 * US;

/** A pass of the handler that nobody disturbed, as one row; it stands at its last access. */
export function runRow(scene: Scene, run: HandlerRun): Row {
  const { recording, conversation } = scene;
  const last = run.accesses[run.accesses.length - 1] ?? run.acts[run.acts.length - 1];
  const { at } = recording.acts[last];
  const { channel } = conversation;
  const registers = run.accesses.length === 0 ? '' : `${run.gave > 0 ? `ODR${channel}=${hex(run.gave)}, ` : ''}${strText(channel, conversation.str[last])}`;
  const place = conversation.places[last];
  return cells(at, [[IRQ, describe(run)], [LPC, registers], [SERIRQ, raisedText(scene, run)]], {
    ...(place === undefined ? {} : { place }), odd: run.handled === false || late(run) || isWhere(scene, run),
  });
}

/** `IRQ5 up` if the handler has raised the host's interrupt. */
function raisedText(scene: Scene, run: HandlerRun): string {
  for (const index of run.acts) {
    for (const event of scene.recording.acts[index].events) {
      if (nameOf(scene.recording, event) === 'serirq.request' && event.b !== 0) return `IRQ${event.a} up`;
    }
  }
  return '';
}

/** Whether the rule is broken in this pass, or the BMC refuses the transfer in it. */
function isWhere({ recording, conversation, violation }: Scene, run: HandlerRun): boolean {
  const first = run.acts[0];
  const last = run.acts[run.acts.length - 1];
  if (violation !== undefined && violation.at >= recording.acts[first].at && violation.at <= recording.acts[last].at) return true;
  return stateOf(conversation.str[last]) === KcsState.ERROR;
}

function late(run: HandlerRun): boolean {
  return run.raised >= 0 && run.entered - run.raised > LATE;
}

function describe(run: HandlerRun): string {
  let text = run.frame === '' ? 'interrupt handler' : run.frame;
  if (run.phase !== '') text += `, ${phaseText(run.phase)}`;
  if (run.woke) text += ', wake_up';
  if (run.handled === false) text += ': IRQ_NONE';
  if (late(run)) text += ` (after ${span(run.entered - run.raised)} pending)`;
  return text;
}

/** `phase:=WRITE_DONE`. */
export function phaseText(phase: string): string {
  return `phase:=${phase.replace(/^KCS_PHASE_/, '')}`;
}

/** What one access does to the channel, as its register shows it. */
export function registerText(scene: Scene, event: TraceEntry): string {
  const { a, b, c } = event;
  switch (nameOf(scene.recording, event)) {
    case 'bmc.idr.read':
      return `IDR${c} read: ${hex(a)}, ${(b & 0x02) === 0 ? 'stale (IBF was 0)' : 'IBF=0'}`;
    case 'bmc.odr.write':
      return `ODR${c}:=${hex(a)} OBF=1${(b & 0x01) === 0 ? '' : ', overwrites: OBF was 1'}`;
    case 'bmc.odr.read':
      return `ODR${c} read: ${hex(a)}`;
    case 'bmc.str.write':
      return `${strText(c, b).replace('=', ':=')}${(a & ~b & 0x01) === 0 ? '' : ', discards ODR'}`;
    case 'bmc.str.read':
      return `${strText(c, a).replace('=', ' read: ')}`;
    default:
      return '';
  }
}

/** One step of a BMC context in a column: an access with its register, or a step to be joined with its neighbours. */
export function stepRows(scene: Scene, index: number, column: number, withSteps: boolean): Row[] {
  const { recording, conversation } = scene;
  const act = recording.acts[index];
  const place = column === IRQ ? conversation.places[index] : undefined;
  const more = place === undefined ? {} : { place };
  const { frame: scope, step } = act.step === null ? { frame: '', step: '' } : siteOf(recording.ops.label(act.step.op));
  const frame = scope.replace(/ \(.*\)$/, '');
  const rows: Row[] = [];
  for (const event of act.events) {
    if (!withSteps && nameOf(recording, event) === 'bmc.str.read') continue; // one half of a read-modify-write
    const text = registerText(scene, event);
    if (text !== '') rows.push(cells(act.at, [[column, frame], [LPC, text]], more));
    else if (nameOf(recording, event) === 'serirq.request') rows.push(cell(act.at, SERIRQ, `IRQ${event.a} ${event.b === 0 ? 'down' : 'up'}`, more));
  }
  const steps: string[] = rows.length === 0 && withSteps && step !== '' ? [step] : [];
  const phase = recording.phases.get(index);
  if (phase !== undefined) steps.push(phaseText(phase));
  if (steps.length > 0) rows.push(cell(act.at, column, '', { ...more, burst: { column, head: frame, steps } }));
  return rows;
}
