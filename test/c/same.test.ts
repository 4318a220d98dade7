import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTranscript, record } from '../../src/report/index.ts';
import { BT, KCS, SSIF, type Scenario, type System } from '../../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../../src/sim/index.ts';
import { RandomSchedule, actorsOf } from '../scenarios/random-schedule.ts';
import { HAS_CLANG, WITHOUT, driverText, file, scenarioWithC } from './toolchain.ts';

/** Everything that can be seen from outside of the driver: registers, wires, interrupts, system calls. */
const SEEN = /^(?:host|bmc|lpc|ibt|serirq|i2c)\./;

/** Generated schedules in which a pair is compared. */
const SCHEDULES = Number(process.env['INBAND_SCHEDULES'] ?? 400);

/** What a driver says of itself: what it frees, and what it complains about. */
const INNER: ReadonlySet<string> = new Set(['bmc.kfree', 'i2c.dev_err']);

/** What is seen of a system's runs: one list, filled anew by each. */
class Watch {
  /** Time, context, kind and three numbers of each event, one after the other. */
  private readonly seen: number[] = [];
  private readonly system: System;

  /** @param kinds numbers of the kinds by name, shared by systems that are compared */
  constructor(system: System, kinds: Map<string, number>) {
    this.system = system;
    const { trace } = system.sim;
    for (const [code, { name }] of trace.kinds.entries()) {
      if (!SEEN.test(name) || INNER.has(name)) continue;
      const kind = kinds.get(name) ?? kinds.set(name, kinds.size).size - 1;
      trace.on(code, (at, actor, a, b, c) => void this.seen.push(at, actor, kind, a, b, c));
    }
  }

  /** Runs it; how it ended stands last. */
  run(chooser: Chooser): readonly (number | string)[] {
    this.seen.length = 0;
    const { reason, violations } = this.system.execute(chooser);
    return [...this.seen, reason, ...violations.map(({ oracle, rule }) => `${oracle}/${rule}`)];
  }
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
    const kinds = new Map<string, number>();
    const [ours, twins] = [new Watch(c, kinds), new Watch(typescript, kinds)];
    let departed = 0;
    fc.assert(fc.property(fc.nat(), (stream) => {
      const mine = ours.run(new RandomSchedule(11, stream, actors));
      departed += c.sim.taken.length > 0 ? 1 : 0;
      const other = twins.run(new RandomSchedule(11, stream, actors));
      if (mine.length !== other.length || mine.some((part, i) => part !== other[i])) expect(mine).toEqual(other);
    }), { numRuns: SCHEDULES, seed: 1 });
    expect(departed).toBeGreaterThan(SCHEDULES / 2);
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
