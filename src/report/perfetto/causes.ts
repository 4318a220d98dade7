import { siteOf } from '../names.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { Flow, Slice } from './events.ts';
import type { StepSlices } from './steps.ts';

/**
 * What makes what happen, as arrows: a byte from the register's write to its read on the other side; a request of an
 * interrupt to the host's sample of it and on to what the host does then; the change behind the BMC's interrupt line
 * to the handler's entry.
 */
export function causes(recording: Recording, steps: StepSlices, samples: ReadonlyMap<number, Slice>): Flow[] {
  const flows: Flow[] = [];
  /** Slices whose effect has not shown yet, by what they have changed. */
  const open = new Map<string, Slice>();
  const begin = (what: string, slice: Slice | undefined): void => {
    if (slice === undefined) open.delete(what);
    else open.set(what, slice);
  };
  const end = (what: string, slice: Slice | undefined): void => {
    const from = open.get(what);
    open.delete(what);
    // An effect that was over before its cause began is none.
    if (from !== undefined && slice !== undefined && from !== slice && slice.to > from.from) flows.push({ name: what, from, to: slice });
  };
  let last: Slice | undefined;
  for (const [index, { step, events }] of recording.acts.entries()) {
    const slice = steps.byAct.get(index);
    if (step !== null) {
      if (siteOf(recording.ops.label(step.op)).step === 'interrupt entry') end('BMC interrupt', slice);
      if (recording.contexts[step.actor] === 'host') end('host interrupt', slice);
    }
    for (const event of events) {
      const { a, c } = event;
      switch (nameOf(recording, event)) {
        case 'host.idr.write':
          begin(`IDR${c}`, slice);
          break;
        case 'bmc.idr.read':
          end(`IDR${c}`, slice);
          break;
        case 'bmc.odr.write':
          begin(`ODR${c}`, slice);
          break;
        case 'host.odr.read':
          end(`ODR${c}`, slice);
          break;
        case 'vic.line':
          begin('BMC interrupt', a === 0 ? undefined : slice ?? last);
          break;
        case 'serirq.request':
          begin(`IRQ${a}`, slice);
          break;
        case 'serirq.sample':
          end(`IRQ${a}`, samples.get(index));
          begin('host interrupt', event.b === 0 ? undefined : samples.get(index));
          break;
      }
    }
    last = slice ?? last;
  }
  return flows;
}
