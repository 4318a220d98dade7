import { handlerText, isBrokenIn } from '../handler-text.ts';
import type { Effect } from '../medium.ts';
import { hex } from '../names.ts';
import { nameOf, type Act, type Recording } from '../recording.ts';
import { IRQ, LINE, WIRE, cells, type Row } from '../rows.ts';
import { pendingFor, type HandlerRun } from '../runs.ts';
import type { Scene } from '../scene.ts';
import { ctrlText, ctrlWriteText, fifoRunAt, fifoText } from './wire-text.ts';

/** Whether an act accesses the iBT block in a way that another access could disturb. */
export function accessesBlock(recording: Recording, act: Act): boolean {
  return act.events.some((event) => /^(?:host|bmc)\.bt\..*(?:write|fifo\.read)$/.test(nameOf(recording, event)));
}

/** A pass of the handler that nobody disturbed, as one row. */
export function btRunRow(scene: Scene, run: HandlerRun): Row {
  const { recording, conversation } = scene;
  const last = run.acts[run.acts.length - 1];
  const place = conversation.places[last];
  return cells(recording.acts[last].at, [[IRQ, handlerText(recording, run, '', (phase) => phase)]], {
    ...(place === undefined ? {} : { place }), odd: run.handled === false || pendingFor(run) > 0 || isBrokenIn(scene, run),
  });
}

/** What an act does to the block, and to the host's interrupt. */
export function btEffects(recording: Recording, act: Act, every: boolean): readonly Effect[] {
  const out: Effect[] = [];
  for (const event of act.events) {
    const { a, c } = event;
    switch (nameOf(recording, event)) {
      case 'bmc.bt.ctrl.read':
        if (every) out.push({ column: WIRE, text: ctrlText(a) });
        break;
      case 'bmc.bt.ctrl.write':
        out.push({ column: WIRE, text: `${ctrlWriteText(a, c, false)}: ${ctrlText(c)}` });
        break;
      case 'bmc.bt.fifo.read':
      case 'bmc.bt.fifo.write': {
        const run = fifoRunAt(recording, recording.acts.indexOf(act));
        if (run !== undefined) out.push({ column: WIRE, text: `${run.write ? '' : 'reads '}${fifoText(run)}` });
        break;
      }
      case 'bmc.bt.intmask.write':
        out.push({ column: WIRE, text: `BT_INTMASK:=${hex(a)}` });
        break;
      case 'serirq.request':
        out.push({ column: LINE, text: `IRQ${a} ${event.b === 0 ? 'down' : 'up'}` });
        break;
    }
  }
  return out;
}
