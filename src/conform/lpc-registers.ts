import { Cause, LPC, LpcController, hex, type LpcRegister } from '../hw/index.ts';
import { RecordingError, integer, isFields, string, type Fields, type Recording } from './recording.ts';
import type { Mismatch } from './transactions.ts';

/** One recorded access to the LPC block, from either side, and the interrupt lines that it moved. */
export interface RegisterOp {
  readonly side: 'bmc' | 'host';
  readonly write: boolean;
  readonly reg: LpcRegister;
  /** Written or observed. */
  readonly value: number;
  readonly irq: readonly LineEdge[];
}

/** An interrupt line of the block: `kcs1` to `kcs4` inside it, `lpc` the one that leaves it. */
export interface LineEdge {
  readonly line: string;
  readonly level: number;
}

/** Accesses that follow one another from reset. */
export interface RegisterSequence {
  readonly seed: number;
  readonly ops: readonly RegisterOp[];
}

/** Where the model differs: access `i` of the sequence `seed`. */
export interface RegisterMismatch extends Mismatch {
  readonly seed: number;
}

export interface LpcRegistersResult {
  /** Accesses compared. */
  readonly steps: number;
  readonly mismatches: number;
  readonly first?: RegisterMismatch;
}

/** Whether a recording is one of LPC register accesses: every line a sequence with `channels` and `ops`. */
export function isLpcRegisters({ header }: Recording): boolean {
  return Array.isArray(header['channels']) && Array.isArray(header['ops']);
}

/** Reads one line of the recording; throws {@link RecordingError} if it is not a sequence. */
export function registerSequence(fields: Fields): RegisterSequence {
  const seed = integer(fields, 'seed', 'sequence');
  const { ops } = fields;
  if (!Array.isArray(ops)) throw new RecordingError(`sequence ${seed}: ops is not a list`);
  return { seed, ops: ops.map((op: unknown, i) => registerOp(op, `sequence ${seed}, access ${i}`)) };
}

function registerOp(op: unknown, where: string): RegisterOp {
  if (!isFields(op)) throw new RecordingError(`${where} is not an object`);
  const side = string(op, 'side', where);
  if (side !== 'bmc' && side !== 'host') throw new RecordingError(`${where}: side is "${side}"`);
  const kind = string(op, 'op', where);
  if (kind !== 'r' && kind !== 'w') throw new RecordingError(`${where}: op is "${kind}"`);
  const reg = string(op, 'reg', where);
  if (!isRegister(reg)) throw new RecordingError(`${where}: no register is called ${reg}`);
  if (side === 'host' && placeOf(reg, kind === 'w') < 0) {
    throw new RecordingError(`${where}: the host cannot reach ${reg}`);
  }
  const { irq } = op;
  if (!Array.isArray(irq)) throw new RecordingError(`${where}: irq is not a list`);
  return {
    side,
    write: kind === 'w',
    reg,
    value: integer(op, 'val', where),
    irq: irq.map((edge: unknown): LineEdge => {
      if (!isFields(edge)) throw new RecordingError(`${where}: irq holds something else than edges`);
      return { line: string(edge, 'line', where), level: integer(edge, 'level', where) };
    }),
  };
}

/**
 * Replays each sequence on a fresh LPC block, all of whose registers start at 0, and compares the value
 * of every read and the interrupt edges of every access. After a difference the sequence goes on.
 *
 * The recorded host accesses name registers, not ports, so they go around the decode.
 */
export function compareLpcRegisters(sequences: readonly RegisterSequence[]): LpcRegistersResult {
  let steps = 0;
  let mismatches = 0;
  let first: RegisterMismatch | undefined;
  for (const { seed, ops } of sequences) {
    const lpc = zeroed();
    for (const [i, op] of ops.entries()) {
      steps++;
      const recorded = outcome(op.value, edgesOf(op));
      const got = replay(lpc, op);
      if (got === recorded) continue;
      mismatches++;
      first ??= { seed, i, expected: `${describe(op)} ${recorded}`, got };
    }
  }
  return first === undefined ? { steps, mismatches } : { steps, mismatches, first };
}

/** Compares a whole recording. Throws {@link RecordingError} if it is not one of LPC registers. */
export function compareLpcRecording({ header, lines }: Recording): LpcRegistersResult {
  return compareLpcRegisters([header, ...lines].map(registerSequence));
}

function zeroed(): LpcController {
  const lpc = new LpcController();
  // The only registers whose reset value is not 0.
  for (const bank of [0x80, 0]) {
    lpc.write(LPC.HICR4, bank);
    lpc.write(LPC.LADR12L, 0);
  }
  return lpc;
}

/** Makes the access; returns what came of it. */
function replay(lpc: LpcController, { side, write, reg, value }: RegisterOp): string {
  const before = lpc.causes;
  let got = value;
  if (side === 'bmc') {
    if (write) lpc.write(LPC[reg], value);
    else got = lpc.read(LPC[reg]);
  } else if (write) lpc.hostWriteAt(placeOf(reg, true), value);
  else got = lpc.hostReadAt(placeOf(reg, false));
  return outcome(got, edges(before, lpc.causes));
}

/** `7Bh kcs4=1 lpc=1`: a value, and the lines that moved. */
function outcome(value: number, edges: string): string {
  return edges === '' ? hex(value) : `${hex(value)} ${edges}`;
}

function edgesOf({ irq }: RegisterOp): string {
  return irq.map(({ line, level }) => `${line}=${level}`).join(' ');
}

/** The lines that an access has moved: those of the channels, then the shared one. */
function edges(before: number, after: number): string {
  const moved: string[] = [];
  for (let c = 0; c < 4; c++) {
    const level = (after >> c) & 1;
    if (((before >> c) & 1) !== level) moved.push(`kcs${c + 1}=${level}`);
  }
  const was = (before & Cause.ibf) !== 0;
  const is = (after & Cause.ibf) !== 0;
  if (was !== is) moved.push(`lpc=${is ? 1 : 0}`);
  return moved.join(' ');
}

/** Where the host reaches a register: twice the channel, plus 1 for STR; -1: nowhere. */
function placeOf(reg: LpcRegister, write: boolean): number {
  const match = /^(IDR|ODR|STR)([1-4])$/.exec(reg);
  if (match === null) return -1;
  const data = 2 * (Number(match[2]) - 1);
  if (write) return match[1] === 'IDR' ? data : -1;
  return match[1] === 'ODR' ? data : match[1] === 'STR' ? data + 1 : -1;
}

function isRegister(name: string): name is LpcRegister {
  return Object.hasOwn(LPC, name);
}

function describe({ side, write, reg }: RegisterOp): string {
  return `${side} ${write ? 'writes' : 'reads'} ${reg}`;
}
