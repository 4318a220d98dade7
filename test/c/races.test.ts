import { describe, expect, it } from 'vitest';
import type { System } from '../../src/scenarios/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';
import { HAS_CLANG, WITHOUT, driverText, file, huntIn, scenarioWithC } from './toolchain.ts';
import { twinOf, type Twin } from './twins.ts';

/** Executions in which each is found: most are in the nominal run. */
const BUDGET = 1_000;

const LOCKED_COPY = '		memcpy(kcs->copy, kcs->in, ret);\n	}\n	spin_unlock_irq(&kcs->lock);\n';

/** KCS drivers with a data race: what is left out, and the lines that must be named. */
const RACES: readonly (Twin & { readonly lines: readonly string[] })[] = [
  {
    name: 'copy-unlocked', why: 'copies the request after it has dropped the lock',
    edits: [[LOCKED_COPY, '	}\n	spin_unlock_irq(&kcs->lock);\n	if (ret >= 0)\n		memcpy(kcs->copy, kcs->in, ret);\n']],
    oracles: ['data-race'], lines: ['memcpy(kcs->copy, kcs->in, ret);', 'kcs->in[kcs->in_idx++] = read_data(kcs);'],
  },
  {
    name: 'plain-read', why: 'looks whether there is a request without READ_ONCE() and without the lock',
    edits: [['READ_ONCE(kcs->in_avail) ||', 'kcs->in_avail ||']],
    oracles: ['data-race'], lines: ['wait_event_interruptible(', 'kcs->in_avail = '],
  },
  {
    name: 'plain-read-of-marked-write', why: 'marks the write, which is one half of it',
    edits: [['READ_ONCE(kcs->in_avail) ||', 'kcs->in_avail ||'], ['			kcs->in_avail = true;', '			WRITE_ONCE(kcs->in_avail, true);']],
    oracles: ['data-race'], lines: ['wait_event_interruptible('],
  },
  {
    name: 'plain-count', why: 'counts its users by hand: two that go at once are one',
    edits: [['	kref_put(&kcs->references, free_kcs);\n	return 0;', '	if (!--kcs->references.refcount.refs.counter)\n		kfree(kcs);\n	return 0;']],
    oracles: ['data-race'], lines: ['refs.counter'],
  },
];

/** `driver.c:120` of the message, as text. */
function linesOf(message: string, name: string, text: string): string[] {
  const lines = text.split('\n');
  return [...message.matchAll(/(\w[\w.-]*\.c):(\d+)/g)].filter(([, of]) => of === name).map(([, , line]) => lines[Number(line) - 1]);
}

describe.skipIf(!HAS_CLANG)(`data races of C drivers${WITHOUT}`, () => {
  const original = driverText('kcs.c');

  it.each(RACES)('$name: $why', (twin) => {
    const name = `${twin.name}.c`;
    const text = twinOf(original, twin);
    const { findings } = huntIn(scenarioWithC('kcs', file(name, text)), BUDGET, ['data-race']);
    expect(findings.map(({ oracle }) => oracle)).toEqual(['data-race']);
    const named = linesOf(findings[0].message, name, text);
    for (const line of twin.lines) expect(named.join('\n')).toContain(line);
  });

  it.each(['kcs', 'ssif'] as const)('the correct %s driver has none', (as) => {
    const path = file(`${as}.c`, driverText(`${as}.c`));
    expect(huntIn(scenarioWithC(as, path), 100, ['data-race']).findings).toEqual([]);
    expect(huntIn(scenarioWithC(as, path, true), 40, ['data-race']).findings).toEqual([]);
  });

  it('the detector changes nothing: what is found without it replays with it, and the other way round', () => {
    const scenario = scenarioWithC('kcs', file('kcs.c', original));
    const build = (oracles: readonly string[]): System => scenario.build({ settings: {}, oracles });
    const [plain, observed] = [build(['torn-message']), build(['torn-message', 'data-race'])];
    const actors = actorsOf(plain.sim);
    for (let stream = 0; stream < 30; stream++) {
      const { hash, steps } = plain.execute(new RandomSchedule(5, stream, actors));
      const again = observed.execute(new RandomSchedule(5, stream, actors));
      expect([again.hash, again.steps]).toEqual([hash, steps]);
    }
  });
});
