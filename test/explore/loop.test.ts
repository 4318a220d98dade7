import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { Phase } from '../../src/drivers/kcs-bmc/mainline.ts';
import { buildOptionsOf, findLoop, type Loop } from '../../src/explore/index.ts';
import { IRQ_HANDLED, type OpenFile, type UserBuffer } from '../../src/linux/index.ts';
import { KcsSystem, scenario } from '../../src/scenarios/index.ts';
import { EXIT, State, type Context, type Op, type Ps, type Process, type Steps } from '../../src/sim/index.ts';
import { savedFinding } from '../bugs/bug-test.ts';
import { Toy } from './toys.ts';

function loopOf(slug: string): Loop | null {
  const finding = savedFinding(slug);
  return findLoop(scenario(finding.scenario).build(buildOptionsOf(finding)), finding.decisions);
}

const kcs = (driverClass: typeof KcsBmcFixed, oracles?: readonly string[]): KcsSystem => (
  new KcsSystem({ driverClass, settings: {}, ...(oracles === undefined ? {} : { oracles }) }));

class NeverReadsIdr extends KcsBmcFixed {
  override *event(): Steps<number> {
    yield this.in.kcs_bmc_ipmi_event.io.readStatus;
    return IRQ_HANDLED;
  }
}

/** read() spins until there is a request, as if by trylock. */
class Spins extends KcsBmcFixed {
  protected rounds = 0;

  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const { spinLock, spinUnlock } = this.in.kcs_bmc_ipmi_event;
    for (;;) {
      this.look();
      yield spinLock;
      yield spinUnlock;
      if (this.state.phase === Phase.READ) return yield* super.read(file, buf, count);
    }
  }

  protected look(): void {
    this.kernel.sim.current!.home();
  }
}

/** The same, but it gives up in the end. */
class SpinsAWhile extends Spins {
  protected override look(): void {
    super.look();
    this.rounds++;
  }
}

/** The same, and nobody has said where its loop is. */
class SpinsUnseen extends Spins {
  protected override look(): void {}
}

describe('a run that ends in a loop', () => {
  it('is an interrupt storm of the known bugs: one pass of the handler, until the host gives up waiting', () => {
    const loop = loopOf('kcsv2-overflow-ibf-storm');
    expect(loop).toMatchObject({ steps: 7, endless: true, contexts: ['bmc:irq'], until: { who: 'host' } });
    // The host waits for IBF=0 for 5 s.
    expect(loop!.until!.at - loop!.at).toBeGreaterThan(4.9e12);
    expect(loop!.period).toBe(1_140_000);
  });

  it('is not for ever if Linux gives up on a line that nobody handles: the interrupts are counted', () => {
    expect(loopOf('raw-ibf-enabled-without-client')).toMatchObject({ steps: 3, endless: false, until: null });
  });

  it('goes on as it says when it is not cut off so soon', () => {
    const storm = findLoop(kcs(NeverReadsIdr), [])!;
    const later = findLoop(kcs(NeverReadsIdr, ['hang']), [])!;
    expect(storm).toMatchObject({ endless: true, contexts: ['bmc:irq'] });
    expect(later.rounds).toBeGreaterThan(1000);
    expect([later.steps, later.period, later.contexts]).toEqual([storm.steps, storm.period, storm.contexts]);
    // The host still looks once more before the storm is called one: the looks after that are in vain.
    expect(storm.until!.at).toBeLessThan(later.at);
    expect(later.until).toMatchObject({ who: 'host' });
  });

  it('may be one of a task, at the head of whose loop the driver says so', () => {
    expect(findLoop(kcs(Spins), [])).toMatchObject({ steps: 2, endless: true, contexts: ['bmc:kcsd'], until: { who: 'host' } });
  });

  it('is not called endless if a counter goes with it, or if nobody knows what a function keeps to itself', () => {
    for (const driver of [SpinsAWhile, SpinsUnseen]) {
      const loop = findLoop(kcs(driver), []);
      expect(loop).toMatchObject({ steps: 2, endless: false, until: null });
      expect(loop!.rounds).toBeGreaterThan(1000);
    }
  });

  it('is none if the host gives up after so many tries, whatever it has repeated by then', () => {
    for (const slug of ['i2ca-coalesced-stop-start', 'kcs-closed-ibf-stuck', 'bt-close-open-busy-stuck']) {
      expect(loopOf(slug), slug).toBeNull();
    }
  });

  it('is not found in versions that are right', () => {
    for (const [name, driver] of [['kcs', 'kcs-bmc@fixed'], ['bt', 'bt-bmc@fixed'], ['ssif', 'ssif-bmc@fixed'], ['raw-kcs', 'kcs-raw@fixed'], ['router', 'ipmi-router@fixed']]) {
      const found = scenario(name);
      expect(findLoop(found.build({ driver: found.wholeDriver(driver), settings: {} }), []), driver).toBeNull();
    }
  });
});

// ---- small programs, all of whose state is known ----------------------------------------------------

/** What an actor does: change a variable, look at one and jump, or sleep. */
interface Instruction {
  readonly what: 'add' | 'count' | 'sleep' | 'jump' | 'end';
  readonly variable: number;
  readonly n: number;
  readonly to: number;
}

const VARIABLES = ['x', 'y'];

/** Its program counter is all that it keeps. */
class Machine implements Process {
  at = 0;
  private readonly toy: Toy;
  private readonly program: readonly Instruction[];
  private readonly ops: readonly Op[];

  constructor(toy: Toy, name: string, program: readonly Instruction[]) {
    this.toy = toy;
    this.program = program;
    this.ops = program.map(({ what, variable, n }, i) => {
      const v = VARIABLES[variable];
      const label = `${name}: ${i}`;
      if (what === 'sleep') return toy.pause(label, (1 + n) * 700_000);
      return toy.op(label, v, () => {
        if (what === 'add') toy.vars[v] = (toy.vars[v] + n) % 5;
        else if (what === 'count') toy.vars['count'] += 1;
        else return toy.vars[v];
        return 0;
      });
    });
    toy.sim.onReset(() => {
      this.at = 0;
    });
  }

  resume(value: number): Op {
    this.toy.sim.current!.home();
    const before = this.program[this.at - 1];
    if (before?.what === 'jump' && value === before.n % 5) this.at = before.to;
    if (this.at >= this.program.length) this.at = 0;
    const now = this.program[this.at];
    if (now.what === 'end') return EXIT;
    return this.ops[this.at++];
  }
}

/** After how many steps, and after what time, a program is where it was before; and from which step on. */
function bruteForce(toy: Toy, machines: readonly Machine[]): { readonly steps: number; readonly period: Ps; readonly from: number } | undefined {
  const seen = new Map<string, { readonly step: number; readonly at: Ps }>();
  let step = 0;
  let found: { steps: number; period: Ps; from: number } | undefined;
  const { sim } = toy;
  sim.observer = {
    step(ctx, op, value) {
      const { queue, now } = sim;
      const due: string[] = [];
      for (let slot = queue.head, i = 0; slot >= 0; slot = queue.nth(++i)) due.push(`${slot} ${queue.dueAt(slot) - now}`);
      const contexts = sim.contexts.map((one: Context) => `${one.state} ${one.state === State.flight ? one.op : ''}`);
      const state = JSON.stringify([ctx.id, op, value, machines.map(({ at }) => at), toy.vars, due, contexts]);
      const before = seen.get(state);
      if (before === undefined) seen.set(state, { step, at: now });
      else found ??= { steps: step - before.step, period: now - before.at, from: before.step };
      step++;
    },
  };
  toy.execute();
  sim.observer = null;
  return found;
}

const LIMIT = 300;
const instruction = fc.record({
  what: fc.constantFrom<Instruction['what'][]>('add', 'add', 'add', 'sleep', 'jump', 'jump', 'count', 'end'),
  variable: fc.nat(1), n: fc.nat(4), to: fc.nat(5),
});

describe('the loops of small programs', () => {
  it('are those that brute force finds, with the same length, and no others', () => {
    const tally = { loops: 0, counters: 0, none: 0 };
    fc.assert(fc.property(fc.array(fc.array(instruction, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }), (programs) => {
      const toy = new Toy(LIMIT);
      toy.vars['count'] = 0;
      const machines = programs.map((program, i) => {
        const machine = new Machine(toy, `M${i}`, program.map((one) => ({ ...one, to: one.to % program.length })));
        toy.process(`M${i}`, i * 300_000, machine);
        return machine;
      });
      const known = bruteForce(toy, machines);
      const loop = findLoop(toy, []);
      if (known === undefined) {
        expect(loop?.endless ?? false).toBe(false);
        if (loop === null) tally.none++;
        else tally.counters++;
        return;
      }
      // One round may seem to be several, of which nothing is seen but in a variable.
      if (known.from + 3 * known.steps <= LIMIT - 1) expect(loop).not.toBeNull();
      if (loop?.endless !== true) {
        expect(known.from + 3 * known.steps).toBeGreaterThan(LIMIT - 1);
        return;
      }
      expect({ steps: loop.steps, period: loop.period }).toEqual({ steps: known.steps, period: known.period });
      expect(loop.from).toBeLessThan(known.from + 2 * known.steps);
      tally.loops++;
    }), { seed: 5, numRuns: 400 });
    expect(tally.loops).toBeGreaterThan(100);
    expect(tally.none).toBeGreaterThan(50);
    expect(tally.counters).toBeGreaterThan(10);
  });
});
