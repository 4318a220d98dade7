import { BtCtrl, formatBtCtrl } from '../../ipmi/index.ts';
import { hex, messageBytes } from '../names.ts';
import { nameOf, type Recording, type TraceEntry } from '../recording.ts';

/** Bytes shown of what goes through a FIFO. */
const SHOWN = 8;

/** `BT_CTRL=84h B_BUSY H2B_ATN`. */
export function ctrlText(ctrl: number): string {
  return `BT_CTRL=${hex(ctrl)} ${formatBtCtrl(ctrl)}`;
}

/** What of BT_CTRL a poll waited for: `H2B_ATN=0`; empty if it gave up. */
export function pollGoal(mask: number, last: number, value: number): string {
  const goals: string[] = [];
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    if (((last ^ value) & mask & bit) !== 0) goals.push(`${formatBtCtrl(bit)}=${(value & bit) === 0 ? 0 : 1}`);
  }
  return goals.join(', ');
}

/** What a side does by a write of BT_CTRL: `sets H2B_ATN`. */
export function ctrlWriteText(value: number, after: number, host: boolean): string {
  const words: string[] = [];
  const busy = host ? BtCtrl.H_BUSY : BtCtrl.B_BUSY;
  if ((value & busy) !== 0) words.push(`${formatBtCtrl(busy)}:=${(after & busy) === 0 ? 0 : 1}`);
  for (const bit of [BtCtrl.SMS_ATN, BtCtrl.B2H_ATN, BtCtrl.H2B_ATN]) {
    if ((value & bit) !== 0) words.push(`${formatBtCtrl(bit)}:=${(after & bit) === 0 ? 0 : 1}`);
  }
  for (const bit of [BtCtrl.CLR_RD_PTR, BtCtrl.CLR_WR_PTR]) if ((value & bit) !== 0) words.push(formatBtCtrl(bit));
  return words.length === 0 ? 'nothing' : words.join(', ');
}

/** Accesses of one side to a FIFO, one after the other. */
export interface FifoRun {
  readonly fifo: 'HOST2BMC' | 'BMC2HOST';
  readonly write: boolean;
  /** Place of the first byte; below 0: past the end. */
  readonly place: number;
  readonly bytes: readonly number[];
}

const FIFO = {
  'host.bt.fifo.write': ['HOST2BMC', true], 'host.bt.fifo.read': ['BMC2HOST', false],
  'bmc.bt.fifo.write': ['BMC2HOST', true], 'bmc.bt.fifo.read': ['HOST2BMC', false],
} as const;

/** Whether an event is an access to a FIFO. */
export function isFifo(name: string): name is keyof typeof FIFO {
  return name in FIFO;
}

/**
 * The run of FIFO accesses that the act `index` ends; undefined if it ends none. Nothing else of the same actor, and
 * nobody else's access to the iBT block, lies between. What goes past the end is a run of its own: it is stored nowhere.
 */
export function fifoRunAt(recording: Recording, index: number): FifoRun | undefined {
  const event = fifoEvent(recording, index);
  if (event === undefined) return undefined;
  const name = nameOf(recording, event);
  if (!isFifo(name)) return undefined;
  const next = neighbour(recording, index, 1);
  if (next !== undefined && nameOf(recording, next) === name && isPast(next) === isPast(event)) return undefined;
  const bytes = [event.a];
  let { b: place } = event;
  for (let at = index; ;) {
    const found = neighbourIndex(recording, at, -1);
    const before = found < 0 ? undefined : fifoEvent(recording, found);
    if (before === undefined || nameOf(recording, before) !== name || isPast(before) !== isPast(event)) break;
    bytes.unshift(before.a);
    place = before.b;
    at = found;
  }
  const [fifo, write] = FIFO[name];
  return { fifo, write, place, bytes };
}

/** `HOST2BMC[0..9]=[09 c0 00 0e ...]`. */
export function fifoText({ fifo, write, place, bytes }: FifoRun): string {
  if (place < 0) return `${fifo}[past the end]${write ? ', dropped: ' : '='}${messageBytes(bytes, SHOWN)}`;
  const last = place + bytes.length - 1;
  const where = bytes.length === 1 ? String(place) : `${place}..${last}`;
  return `${fifo}[${where}]=${messageBytes(bytes, SHOWN)}`;
}

/** Whether an access to a FIFO is past its end. */
function isPast({ b: place }: TraceEntry): boolean {
  return place < 0;
}

function fifoEvent(recording: Recording, index: number): TraceEntry | undefined {
  return recording.acts[index].events.find((event) => isFifo(nameOf(recording, event)));
}

function neighbour(recording: Recording, index: number, by: 1 | -1): TraceEntry | undefined {
  const found = neighbourIndex(recording, index, by);
  return found < 0 ? undefined : fifoEvent(recording, found);
}

/** The next act by `by` that is the same actor's, or that touches the block; -1: there is none, or it is somebody else's. */
function neighbourIndex({ acts, kinds }: Recording, index: number, by: 1 | -1): number {
  const { actor } = acts[index];
  for (let i = index + by; i >= 0 && i < acts.length; i += by) {
    if (acts[i].actor === actor && acts[i].step !== null) return i;
    if (acts[i].events.some(({ code }) => kinds[code].name.includes('.bt.'))) return -1;
  }
  return -1;
}
