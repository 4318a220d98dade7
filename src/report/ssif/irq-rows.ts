import type { Ps } from '../../sim/index.ts';
import { isBrokenIn } from '../handler-text.ts';
import { hex, span } from '../names.ts';
import { nameOf, type Act, type Recording } from '../recording.ts';
import { IRQ, WIRE, cells, type Row } from '../rows.ts';
import { pendingFor, type HandlerRun } from '../runs.ts';
import type { Effect } from '../medium.ts';
import type { Scene } from '../scene.ts';
import type { SsifConversation } from './conversation.ts';
import { LONG_STRETCH, wireText } from './host-rows.ts';
import { REQUESTED, type Pass } from './passes.ts';
import { Intr, bitsText, slaveEventText, statusText } from './text.ts';

/** A pass of the handler as one row; it stands where the status was read: what comes after that it does not know. */
export function ssifRunRow(scene: Scene, conversation: SsifConversation, run: HandlerRun, pass: Pass | undefined): Row {
  const { recording } = scene;
  const { places, usual } = conversation;
  const act = pass?.act ?? run.acts[run.acts.length - 1];
  const place = places[act];
  const odd = pass === undefined || isOdd(pass) || run.handled === undefined || pendingFor(run, usual) > 0 || isBrokenIn(scene, run) || (pass.states.length > 1 && isDisturbed(scene, conversation, act));
  return cells(recording.acts[act].at, [[IRQ, `${pass === undefined ? handlerText(run) : passText(pass)}${late(run, usual)}`], [WIRE, held(recording, run, usual)]], {
    ...(place === undefined ? {} : { place }), odd,
  });
}

/** Something was lost in it, the backend gives something up, or somebody complains. A STOP that nobody wants after a TX_NAK is the rule. */
function isOdd({ lost, unhandled, complaints, refuses, status, states }: Pass): boolean {
  return lost.length > 0 || states.includes('SSIF_ABORTING') || (unhandled & ~(Intr.STOP | Intr.TX_NAK)) !== 0 || complaints.length > 0 || refuses || ((status & Intr.SLAVE_MATCH) !== 0 && (status & (Intr.STOP | Intr.TX_NAK | Intr.TX_ACK)) !== 0);
}

/** Whether a daemon has read or answered, or was held or let go, during the transaction of an act. */
function isDisturbed({ recording, calls }: Scene, { parts }: SsifConversation, act: number): boolean {
  const part = parts.findLast(({ transaction }) => transaction.first <= act);
  if (part === undefined) return false;
  const { from, to } = part.transaction;
  const within = (at: Ps) => at >= from && (to < 0 || at <= to);
  return recording.holds.some((hold) => within(hold.from) || within(hold.to)) || calls.some(({ name, to: end }) => /^(?:read|write)$/.test(name) && within(end));
}

/** SCL that was held for long until this pass. */
function held(recording: Recording, run: HandlerRun, usual: Ps): string {
  for (const index of run.acts) {
    for (const event of recording.acts[index].events) {
      if (nameOf(recording, event) === 'i2c.stretch' && event.a >= LONG_STRETCH + usual) return wireText({ recording }, event);
    }
  }
  return '';
}

function handlerText(run: HandlerRun): string {
  return `interrupt handler${run.handled === false ? ': IRQ_NONE' : ''}`;
}

function late(run: HandlerRun, usual: Ps): string {
  const waited = pendingFor(run, usual);
  return waited > 0 ? ` (after ${span(waited)} pending)` : '';
}

/** `INTR_STS=94h SLAVE_MATCH RX_DONE STOP: I2C_SLAVE_STOP, LOST: the REQUESTED of the next transfer; ...`. */
export function passText({ run, status, events, lost, unhandled, complaints, states, gives, refuses }: Pass): string {
  let text = `${statusText(status)}: ${events.length === 0 ? 'no event' : events.map(({ event, value }) => slaveEventText(event, value)).join(', ')}`;
  if (lost.length > 0) text += `, LOST: ${lost.map(lostText).join(', ')}`;
  if (states.length > 1) text += `; ${states.join(' -> ')}`;
  if (gives >= 0) text += `; gives ${hex(gives)}`;
  if (refuses) text += '; asks for a NAK';
  if (run.woke) text += '; wake_up';
  if (unhandled !== 0) text += `; not handled: ${bitsText(unhandled)}`;
  for (const complaint of complaints) text += `; ${complaint}`;
  return text;
}

/** An event that the backend was not told. */
export function lostText(event: number): string {
  return event === REQUESTED ? 'I2C_SLAVE_WRITE_REQUESTED or READ_REQUESTED' : slaveEventText(event, 0);
}

/** What an act of the BMC does to the bus, and what the backend is told. */
export function ssifEffects(recording: Recording, { usual }: SsifConversation, act: Act): Effect[] {
  const out: Effect[] = [];
  for (const event of act.events) {
    const name = nameOf(recording, event);
    const { code, a, b, c } = event;
    if (name === 'i2c.slave_event') out.push({ column: IRQ, text: slaveEventText(a, b) });
    else if (name === 'i2c.dev_err') out.push({ column: IRQ, text: recording.kinds[code].text(a, b, c) });
    else if (name === 'i2c.stretch' && a >= LONG_STRETCH + usual) out.push({ column: WIRE, text: wireText({ recording }, event) });
  }
  return out;
}
