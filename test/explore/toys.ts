import { GeneratorProcess, NOMINAL, Simulator, US, type Chooser, type Context, type Decision, type Op, type Process, type Steps } from '../../src/sim/index.ts';
import { TraceHash } from '../../src/scenarios/trace-hash.ts';
import type { Outcome, System } from '../../src/scenarios/system.ts';
import type { Subject } from '../../src/explore/index.ts';

/** Duration of a step, unless a toy says otherwise. */
const STEP = 1 * US;

/** A system of a few actors on shared variables, without hardware or kernel: each step touches one variable. */
export class Toy implements System {
  readonly sim = new Simulator();
  private readonly traceHash = new TraceHash(this.sim);
  private readonly starts: { readonly ctx: Context; readonly at: number }[] = [];
  /** Called when the run is over; reports what is wrong. */
  private readonly checks: (() => void)[] = [];
  /** Shared variables, back to 0 in each run. */
  readonly vars: Record<string, number> = {};

  constructor(limit = 20_000) {
    this.sim.limit = limit;
    this.sim.onReset(() => {
      for (const name of Object.keys(this.vars)) this.vars[name] = 0;
    });
  }

  get trackTraces(): boolean {
    return this.sim.observer === this.traceHash;
  }

  set trackTraces(on: boolean) {
    this.sim.observer = on ? this.traceHash : null;
  }

  /** A step that touches one variable. */
  op(label: string, variable: string, exec: (ctx: Context) => number | void, jitter = 0): Op {
    const object = this.sim.ops.object(variable);
    this.vars[variable] ??= 0;
    return this.sim.ops.define({
      label, lead: STEP, jitter, footprint: { reads: [object], writes: [object] }, exec: (_operand, ctx) => exec(ctx) ?? 0,
    });
  }

  /** A step that takes its time and touches nothing. */
  pause(label: string, ps: number): Op {
    return this.sim.ops.define({ label, kind: 'block', exec: (_operand, ctx) => ctx.doze(ps) });
  }

  /** An actor that starts at a time, ps. */
  actor(name: string, at: number, body: () => Steps<unknown>): Context {
    const process = new GeneratorProcess(body);
    this.sim.onReset(() => process.start());
    return this.process(name, at, process);
  }

  /** An actor that is no generator. */
  process(name: string, at: number, process: Process): Context {
    const ctx = this.sim.context(name, process);
    this.starts.push({ ctx, at });
    return ctx;
  }

  finally(check: () => void): void {
    this.checks.push(check);
  }

  describe({ label, value }: Decision): string {
    return `${label} = ${value}`;
  }

  execute(chooser: Chooser = NOMINAL): Outcome {
    const { sim } = this;
    sim.reset(chooser);
    for (const { ctx, at } of this.starts) ctx.start(at);
    const reason = sim.run();
    for (const check of this.checks) check();
    return {
      reason, violations: sim.violations, taken: sim.taken, hash: sim.hash,
      traceHash: this.trackTraces ? this.traceHash.value : 0, steps: sim.steps, time: sim.now,
    };
  }
}

export const SUBJECT: Subject = { scenario: 'toy', build: { driver: 'toy@v1', settings: {} }, model: { toy: 1 } };

/** Two actors add one each; the second begins when the first has long ended. Needs one stall. */
export function lostUpdate(): Toy {
  const toy = new Toy();
  for (const [name, at] of [['A', 0], ['B', 50 * US]] as const) {
    let seen = 0;
    const warm = toy.op(`${name}: warm up`, `own ${name}`, () => {});
    const load = toy.op(`${name}: load`, 'x', () => {
      seen = toy.vars['x'];
    });
    const store = toy.op(`${name}: store`, 'x', () => {
      toy.vars['x'] = seen + 1;
    });
    toy.actor(name, at, function* () {
      for (let i = 0; i < 5; i++) yield warm;
      yield load;
      yield store;
      for (let i = 0; i < 5; i++) yield warm;
    });
  }
  toy.finally(() => {
    if (toy.vars['x'] !== 2) toy.sim.violate('lost-byte', 'lost-update', 'x', `x is ${toy.vars['x']}, not 2`);
  });
  return toy;
}

/** a1 b1 a2 b2: A must be held between its two steps until B is between its own, and B be held there. */
export function twoStalls(): Toy {
  const toy = new Toy();
  const a1 = toy.op('a1', 'x', () => {
    toy.vars['x'] = 1;
  });
  const a2 = toy.op('a2', 'x', () => {
    toy.vars['x'] = 2;
  });
  let first = 0;
  const b1 = toy.op('b1', 'x', () => {
    first = toy.vars['x'];
  });
  const b2 = toy.op('b2', 'x', () => {
    if (first === 1 && toy.vars['x'] === 2) toy.sim.violate('state-mismatch', 'changed-between', 'B', 'x went from 1 to 2 between two looks', true);
  });
  const idle = (name: string): Op => toy.op(`${name}: idle`, `own ${name}`, () => {});
  const [idleA, idleB, idleC] = [idle('A'), idle('B'), idle('C')];
  toy.actor('A', 0, function* () {
    for (let i = 0; i < 10; i++) yield idleA;
    yield a1;
    yield a2;
    for (let i = 0; i < 10; i++) yield idleA;
  });
  toy.actor('B', 100 * US, function* () {
    for (let i = 0; i < 10; i++) yield idleB;
    yield b1;
    yield b2;
    for (let i = 0; i < 10; i++) yield idleB;
  });
  toy.actor('C', 0, function* () {
    for (let i = 0; i < 40; i++) yield idleC;
  });
  return toy;
}

/** A copy that faults takes another way, and only on that one is there a window. A length is drawn before. */
export function faultAndStall(): Toy {
  const toy = new Toy();
  const copy = toy.op('copy', 'own A', (ctx) => toy.sim.choose('fault', ctx.name, ctx.step, 3, 'copy fault'));
  const unlock = toy.op('unlock', 'lock', () => {
    toy.vars['lock'] = 1;
  });
  const relock = toy.op('relock', 'lock', () => {
    toy.vars['lock'] = 0;
  });
  const look = toy.op('look', 'lock', () => {
    if (toy.vars['lock'] === 1) toy.sim.violate('torn-message', 'unlocked', 'B', 'B looks while A has dropped the lock', true);
  });
  toy.actor('A', 0, function* () {
    const length = 3 + toy.sim.choose('workload', 'A', 0, 8, 'length');
    for (let i = 0; i < length; i++) {
      const fault = yield copy;
      if (fault === 2) {
        yield unlock;
        yield relock;
      }
    }
  });
  toy.actor('B', 200 * US, function* () {
    yield look;
  });
  return toy;
}

/** The consumer looks, then sleeps; a wake-up in between is lost. `fixed`: it looks and sleeps in one step. */
export function lostWakeUp(fixed = false): Toy {
  const toy = new Toy();
  let sleeper: Context | null = null;
  const prepare = toy.op('prepare', 'own consumer', () => {});
  const check = toy.op('check', 'flag', () => toy.vars['flag']);
  const sleep = toy.op('sleep', 'flag', (ctx) => {
    if (fixed && toy.vars['flag'] === 1) return 0;
    sleeper = ctx;
    return -0x8000_0000;
  });
  const set = toy.op('set and wake', 'flag', () => {
    toy.vars['flag'] = 1;
    const woken = sleeper;
    sleeper = null;
    if (woken !== null) woken.wake(0, STEP);
  });
  const got = toy.op('consume', 'got', () => {
    toy.vars['got'] = 1;
  });
  toy.sim.onReset(() => {
    sleeper = null;
  });
  toy.actor('consumer', 0, function* () {
    yield prepare;
    if ((yield check) === 0) yield sleep;
    yield got;
  });
  toy.actor('producer', 30 * US, function* () {
    yield set;
  });
  toy.sim.finished = () => false;
  toy.finally(() => {
    if (toy.vars['got'] === 0) toy.sim.violate('hang', 'lost-wake-up', 'consumer', 'the consumer sleeps for ever');
  });
  return toy;
}

/** B must act between 100 and 250 us, while A sleeps: earlier is legal, and quiet comes only later. */
export function timerRace(): Toy {
  const toy = new Toy();
  const nap = toy.pause('nap', 400 * US);
  const act = toy.op('act', 'x', () => {
    const { now } = toy.sim;
    if (now > 100 * US && now < 250 * US) toy.sim.violate('latency', 'in-the-window', 'B', 'B acted in the window', true);
  });
  toy.actor('A', 0, function* () {
    yield nap;
  });
  toy.actor('B', 10 * US, function* () {
    yield act;
    yield act;
  });
  return toy;
}

/** B must act between A's 60th and 70th step, in time less than any span of the ladder can hit. */
export function untilRace(): Toy {
  const toy = new Toy();
  const count = toy.op('count', 'n', () => {
    toy.vars['n']++;
  });
  const act = toy.op('act', 'n', () => {
    if (toy.vars['n'] >= 60 && toy.vars['n'] < 70) toy.sim.violate('latency', 'between', 'B', 'B acted in mid-count', true);
  });
  toy.actor('A', 0, function* () {
    for (let i = 0; i < 120; i++) yield count;
  });
  toy.actor('B', 0, function* () {
    yield act;
  });
  return toy;
}

/** Three independent faults, each a cause of its own of the same broken rule, and one that needs a stall too. */
export function threeCauses(): Toy {
  const toy = new Toy();
  const ask = ['red', 'green', 'blue'].map((colour) => (
    toy.op(`${colour} step`, colour, (ctx) => toy.sim.choose('fault', ctx.name, ctx.step, 4, `${colour} fault`))));
  toy.actor('A', 0, function* () {
    for (let round = 0; round < 4; round++) {
      for (const op of ask) if ((yield op) > 0) toy.sim.violate('errno', 'wrong-errno', 'A', 'a fault shows');
    }
  });
  return toy;
}

/** A is late when it is held at any of 40 places, which shrinks to the first of them, and does not look like the others; and it is, but seldom, late by itself. */
export function hiddenCause(): Toy {
  const toy = new Toy();
  const rare = toy.op('rare fault', 'x', (ctx) => toy.sim.choose('fault', ctx.name, ctx.step, 64, 'rare fault'));
  const places = Array.from({ length: 40 }, (_, i) => toy.op(`place ${String.fromCharCode(97 + i)}`, 'own A', () => {}));
  const done = toy.op('done', 'x', () => {
    toy.vars['x'] = 1;
  });
  const look = toy.op('look', 'x', (ctx) => {
    const strict = toy.sim.choose('fault', ctx.name, ctx.step, 16, 'strict') >= 8;
    if (toy.vars['x'] === 0 && strict) toy.sim.violate('errno', 'late', 'B', 'A is late');
  });
  toy.actor('A', 0, function* () {
    for (const place of places) yield place;
    if ((yield rare) < 32) yield done;
  });
  toy.actor('B', 90 * US, function* () {
    yield look;
  });
  return toy;
}

/** A rule is broken when A is held at any of many places, which all look alike, or C at its only one: but hardly ever C alone. */
export function drownedCause(): Toy {
  const toy = new Toy();
  const door = toy.op('door', 'own C', () => {});
  const place = toy.op('place', 'own A', () => {});
  const done = toy.op('done', 'x', () => {
    toy.vars['x']++;
  });
  const look = toy.op('look', 'x', () => {
    if (toy.vars['x'] < 2) toy.sim.violate('latency', 'late', 'B', 'somebody is late');
  });
  toy.actor('C', 0, function* () {
    yield door;
    yield done;
  });
  toy.actor('A', 5 * US, function* () {
    for (let i = 0; i < 200; i++) yield place;
    yield done;
  });
  toy.actor('B', 300 * US, function* () {
    yield look;
  });
  return toy;
}

/** One actor that asks six questions, each 0 or 1, and a verdict on the answers: oracle and rule, if it is bad. */
export function sixFaults(verdict: (answers: readonly number[]) => string | undefined): Toy {
  const toy = new Toy();
  const answers = [0, 0, 0, 0, 0, 0];
  const ops = answers.map((_, i) => toy.op(`step ${'abcdef'[i]}`, 'x', (ctx) => {
    answers[i] = toy.sim.choose('fault', ctx.name, ctx.step, 3, `fault ${'abcdef'[i]}`);
  }));
  toy.actor('A', 0, function* () {
    for (const op of ops) yield op;
  });
  toy.finally(() => {
    const rule = verdict(answers);
    if (rule !== undefined) toy.sim.violate('errno', rule, 'A', rule);
  });
  return toy;
}

/** Another configuration of A takes a way with three steps more before the place where it must be held. */
export function shiftedStall(): Toy {
  const toy = new Toy();
  const detour = toy.op('detour', 'own A', () => {});
  const open = toy.op('open', 'door', () => {
    toy.vars['door'] = 1;
  });
  const close = toy.op('close', 'door', () => {
    toy.vars['door'] = 0;
  });
  const look = toy.op('look', 'door', () => {
    if (toy.vars['door'] === 1) toy.sim.violate('torn-message', 'open', 'B', 'the door is open', true);
  });
  toy.actor('A', 0, function* () {
    if (toy.sim.choose('config', 'scenario', 0, 2, 'detour') === 1) for (let i = 0; i < 3; i++) yield detour;
    yield open;
    yield close;
  });
  toy.actor('B', 50 * US, function* () {
    yield look;
  });
  return toy;
}
