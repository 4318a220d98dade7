import { WasmError } from './reader.ts';

/** An expression that is not evaluated yet. */
export interface Value {
  readonly code: string;
  /** `code` is a condition. */
  readonly test: boolean;
  /** It reads memory or the stack pointer: to be evaluated before something is written or called. */
  readonly reads: boolean;
  /** Locals that it reads: to be evaluated before one of them is set. */
  readonly locals: readonly number[];
}

/** As a number. */
export function numberOf({ code, test }: Value): string {
  return test ? `(${code}?1:0)` : code;
}

/** As a condition. */
export function conditionOf({ code, test }: Value): string {
  return test ? code : `(${code})!==0`;
}

/** The operand stack of a function while it is translated: expressions, evaluated as late as they may be. */
export class ValueStack {
  private readonly out: string[];
  private readonly values: Value[] = [];
  private readonly prefix: string;
  private temporaries = 0;

  /**
   * @param out the text of the function so far, to which evaluations are added
   * @param prefix of the names of its variables
   */
  constructor(out: string[], prefix: string) {
    this.out = out;
    this.prefix = prefix;
  }

  get height(): number {
    return this.values.length;
  }

  /** Drops what is above `height`. */
  cut(height: number): void {
    this.values.length = height;
  }

  push(code: string, reads = false, locals: readonly number[] = [], test = false): void {
    this.values.push({ code, reads, locals, test });
  }

  pop(): Value {
    const value = this.values.pop();
    if (value === undefined) throw new WasmError('the stack of a function is empty');
    return value;
  }

  /** The topmost as a number, which stays. */
  get top(): string {
    const value = this.values.at(-1);
    if (value === undefined) throw new WasmError('the stack of a function is empty');
    return numberOf(value);
  }

  /** A constant of the block that holds the value of `code`. */
  temporary(code: string): string {
    const name = `${this.prefix}s${this.temporaries++}`;
    this.out.push(`const ${name}=${code};`);
    return name;
  }

  /** Evaluates `code` now and pushes the result. */
  pushNow(code: string): void {
    this.push(this.temporary(code));
  }

  /** Evaluates the topmost now. */
  settleTop(): void {
    this.pushNow(numberOf(this.pop()));
  }

  /** Before anything is written to memory, or called. */
  settleReads(): void {
    this.settle((value) => value.reads);
  }

  /** Before a local is set. */
  settleLocal(local: number): void {
    this.settle((value) => value.locals.includes(local));
  }

  /** Before a block: what is on the stack may be used behind it only. */
  settleAll(): void {
    this.settle((value) => value.reads || value.locals.length > 0);
  }

  private settle(which: (value: Value) => boolean): void {
    for (const [i, value] of this.values.entries()) {
      if (which(value)) this.values[i] = { code: this.temporary(numberOf(value)), reads: false, locals: [], test: false };
    }
  }
}
