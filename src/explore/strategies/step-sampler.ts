import { NOMINAL, clear, type Prng, type Simulator } from '../../sim/index.ts';
import type { System } from '../../scenarios/system.ts';
import { SiteRecorder } from '../sites.ts';

/** Executions whose numbers of steps are remembered. */
const HISTORY = 16;
/** One execution in so many is recorded step by step. */
const RECORD_EVERY = 64;
/** Steps beyond which nothing is placed: a storm says nothing about where things happen. */
const FARTHEST = 2048;

/** Where one kind of step happened: a site of one context. */
interface Place {
  readonly actor: string;
  readonly steps: number[];
}

/**
 * Draws steps at which a schedule may depart, from what earlier executions have shown. Half of the draws
 * are uniform over the steps of a context, half over the *sites*, so that a step that happens once is met
 * as often as one in a loop.
 */
export class StepSampler {
  /** What {@link draw} has drawn. */
  actor = '';
  step = 0;
  private readonly sim: Simulator;
  private readonly prng: Prng;
  private readonly recorder: SiteRecorder;
  private recording = false;
  /** Steps of each context in the last {@link HISTORY} executions: [context * HISTORY + slot]. */
  private readonly counts: number[] = [];
  private executions = 0;
  private places: Place[] = [];
  /** Those of them whose timing has bounds to vary within. */
  private jittery: Place[] = [];
  /** What the nominal run has shown; null: it has not been seen yet. */
  private nominal: { readonly counts: readonly number[]; readonly places: Place[]; readonly jittery: Place[] } | null = null;

  constructor(sim: Simulator, prng: Prng) {
    this.sim = sim;
    this.prng = prng;
    this.recorder = new SiteRecorder(sim);
  }

  /** Forgets all but the nominal run; in the first slice of a hunt that too, since it begins with that run. */
  enter(first: boolean, system: System): void {
    const { counts } = this;
    this.executions = 0;
    clear(counts);
    this.places = this.jittery = [];
    if (first) return;
    if (this.nominal === null) {
      this.begin(0);
      system.execute(NOMINAL);
      this.end();
      return;
    }
    this.executions = 1;
    for (const count of this.nominal.counts) counts.push(count);
    this.places = this.nominal.places;
    this.jittery = this.nominal.jittery;
  }

  begin(execution: number): void {
    this.recording = execution % RECORD_EVERY === 0;
    if (this.recording) this.recorder.attach();
  }

  end(): void {
    const { contexts } = this.sim;
    const slot = this.executions++ % HISTORY;
    for (let i = 0; i < contexts.length; i++) {
      const { steps } = contexts[i];
      this.counts[i * HISTORY + slot] = steps < FARTHEST ? steps : FARTHEST;
    }
    if (!this.recording) return;
    this.recording = false;
    this.recorder.detach();
    this.learn();
    if (this.executions === 1) this.nominal = { counts: [...this.counts], places: this.places, jittery: this.jittery };
  }

  /** Draws a step of some context; false if none has been seen yet. */
  draw(): boolean {
    const { prng, places } = this;
    if (places.length > 0 && prng.oneIn(2)) return this.drawFrom(places);
    const { contexts } = this.sim;
    const known = Math.min(this.executions, HISTORY);
    if (known === 0) return false;
    for (let attempt = 0; attempt < 8; attempt++) {
      const ctx = prng.below(contexts.length);
      const steps = this.counts[ctx * HISTORY + prng.below(known)];
      if (steps === 0) continue;
      this.actor = contexts[ctx].name;
      this.step = prng.below(steps);
      return true;
    }
    return false;
  }

  /** Draws a step whose timing can vary; false if none has been seen yet. */
  drawJittery(): boolean {
    return this.jittery.length > 0 && this.drawFrom(this.jittery);
  }

  private drawFrom(places: readonly Place[]): boolean {
    const { prng } = this;
    const { actor, steps } = places[prng.below(places.length)];
    this.actor = actor;
    this.step = steps[prng.below(steps.length)];
    return true;
  }

  private learn(): void {
    const { sim, recorder } = this;
    const places: Place[] = [];
    const jittery: Place[] = [];
    for (const { id, name } of sim.contexts) {
      const byLabel = new Map<string, Place>();
      recorder.steps[id].forEach((op, step) => {
        if (step >= FARTHEST) return;
        const label = recorder.label(op);
        const place = byLabel.get(label);
        if (place !== undefined) {
          place.steps.push(step);
          return;
        }
        const fresh = { actor: name, steps: [step] };
        byLabel.set(label, fresh);
        places.push(fresh);
        if (sim.ops.def(op).jitter > 0) jittery.push(fresh);
      });
    }
    // What always runs with interrupts off is never held for long: the others are met twice as often.
    const free = new Set(sim.contexts.filter((ctx) => ctx.gate?.atomic(ctx) !== true).map(({ name }) => name));
    this.places = [...places, ...places.filter(({ actor }) => free.has(actor))];
    this.jittery = jittery;
  }
}
