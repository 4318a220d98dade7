import { BLOCKED, type Ps } from '../../sim/index.ts';
import type { Recording } from '../recording.ts';
import type { TimelineBuilder } from './builder.ts';

const TAKE = /(?:spin|mutex|raw_spin)_(try)?lock\w*\((.*)\)$/;
const DROP = /(?:spin|mutex|raw_spin)_unlock\w*\((.*)\)$/;

/** Who holds each lock, and when: a lane for each lock. */
export function addLocks(builder: TimelineBuilder, recording: Recording): void {
  const { acts, ops, contexts, time } = recording;
  /** By lock and context: since when it has it. */
  const held = new Map<string, { readonly lock: string; readonly actor: number; readonly from: Ps }>();
  /** By context: the lock for which it waits; it has it when it goes on. */
  const awaited = new Map<number, string>();
  const take = (lock: string, actor: number, from: Ps): void => void held.set(`${lock}\n${actor}`, { lock, actor, from });
  const show = ({ lock, actor, from }: { readonly lock: string; readonly actor: number; readonly from: Ps }, to: Ps): void => {
    builder.add(builder.lane('locks', lock), 'call', from, Math.max(from, to), (contexts[actor] ?? '').replace(/^bmc:/, ''), { note: `holds ${lock}` });
  };
  for (const { at, actor, step } of acts) {
    if (step === null) continue;
    const waited = awaited.get(actor);
    if (waited !== undefined) {
      awaited.delete(actor);
      take(waited, actor, step.issuedAt);
    }
    const label = ops.label(step.op);
    const [, tries, lock] = TAKE.exec(label) ?? [];
    if (lock !== undefined) {
      // A trylock that has not got it gives 0, mutex_lock_interruptible() that a signal ends an errno. Else there may be flags of irqsave.
      if (step.value === BLOCKED) awaited.set(actor, lock);
      else if ((tries === undefined ? step.value >= 0 : step.value !== 0)) take(lock, actor, at);
      continue;
    }
    const dropped = DROP.exec(label)?.[1];
    if (dropped === undefined) continue;
    const key = `${dropped}\n${actor}`;
    const hold = held.get(key);
    if (hold === undefined) continue;
    held.delete(key);
    show(hold, at);
  }
  for (const hold of held.values()) show(hold, time);
}
