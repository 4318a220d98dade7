import type { Ps } from './time.ts';
import type { Context } from './context.ts';

/**
 * What a process yields: one step, as one small integer.
 *
 * | bits | |
 * |---|---|
 * | 0-7 | opcode: index into the {@link OpTable} |
 * | 8-22 | operand, meaning by opcode |
 * | 23-30 | frame: the function from which it is issued, for labels only |
 *
 * Always a positive V8 small integer: nothing is allocated for a step.
 */
export type Op = number;

export const OPERAND_SHIFT = 8;
export const OPERAND_MASK = 0x7fff;
export const FRAME_SHIFT = 23;
export const FRAME_MASK = 0xff;

/** An op with its operand. */
export function withOperand(op: Op, operand: number): Op {
  return op | (operand << OPERAND_SHIFT);
}

export function operandOf(op: Op): number {
  return (op >> OPERAND_SHIFT) & OPERAND_MASK;
}

/** The process has ended. Opcode 0 is never registered. */
export const EXIT: Op = 0;

/** Returned by {@link OpDef.exec}: the context waits until somebody wakes it. */
export const BLOCKED = -0x8000_0000;

/** Ids of shared objects (registers, wires, locks, fields), see {@link OpTable.object}. */
export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

export const NO_FOOTPRINT: Footprint = { reads: [], writes: [] };

/** A kind of step. Registered once by the block that owns it. */
export interface OpDef {
  /** Stable, as people read it: `spin_lock_irq(lock)`. */
  readonly label: string;
  readonly kind: 'access' | 'compute' | 'block' | 'poll';
  /** From issue to effect, ps. */
  readonly lead: Ps;
  /** From effect to the next issue, ps. */
  readonly tail: Ps;
  /** How much later than `lead` the hardware may let the effect come, ps (0: never). */
  readonly jitter: Ps;
  /** The effect. Returns the value with which the process resumes, or {@link BLOCKED}. */
  exec(operand: number, ctx: Context): number;
  /** What the effect reads and writes, for this operand. */
  footprint(operand: number): Footprint;
  /** The label with the part of the operand that says where, not what: `STR3 read`. */
  site(operand: number): string;
  /** The label with the whole operand: `STR3 := 80h`. */
  describe(operand: number): string;
}

/** What a block gives to {@link OpTable.define}; the rest has defaults. */
export type OpSpec = Pick<OpDef, 'label' | 'exec'> & Partial<Omit<OpDef, 'label' | 'exec' | 'footprint'>> & {
  footprint?: Footprint | ((operand: number) => Footprint);
};

/** All steps that one system knows, and the names of the functions that issue them. */
export class OpTable {
  readonly defs: OpDef[] = [];
  /** Lines of source text by the places that labels name: `driver.c:12`. Of our models, whose labels name functions: none. */
  readonly sources = new Map<string, string>();
  /** The site labels that were asked for. */
  private readonly labels = new Map<Op, string>();
  private readonly frames: string[] = [''];
  private readonly objects: string[] = [];

  constructor() {
    this.defs.push(build({
      label: 'exit',
      exec() {
        throw new Error('EXIT is not a step');
      },
    }));
  }

  /** Registers a kind of step; returns the op without operand and frame. */
  define(spec: OpSpec): Op {
    if (this.defs.length > 0xff) throw new RangeError(`no opcode left for ${spec.label}`);
    this.defs.push(build(spec));
    return this.defs.length - 1;
  }

  /** Names a function of a model; or-ed into its ops it makes their labels unique. */
  frame(name: string): number {
    let id = this.frames.indexOf(name);
    if (id < 0) {
      id = this.frames.length;
      if (id > FRAME_MASK) throw new RangeError(`no frame left for ${name}`);
      this.frames.push(name);
    }
    return id << FRAME_SHIFT;
  }

  /** Names of functions for which there is room. */
  get framesLeft(): number {
    return FRAME_MASK + 1 - this.frames.length;
  }

  /** Names a shared object; returns its id for footprints. */
  object(name: string): number {
    const known = this.objects.indexOf(name);
    if (known >= 0) return known;
    this.objects.push(name);
    return this.objects.length - 1;
  }

  objectName(id: number): string {
    return this.objects[id] ?? `object ${id}`;
  }

  get objectCount(): number {
    return this.objects.length;
  }

  def(op: Op): OpDef {
    return this.defs[op & 0xff]!;
  }

  frameOf(op: Op): string {
    return this.frames[(op >> FRAME_SHIFT) & FRAME_MASK] ?? '';
  }

  /** The stable site label: `kcs_bmc_read: copy_to_user`. */
  label(op: Op): string {
    let label = this.labels.get(op);
    if (label === undefined) {
      const frame = this.frameOf(op);
      const site = this.def(op).site(operandOf(op));
      label = frame === '' ? site : `${frame}: ${site}`;
      this.labels.set(op, label);
    }
    return label;
  }

  /** The label with the operand spelt out: `kcs_bmc_handle_cmd: ODR3 := 00h`. */
  describe(op: Op): string {
    const frame = this.frameOf(op);
    const text = this.def(op).describe(operandOf(op));
    return frame === '' ? text : `${frame}: ${text}`;
  }
}

function build(spec: OpSpec): OpDef {
  const { label, kind = 'compute', lead = 0, tail = 0, jitter = 0, exec, footprint = NO_FOOTPRINT } = spec;
  const site = spec.site ?? (() => label);
  return {
    label,
    kind,
    lead,
    tail,
    jitter,
    exec,
    footprint: typeof footprint === 'function' ? footprint : () => footprint,
    site,
    describe: spec.describe ?? site,
  };
}
