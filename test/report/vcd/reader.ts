/** A change of one variable: when, and the value as its text says. */
export interface Change {
  readonly at: number;
  readonly value: number | string;
}

/** A variable of a dump. */
export interface Variable {
  readonly type: string;
  readonly width: number;
  readonly code: string;
  /** What it is in `$dumpvars`. */
  initial: number | string;
  readonly changes: Change[];
}

/** A dump as it is read back: by scope and name, `kcs3.STR`. */
export interface Dump {
  readonly timescale: string;
  readonly variables: ReadonlyMap<string, Variable>;
  /** The last time stamp. */
  readonly end: number;
}

/**
 * Reads a value change dump by the grammar of IEEE 1364-2005 §18.2, strictly: tokens are separated by white space, time
 * goes forwards, every code is declared, every value fits its variable, every variable is in `$dumpvars`.
 */
export function readVcd(text: string): Dump {
  const tokens = text.split(/\s+/).filter((token) => token !== '');
  const variables = new Map<string, Variable>();
  const byCode = new Map<string, Variable>();
  const scopes: string[] = [];
  let timescale = '';
  let i = 0;
  const section = (): string[] => {
    const words: string[] = [];
    while (tokens[i] !== '$end') {
      if (i >= tokens.length) throw new Error('a section has no $end');
      words.push(tokens[i++]);
    }
    i++;
    return words;
  };
  for (let open = true; open;) {
    const keyword = tokens[i++];
    const words = section();
    switch (keyword) {
      case '$timescale':
        timescale = words.join(' ');
        break;
      case '$scope':
        if (words[0] !== 'module' || words.length !== 2) throw new Error(`$scope ${words.join(' ')}`);
        scopes.push(words[1]);
        break;
      case '$upscope':
        if (scopes.pop() === undefined) throw new Error('$upscope without $scope');
        break;
      case '$var': {
        const [type, width, code, name, range] = words;
        if (words.length > 5 || !/^(?:wire|string)$/.test(type) || !/^[!-~]+$/.test(code)) throw new Error(`$var ${words.join(' ')}`);
        const variable: Variable = { type, width: Number(width), code, initial: '', changes: [] };
        if (range !== undefined && range !== `[${variable.width - 1}:0]`) throw new Error(`range ${range} of ${name}`);
        const path = [...scopes, name].join('.');
        if (variables.has(path) || byCode.has(code)) throw new Error(`${path} is declared twice`);
        variables.set(path, variable);
        byCode.set(code, variable);
        break;
      }
      case '$enddefinitions':
        open = false;
        break;
      case '$version':
      case '$comment':
        break;
      default:
        throw new Error(`unknown keyword ${keyword}`);
    }
  }
  if (scopes.length > 0) throw new Error('a scope is open');
  let at = -1;
  let dumping = false;
  const seen = new Set<string>();
  while (i < tokens.length) {
    const token = tokens[i++];
    if (token === '$dumpvars') dumping = true;
    else if (token === '$end') dumping = false;
    else if (token.startsWith('#')) {
      const time = Number(token.slice(1));
      if (!/^#\d+$/.test(token) || time <= at || dumping) throw new Error(`time ${token} after ${at}`);
      at = time;
    } else {
      const [value, code] = /^[01]/.test(token) ? [token[0], token.slice(1)] : [token, tokens[i++]];
      const variable = byCode.get(code);
      if (variable === undefined) throw new Error(`nothing has the code ${code}`);
      const read = valueOf(variable, value);
      if (dumping) {
        variable.initial = read;
        seen.add(code);
      } else {
        if (at < 0) throw new Error('a change without a time');
        variable.changes.push({ at, value: read });
      }
    }
  }
  if (seen.size !== byCode.size) throw new Error('$dumpvars does not have all variables');
  return { timescale, variables, end: at };
}

function valueOf({ type, width }: Variable, text: string): number | string {
  if (type === 'string') {
    if (!text.startsWith('s')) throw new Error(`${text} is no text`);
    return text.slice(1);
  }
  const bits = text.startsWith('b') ? text.slice(1) : text;
  if (!/^[01]+$/.test(bits) || bits.length > width || (width > 1) !== text.startsWith('b')) throw new Error(`${text} is no value of ${width} bits`);
  return Number.parseInt(bits, 2);
}

/** The variable of that name. */
export function variable(dump: Dump, name: string): Variable {
  const found = dump.variables.get(name);
  if (found === undefined) throw new Error(`no ${name}: there are ${[...dump.variables.keys()].join(', ')}`);
  return found;
}

/** What a variable is at a time, changes of that very time included. */
export function valueAt({ initial, changes }: Variable, at: number): number | string {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (changes[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? initial : changes[low - 1].value;
}

/** Times at which a variable of one bit becomes `level`. */
export function edges({ changes }: Variable, level: 0 | 1): number[] {
  return changes.filter(({ value }) => value === level).map(({ at }) => at);
}
