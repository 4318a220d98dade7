import { Context, EventQueue, NONE, OpTable, STATE, Simulator, State, TraceBus, hashText, isStateful, mix } from '../../sim/index.ts';

/** Fields of the simulator that say how a run came about, or who watches it, and nothing about how it goes on. */
const NO_STATE: ReadonlySet<string> = new Set([
  'hash', 'trace', 'ops', 'observer', 'watcher', 'untold', 'chooser', 'taken', 'plans', 'untils', 'stalls', 'resets', 'reason', 'selected', 'tieCount',
  'timeoutsFired', 'current',
]);

/** The same of a context; `effectAt` is in the queue as soon as it counts. */
const ABOUT_CONTEXT: ReadonlySet<string> = new Set(['sim', 'name', 'slot', 'special', 'effectAt']);

/** What stands for the things that have no number of their own. */
const UNDEFINED = 0x1b873593;
const NULL = 0x2545f491;
const TRUE = 0x3c6ef372;
const FALSE = 0x510e527f;
const SEEN = 0x6a09e667;
const LIST = 0x1f83d9ab;
const OBJECT = 0x5be0cd19;
const STATEFUL = 0x428a2f98;

/**
 * Hash of all that can be seen of a system between two events: every field of every object that can be
 * reached from it, whatever its class, in 64 bits. Nothing is listed that would have to be kept up to date;
 * what is left out is named here, with the reason:
 *
 * - of what says itself what its state is ({@link STATE}) nothing else;
 * - the frames of generators cannot be seen: {@link Histories} stand for them;
 * - of the simulator what says where a run came from ({@link NO_STATE}); nobody is held and no departure is
 *   to come when this is taken, so that the stalls' own book-keeping is empty or spent;
 * - of a context the fields that its state makes meaningless, because they are written before they are read
 *   again (when the last step was issued, or was due).
 */
export class Visible {
  low = 0;
  high = 0;
  private readonly root: object;
  private readonly seen = new Map<object, number>();
  private readonly texts = new Map<string, number>();
  private readonly functions = new Map<unknown, number>();
  /** The same memory in words, where it has whole ones. */
  private readonly words = new WeakMap<ArrayBufferView, ArrayLike<number>>();

  private readonly tell = (part: unknown): void => this.value(part);

  private session: number;

  /** `session` tells apart proofs that go on with the hashes of another: functions met late are numbered anew. */
  constructor(root: object, session = 0) {
    this.root = root;
    this.session = 0;
    this.take(); // numbers the functions that are there from the start
    this.session = session + 1;
  }

  /** Takes the hash anew, into {@link low} and {@link high}. */
  take(): void {
    this.low = 0x243f6a88;
    this.high = 0x13198a2e;
    this.seen.clear();
    this.object(this.root);
  }

  private put(value: number): void {
    this.low = mix(this.low, value);
    this.high = mix(this.high, value ^ 0x7f4a7c15);
  }

  private number(value: number): void {
    const low = value | 0;
    this.put(low);
    if (low === value) return;
    if (Number.isSafeInteger(value)) this.put(Math.floor(value / 4294967296) | 0);
    else this.text(String(value));
  }

  private text(value: string): void {
    let hash = this.texts.get(value);
    if (hash === undefined) {
      hash = hashText(value);
      this.texts.set(value, hash);
    }
    this.put(hash);
    this.put(value.length);
  }

  private value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        this.number(value);
        return;
      case 'boolean':
        this.put(value ? TRUE : FALSE);
        return;
      case 'string':
        this.text(value);
        return;
      case 'undefined':
        this.put(UNDEFINED);
        return;
      case 'function':
        this.identity(value);
        return;
      case 'object':
        if (value === null) this.put(NULL);
        else this.object(value);
        return;
      default:
        throw new Error(`a ${typeof value} in the state of a system`);
    }
  }

  /** Functions are the same if they are one. */
  private identity(value: unknown): void {
    let id = this.functions.get(value);
    if (id === undefined) {
      id = this.session === 0 ? this.functions.size : mix(this.functions.size, this.session);
      this.functions.set(value, id);
    }
    this.put(id);
  }

  private object(object: object): void {
    const known = this.seen.get(object);
    if (known !== undefined) {
      this.put(SEEN ^ known);
      return;
    }
    this.seen.set(object, this.seen.size);
    if (isStateful(object)) {
      object[STATE](this.tell);
      this.put(STATEFUL);
    } else if (Array.isArray(object)) {
      this.put(LIST ^ object.length);
      for (let i = 0; i < object.length; i++) this.value(object[i]);
    } else if (ArrayBuffer.isView(object)) {
      this.bytes(object);
    } else if (object instanceof Map) {
      this.put(LIST ^ object.size);
      for (const [key, value] of object) {
        this.value(key);
        this.value(value);
      }
    } else if (object instanceof Set) {
      this.put(LIST ^ object.size);
      for (const value of object) this.value(value);
    } else if (object instanceof EventQueue) {
      this.queue(object);
    } else if (object instanceof Context) {
      this.context(object);
    } else if (object instanceof Simulator) {
      this.fields(object, NO_STATE);
    } else if (!(object instanceof OpTable || object instanceof TraceBus || isGenerator(object))) {
      this.fields(object);
    }
  }

  private fields(object: object, without?: ReadonlySet<string>): void {
    const record = object as Record<string, unknown>;
    // A class declares its fields; what has none is a dictionary, and its names are state.
    const dictionary = Object.getPrototypeOf(object) === Object.prototype;
    let count = 0;
    for (const name in record) {
      if (without !== undefined && without.has(name)) continue;
      if (dictionary) this.text(name);
      this.value(record[name]);
      count++;
    }
    this.put(OBJECT ^ count);
  }

  /** Most of them are zero: the others count with their places. */
  private bytes(view: ArrayBufferView): void {
    this.put(LIST ^ view.byteLength);
    let list = this.words.get(view);
    if (list === undefined) {
      const whole = !(view instanceof Float64Array) && view.byteOffset % 4 === 0 && view.byteLength % 4 === 0;
      list = whole ? new Int32Array(view.buffer, view.byteOffset, view.byteLength / 4) : view as unknown as ArrayLike<number>;
      this.words.set(view, list);
    }
    for (let i = 0; i < list.length; i++) {
      if (list[i] === 0) continue;
      this.put(i);
      this.number(list[i]);
    }
  }

  /** What is due, in order. */
  private queue(queue: EventQueue): void {
    for (let slot = queue.head, i = 0; slot !== NONE; slot = queue.nth(++i)) {
      this.put(queue.isTimeout(slot) ? ~slot : slot);
      this.number(queue.dueAt(slot));
    }
    this.put(NONE);
  }

  private context(ctx: Context): void {
    const { state, parked } = ctx;
    const record = ctx as unknown as Record<string, unknown>;
    for (const name in record) {
      if (ABOUT_CONTEXT.has(name)) continue;
      if (name === 'issuedAt' ? state !== State.flight : name === 'readyAt' ? state !== State.gated : name === 'pollOrigin' && !parked) continue;
      this.value(record[name]);
    }
  }
}

const GENERATOR: unknown = Object.getPrototypeOf(function* () {}).prototype;

/** The prototype of a generator inherits from that of all generators. */
function isGenerator(object: object): boolean {
  return GENERATOR === Object.getPrototypeOf(Object.getPrototypeOf(object) ?? object);
}
