import { ATOMIC_EXCHANGES, ATOMIC_UPDATES, LOADS, STORES, type Access, type Update } from './operators.ts';
import { numberOf, type Value, type ValueStack } from './stack.ts';
import type { Instruction } from './instructions.ts';

/**
 * How an access of memory is told of: bits beside its size. `marked`: READ_ONCE(), WRITE_ONCE() or atomic; `ordered`:
 * atomic, and what is before it stays before; `torn`: it may be done in pieces.
 */
export const Note = { size: 15, write: 16, marked: 32, ordered: 64, torn: 128 } as const;

/** Whether an instruction is READ_ONCE(), WRITE_ONCE() or an operation on an atomic_t. */
export function isAtomic({ op }: Instruction): boolean {
  return op >= 0xfe10 && op <= 0xfe4f;
}

/** Whether an instruction touches memory. */
export function touchesMemory({ op }: Instruction): boolean {
  return op in LOADS || op in STORES || op in ATOMIC_UPDATES || op in ATOMIC_EXCHANGES;
}

/** What is made of an access of memory beside itself. */
export interface AccessMode {
  /** A step before it. */
  readonly steps: boolean;
  /** A word to the race detector. */
  readonly notes: boolean;
  /** Neither, but for atomic instructions: the code is the runtime's, which does nothing else that contexts share. */
  readonly atomicOnly: boolean;
}

/** Translates loads, stores and the atomic instructions. */
export class AccessTranslator {
  private readonly out: string[];
  private readonly stack: ValueStack;
  private readonly mode: AccessMode;

  constructor(out: string[], stack: ValueStack, mode: AccessMode) {
    this.out = out;
    this.stack = stack;
    this.mode = mode;
  }

  /** Whether the instruction was one of these. */
  translate({ op, a: offset }: Instruction, site: number): boolean {
    const load = LOADS[op];
    const store = STORES[op];
    if (load !== undefined) this.load(load, offset, site);
    else if (store !== undefined) this.store(store, offset, site);
    else if (op in ATOMIC_UPDATES) this.update(ATOMIC_UPDATES[op], offset, site);
    else if (op in ATOMIC_EXCHANGES) this.exchange(ATOMIC_EXCHANGES[op], offset, site);
    else return false;
    return true;
  }

  private address(base: Value, offset: number): string {
    const code = numberOf(base);
    return offset === 0 ? code : `(${code})+${offset}|0`;
  }

  private told(marked: boolean): boolean {
    return (this.mode.steps || this.mode.notes) && (marked || !this.mode.atomicOnly);
  }

  /** What comes before an access, if the address is not on a stack: nobody else looks there. */
  private tell(address: string, bits: number, site: number): void {
    const { steps, notes } = this.mode;
    const told = `${steps ? `t.at=${address};yield m|${site << 8};` : ''}${notes ? `note(t,${address},${bits},${site});` : ''}`;
    if (told !== '') this.out.push(`if(${address}<S&&${address}>=0){${told}}`);
  }

  private load({ helper, size, marked }: Access, offset: number, site: number): void {
    const base = this.stack.pop();
    if (!this.told(marked)) {
      this.stack.push(`${helper}(${this.address(base, offset)},${site})`, true, base.locals);
      return;
    }
    this.stack.settleReads();
    const address = this.stack.temporary(this.address(base, offset));
    this.tell(address, size | (marked ? Note.marked : 0), site);
    this.stack.pushNow(`${helper}(${address},${site})`);
  }

  private store({ helper, size, marked }: Access, offset: number, site: number): void {
    const value = this.stack.pop();
    const base = this.stack.pop();
    this.stack.settleReads();
    if (!this.told(marked)) {
      this.out.push(`${helper}(${this.address(base, offset)},${numberOf(value)},${site});`);
      return;
    }
    const address = this.stack.temporary(this.address(base, offset));
    const stored = this.stack.temporary(numberOf(value));
    this.tell(address, size | Note.write | (marked ? Note.marked : 0), site);
    this.out.push(`${helper}(${address},${stored},${site});`);
  }

  /** One step, whatever is read and written in it. */
  private update({ load, store, size, code }: Update, offset: number, site: number): void {
    const operand = this.stack.pop();
    const base = this.stack.pop();
    this.stack.settleReads();
    const address = this.stack.temporary(this.address(base, offset));
    const value = this.stack.temporary(numberOf(operand));
    this.tell(address, size | Note.write | Note.marked | Note.ordered, site);
    const old = this.stack.temporary(`${load}(${address},${site})`);
    this.out.push(`${store}(${address},${code.replaceAll('$1', old).replaceAll('$2', value)}|0,${site});`);
    this.stack.push(old);
  }

  private exchange({ load, store, size }: Update, offset: number, site: number): void {
    const [replacement, expected, base] = [this.stack.pop(), this.stack.pop(), this.stack.pop()];
    this.stack.settleReads();
    const address = this.stack.temporary(this.address(base, offset));
    const [then, when] = [this.stack.temporary(numberOf(replacement)), this.stack.temporary(numberOf(expected))];
    this.tell(address, size | Note.write | Note.marked | Note.ordered, site);
    const old = this.stack.temporary(`${load}(${address},${site})`);
    this.out.push(`if(${old}===${when})${store}(${address},${then},${site});`);
    this.stack.push(old);
  }
}
