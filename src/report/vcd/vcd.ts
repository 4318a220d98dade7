import type { Wire } from '../../sim/index.ts';
import type { Recording } from '../recording.ts';
import { lines as interruptLines, registers, together, wires as busWires } from '../signals/signals.ts';
import { contexts } from './contexts.ts';

/** Characters of identifier codes (IEEE 1364-2005 §18.2.1): printable ASCII, without those that readers stumble over. */
const CODE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A recording as a value change dump (IEEE 1364-2005 §18), for GTKWave, Surfer and the like. Times are picoseconds, and
 * exact. Text is of the type `string`, an extension that both read; since white space ends a value, blanks in it are
 * written as `_`. The same recording gives the same bytes: there is no date.
 */
export function formatVcd(recording: Recording): string {
  const { wires, levels } = together([registers(recording), interruptLines(recording), contexts(recording), busWires(recording)]);
  const known = new Map(wires.map((wire, index) => [wire.name, { wire, code: codeOf(index) }]));
  const lines = ['$version inband $end', '$timescale 1 ps $end', ...declarations(known), '$enddefinitions $end', '$dumpvars'];
  const last = new Map<string, string>();
  for (const { wire, code } of known.values()) {
    const text = valueText(wire, wire.idle, code);
    last.set(wire.name, text);
    lines.push(text);
  }
  lines.push('$end');
  let now = -1;
  for (const { at, wire: name, value } of levels) {
    const found = known.get(name);
    if (found === undefined) throw new Error(`no wire ${name}`);
    const text = valueText(found.wire, value, found.code);
    if (last.get(name) === text) continue;
    last.set(name, text);
    if (at !== now) lines.push(`#${at}`);
    now = at;
    lines.push(text);
  }
  if (recording.time > now) lines.push(`#${recording.time}`);
  return `${lines.join('\n')}\n`;
}

/** Identifier codes in order: A, B, ..., 9, AA, BA, ... */
function codeOf(index: number): string {
  const rest = Math.floor(index / CODE.length);
  return `${CODE[index % CODE.length]}${rest === 0 ? '' : codeOf(rest - 1)}`;
}

/** A scope for each block, and its variables. */
function declarations(known: ReadonlyMap<string, { readonly wire: Wire; readonly code: string }>): string[] {
  const scopes = new Map<string, string[]>();
  for (const { wire: { name, width }, code } of known.values()) {
    const [scope = '', ...rest] = name.split('.');
    const list = scopes.get(scope) ?? [];
    scopes.set(scope, list);
    const variable = rest.join('_');
    list.push(width === 0 ? `$var string 1 ${code} ${variable} $end` : `$var wire ${width} ${code} ${variable}${width === 1 ? '' : ` [${width - 1}:0]`} $end`);
  }
  return [...scopes].flatMap(([scope, variables]) => [`$scope module ${scope} $end`, ...variables, '$upscope $end']);
}

function valueText({ width }: Wire, value: number | string, code: string): string {
  if (width === 0) return `s${textValue(String(value))} ${code}`;
  if (width === 1) return `${Number(value) === 0 ? 0 : 1}${code}`;
  return `b${(Number(value) >>> 0).toString(2).padStart(width, '0')} ${code}`;
}

/** Text without white space, and in ASCII. */
function textValue(text: string): string {
  return text.replaceAll('\\', '/').replaceAll(/\s/g, '_').replaceAll(/[^!-~]/g, '?');
}
