import { I2C, type I2cRegister } from '../hw/index.ts';
import { RecordingError, integer, isFields, string, type Fields, type Recording } from './recording.ts';

/** One event on the recorded wire, as text: `start 4Ah w`, `rx 00h`. */
export type WireEvent = string;

/** One recorded access of the BMC, the edges of the interrupt line and the bus events that it caused. */
export interface I2cOp {
  readonly write: boolean;
  readonly reg: I2cRegister | 'GLOBAL_INTR';
  /** Written or observed. */
  readonly value: number;
  /** Levels of the line, in order. */
  readonly irq: readonly number[];
  readonly wire: readonly WireEvent[];
  /** Of the wire: targets' answers, which are inputs to the model. */
  readonly rx: readonly number[];
  readonly acked: boolean;
}

/** Another controller writes to us: after which access, to whom, and what. */
export interface OtherWrite {
  readonly after: number;
  readonly address: number;
  readonly bytes: readonly number[];
}

/** Accesses that follow one another from reset. */
export interface I2cSequence {
  readonly seed: number;
  readonly bus: number;
  readonly ops: readonly I2cOp[];
  readonly others: readonly OtherWrite[];
}

/** Whether a recording is one of I2C register accesses: every line a sequence with `bus` and `ops`. */
export function isI2cRegisters({ header }: Recording): boolean {
  return typeof header['bus'] === 'number' && Array.isArray(header['ops']);
}

/** Reads one line of the recording; throws {@link RecordingError} if it is not a sequence. */
export function i2cSequence(fields: Fields): I2cSequence {
  const seed = integer(fields, 'seed', 'sequence');
  const where = `sequence ${seed}`;
  const bus = integer(fields, 'bus', where);
  if (bus < 0 || bus > 13) throw new RecordingError(`${where}: there is no bus ${bus}`);
  const others = fields['wire'] === undefined ? [] : list(fields, 'wire', where).map((o) => otherWrite(o, where));
  const ops = list(fields, 'ops', where).map((op, i) => i2cOp(op, `${where}, access ${i}`));
  return { seed, bus, ops, others };
}

function otherWrite(write: unknown, where: string): OtherWrite {
  if (!isFields(write)) throw new RecordingError(`${where}: wire holds something else than writes`);
  return {
    after: integer(write, 'after_op', where),
    address: integer(write, 'other_master_writes_to', where),
    bytes: list(write, 'bytes', where).map((byte) => number(byte, where)),
  };
}

function i2cOp(op: unknown, where: string): I2cOp {
  if (!isFields(op)) throw new RecordingError(`${where} is not an object`);
  if (string(op, 'side', where) !== 'bmc') throw new RecordingError(`${where}: only the BMC reaches these registers`);
  const kind = string(op, 'op', where);
  if (kind !== 'r' && kind !== 'w') throw new RecordingError(`${where}: op is "${kind}"`);
  const reg = string(op, 'reg', where);
  if (!isRegister(reg)) throw new RecordingError(`${where}: no register is called ${reg}`);
  if (reg === 'GLOBAL_INTR' && kind === 'w') throw new RecordingError(`${where}: ${reg} is only read`);
  const wire = op['wire'] === undefined ? [] : list(op, 'wire', where).map((event) => wireEvent(event, where));
  return {
    write: kind === 'w',
    reg,
    value: integer(op, 'val', where),
    irq: list(op, 'irq', where).map((edge) => {
      if (!isFields(edge) || edge['line'] !== 'i2c') throw new RecordingError(`${where}: irq holds something else than edges`);
      return integer(edge, 'level', where);
    }),
    wire: wire.map(({ text }) => text),
    rx: wire.filter(({ what }) => what === 'rx').map(({ value }) => value),
    acked: wire.some(({ what, other }) => what === 'start' && !other),
  };
}

interface ParsedEvent {
  readonly what: string;
  readonly value: number;
  readonly other: boolean;
  readonly text: WireEvent;
}

function wireEvent(event: unknown, where: string): ParsedEvent {
  if (!Array.isArray(event) || event.length === 0) throw new RecordingError(`${where}: wire holds something else than events`);
  const [what, value, direction, by] = event as unknown[];
  if (typeof what !== 'string') throw new RecordingError(`${where}: an event of wire has no name`);
  const other = by !== undefined;
  const n = value === undefined ? -1 : number(value, where);
  return { what, value: n, other, text: wireText(what, n, direction === undefined ? '' : String(direction), other) };
}

/** `start 5Ah w other_master`: an event of the wire in words. */
export function wireText(what: string, value = -1, direction = '', other = false): WireEvent {
  const words = [what];
  if (value >= 0) words.push(`${value.toString(16).toUpperCase().padStart(2, '0')}h`);
  if (direction !== '') words.push(direction);
  if (other) words.push('other_master');
  return words.join(' ');
}

function list(fields: Fields, name: string, where: string): readonly unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw new RecordingError(`${where}: ${name} is not a list`);
  return value;
}

function number(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new RecordingError(`${where}: ${String(value)} is not an integer`);
  return value;
}

function isRegister(name: string): name is I2cOp['reg'] {
  return name === 'GLOBAL_INTR' || Object.hasOwn(I2C, name);
}
