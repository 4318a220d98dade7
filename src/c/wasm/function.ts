import { instructionsOf, type Instruction } from './instructions.ts';
import { BINARY, LOADS, STORES, UNARY } from './operators.ts';
import { WasmError } from './reader.ts';
import { ValueStack, conditionOf, numberOf, type Value } from './stack.ts';
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

/** A block, loop or if that is open. */
interface Control {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly label: string;
  /** The variable that takes its value, if it has one. */
  readonly result: string | null;
  /** Values on the stack when it began. */
  readonly height: number;
}

/** Loads and stores of floating-point numbers. */
const FLOATING: ReadonlySet<number> = new Set([0x2a, 0x2b, 0x38, 0x39]);

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
  private stack!: ValueStack;
  private control: Control[] = [];
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
    this.stack = new ValueStack(this.out);
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
    const second = operands === 2 ? this.stack.pop() : null;
    const first = this.stack.pop();
    const code = pattern.replaceAll('$1', () => numberOf(first)).replaceAll('$2', () => second === null ? '' : numberOf(second));
    this.stack.push(code, first.reads || second?.reads === true, second === null ? first.locals : [...first.locals, ...second.locals], test);
  }

  private variable({ op, a }: Instruction): void {
    switch (op) {
      case 0x20:
        this.stack.push(`l${a}`, false, [a]);
        return;
      case 0x21:
      case 0x22: {
        const value = numberOf(this.stack.pop());
        this.stack.settleLocal(a);
        this.out.push(`l${a}=${value};`);
        if (op === 0x22) this.stack.push(`l${a}`, false, [a]);
        return;
      }
      case 0x23:
        this.stack.push(this.isStackPointer(a) ? 't.sp' : `G[${a}]`, true);
        return;
      default: {
        const value = numberOf(this.stack.pop());
        this.stack.settleReads();
        this.out.push(this.isStackPointer(a) ? `t.sp=${value};` : `G[${a}]=${value};`);
      }
    }
  }

  /** wasm-ld makes it the first global: each context has its own. */
  private isStackPointer(index: number): boolean {
    return this.module.globalNames.get(index) === '__stack_pointer';
  }

  private address(base: Value, offset: number): string {
    const code = numberOf(base);
    return offset === 0 ? code : `(${code})+${offset}|0`;
  }

  private load({ op, at, a }: Instruction): void {
    const base = this.stack.pop();
    const site = this.site(at);
    if (this.steps) {
      this.stack.settleReads();
      const code = this.stack.temporary(this.address(base, a));
      this.out.push(accessStep(code, site));
      this.stack.pushNow(`${LOADS[op]}(${code},${site})`);
      return;
    }
    this.stack.push(`${LOADS[op]}(${this.address(base, a)},${site})`, true, base.locals);
  }

  private store({ op, at, a }: Instruction): void {
    const value = this.stack.pop();
    const base = this.stack.pop();
    const site = this.site(at);
    this.stack.settleReads();
    if (this.steps) {
      const code = this.stack.temporary(this.address(base, a));
      const stored = this.stack.temporary(numberOf(value));
      this.out.push(accessStep(code, site), `${STORES[op]}(${code},${stored},${site});`);
      return;
    }
    this.out.push(`${STORES[op]}(${this.address(base, a)},${numberOf(value)},${site});`);
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
        this.stack.pop();
        return;
      }
      case 0x1b: {
        const condition = this.stack.pop();
        const otherwise = this.stack.pop();
        const then = this.stack.pop();
        this.stack.push(
          `(${conditionOf(condition)}?${numberOf(then)}:${numberOf(otherwise)})`,
          condition.reads || otherwise.reads || then.reads, [...condition.locals, ...otherwise.locals, ...then.locals],
        );
        return;
      }
      case 0x41:
        this.stack.push(String(a));
        return;
      case 0x42:
        this.stack.push(wide);
        return;
      case 0x3f:
        this.stack.push('(U8.length>>>16)');
        return;
      case 0x40:
        this.stack.pop();
        this.stack.push('-1');
        return;
      case 0xfc0a:
      case 0xfc0b: {
        const [third, second, first] = [this.stack.pop(), this.stack.pop(), this.stack.pop()].map(numberOf);
        this.stack.settleReads();
        this.out.push(`${op === 0xfc0a ? 'copy' : 'fill'}(${first},${second},${third},${this.site(at)});`);
        return;
      }
      default:
        throw new WasmError(`${this.func.name}() uses ${FLOATING.has(op) || (op >= 0x43 && op <= 0xbf) ? 'floating-point numbers, which a kernel does not' : `the instruction ${op.toString(16)}h, which is not known here`}`);
    }
  }

  // ---- calls ----------------------------------------------------------------------------------

  private arguments(type: number): string[] {
    const values = this.module.types[type].params.map(() => numberOf(this.stack.pop()));
    this.stack.settleReads();
    return values.reverse();
  }

  private called(type: number, code: string): void {
    if (this.module.types[type].results.length === 0) this.out.push(`${code};`);
    else this.stack.pushNow(code);
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
    const slot = numberOf(this.stack.pop());
    const args = this.arguments(type).map((arg) => `,${arg}`).join('');
    const code = this.stack.temporary(`find(${slot})`);
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
        const condition = conditionOf(this.stack.pop());
        if (this.target(a).result !== null && this.target(a).kind !== 'loop') this.stack.settleTop();
        this.out.push(`if(${condition}){${this.branch(a)}}`);
        return;
      }
      case 0x0e: {
        const which = numberOf(this.stack.pop());
        const { targets = [] } = instruction;
        if (this.target(a).result !== null && this.target(a).kind !== 'loop') this.stack.settleTop();
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
    const condition = kind === 'if' ? conditionOf(this.stack.pop()) : '';
    this.stack.settleAll();
    const result = valued ? `r${label}` : null;
    if (result !== null) this.out.push(`let ${result};`);
    this.control.push({ kind, label, result, height: this.stack.height });
    if (kind === 'block') this.out.push(`${label}:{`);
    else if (kind === 'loop') this.out.push(`${label}:for(;;){if(++t.fuel>5e6)runaway(t);`);
    else this.out.push(`if(${condition})${label}:{`);
  }

  /** The code runs on to the end of a block: its value goes where it belongs. */
  private finish(): void {
    const { kind, result, height } = this.control.at(-1)!;
    if (kind === 'function') {
      this.out.push(result === null ? '' : `return ${numberOf(this.stack.pop())};`);
    } else if (result !== null) this.out.push(`${result}=${numberOf(this.stack.pop())};`);
    if (kind === 'loop') this.out.push(`break;`);
    this.stack.cut(height);
  }

  private otherwise(): void {
    const { label, height } = this.control.at(-1)!;
    this.stack.cut(height);
    this.out.push(`}else ${label}:{`);
  }

  private close(): void {
    const { kind, result, height } = this.control.pop()!;
    if (kind === 'function') return;
    this.stack.cut(height);
    this.out.push('}');
    if (result !== null) this.stack.push(result);
  }

  private target(depth: number): Control {
    return this.control[this.control.length - 1 - depth];
  }

  private branch(depth: number): string {
    const { kind, label, result } = this.target(depth);
    if (kind === 'loop') return `continue ${label};`;
    if (result === null) return kind === 'function' ? 'return;' : `break ${label};`;
    const value = this.stack.top;
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
