import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTranscript, record } from '../../src/report/index.ts';
import { BT, KCS, SSIF, type Scenario, type System } from '../../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../../src/sim/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';
import { HAS_CLANG, WITHOUT, driverText, file, scenarioWithC } from './toolchain.ts';

/** Everything that can be seen from outside of the driver: registers, wires, interrupts, system calls. */
const SEEN = /^(?:host|bmc|lpc|ibt|serirq|i2c)\./;

/** What a driver says of itself: what it frees, and what it complains about. */
const INNER: ReadonlySet<string> = new Set(['bmc.kfree', 'i2c.dev_err']);

/** Runs a system; each event with its time, its context and its numbers. */
function traceOf(system: System, chooser: Chooser): string[] {
  const { trace } = system.sim;
  const seen: string[] = [];
  const offs = trace.kinds.flatMap((kind, code) => {
    if (!SEEN.test(kind.name) || INNER.has(kind.name)) return [];
    const listener = (at: number, actor: number, a: number, b: number, c: number): void => {
      seen.push(`${at} ${system.sim.contexts[actor]?.name ?? ''} ${kind.name} ${a} ${b} ${c}`);
    };
    trace.on(code, listener);
    return [() => trace.off(code, listener)];
  });
  const { reason, violations } = system.execute(chooser);
  for (const off of offs) off();
  return [...seen, reason, ...violations.map(({ oracle, rule }) => `${oracle}/${rule}`)];
}

/** A driver in C, and the model in TypeScript that does the same step by step. */
const PAIRS: readonly (readonly ['kcs' | 'ssif' | 'bt' | 'i2c', Scenario, string])[] = [
  ['kcs', KCS, 'kcs-bmc@fixed'], ['ssif', SSIF, 'ssif-bmc@fixed,i2c-aspeed@2023-12'], ['bt', BT, 'bt-bmc@fixed'],
  ['i2c', SSIF, 'ssif-bmc@fixed,i2c-aspeed@fixed'],
];

describe.skipIf(!HAS_CLANG).each(PAIRS)(`a %s driver in C and its twin in TypeScript${WITHOUT}`, (as, scenario, driver) => {
  const build = (): readonly [System, System] => {
    const own = scenarioWithC(as, file(`${as}.c`, driverText(`${as}.c`)));
    // Not those that look into the driver's own struct, nor the one that both would be built anew for.
    const oracles = own.oracles.filter((name) => name !== 'data-race');
    return [own.build({ settings: {}, oracles }), scenario.build({ driver, settings: {}, oracles })];
  };

  it('have the same transcript', () => {
    const [c, typescript] = build();
    expect(formatTranscript(record(c, NOMINAL))).toBe(formatTranscript(record(typescript, NOMINAL)));
  });

  it('have the same accesses, interrupts and system calls at the same times, whatever the schedule', () => {
    const [c, typescript] = build();
    const actors = actorsOf(c.sim);
    expect(actorsOf(typescript.sim)).toEqual(actors);
    let departed = 0;
    fc.assert(fc.property(fc.nat(), (stream) => {
      const ours = traceOf(c, new RandomSchedule(11, stream, actors));
      departed += c.sim.taken.length > 0 ? 1 : 0;
      const twins = traceOf(typescript, new RandomSchedule(11, stream, actors));
      // Compared line by line only where they differ: traces are long.
      if (ours.join('\n') !== twins.join('\n')) expect(ours).toEqual(twins);
    }), { numRuns: 400, seed: 1 });
    expect(departed).toBeGreaterThan(200);
  });

  it('runs again as if it had never run: memory, stacks and locks are put back', () => {
    const [c] = build();
    const actors = actorsOf(c.sim);
    const first = c.execute(NOMINAL).hash;
    for (let stream = 0; stream < 50; stream++) c.execute(new RandomSchedule(3, stream, actors));
    expect(c.execute(NOMINAL).hash).toBe(first);
    expect(build()[0].execute(NOMINAL).hash).toBe(first);
  });

  it('each step is labelled with its line', () => {
    const [c] = build();
    const labels = new Set<string>();
    c.sim.observer = { step: (_ctx, op) => void labels.add(c.sim.ops.label(op)) };
    c.execute(NOMINAL);
    const text = driverText(`${as}.c`).split('\n');
    const mine = [...labels].flatMap((label) => /^(?:kcs|ssif|bt|i2c)\.c:(\d+) (\w+): (\w+)/.exec(label)?.slice(1) ?? []);
    expect(mine.length).toBeGreaterThan(3 * 7);
    for (let i = 0; i < mine.length; i += 3) {
      const [line, , what] = mine.slice(i, i + 3);
      if (/^(?:spin|mutex|copy)/.test(what)) expect(text[Number(line) - 1]).toContain(what);
    }
  });
});
