import { nameOf, sideOf, type Recording, type TraceEntry } from './recording.ts';
import { IRQ, TASK, cell, type Row } from './rows.ts';
import type { Message } from './messages.ts';
import type { Scene } from './scene.ts';

/** What of a message router's doings is told: which device gets what, and what becomes of it. */
function tells(recording: Recording, event: TraceEntry): boolean {
  switch (nameOf(recording, event)) {
    case 'router.handed':
    case 'router.sent':
    case 'router.error':
    case 'router.registered':
      return true;
    case 'router.handled':
      return event.c !== 0;
    default:
      return false;
  }
}

function textOf(recording: Recording, { code, a, b, c }: TraceEntry): string {
  return recording.kinds[code].text(a, b, c);
}

/** The rows of what the BMC's message router does in an act. */
export function routerRows({ recording }: Scene, index: number): Row[] {
  return recording.acts[index].events.filter((event) => tells(recording, event)).map((event) => (
    cell(event.at, sideOf(recording, event.actor) === 'task' ? TASK : IRQ, textOf(recording, event), { style: 'message' })));
}

/** The way of a request through the router, in its steps; empty if there is none. */
export function routeOf(recording: Recording, { from, to }: Message): readonly string[] {
  const steps: string[] = [];
  for (const { events } of recording.acts) {
    for (const event of events) {
      if (event.at >= from && (to < 0 || event.at <= to) && tells(recording, event)) steps.push(textOf(recording, event));
    }
  }
  return steps;
}
