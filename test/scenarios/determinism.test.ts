import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CARELESS_SSIF_MOVES } from '../../src/host/ssif/careless-moves.ts';
import { KCS, SSIF, type System } from '../../src/scenarios/index.ts';
import { NOMINAL, type Chooser } from '../../src/sim/index.ts';
import { RandomSchedule, actorsOf } from './random-schedule.ts';
import { moveOf, play } from './script.ts';

/** All that one execution comes to, as text. */
function outcomeOf(system: System, chooser: Chooser): string {
  return JSON.stringify(system.execute(chooser));
}

/** The same with every event of the trace. */
function traceOf(system: System, chooser: Chooser): string {
  const { trace } = system.sim;
  const lines: string[] = [];
  const stops = trace.kinds.map((kind, code) => {
    const listener = (at: number, actor: number, a: number, b: number, c: number): void => {
      lines.push(`${at} ${actor} ${kind.name} ${kind.text(a, b, c)}`);
    };
    trace.on(code, listener);
    return () => trace.off(code, listener);
  });
  lines.push(outcomeOf(system, chooser));
  for (const stop of stops) stop();
  return lines.join('\n');
}

const schedule = (system: System, stream: number): Chooser => new RandomSchedule(2018, stream, actorsOf(system.sim));

describe.each(KCS.drivers)('%s', (driver) => {
  const build = (): System => KCS.build({ driver, settings: {} });

  it('does the same twice, event by event, on the same system and on another', () => {
    const system = build();
    for (let stream = 0; stream < 6; stream++) {
      const first = traceOf(system, schedule(system, stream));
      expect(traceOf(system, schedule(system, stream))).toBe(first);
      expect(traceOf(build(), schedule(system, stream))).toBe(first);
    }
  });

  it('remembers nothing of other executions once it is reset', () => {
    const used = build();
    fc.assert(fc.property(fc.array(fc.nat(400), { maxLength: 4 }), fc.nat(400), (before, stream) => {
      for (const other of before) used.execute(schedule(used, other));
      expect(outcomeOf(used, schedule(used, stream))).toBe(outcomeOf(build(), schedule(used, stream)));
    }), { numRuns: 12, seed: 2018 });
    expect(outcomeOf(used, NOMINAL)).toBe(outcomeOf(build(), NOMINAL));
  });

  it('runs alike whether anybody listens or not', () => {
    const watched = build();
    watched.trackTraces = true;
    const observed = KCS.build({ driver, settings: {}, observed: true });
    const plain = build();
    for (let stream = 100; stream < 110; stream++) {
      const { hash, steps, time } = plain.execute(schedule(plain, stream));
      expect(watched.execute(schedule(plain, stream))).toMatchObject({ hash, steps, time });
      expect(observed.execute(schedule(plain, stream))).toMatchObject({ hash, steps, time });
    }
  });
});

describe('a careless controller that sends more than it has composed', () => {
  const move = (name: string): number => CARELESS_SSIF_MOVES.findIndex((one) => one.name === name);
  /** The move of that name first, with this one of its questions answered yes, and then all plainly. */
  const first = (name: string, question: string): Chooser => {
    let moved = false;
    return {
      plan: [],
      draw(_kind, actor, _step, _n, label) {
        if (actor !== 'host') return 0;
        if (label === question) return 1;
        if (label !== 'which move?' || moved) return 0;
        moved = true;
        return move(name);
      },
    };
  };

  it('sends nothing that an earlier execution has left behind', () => {
    const system = SSIF.build({ settings: {} });
    const beyond = (): string => outcomeOf(system, first('END without START', 'with a middle part'));
    const clean = beyond();
    system.execute(first('asks too early, then sends another request', 'long'));
    expect(beyond()).toBe(clean);
  });
});

describe('the hash of the happens-before trace', () => {
  const driver = 'kcs-bmc@mainline';

  it('is 0 unless it is asked for, and the same in every run of a schedule', () => {
    const system = KCS.build({ driver, settings: {} });
    expect(system.execute(NOMINAL).traceHash).toBe(0);
    system.trackTraces = true;
    const { traceHash } = system.execute(NOMINAL);
    expect(traceHash).not.toBe(0);
    system.execute(schedule(system, 1));
    expect(system.execute(NOMINAL).traceHash).toBe(traceHash);
    system.trackTraces = false;
    expect(system.execute(NOMINAL).traceHash).toBe(0);
  });

  it('does not see a stall that changes nothing but times', () => {
    const system = KCS.build({ driver, settings: { hostMode: 'poll' } });
    system.trackTraces = true;
    const nominal = system.execute(NOMINAL);
    const [before, after] = [nominal.traceHash, nominal.hash];
    const held = system.execute({ plan: [{ actor: 'bmc:kcsd', step: 1, release: { kind: 'for', ps: 1_000_000 } }], draw: () => 0 });
    expect(held.taken).toHaveLength(1);
    expect(held.hash).not.toBe(after);
    expect(held.traceHash).toBe(before);
  });

  it('sees one that changes who comes first', () => {
    const system = KCS.build({ driver, settings: {} });
    system.trackTraces = true;
    const answers = { 'host move': [moveOf('restart while waiting for the response')] };
    const { traceHash } = play(system, { answers });
    expect(play(system, { answers, stalls: [{ actor: 'bmc:kcsd', at: 'read: copy_to_user' }] }).traceHash).not.toBe(traceHash);
  });
});
