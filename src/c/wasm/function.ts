import { AccessTranslator, isAtomic, touchesMemory } from './access.ts';
import { CallTranslator } from './calls.ts';
import { instructionsOf, type Instruction } from './instructions.ts';
import { BINARY, UNARY } from './operators.ts';
import { WasmError } from './reader.ts';
import { endOf, shareVariables } from './slots.ts';
import { ValueStack, conditionOf, numberOf } from './stack.ts';
import { I64, type WasmFunction, type WasmModule } from './module.ts';
import type { Surroundings } from './surroundings.ts';
import type { Sites } from './translate.ts';

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

/** Calls of a function that fit on a stack of 8 KiB: each keeps its return address, and the stack is aligned to 8 bytes (AAPCS, 6.2.1.2). */
const MOST_CALLS = 1024;

/** What is no part of the driver. */
const RUNTIME_FILE = 'runtime.c';

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
  private out: string[] = [];
  private stack!: ValueStack;
  private access!: AccessTranslator;
  private calling!: CallTranslator;
  private control: Control[] = [];
  private labels = 0;
  /** Of the names of its variables; the code of another function stands in it under one of its own. */
  private prefix = '';
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

  /** Whether it reads or writes memory that contexts share. */
  get accesses(): boolean {
    return this.instructions.some(this.runtime ? isAtomic : touchesMemory);
  }

  /** Instructions. */
  get size(): number {
    return this.instructions.length;
  }

  private site(at: number): number {
    return this.sites.at(at - this.module.codeStart, this.func.name);
  }

  emit(around: Surroundings): string {
    const out: string[] = [];
    const { params, results } = this.module.types[this.func.type];
    this.translate(around, out, '', { kind: 'function', label: '', result: results.length > 0 ? 'return' : null, height: 0 });
    const names = ['t', ...params.map((_, i) => `l${i}`)].join(',');
    const locals = this.locals('');
    const star = around.suspends[this.func.index] ? '*' : '';
    const code = `${locals === '' ? '' : `let ${locals};`}${shareVariables(out.join(''))}`;
    if (!around.recursive[this.func.index]) return `function${star} f${this.func.index}(${names}){${code}}`;
    return `function${star} f${this.func.index}(${names}){if(++t.depth>${MOST_CALLS})overflow(${this.site(this.func.from)});try{${code}}finally{t.depth--}}`;
  }

  /** Its code in place of a call, at the end of `out`. Returns the variable of its result. */
  expand(around: Surroundings, out: string[], prefix: string, args: readonly string[]): string | null {
    const result = this.module.types[this.func.type].results.length > 0 ? `${prefix}r` : null;
    if (result !== null) out.push(`let ${result};`);
    const variables = [...args.map((arg, i) => `${prefix}l${i}=${arg}`), this.locals(prefix)].filter((text) => text !== '');
    out.push(`${prefix}f:{${variables.length === 0 ? '' : `let ${variables.join(',')};`}`);
    this.translate(around, out, prefix, { kind: 'block', label: `${prefix}f`, result, height: 0 });
    out.push(endOf(prefix));
    return result;
  }

  private locals(prefix: string): string {
    const { params } = this.module.types[this.func.type];
    return this.func.locals.map((type, i) => `${prefix}l${params.length + i}=${type === I64 ? '0n' : '0'}`).join(',');
  }

  private translate(around: Surroundings, out: string[], prefix: string, whole: Control): void {
    this.out = out;
    this.prefix = prefix;
    this.stack = new ValueStack(out, prefix);
    this.access = new AccessTranslator(out, this.stack, { steps: around.fine, notes: around.races, atomicOnly: this.runtime });
    this.calling = new CallTranslator(this.module, this.func.index, around, out, this.stack, prefix, around.races && !this.runtime);
    this.labels = 0;
    this.dead = -1;
    this.control = [whole];
    for (const instruction of this.instructions) this.instruction(instruction);
  }

  // ---- instructions ---------------------------------------------------------------------------

  private instruction(instruction: Instruction): void {
    const { op } = instruction;
    if (this.dead >= 0) {
      this.skip(op);
      return;
    }
    if (op >= 0x20 && op <= 0x24) this.variable(instruction);
    else if (op in UNARY) this.operator(UNARY[op].code, UNARY[op].test === true, 1);
    else if (op in BINARY) this.operator(BINARY[op].code.replace('$s', () => String(this.site(instruction.at))), BINARY[op].test === true, 2);
    else if (op >= 0x02 && op <= 0x0f) this.structure(instruction);
    else if (!touchesMemory(instruction)) this.other(instruction);
    else this.access.translate(instruction, this.site(instruction.at));
  }

  private operator(pattern: string, test: boolean, operands: 1 | 2): void {
    const second = operands === 2 ? this.stack.pop() : null;
    const first = this.stack.pop();
    const code = pattern.replaceAll('$1', () => numberOf(first)).replaceAll('$2', () => second === null ? '' : numberOf(second));
    this.stack.push(code, first.reads || second?.reads === true, second === null ? first.locals : [...first.locals, ...second.locals], test);
  }

  private variable({ op, at, a }: Instruction): void {
    switch (op) {
      case 0x20:
        this.stack.push(`${this.prefix}l${a}`, false, [a]);
        return;
      case 0x21:
      case 0x22: {
        const value = numberOf(this.stack.pop());
        this.stack.settleLocal(a);
        this.out.push(`${this.prefix}l${a}=${value};`);
        if (op === 0x22) this.stack.push(`${this.prefix}l${a}`, false, [a]);
        return;
      }
      case 0x23:
        this.stack.push(this.isStackPointer(a) ? 't.sp' : `G[${a}]`, true);
        return;
      default: {
        const value = numberOf(this.stack.pop());
        this.stack.settleReads();
        this.out.push(this.isStackPointer(a) ? `sp(t,${value},${this.site(at)});` : `G[${a}]=${value};`);
      }
    }
  }

  /** wasm-ld makes it the first global: each context has its own. */
  private isStackPointer(index: number): boolean {
    return this.module.globalNames.get(index) === '__stack_pointer';
  }

  private other({ op, at, a, wide = '0n' }: Instruction): void {
    switch (op) {
      case 0x00:
        this.out.push(`trap("BUG(), or another place that is never reached",${this.site(at)});`);
        this.dead = 0;
        return;
      case 0x01:
        return;
      case 0x10:
        this.calling.call(a, this.site(at));
        return;
      case 0x11:
        this.calling.callIndirect(a, this.site(at));
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
      case 0xfe03: // a fence: all is in order here
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

  // ---- structure ------------------------------------------------------------------------------

  private structure(instruction: Instruction): void {
    const { op, a } = instruction;
    switch (op) {
      case 0x02:
      case 0x03:
      case 0x04:
        this.open(op === 0x02 ? 'block' : op === 0x03 ? 'loop' : 'if', a !== 0x40, instruction.at);
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

  private open(kind: 'block' | 'loop' | 'if', valued: boolean, at: number): void {
    const label = `${this.prefix}b${this.labels++}`;
    const condition = kind === 'if' ? conditionOf(this.stack.pop()) : '';
    this.stack.settleAll();
    const result = valued ? `${label}r` : null;
    if (result !== null) this.out.push(`let ${result};`);
    this.control.push({ kind, label, result, height: this.stack.height });
    if (kind === 'block') this.out.push(`${label}:{`);
    else if (kind === 'loop') this.out.push(`${label}:for(;;){if(++t.fuel>5e6)runaway(${this.site(at)});`);
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
