import { Context, Departures, EventQueue, NONE, OpTable, STATE, Simulator, State, TraceBus, hashText, isStateful, mix, type Stateful } from '../../sim/index.ts';

/** Fields of the simulator that say how a run came about, or who watches it, and nothing about how it goes on. */
export const NO_STATE: ReadonlySet<string> = new Set(['hash', 'trace', 'ops', 'observer', 'watcher', 'chooser', 'taken', 'resets', 'reason', 'selected', 'tieCount', 'current']);

/** The same of its departures: none is to come, nobody is held. How many time-outs have fired counts only from the beginning of a stall on. */
const ABOUT_DEPARTURES: ReadonlySet<string> = new Set(['sim', 'timeouts', 'plans', 'stalls', 'untils', 'untold', 'turns', 'rivals']);

/** The same of a context; `effectAt` is in the queue as soon as it counts. */
export const ABOUT_CONTEXT: ReadonlySet<string> = new Set(['sim', 'name', 'slot', 'special', 'homeAt', 'effectAt']);

/** What stands for the things that have no number of their own. */
const UNDEFINED = 0x1b873593;
const NULL = 0x2545f491;
const TRUE = 0x3c6ef372;
const FALSE = 0x510e527f;
const SEEN = 0x6a09e667;
const LIST = 0x1f83d9ab;
const OBJECT = 0x5be0cd19;
const STATEFUL = 0x428a2f98;

const NOTHING: ReadonlySet<string> = new Set();

/** How an object is looked at; found out once. */
type Kind = 'stateful' | 'constant' | 'dictionary' | 'fields' | 'simulator' | 'departures' | 'context' | 'queue' | 'list' | 'bytes' | 'map' | 'set' | 'unseen';

interface Met {
  readonly kind: Kind;
  /** Of what is constant: the objects in it, which need not be. */
  readonly parts: readonly object[];
  /** The take in which it was met last, and as the how manieth object. */
  take: number;
  index: number;
}

/**
 * Hash of all that can be seen of a system between two events: every field of every object that can be
 * reached from it, whatever its class, in 64 bits. Nothing is listed that would have to be kept up to date;
 * what is left out is named here, with the reason:
 *
 * - of what says itself what its state is ({@link STATE}) nothing else;
 * - of what is frozen only which one it is, and the objects in it;
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
  /** Every object that was met, now or earlier. */
  private readonly met = new WeakMap<object, Met>();
  /** How often the hash was taken, and how many objects were met this time. */
  private takes = 0;
  private count = 0;
  private readonly texts = new Map<string, number>();
  /** Numbers of functions and constants. */
  private readonly identities = new Map<unknown, number>();
  /** The same memory in words, where it has whole ones. */
  private readonly words = new Map<ArrayBufferView, Int32Array | Uint8Array>();

  /** Fields of the simulator and of contexts that do not count. */
  protected readonly aboutSimulator: ReadonlySet<string> = NO_STATE;
  protected readonly aboutContext: ReadonlySet<string> = ABOUT_CONTEXT;

  private readonly tell = (part: unknown): void => this.value(part);
  private session = 0;

  /** `session` tells apart proofs that go on with the hashes of another: what is met late is numbered anew. */
  constructor(root: object, session = 0) {
    this.root = root;
    this.take(); // numbers the functions and constants that are there from the start
    this.session = session + 1;
  }

  /** Takes the hash anew, into {@link low} and {@link high}. */
  take(): void {
    this.low = 0x243f6a88;
    this.high = 0x13198a2e;
    this.takes++;
    this.count = 0;
    this.object(this.root);
  }

  protected put(value: number): void {
    this.low = mix(this.low, value);
    this.high = mix(this.high, value ^ 0x7f4a7c15);
  }

  protected number(value: number): void {
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

  /** Functions and constants are the same if they are one. */
  private identity(value: unknown): void {
    let id = this.identities.get(value);
    if (id === undefined) {
      id = this.session === 0 ? this.identities.size : mix(this.identities.size, this.session);
      this.identities.set(value, id);
    }
    this.put(id);
  }

  protected object(object: object): void {
    let met = this.met.get(object);
    if (met === undefined) {
      const kind = kindOf(object);
      met = { kind, parts: kind === 'constant' ? Object.values(object).filter(isObject) : [], take: 0, index: 0 };
      this.met.set(object, met);
    }
    if (met.take === this.takes) {
      this.put(SEEN ^ met.index);
      return;
    }
    met.take = this.takes;
    met.index = this.count++;
    switch (met.kind) {
      case 'stateful':
        (object as Stateful)[STATE](this.tell);
        this.put(STATEFUL);
        return;
      case 'constant':
        this.identity(object);
        for (let i = 0; i < met.parts.length; i++) this.object(met.parts[i]!);
        return;
      case 'dictionary':
        this.dictionary(object as Record<string, unknown>);
        return;
      case 'fields':
        this.fields(object as Record<string, unknown>, NOTHING);
        return;
      case 'simulator':
        this.fields(object as unknown as Record<string, unknown>, this.aboutSimulator);
        return;
      case 'departures':
        this.fields(object as unknown as Record<string, unknown>, ABOUT_DEPARTURES);
        return;
      case 'context':
        this.context(object as Context);
        return;
      case 'queue':
        this.queue(object as EventQueue);
        return;
      case 'list':
        this.list(object as unknown[]);
        return;
      case 'bytes':
        this.bytes(object as ArrayBufferView);
        return;
      case 'map':
        this.map(object as Map<unknown, unknown>);
        return;
      case 'set':
        this.set(object as Set<unknown>);
        return;
      case 'unseen':
    }
  }

  private list(list: unknown[]): void {
    this.put(LIST ^ list.length);
    for (let i = 0; i < list.length; i++) this.value(list[i]);
  }

  private map(map: Map<unknown, unknown>): void {
    this.put(LIST ^ map.size);
    for (const [key, value] of map) {
      this.value(key);
      this.value(value);
    }
  }

  private set(set: Set<unknown>): void {
    this.put(LIST ^ set.size);
    for (const value of set) this.value(value);
  }

  /** A class declares its fields: their names are no state. */
  private fields(record: Record<string, unknown>, without: ReadonlySet<string>): void {
    let count = 0;
    for (const name in record) {
      if (without.size > 0 && without.has(name)) continue;
      this.value(record[name]);
      count++;
    }
    this.put(OBJECT ^ count);
  }

  /** What has no class is a dictionary, and its names are state. */
  private dictionary(record: Record<string, unknown>): void {
    let count = 0;
    for (const name in record) {
      this.text(name);
      this.value(record[name]);
      count++;
    }
    this.put(OBJECT ^ count);
  }

  private bytes(view: ArrayBufferView): void {
    let list = this.words.get(view);
    if (list === undefined) {
      list = wordsOf(view);
      this.words.set(view, list);
    }
    this.put(LIST ^ view.byteLength);
    if (list instanceof Int32Array) this.integers(list);
    else this.octets(list);
  }

  /** Most words are zero: the others count with their places. A loop of its own over one kind of array: they are ten thousands. */
  private integers(list: Int32Array): void {
    for (let i = 0; i < list.length; i++) {
      if (list[i] === 0) continue;
      this.put(i);
      this.put(list[i]!);
    }
  }

  private octets(list: Uint8Array): void {
    for (let i = 0; i < list.length; i++) {
      if (list[i] === 0) continue;
      this.put(i);
      this.put(list[i]!);
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
      if (this.aboutContext.has(name)) continue;
      if (name === 'issuedAt' ? state !== State.flight : name === 'readyAt' ? state !== State.gated : name === 'pollOrigin' && !parked && !ctx.isSuspended) continue;
      this.value(record[name]);
    }
  }
}

/** The memory of a view as whole words, if it has nothing but those, or else as bytes. */
function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Int32Array | Uint8Array {
  return byteOffset % 4 === 0 && byteLength % 4 === 0 ? new Int32Array(buffer, byteOffset, byteLength / 4) : new Uint8Array(buffer, byteOffset, byteLength);
}

function kindOf(object: object): Kind {
  if (isStateful(object)) return 'stateful';
  if (Array.isArray(object)) return Object.isFrozen(object) ? 'constant' : 'list';
  if (ArrayBuffer.isView(object)) return 'bytes';
  if (object instanceof Map) return 'map';
  if (object instanceof Set) return 'set';
  if (object instanceof EventQueue) return 'queue';
  if (object instanceof Context) return 'context';
  if (object instanceof Simulator) return 'simulator';
  if (object instanceof Departures) return 'departures';
  if (object instanceof OpTable || object instanceof TraceBus || isGenerator(object)) return 'unseen';
  if (Object.isFrozen(object)) return 'constant';
  return Object.getPrototypeOf(object) === Object.prototype ? 'dictionary' : 'fields';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const GENERATOR: unknown = Object.getPrototypeOf(function* () {}).prototype;

/** The prototype of a generator inherits from that of all generators. */
function isGenerator(object: object): boolean {
  return GENERATOR === Object.getPrototypeOf(Object.getPrototypeOf(object) ?? object);
}
