import { KcsState, stateOf } from '../../ipmi/index.ts';
import { handlerText, isBrokenIn } from '../handler-text.ts';
import { hex } from '../names.ts';
import { nameOf, type Act, type Recording, type TraceEntry } from '../recording.ts';
import { IRQ, LINE, WIRE, cells, type Row } from '../rows.ts';
import { pendingFor, type HandlerRun } from '../runs.ts';
import type { Effect } from '../medium.ts';
import type { Scene } from '../scene.ts';
import type { KcsConversation } from './conversation.ts';
import { strText, type StrText } from './names.ts';

/** Events of the channel's registers, from either side. */
const REGISTER = /^(host\.(odr\.read|idr\.write)|bmc\.(idr|odr|str)\.(read|write))$/;

/** Whether an act accesses a register of a KCS channel in a way that another access could disturb. */
export function accessesChannel(recording: Recording, act: Act): boolean {
  return act.events.some((event) => REGISTER.test(nameOf(recording, event)));
}

/** A pass of the handler that nobody disturbed, as one row; it stands at its last access. */
export function kcsRunRow(scene: Scene, { channel, places, str }: KcsConversation, run: HandlerRun, strOf: StrText = strText): Row {
  const { recording } = scene;
  const last = run.accesses[run.accesses.length - 1] ?? run.acts[run.acts.length - 1];
  const { at } = recording.acts[last];
  const gave = lastOdr(recording, run);
  // While the host writes, the driver fills ODR with 00h at every byte, which means nothing.
  const empty = gave < 0 || (gave === 0 && stateOf(str[last]) === KcsState.WRITE);
  const registers = run.accesses.length === 0 ? '' : `${!empty ? `ODR${channel}=${hex(gave)}, ` : ''}${strOf(channel, str[last])}`;
  const place = places[last];
  return cells(at, [[IRQ, handlerText(recording, run, 'bmc.idr.read', kcsPhaseText)], [WIRE, registers], [LINE, raisedText(scene, run)]], {
    ...(place === undefined ? {} : { place }), odd: run.handled === false || pendingFor(run) > 0 || isWhere(scene, str, run),
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
function isWhere(scene: Scene, str: readonly number[], run: HandlerRun): boolean {
  return isBrokenIn(scene, run) || stateOf(str[run.acts[run.acts.length - 1]]) === KcsState.ERROR;
}

/** The byte that the handler put into ODR; -1: none. */
function lastOdr(recording: Recording, run: HandlerRun): number {
  const events = run.acts.flatMap((index) => recording.acts[index].events);
  return events.findLast((event) => nameOf(recording, event) === 'bmc.odr.write')?.a ?? -1;
}

/** `phase:=WRITE_DONE`. */
export function kcsPhaseText(phase: string): string {
  return `phase:=${phase.replace(/^KCS_PHASE_/, '')}`;
}

/** What an act does to the channel, and to the host's interrupt. */
export function kcsEffects(recording: Recording, act: Act, every: boolean, strOf: StrText = strText): Effect[] {
  const out: Effect[] = [];
  for (const event of act.events) {
    const name = nameOf(recording, event);
    if (!every && name === 'bmc.str.read') continue; // one half of a read-modify-write
    const text = registerText(name, event, strOf);
    if (text !== '') out.push({ column: WIRE, text });
    else if (name === 'serirq.request') out.push({ column: LINE, text: `IRQ${event.a} ${event.b === 0 ? 'down' : 'up'}` });
  }
  return out;
}

/** What one access does to the channel, as its register shows it. */
function registerText(name: string, { a, b, c }: TraceEntry, strOf: StrText): string {
  switch (name) {
    case 'bmc.idr.read':
      return `IDR${c} read: ${hex(a)}, ${(b & 0x02) === 0 ? 'stale (IBF was 0)' : 'IBF=0'}`;
    case 'bmc.odr.write':
      return `ODR${c}:=${hex(a)} OBF=1${(b & 0x01) === 0 ? '' : ', overwrites: OBF was 1'}`;
    case 'bmc.odr.read':
      return `ODR${c} read: ${hex(a)}`;
    case 'bmc.str.write':
      return `${strOf(c, b).replace('=', ':=')}${(a & ~b & 0x01) === 0 ? '' : ', discards ODR'}`;
    case 'bmc.str.read':
      return `${strOf(c, a).replace('=', ' read: ')}`;
    default:
      return '';
  }
}
