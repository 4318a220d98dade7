import { State, operandOf, type Context, type Op, type Simulator, type StepObserver } from '../sim/index.ts';
import { CONTEXTS, VectorClocks } from './vector-clocks.ts';

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
  private readonly clocks = new VectorClocks();
  private readonly fields = new Map<number, FieldState>();
  private quietly = 0;

  constructor(sim: Simulator) {
    this.sim = sim;
    sim.onReset(() => {
      this.clocks.reset();
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

  /** Lock operations hand the clock on; register accesses order nothing, nor does looking at registers again and again. */
  step(ctx: Context, op: Op): void {
    const def = this.sim.ops.def(op);
    if (def.kind === 'access' || def.kind === 'poll') return;
    const { writes } = def.footprint(operandOf(op));
    for (const id of writes) this.pass(id, ctx);
  }

  /** A lock taken and given back. */
  pass(what: number | object, ctx: Context | null): void {
    if (ctx === null) return;
    this.clocks.acquire(what, ctx);
    this.clocks.release(what, ctx);
  }

  /** smp_store_release(), the end of a grace period. */
  release(what: number | object, ctx: Context | null): void {
    if (ctx !== null) this.clocks.release(what, ctx);
  }

  /** What depends on a value that was released, the beginning of an RCU reader. */
  acquire(what: number | object, ctx: Context | null): void {
    if (ctx !== null) this.clocks.acquire(what, ctx);
  }

  /** A task that sleeps is woken by the context that runs. */
  wake(woken: Context): void {
    const { current } = this.sim;
    if (current !== null) this.clocks.wake(current, woken);
  }

  fence(kind: number, ctx: Context | null): void {
    if (ctx !== null) this.clocks.fence(kind, ctx);
  }

  marks(object: number, write: boolean, read: boolean, ctx: Context): void {
    if (read) this.clocks.read(object, ctx);
    if (write) this.clocks.write(object, ctx);
  }

  clock(ctx: Context): Int32Array {
    return this.clocks.of(ctx);
  }

  /** An access to a shared field by the context that runs now. */
  access(name: string, object: number, write: boolean, ctx: Context | null): void {
    // Whoever was never started boots, and all else comes after that.
    if (ctx === null || this.quietly > 0 || ctx.state === State.dormant || ctx.id >= CONTEXTS) return;
    let field = this.fields.get(object);
    if (field === undefined) {
      field = { name, writes: new Int32Array(CONTEXTS), reads: new Int32Array(CONTEXTS), sites: [] };
      this.fields.set(object, field);
    }
    const clock = this.clocks.of(ctx);
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
