import { numberOf, type ValueStack } from './stack.ts';
import { I32, type WasmModule } from './module.ts';
import type { Surroundings } from './surroundings.ts';

const NUMBER = /^-?\d+$/;

/** Translates the calls of one function. */
export class CallTranslator {
  private readonly module: WasmModule;
  private readonly caller: number;
  private readonly around: Surroundings;
  private readonly out: string[];
  private readonly stack: ValueStack;
  private readonly prefix: string;
  private readonly chains: boolean;
  /** Functions that stand in place of their calls. */
  private expansions = 0;

  /** @param chains the race detector is told who calls whom */
  constructor(module: WasmModule, caller: number, around: Surroundings, out: string[], stack: ValueStack, prefix: string, chains: boolean) {
    this.module = module;
    this.caller = caller;
    this.around = around;
    this.out = out;
    this.stack = stack;
    this.prefix = prefix;
    this.chains = chains;
  }

  private arguments(type: number): string[] {
    const values = this.module.types[type].params.map(() => numberOf(this.stack.pop()));
    this.stack.settleReads();
    return values.reverse();
  }

  private called(type: number, code: string): void {
    if (this.module.types[type].results.length === 0) this.out.push(`${code};`);
    else this.stack.pushNow(code);
  }

  /** A call of a function of the module, or of the kernel. */
  call(index: number, site: number): void {
    const callee = this.module.functions[index];
    const args = this.arguments(callee.type);
    if (callee.imported) this.callKernel(index, site, args);
    else this.chained(site, () => this.callDriver(index, args));
  }

  private callDriver(index: number, args: readonly string[]): void {
    const { around } = this;
    const { type } = this.module.functions[index];
    const inlined = around.inlined(this.caller, index);
    if (inlined !== undefined) {
      const result = inlined.expand(around, this.out, `${this.prefix}i${this.expansions++}`, args);
      if (result !== null) this.stack.push(result);
      return;
    }
    const code = `f${index}(${['t', ...args].join(',')})`;
    this.called(type, around.suspends[index] ? `yield call(${code})` : code);
  }

  private callKernel(index: number, site: number, args: readonly string[]): void {
    const { type } = this.module.functions[index];
    const code = `h${index}(${['t', site, ...args].join(',')})`;
    switch (this.around.kind(index)) {
      case 'value':
        this.called(type, code);
        return;
      case 'step':
        this.called(type, `yield ${code}|F[${site}]`);
        return;
      case 'object':
        this.called(type, `yield objectOp(h${index},t,${site},${args[0]},${this.around.place()})`);
        return;
      case 'two': {
        // They are what they were when the call was made.
        const given = args.map((arg) => (NUMBER.test(arg) ? arg : this.stack.temporary(arg))).join(',');
        const first = this.stack.temporary(`yield h${index}(t,${site},${given})|F[${site}]`);
        const second = this.stack.temporary(`h${index}.second(t,${site},${first},${given})`);
        this.out.push(`if(${second}!==0)yield ${second}|F[${site}];`);
        if (this.module.types[type].results.length > 0) this.stack.push('0');
        return;
      }
      case 'steps':
        this.called(type, `yield call(${code})`);
    }
  }

  /** A call through a pointer. */
  callIndirect(type: number, site: number): void {
    const slot = numberOf(this.stack.pop());
    const args = this.arguments(type).map((arg) => `,${arg}`).join('');
    const code = this.stack.temporary(`find(${slot},${site})`);
    const plain = `${code}(t${args})`;
    const called = this.around.indirectSuspends(type) ? `(${code}.suspends?yield call(${plain}):${plain})` : plain;
    // What returns nothing leaves something in a register, as on ARM.
    this.chained(site, () => this.called(type, this.module.types[type].results[0] === I32 ? `${called}|0` : called));
  }

  /** A call, of which the race detector knows while it lasts. */
  private chained(site: number, call: () => void): void {
    if (!this.chains) {
      call();
      return;
    }
    const before = this.stack.temporary('t.chain');
    this.out.push(`t.chain=chain(${before},${site});`);
    call();
    this.out.push(`t.chain=${before};`);
  }
}
