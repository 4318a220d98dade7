import { finish, mix, type Context, type Op, type Simulator, type StepObserver } from '../sim/index.ts';

/**
 * Hash of the happens-before trace: each step contributes who it is and which version of each shared
 * object it met, and contributions are added up. So executions that differ only in the order of steps
 * that touch nothing in common have the same hash (Mazurkiewicz trace).
 */
export class TraceHash implements StepObserver {
  private readonly sim: Simulator;
  /** Per object: hash of the writes so far. */
  private readonly versions = new Int32Array(256);
  /** Per object: sum of the reads of this version. */
  private readonly readers = new Int32Array(256);
  private sum = 0;
  /** Something has been entered since the last reset. */
  private used = false;

  constructor(sim: Simulator) {
    this.sim = sim;
    sim.onReset(() => {
      if (!this.used) return;
      this.used = false;
      this.versions.fill(0);
      this.readers.fill(0);
      this.sum = 0;
    });
  }

  get value(): number {
    return finish(this.sum);
  }

  step(ctx: Context, op: Op, value: number): void {
    this.used = true;
    const { reads, writes } = this.sim.ops.defs[op & 0xff].footprint((op >> 8) & 0x7fff);
    const self = mix(mix(ctx.id, ctx.steps), mix(op & 0x7fffff, value));
    let met = self;
    for (let i = 0; i < reads.length; i++) {
      const id = reads[i];
      met = mix(met, this.versions[id]);
      this.readers[id] = (this.readers[id] + self) | 0;
    }
    for (let i = 0; i < writes.length; i++) {
      const id = writes[i];
      met = mix(met, mix(this.versions[id], this.readers[id]));
      this.versions[id] = mix(this.versions[id] ^ this.readers[id], self);
      this.readers[id] = 0;
    }
    this.sum = (this.sum + finish(met)) | 0;
  }
}
