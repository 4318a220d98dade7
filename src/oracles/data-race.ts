import type { Context, Op, Simulator, StepObserver } from '../sim/index.ts';

/** Contexts that can be told apart. */
const CONTEXTS = 32;

/** Last accesses to one field. */
interface FieldState {
  readonly name: string;
  readonly writes: Int32Array;
  readonly reads: Int32Array;
  /** Label of the step after which each context last wrote or read it. */
  readonly sites: string[];
}

/**
 * `data-race`: two contexts access the same field, at least one writes, and no lock, mutex or wait
 * queue orders them (happens-before by vector clocks; an interrupt on the same CPU orders nothing,
 * as for KCSAN). Accesses within {@link DataRaceOracle.marked} are READ_ONCE()/WRITE_ONCE().
 */
export class DataRaceOracle implements StepObserver {
  readonly names = ['data-race'];
  private readonly sim: Simulator;
  private readonly clocks: Int32Array[] = Array.from({ length: CONTEXTS }, () => new Int32Array(CONTEXTS));
  private readonly objects: (Int32Array | undefined)[] = [];
  private readonly fields = new Map<number, FieldState>();
  private quietly = 0;

  constructor(sim: Simulator) {
    this.sim = sim;
    sim.onReset(() => {
      for (const [id, clock] of this.clocks.entries()) {
        clock.fill(0);
        clock[id] = 1;
      }
      for (const object of this.objects) object?.fill(0);
      for (const field of this.fields.values()) {
        field.writes.fill(0);
        field.reads.fill(0);
      }
    });
  }

  /** Runs `access` with its field accesses marked. */
  marked<T>(access: () => T): T {
    this.quietly++;
    try {
      return access();
    } finally {
      this.quietly--;
    }
  }

  /** Lock operations hand the clock on; register accesses order nothing. */
  step(ctx: Context, op: Op): void {
    const def = this.sim.ops.def(op);
    if (def.kind === 'access') return;
    const { writes } = def.footprint(0);
    const clock = this.clocks[ctx.id];
    for (const id of writes) {
      const object = (this.objects[id] ??= new Int32Array(CONTEXTS));
      for (let i = 0; i < CONTEXTS; i++) {
        if (object[i] > clock[i]) clock[i] = object[i];
        else object[i] = clock[i];
      }
    }
    if (writes.length > 0) clock[ctx.id]++;
  }

  /** smp_store_release(), the end of a grace period. */
  release(id: number, ctx: Context | null): void {
    if (ctx === null) return;
    const clock = this.clocks[ctx.id];
    const object = (this.objects[id] ??= new Int32Array(CONTEXTS));
    for (let i = 0; i < CONTEXTS; i++) if (clock[i] > object[i]) object[i] = clock[i];
    clock[ctx.id]++;
  }

  /** What depends on a value that was released, the beginning of an RCU reader. */
  acquire(id: number, ctx: Context | null): void {
    const object = this.objects[id];
    if (ctx === null || object === undefined) return;
    const clock = this.clocks[ctx.id];
    for (let i = 0; i < CONTEXTS; i++) if (object[i] > clock[i]) clock[i] = object[i];
  }

  clock(ctx: Context): Int32Array {
    return this.clocks[ctx.id];
  }

  /** An access to a shared field by the context that runs now. */
  access(name: string, object: number, write: boolean, ctx: Context | null): void {
    if (ctx === null || this.quietly > 0 || ctx.steps === 0) return;
    let field = this.fields.get(object);
    if (field === undefined) {
      field = { name, writes: new Int32Array(CONTEXTS), reads: new Int32Array(CONTEXTS), sites: [] };
      this.fields.set(object, field);
    }
    const clock = this.clocks[ctx.id];
    const site = this.sim.ops.label(ctx.op);
    for (let other = 0; other < CONTEXTS; other++) {
      if (other === ctx.id) continue;
      const theirs = field.writes[other] > clock[other] ? 'writes' : write && field.reads[other] > clock[other] ? 'reads' : '';
      if (theirs === '') continue;
      const { name: who } = this.sim.contexts[other];
      this.sim.violate('data-race', name, `${ctx.name}: ${site}`,
        `${ctx.name} ${write ? 'writes' : 'reads'} ${name} (after ${site}), ${who} ${theirs} it (after ${field.sites[other]}), and nothing orders the two`);
    }
    field.sites[ctx.id] = site;
    (write ? field.writes : field.reads)[ctx.id] = clock[ctx.id];
  }
}
