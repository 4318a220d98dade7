import { describe, expect, it } from 'vitest';
import type { Recording, StepEntry } from '../../../src/report/index.ts';
import { TimelineBuilder } from '../../../src/report/timeline/builder.ts';
import { addLocks } from '../../../src/report/timeline/locks.ts';
import { BLOCKED, OpTable } from '../../../src/sim/index.ts';
import { run } from '../runs.ts';

const EINTR = 4;
const END = 1000;

/** A step of a context: what it does, at its effect, and what it gives. */
type Did = readonly [context: number, at: number, label: string, value: number];

/** Who is shown as holding a lock, and when: `0 from..to`. */
function holders(...did: readonly Did[]): string[] {
  const ops = new OpTable();
  const opOf = new Map([...new Set(did.map(([, , label]) => label))].map((label) => [label, ops.define({ label, exec: () => 0 })]));
  const acts = did.map(([actor, at, label, value], step) => {
    const entry: StepEntry = { at, issuedAt: at - 1, actor, step, op: opOf.get(label)!, value, cpu: 0 };
    return { at, actor, step: entry, events: [] };
  });
  const recording: Recording = { ...run({ oracles: [] }), contexts: ['0', '1'], ops, acts, time: END };
  const builder = new TimelineBuilder();
  addLocks(builder, recording);
  const { strings, items } = builder.finish();
  let from = 0;
  return items.from.map((by, i) => `${strings[items.text[i]]} ${from += by}..${from + items.length[i]}`);
}

describe('a lock is shown as held', () => {
  it('from spin_lock() to spin_unlock(), or to the end of the run', () => {
    expect(holders([0, 10, 'f: spin_lock(l)', 0], [0, 20, 'f: spin_unlock(l)', 0], [1, 30, 'f: spin_lock_irq(l)', 0])).toEqual(['0 10..20', `1 30..${END}`]);
  });

  it('by a context that has waited for it from where it goes on', () => {
    expect(holders([0, 10, 'mutex_lock(l)', BLOCKED], [0, 50, 'f: read', 0], [0, 60, 'mutex_unlock(l)', 0])).toEqual(['0 49..60']);
  });

  it.each(['spin_trylock', 'spin_trylock_irqsave', 'mutex_trylock'])('by %s() only if that gave 1: the handler that has not got the lock of the task does not keep it for ever', (how) => {
    const [take, drop] = how.startsWith('spin') ? ['spin_lock_irq', 'spin_unlock_irq'] : ['mutex_lock', 'mutex_unlock'];
    expect(holders([0, 10, `${take}(l)`, 0], [1, 15, `irq: ${how}(l)`, 0], [0, 20, `${drop}(l)`, 0])).toEqual(['0 10..20']);
    expect(holders([1, 15, `irq: ${how}(l)`, 1], [1, 18, `irq: ${drop}(l)`, 0])).toEqual(['1 15..18']);
  });

  it('also where the step gives the flags of irqsave, in a handler PSR_I_BIT', () => {
    expect(holders([1, 15, 'irq: spin_lock_irqsave(l)', 0x80], [1, 18, 'irq: spin_unlock_irqrestore(l)', 0])).toEqual(['1 15..18']);
    expect(holders([1, 15, 'irq: spin_trylock_irqsave(l)', 0x81], [1, 18, 'irq: spin_unlock_irqrestore(l)', 0])).toEqual(['1 15..18']);
  });

  it('by mutex_lock_interruptible() only if no signal ended it', () => {
    expect(holders([0, 10, 'f: mutex_lock_interruptible(l)', -EINTR], [0, 20, 'f: read', 0])).toEqual([]);
    expect(holders([0, 10, 'f: mutex_lock_interruptible(l)', 0], [0, 20, 'f: mutex_unlock(l)', 0])).toEqual(['0 10..20']);
    expect(holders([0, 10, 'f: mutex_lock_interruptible(l)', BLOCKED], [0, 20, 'f: read', 0], [0, 30, 'f: mutex_unlock(l)', 0])).toEqual(['0 19..30']);
  });
});
