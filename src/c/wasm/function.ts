import { instructionsOf, type Instruction } from './instructions.ts';
import { BINARY, LOADS, STORES, UNARY } from './operators.ts';
import { WasmError } from './reader.ts';
import { I32, I64, type WasmFunction, type WasmModule } from './module.ts';
import type { ImportKind, Sites } from './translate.ts';

/** What {@link FunctionTranslator.emit} asks about the rest of the module. */
export interface Surroundings {
  readonly suspends: readonly boolean[];
  /** Of an import. */
  kind(index: number): ImportKind;
  /** Whether a function of that type in the table may take steps. */
  indirectSuspends(type: number): boolean;
  /** Whether each access of memory that contexts share is a step. */
  readonly fine: boolean;
}

/** An expression that is not evaluated yet. */
interface Value {
  readonly code: string;
  /** `code` is a condition. */
  readonly test: boolean;
  /** It reads memory or the stack pointer: to be evaluated before something is written or called. */
  readonly reads: boolean;
  /** Locals that it reads: to be evaluated before one of them is set. */
  readonly locals: readonly number[];
}

/** A block, loop or if that is open. */
interface Control {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly label: string;
  /** The variable that takes its value, if it has one. */
  readonly result: string | null;
  /** Values on the stack when it began. */
  readonly height: number;
}

/** What is no part of the driver. */
const RUNTIME_FILE = 'runtime.c';

/** A step, if the address is not on a stack: nobody else looks there. */
function accessStep(address: string, site: number): string {
  return `if(${address}<S&&${address}>=0)yield m|${site << 8};`;
}

/** Translates one function: the stack machine's code to nested blocks of JavaScript. */
export class FunctionTranslator {
  readonly func: WasmFunction;
  /** Direct calls, with their sites. */
  readonly calls: { readonly callee: number; readonly site: number }[] = [];
  /** Types of indirect calls. */
  readonly indirect: number[] = [];
  private readonly module: WasmModule;
  private readonly sites: Sites;
  private readonly runtime: boolean;
  private readonly instructions: readonly Instruction[];
  private around!: Surroundings;
  private out: string[] = [];
  private stack: Value[] = [];
  private control: Control[] = [];
  private temporaries = 0;
  private labels = 0;
  /** Blocks that were opened in code that is never reached; -1: the code is reached. */
  private dead = -1;

  constructor(module: WasmModule, func: WasmFunction, sites: Sites) {
    this.module = module;
    this.func = func;
    this.sites = sites;
    this.instructions = [...instructionsOf(module.bytes, func.from, func.to)];
    this.runtime = sites.file(func.from - module.codeStart) === RUNTIME_FILE;
    for (const { op, at, a } of this.instructions) {
      if (op === 0x10) this.calls.push({ callee: a, site: this.site(at) });
      else if (op === 0x11) this.indirect.push(a);
    }
  }

  /** Whether it reads or writes memory, in code that is not the runtime's. */
  get accesses(): boolean {
    return !this.runtime && this.instructions.some(({ op }) => op in LOADS || op in STORES);
  }

  private get steps(): boolean {
    return this.around.fine && !this.runtime;
  }

  private site(at: number): number {
    return this.sites.at(at - this.module.codeStart, this.func.name);
  }

  emit(around: Surroundings): string {
    this.around = around;
    this.out = [];
    this.stack = [];
    this.temporaries = 0;
    this.labels = 0;
    this.dead = -1;
    const { params, results } = this.module.types[this.func.type];
    this.control = [{ kind: 'function', label: '', result: results.length > 0 ? 'return' : null, height: 0 }];
    for (const instruction of this.instructions) this.instruction(instruction);
    const names = ['t', ...params.map((_, i) => `l${i}`)].join(',');
    const locals = this.func.locals.map((type, i) => `l${params.length + i}=${type === I64 ? '0n' : '0'}`).join(',');
    const star = around.suspends[this.func.index] ? '*' : '';
    return `function${star} f${this.func.index}(${names}){${locals === '' ? '' : `let ${locals};`}${this.out.join('')}}`;
  }

  // ---- values ---------------------------------------------------------------------------------

  private push(code: string, reads = false, locals: readonly number[] = [], test = false): void {
    this.stack.push({ code, reads, locals, test });
  }

  private pop(): Value {
    const value = this.stack.pop();
    if (value === undefined) throw new WasmError(`${this.func.name}: the stack is empty`);
    return value;
  }

  private static number({ code, test }: Value): string {
    return test ? `(${code}?1:0)` : code;
  }

  private static condition({ code, test }: Value): string {
    return test ? code : `(${code})!==0`;
  }

  /** Evaluates those of the values on the stack for which `which` holds. */
  private settle(which: (value: Value) => boolean): void {
    for (let i = 0; i < this.stack.length; i++) if (which(this.stack[i])) this.stack[i] = this.temporary(FunctionTranslator.number(this.stack[i]));
  }

  /** A constant of the block that holds the value of `code`. */
  private temporary(code: string): Value {
    const name = `s${this.temporaries++}`;
    this.out.push(`const ${name}=${code};`);
    return { code: name, reads: false, locals: [], test: false };
  }

  /** Before anything is written to memory, or called. */
  private settleReads(): void {
    this.settle((value) => value.reads);
  }

  /** Before a block: what is on the stack may be used behind it only. */
  private settleAll(): void {
    this.settle((value) => value.reads || value.locals.length > 0);
  }

  // ---- instructions ---------------------------------------------------------------------------

  private instruction(instruction: Instruction): void {
    const { op } = instruction;
    if (this.dead >= 0) {
      this.skip(op);
      return;
    }
    if (op >= 0x20 && op <= 0x24) this.variable(instruction);
    else if (op in LOADS) this.load(instruction);
    else if (op in STORES) this.store(instruction);
    else if (op in UNARY) this.operator(UNARY[op].code, UNARY[op].test === true, 1);
    else if (op in BINARY) this.operator(BINARY[op].code, BINARY[op].test === true, 2);
    else if (op >= 0x02 && op <= 0x0f) this.structure(instruction);
    else this.other(instruction);
  }

  private operator(pattern: string, test: boolean, operands: 1 | 2): void {
    const second = operands === 2 ? this.pop() : null;
    const first = this.pop();
    const code = pattern.replaceAll('$1', () => FunctionTranslator.number(first)).replaceAll('$2', () => second === null ? '' : FunctionTranslator.number(second));
    this.push(code, first.reads || second?.reads === true, second === null ? first.locals : [...first.locals, ...second.locals], test);
  }

  private variable({ op, a }: Instruction): void {
    switch (op) {
      case 0x20:
        this.push(`l${a}`, false, [a]);
        return;
      case 0x21:
      case 0x22: {
        const value = FunctionTranslator.number(this.pop());
        this.settle(({ locals }) => locals.includes(a));
        this.out.push(`l${a}=${value};`);
        if (op === 0x22) this.push(`l${a}`, false, [a]);
        return;
      }
      case 0x23:
        this.push(this.isStackPointer(a) ? 't.sp' : `G[${a}]`, true);
        return;
      default: {
        const value = FunctionTranslator.number(this.pop());
        this.settleReads();
        this.out.push(this.isStackPointer(a) ? `t.sp=${value};` : `G[${a}]=${value};`);
      }
    }
  }

  /** wasm-ld makes it the first global: each context has its own. */
  private isStackPointer(index: number): boolean {
    return this.module.globalNames.get(index) === '__stack_pointer';
  }

  private address(base: Value, offset: number): string {
    const code = FunctionTranslator.number(base);
    return offset === 0 ? code : `(${code})+${offset}|0`;
  }

  private load({ op, at, a }: Instruction): void {
    const base = this.pop();
    const site = this.site(at);
    if (this.steps) {
      this.settleReads();
      const { code } = this.temporary(this.address(base, a));
      this.out.push(accessStep(code, site));
      this.stack.push(this.temporary(`${LOADS[op]}(${code},${site})`));
      return;
    }
    this.push(`${LOADS[op]}(${this.address(base, a)},${site})`, true, base.locals);
  }

  private store({ op, at, a }: Instruction): void {
    const value = this.pop();
    const base = this.pop();
    const site = this.site(at);
    this.settleReads();
    if (this.steps) {
      const { code } = this.temporary(this.address(base, a));
      const stored = this.temporary(FunctionTranslator.number(value)).code;
      this.out.push(accessStep(code, site), `${STORES[op]}(${code},${stored},${site});`);
      return;
    }
    this.out.push(`${STORES[op]}(${this.address(base, a)},${FunctionTranslator.number(value)},${site});`);
  }

  private other({ op, at, a, wide = '0n' }: Instruction): void {
    switch (op) {
      case 0x00:
        this.out.push('trap("a place that is never reached");');
        this.dead = 0;
        return;
      case 0x01:
        return;
      case 0x10:
        this.call(a, this.site(at));
        return;
      case 0x11:
        this.callIndirect(a);
        return;
      case 0x1a: {
        this.pop();
        return;
      }
      case 0x1b: {
        const condition = this.pop();
        const otherwise = this.pop();
        const then = this.pop();
        this.push(
          `(${FunctionTranslator.condition(condition)}?${FunctionTranslator.number(then)}:${FunctionTranslator.number(otherwise)})`,
          condition.reads || otherwise.reads || then.reads, [...condition.locals, ...otherwise.locals, ...then.locals],
        );
        return;
      }
      case 0x41:
        this.push(String(a));
        return;
      case 0x42:
        this.push(wide);
        return;
      case 0x3f:
        this.push('(U8.length>>>16)');
        return;
      case 0x40:
        this.pop();
        this.push('-1');
        return;
      case 0xfc0a:
      case 0xfc0b: {
        const [third, second, first] = [this.pop(), this.pop(), this.pop()].map(FunctionTranslator.number);
        this.settleReads();
        this.out.push(`${op === 0xfc0a ? 'copy' : 'fill'}(${first},${second},${third},${this.site(at)});`);
        return;
      }
      default:
        throw new WasmError(`${this.func.name}: instruction ${op.toString(16)}h is not known here${op >= 0x43 && op <= 0xbf ? ' (floating-point numbers, perhaps, which a kernel does not use)' : ''}`);
    }
  }

  // ---- calls ----------------------------------------------------------------------------------

  private arguments(type: number): string[] {
    const values = this.module.types[type].params.map(() => FunctionTranslator.number(this.pop()));
    this.settleReads();
    return values.reverse();
  }

  private called(type: number, code: string): void {
    if (this.module.types[type].results.length === 0) this.out.push(`${code};`);
    else this.stack.push(this.temporary(code));
  }

  private call(index: number, site: number): void {
    const callee = this.module.functions[index];
    const args = this.arguments(callee.type).map((arg) => `,${arg}`).join('');
    if (!callee.imported) {
      const code = `f${index}(t${args})`;
      this.called(callee.type, this.around.suspends[index] ? `yield call(${code})` : code);
      return;
    }
    switch (this.around.kind(index)) {
      case 'value':
        this.called(callee.type, `h${index}(t,${site}${args})`);
        return;
      case 'step':
        this.called(callee.type, `yield h${index}(t,${site}${args})|F[${site}]`);
        return;
      case 'steps':
        this.called(callee.type, `yield call(h${index}(t,${site}${args}))`);
    }
  }

  private callIndirect(type: number): void {
    const slot = FunctionTranslator.number(this.pop());
    const args = this.arguments(type).map((arg) => `,${arg}`).join('');
    const { code } = this.temporary(`find(${slot})`);
    const plain = `${code}(t${args})`;
    const called = this.around.indirectSuspends(type) ? `(${code}.suspends?yield call(${plain}):${plain})` : plain;
    // What returns nothing leaves something in a register, as on ARM.
    this.called(type, this.module.types[type].results[0] === I32 ? `${called}|0` : called);
  }

  // ---- structure ------------------------------------------------------------------------------

  private structure(instruction: Instruction): void {
    const { op, a } = instruction;
    switch (op) {
      case 0x02:
      case 0x03:
      case 0x04:
        this.open(op === 0x02 ? 'block' : op === 0x03 ? 'loop' : 'if', a !== 0x40);
        return;
      case 0x05:
        this.finish();
        this.otherwise();
        return;
      case 0x0b:
        this.finish();
        this.close();
        return;
      case 0x0c:
        this.out.push(this.branch(a));
        this.dead = 0;
        return;
      case 0x0d: {
        const condition = FunctionTranslator.condition(this.pop());
        if (this.target(a).result !== null && this.target(a).kind !== 'loop') this.stack.push(this.temporary(FunctionTranslator.number(this.pop())));
        this.out.push(`if(${condition}){${this.branch(a)}}`);
        return;
      }
      case 0x0e: {
        const which = FunctionTranslator.number(this.pop());
        const { targets = [] } = instruction;
        if (this.target(a).result !== null && this.target(a).kind !== 'loop') this.stack.push(this.temporary(FunctionTranslator.number(this.pop())));
        const cases = targets.map((depth, i) => `case ${i}:${this.branch(depth)}`).join('');
        this.out.push(`switch(${which}){${cases}default:${this.branch(a)}}`);
        this.dead = 0;
        return;
      }
      default: // return
        this.out.push(this.branch(this.control.length - 1));
        this.dead = 0;
    }
  }

  private open(kind: 'block' | 'loop' | 'if', valued: boolean): void {
    const label = `b${this.labels++}`;
    const condition = kind === 'if' ? FunctionTranslator.condition(this.pop()) : '';
    this.settleAll();
    const result = valued ? `r${label}` : null;
    if (result !== null) this.out.push(`let ${result};`);
    this.control.push({ kind, label, result, height: this.stack.length });
    if (kind === 'block') this.out.push(`${label}:{`);
    else if (kind === 'loop') this.out.push(`${label}:for(;;){if(++t.fuel>5e6)runaway(t);`);
    else this.out.push(`if(${condition})${label}:{`);
  }

  /** The code runs on to the end of a block: its value goes where it belongs. */
  private finish(): void {
    const { kind, result, height } = this.control.at(-1)!;
    if (kind === 'function') {
      this.out.push(result === null ? '' : `return ${FunctionTranslator.number(this.pop())};`);
    } else if (result !== null) this.out.push(`${result}=${FunctionTranslator.number(this.pop())};`);
    if (kind === 'loop') this.out.push(`break;`);
    this.stack.length = height;
  }

  private otherwise(): void {
    const { label, height } = this.control.at(-1)!;
    this.stack.length = height;
    this.out.push(`}else ${label}:{`);
  }

  private close(): void {
    const { kind, result, height } = this.control.pop()!;
    if (kind === 'function') return;
    this.stack.length = height;
    this.out.push('}');
    if (result !== null) this.push(result);
  }

  private target(depth: number): Control {
    return this.control[this.control.length - 1 - depth];
  }

  private branch(depth: number): string {
    const { kind, label, result } = this.target(depth);
    if (kind === 'loop') return `continue ${label};`;
    if (result === null) return kind === 'function' ? 'return;' : `break ${label};`;
    const value = FunctionTranslator.number(this.stack.at(-1)!);
    return kind === 'function' ? `return ${value};` : `${result}=${value};break ${label};`;
  }

  /** Code that is never reached: only its blocks are counted. */
  private skip(op: number): void {
    if (op >= 0x02 && op <= 0x04) this.dead++;
    else if (op === 0x05 && this.dead === 0) {
      this.dead = -1;
      this.otherwise();
    } else if (op === 0x0b) {
      if (this.dead > 0) this.dead--;
      else {
        this.dead = -1;
        this.close();
      }
    }
  }
}
