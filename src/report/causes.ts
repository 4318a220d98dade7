import { BLOCKED, operandOf } from '../sim/index.ts';
import { nameOf, type Act, type Recording } from './recording.ts';

/** That act `effect` could not have been as it was without act `cause`. */
export interface Cause {
  readonly cause: number;
  readonly effect: number;
  /** Through what: the register, the field, the wait queue, the line. */
  readonly through: string;
}

/** Names of the objects that are no way from one context to another. */
const NO_WAY = /^$|decode/;

/**
 * What came of what, by act: whoever reads a register, field, lock or wait queue owes its value to whoever has
 * written it last, a woken task is woken by whoever has written what it slept on, and an interrupt handler is
 * entered because the line has risen, and the host goes on because it has sampled an interrupt that the BMC has asked for.
 */
export function causesOf(recording: Recording): readonly Cause[] {
  const { acts, ops } = recording;
  const causes: Cause[] = [];
  const writer = new Map<number, number>();
  /** By context: what it sleeps on. */
  const slept = new Map<number, readonly number[]>();
  let raised = -1;
  /** By interrupt of the host's: the act that has asked for it. */
  const asked = new Map<number, number>();
  let sampled = -1;
  for (const [index, act] of acts.entries()) {
    if (interrupts(recording, act)) raised = index;
    for (const event of act.events) {
      const name = nameOf(recording, event);
      if (name === 'serirq.request') asked.set(event.a, index);
      if (name !== 'serirq.sample') continue;
      const from = asked.get(event.a);
      if (from !== undefined) causes.push({ cause: from, effect: index, through: `IRQ${event.a}` });
      sampled = event.b === 0 ? -1 : index;
    }
    const { step } = act;
    if (step === null) continue;
    const { reads, writes } = ops.def(step.op).footprint(operandOf(step.op));
    const sources = new Map<number, number>();
    for (const object of [...reads, ...(slept.get(step.actor) ?? [])]) {
      const from = writer.get(object);
      if (from === undefined || acts[from].actor === step.actor || NO_WAY.test(ops.objectName(object))) continue;
      if (!sources.has(from)) sources.set(from, object);
    }
    for (const [from, object] of sources) causes.push({ cause: from, effect: index, through: ops.objectName(object) });
    if (sampled >= 0 && recording.contexts[step.actor] === 'host') {
      causes.push({ cause: sampled, effect: index, through: 'host interrupt' });
      sampled = -1;
    }
    if (raised >= 0 && ops.label(step.op).endsWith('interrupt entry')) {
      causes.push({ cause: raised, effect: index, through: 'IRQ to the BMC' });
      raised = -1;
    }
    if (step.value === BLOCKED) slept.set(step.actor, reads);
    else slept.delete(step.actor);
    for (const object of writes) writer.set(object, index);
  }
  for (const [index, act] of acts.entries()) {
    const before = acts[index - 1];
    // What hardware does on its own follows from what happened at that moment.
    if (act.step === null && act.actor < 0 && before !== undefined && before.at === act.at) {
      causes.push({ cause: index - 1, effect: index, through: nameOf(recording, act.events[0]) });
    }
  }
  return causes;
}

/** Whether an act tells that the BMC's CPU is interrupted from now on. */
export function interrupts(recording: Recording, { events }: Act): boolean {
  return events.some((event) => nameOf(recording, event) === 'vic.line' && event.a !== 0);
}
