import { Halt, SLOTS, STATE, call, type Op, type Simulator, type Stateful, type Steps } from '../sim/index.ts';
import type { Kernel } from '../linux/index.ts';
import { DriverMemory, MOST_STACKS, STACKS, STACK_SIZE, Poison, type MemoryAccess } from './memory.ts';
import { DriverError } from './error.ts';
import { MemoryRaces } from './races.ts';
import { sourcesOf } from './wasm/sources.ts';
import type { Site, Translation } from './wasm/translate.ts';

/** Bytes below the stack pointer that a function which calls none uses without moving it (WebAssembly's C ABI). */
const RED_ZONE = 128;

/** What a context needs to run translated code. */
export interface Thread {
  /** Stack pointer. */
  sp: number;
  /** The lowest that it has been in this run. */
  low: number;
  /** The lowest that it may be. */
  readonly bottom: number;
  /** Calls under way of functions that may come back to themselves. */
  depth: number;
  /** Rounds of loops since the driver was entered. */
  fuel: number;
  /** The address that the step under way is about to touch, where each access is one. */
  at: number;
  /** The calls that led to where it is, as the race detector numbers them. */
  chain: number;
  readonly id: number;
}

/** A function of the driver, in the table. */
type DriverFunction = ((t: Thread, ...args: number[]) => number | Steps<number>) & { suspends?: boolean };

/** What a driver's call of the kernel becomes: a value, an op or a generator of them, by its kind. */
export interface Handler {
  (t: Thread, site: number, ...args: number[]): number | Steps<number>;
  /** Of the kind `two`: the second op, given what the first has answered; 0: there is none. */
  second?(t: Thread, site: number, answer: number, ...args: number[]): Op;
}

/** A driver that was translated, in a system: code, memory, contexts. */
export class Machine implements Stateful {
  readonly kernel: Kernel;
  readonly sim: Simulator;
  readonly memory: DriverMemory;
  readonly access: MemoryAccess;
  /** In a system that is built to be observed. */
  readonly races: MemoryRaces | null;
  /** By site: the frame with which its steps are labelled. */
  readonly frames: Int32Array;
  /** By context: memory accesses that were steps of its own. */
  readonly accesses = new Int32Array(SLOTS);
  private readonly sites: readonly Site[];
  private readonly translation: Translation;
  private readonly functions: readonly (DriverFunction | null)[];
  private readonly table: readonly (DriverFunction | null)[];
  private readonly threads: Thread[] = [];
  /** Stack number by context. */
  private readonly byContext = new Map<number, Thread>();
  private readonly exportsBy = new Map<string, readonly string[]>();
  /** What has ended this run, in words; empty: nothing has. */
  fault = '';

  constructor(kernel: Kernel, translation: Translation, handlers: ReadonlyMap<string, Handler>) {
    const { module, sites } = translation;
    this.kernel = kernel;
    this.sim = kernel.sim;
    this.translation = translation;
    this.sites = sites;
    this.memory = new DriverMemory(kernel, module);
    this.frames = framesOf(this.sim, translation);
    tellSources(this.sim, translation);
    this.races = kernel.fields === null ? null : new MemoryRaces(kernel, kernel.fields, {
      place: (site) => this.place(site), byte: (address) => this.memory.describe(address),
    }, STACKS);
    const table: (DriverFunction | null)[] = [];
    this.table = table;
    const { U8, U16, I32, poison } = this.memory;
    const load = (address: number, size: number, site: number): number => this.load(address, size, site);
    const store = (address: number, size: number, value: number, site: number): void => this.store(address, size, value, site);
    this.access = {
      get: (address) => (poison[address] === 0 ? U8[address] : load(address, 1, -1)),
      set: (address, value) => (poison[address] === 0 ? void (U8[address] = value) : store(address, 1, value, -1)),
    };
    const access = this.sim.ops.define({
      label: 'memory access', kind: 'access',
      exec: (_site, { id }) => {
        this.accesses[id]++;
        return 0;
      },
      site: (site) => `${this.line(site)}: memory`,
    });
    const environment = {
      U8, U16, I32, P: poison, P16: new Uint16Array(poison.buffer), P32: new Int32Array(poison.buffer), T: table, G: [...module.globals], F: this.frames,
      S: STACKS, m: access, h: module.functions.map((f) => (f.imported ? handlers.get(f.name) : null)),
      call, load, store, ...this.notes(),
      trap: (what: string, site: number) => this.trap(what, site),
      badCall: (slot: number, site: number) => this.trap(`a call through the pointer ${slot}, which is no function`, site),
      runaway: (site: number) => this.runaway(site),
      overflow: (site: number) => this.overflow(site),
    };
    // oxlint-disable-next-line no-new-func -- the text is our own translation of a module, made of numbers and names of ours
    const instantiate = new Function('env', translation.source) as (env: typeof environment) => (DriverFunction | null)[];
    this.functions = instantiate(environment);
    for (const [index, f] of this.functions.entries()) if (f !== null) f.suspends = translation.suspends[index];
    for (const index of module.table) table.push(index < 0 ? null : this.functions[index]);
    this.sim.onReset(() => this.reset());
  }

  /** What translated code tells the race detector. */
  private notes(): { note(t: Thread, address: number, bits: number, site: number): void; chain(parent: number, site: number): number } {
    const { races } = this;
    return {
      note: (t, address, bits, site) => races?.access(address, bits, site, t.chain),
      chain: (parent, site) => races?.chain(parent, site) ?? 0,
    };
  }

  private reset(): void {
    this.races?.reset();
    this.fault = '';
    this.accesses.fill(0);
    for (const t of this.threads) {
      const top = this.memory.stackTop(t.id);
      this.memory.clear(t.low - RED_ZONE, top);
      t.sp = top;
      t.low = top;
      t.depth = 0;
      t.chain = 0;
    }
    this.memory.reset();
  }

  /** The memory, and the part of the stacks that is in use; code and tables are constant. */
  [STATE](tell: (part: unknown) => void): void {
    this.memory.tell(tell);
    for (const { id, sp } of this.threads) {
      const top = this.memory.stackTop(id);
      if (sp >= top) continue;
      tell(id);
      this.memory.tellWords(sp, top, tell);
    }
  }

  // ---- into the driver --------------------------------------------------------------------------

  /** Whether the module exports a function of that name. */
  has(name: string): boolean {
    return this.translation.module.exports.has(name);
  }

  /** Names of the exported functions that begin with `prefix`, in the order of the files. */
  exported(prefix: string): readonly string[] {
    return this.exportsBy.get(prefix) ?? this.sortedExports(prefix);
  }

  private sortedExports(prefix: string): readonly string[] {
    const names = [...this.translation.module.exports.entries()]
      .filter(([name]) => name.startsWith(prefix)).toSorted(([, a], [, b]) => a - b).map(([name]) => name);
    this.exportsBy.set(prefix, names);
    return names;
  }

  /** Calls an exported function in the context that runs. */
  enter(name: string, a = 0, b = 0, c = 0, d = 0): Steps<number> {
    const index = this.translation.module.exports.get(name);
    const f = index === undefined ? null : this.functions[index];
    if (f === null || f === undefined) throw new Error(`the driver's module has no ${name}()`);
    return this.run(f, a, b, c, d);
  }

  /** Calls a function by its pointer in the context that runs. */
  enterPointer(pointer: number, a = 0, b = 0): Steps<number> {
    const f = this.table[pointer];
    if (f === undefined || f === null) this.trap(`a call through the pointer ${pointer}, which is no function`);
    return this.run(f!, a, b, 0, 0);
  }

  /** What a function does not take it is not the worse for. */
  private run(f: DriverFunction, a: number, b: number, c: number, d: number): Steps<number> {
    const t = this.thread();
    t.fuel = 0;
    return f.suspends === true ? f(t, a, b, c, d) as Steps<number> : immediate(f, t, a, b, c, d);
  }

  /** That of the context that runs. */
  thread(): Thread {
    const context = this.sim.current?.id ?? -1;
    let t = this.byContext.get(context);
    if (t === undefined) {
      const id = this.threads.length;
      if (id >= MOST_STACKS) throw new DriverError(`the driver runs in more than ${MOST_STACKS} contexts, each work and each thread of an interrupt being one: there is no stack for another`);
      const top = this.memory.stackTop(id);
      t = { id, sp: top, low: top, bottom: this.memory.stackBottom(id), depth: 0, fuel: 0, at: 0, chain: 0 };
      this.threads.push(t);
      this.byContext.set(context, t);
    }
    return t;
  }

  // ---- what goes wrong ----------------------------------------------------------------------------

  /** `driver.c:120 function` */
  place(site: number): string {
    const at = this.sites[site];
    return at === undefined ? 'the kernel on behalf of the driver' : `${at.file}:${at.line} ${at.func}()`;
  }

  /** Byte `index` of an array of `size` bytes is used from `site`: the bytes behind it in the same allocation are not its own. */
  outOfArray(site: number, index: number, size: number, how: 'read' | 'write'): void {
    const ctx = this.sim.current;
    if (ctx === null) return;
    const where = this.place(site);
    this.kernel.breach('out-of-bounds', `${how}-beyond-array`, ctx, `${where}: ${how} of byte ${index} of an array of ${size} bytes`, where);
  }

  private line(site: number): string {
    const { file, line, func } = this.sites[site];
    return `${file}:${line} ${func}`;
  }

  /** Stores 32 bits on behalf of the kernel, called at `site`. */
  store32(address: number, value: number, site: number): void {
    const { poison, I32 } = this.memory;
    if ((address & 3) === 0 && poison[address] === 0 && poison[address + 3] === 0) I32[address >> 2] = value;
    else this.store(address, 4, value, site);
  }

  load8(address: number, site: number): number {
    const { poison, U8 } = this.memory;
    return poison[address] === 0 ? U8[address] : this.load(address, 1, site);
  }

  store8(address: number, value: number, site: number): void {
    const { poison, U8 } = this.memory;
    if (poison[address] === 0) U8[address] = value;
    else this.store(address, 1, value, site);
  }

  private load(address: number, size: number, site: number): number {
    if (this.poisoned(address, size)) this.complain(address, size, 'read', site);
    const { U8 } = this.memory;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = (value << 8) | U8[address + i];
    return value;
  }

  private store(address: number, size: number, value: number, site: number): void {
    if (this.poisoned(address, size)) this.complain(address, size, 'write', site);
    for (let i = 0; i < size; i++) this.memory.U8[address + i] = value >> (8 * i);
  }

  /** An access that is not aligned is none that goes wrong: ARMv6 does it. */
  private poisoned(address: number, size: number): boolean {
    const { poison } = this.memory;
    for (let i = 0; i < size; i++) if (poison[address + i] !== 0) return true;
    return false;
  }

  private complain(address: number, size: number, how: 'read' | 'write', site: number): void {
    const { kernel, memory } = this;
    const { poison } = memory;
    let at = address;
    while (at < address + size - 1 && poison[at] === 0) at++;
    const where = this.place(site);
    const block = memory.blockAt(at);
    if (poison[at] === Poison.freed && block !== undefined) {
      block.allocation.useAfterFree(`${where}: byte ${at - block.address}`);
      return;
    }
    const ctx = this.sim.current;
    if (ctx === null) return;
    if (poison[at] === Poison.redZone && block !== undefined) {
      kernel.breach('out-of-bounds', `${how}-beyond-allocation`, ctx,
        `${where}: ${how} of byte ${at - block.address} of ${block.allocation.name}, which has ${block.size} bytes`, where);
      return;
    }
    const what = address >= 0 && address < 1024 ? 'null-pointer' : 'wild-pointer';
    this.fatal(`${how}-through-${what}`, `${where}: ${how} at address ${(address >>> 0).toString(16)}h, where there is no memory`);
  }

  /** The code does what the machine refuses, or the kernel, which it calls at `site`. */
  trap(what: string, site = -1): never {
    this.fatal('oops', `${site < 0 ? '' : `${this.place(site)}: `}the driver comes to ${what}`);
  }

  private overflow(site: number): never {
    this.fatal('stack-overflow', `${this.place(site)}: the stack of ${STACK_SIZE} bytes does not suffice`);
  }

  private runaway(site: number): never {
    this.endless(site, 'a loop that takes no step does not end');
  }

  /** A loop at `site` does not end. */
  endless(site: number, message: string): never {
    const place = this.place(site);
    this.end('hang', 'endless-loop', `${place}: ${message}`, place);
  }

  private fatal(rule: string, message: string): never {
    this.end('out-of-bounds', rule, `${message} (Oops)`);
  }

  private end(oracle: string, rule: string, message: string, site = ''): never {
    const ctx = this.sim.current;
    this.fault = message;
    if (ctx !== null) this.kernel.breach(oracle, rule, ctx, message, site, true);
    this.sim.stop('violation');
    throw new Halt();
  }
}

function* immediate(f: DriverFunction, t: Thread, a: number, b: number, c: number, d: number): Steps<number> {
  return f(t, a, b, c, d) as number;
}

/** Frames are few: where a driver has more lines with steps, its functions must do. */
function framesOf(sim: Simulator, { sites, stepSites }: Translation): Int32Array {
  const frames = new Int32Array(sites.length);
  const fine = sim.ops.framesLeft >= stepSites.size;
  for (const id of stepSites) {
    const { file, line, func } = sites[id];
    frames[id] = sim.ops.frame(fine ? `${file}:${line} ${func}` : `${file} ${func}`);
  }
  return frames;
}

/** What stands in the lines from which steps are issued, or memory is used. */
function tellSources(sim: Simulator, { module, sites }: Translation): void {
  const files = sourcesOf(module);
  for (const { file, line } of sites) {
    const text = files.get(file)?.[line - 1]?.trim();
    if (text !== undefined && text !== '') sim.ops.sources.set(`${file}:${line}`, text);
  }
}
