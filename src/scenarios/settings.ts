import { STATE, type Stateful } from '../sim/index.ts';
import { UsageError, type Parameter, type Settings } from './system.ts';

/** Checks settings against the parameters of a scenario; reads values by name with their defaults. */
export class Values implements Stateful {
  private readonly parameters: ReadonlyMap<string, Parameter>;
  private readonly values = new Map<string, number | string>();
  private readonly settings: ReadonlySet<string>;

  constructor(parameters: readonly Parameter[], settings: Settings) {
    this.parameters = new Map(parameters.map((p) => [p.name, p]));
    this.settings = new Set(Object.keys(settings));
    for (const [name, value] of Object.entries(settings)) this.check(name, value);
    for (const { name, default: value } of parameters) this.values.set(name, settings[name] ?? value);
  }

  /** None of it is state: no run changes what its system was built with. */
  [STATE](): void {}

  private check(name: string, value: number | string): void {
    const p = this.parameters.get(name);
    if (p === undefined) throw new UsageError(`unknown parameter "${name}" (see: inband list parameters)`);
    if (p.words !== undefined) {
      if (typeof value !== 'string' || !p.words.includes(value)) {
        throw new UsageError(`parameter ${name}=${value}: expected one of ${p.words.join(', ')}`);
      }
    } else if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
      throw new UsageError(`parameter ${name}=${value}: expected an integer`);
    } else if ((p.min !== undefined && value < p.min) || (p.max !== undefined && value > p.max)) {
      throw new UsageError(`parameter ${name}=${value}: expected ${p.min} to ${p.max}${p.unit === undefined ? '' : ` ${p.unit}`}`);
    }
  }

  /** Whether the scenario has a parameter of that name. */
  has(name: string): boolean {
    return this.parameters.has(name);
  }

  /** Whether the user has fixed it: then it is not drawn. */
  fixed(name: string): boolean {
    return this.settings.has(name);
  }

  number(name: string): number {
    const value = this.values.get(name);
    if (typeof value !== 'number') throw new Error(`${name} is not a number`);
    return value;
  }

  word(name: string): string {
    const value = this.values.get(name);
    if (typeof value !== 'string') throw new Error(`${name} is not a word`);
    return value;
  }
}

/** `name=value` as given on a command line: a number if it looks like one, else a word. */
export function parseSetting(text: string): readonly [string, number | string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--set ${text}: expected name=value`);
  const value = text.slice(at + 1);
  if (value === '') throw new UsageError(`--set ${text}: expected a value after "="`);
  return [text.slice(0, at), /^-?\d{1,15}$/.test(value) ? Number(value) : value];
}
