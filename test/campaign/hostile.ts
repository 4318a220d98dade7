import fc from 'fast-check';
import { UsageError } from '../../src/scenarios/index.ts';

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

/** What stands for something that a value of JavaScript cannot be: it is put into the text. */
const [DEEP, PROTO, HUGE] = ['@deep@', '@proto@', '@huge@'] as const;
const LEVELS = 20_000;

const STRINGS = [
  '', '\n', 'a\nb', '\u0000', '\u001b[2J', '\u2028', '\ud800', 'x'.repeat(5000), '../../etc/passwd', '/etc/passwd', '__proto__', 'constructor', 'toString', '-rf',
  'a\\b', 'C:\\x', '.', '..', '%s%n', '$(id)', '\');globalThis.inbandHostile=1;(\'', 'quiet', 'until host#1', '1e999', 'random', 'portfolio', 'kcs',
];
const NUMBERS = [-1, 0, 1, 1.5, -0, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, 1e300, 255, 256, 1_000_000];

/** What nobody has asked for. */
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(...STRINGS, ...NUMBERS, null, true, false, [], {}, DEEP, HUGE, { [PROTO]: { polluted: 1 } }, { constructor: { prototype: { polluted: 1 } } }),
  fc.array(fc.constantFrom<Value>(...STRINGS, ...NUMBERS, null), { maxLength: 4 }), fc.string({ maxLength: 20 }), fc.integer(),
);

/** How a document is spoilt. */
export interface Harm {
  readonly how: 'replace' | 'drop' | 'add' | 'rename' | 'repeat' | 'swap' | 'cut' | 'insert' | 'lead' | 'whole';
  /** Which of its values, or of its characters. */
  readonly where: number;
  readonly other: number;
  readonly value: Value;
  readonly key: string;
}

export const harm: fc.Arbitrary<Harm> = fc.record({
  how: fc.constantFrom('replace', 'replace', 'replace', 'replace', 'drop', 'add', 'rename', 'repeat', 'swap', 'cut', 'insert', 'lead', 'whole'),
  where: fc.nat(), other: fc.nat(), value, key: fc.constantFrom(PROTO, 'constructor', 'prototype', 'hasOwnProperty', '', '../x', 'format', 'x'.repeat(200), 'a\nb'),
});

/** A place in a document: an object or a list, and a key of it. */
interface Place {
  readonly of: Value[] | { [key: string]: Value };
  readonly key: string;
}

function placesIn(document: Value): Place[] {
  if (typeof document !== 'object' || document === null) return [];
  const of = document as { [key: string]: Value };
  return Object.keys(of).flatMap((key) => [{ of, key }, ...placesIn(of[key])]);
}

/** The text of a document after harm was done to it. */
export function harmed(text: string, { how, where, other, value: put, key }: Harm): string {
  const at = where % (text.length + 1);
  switch (how) {
    case 'cut':
      return text.slice(0, at);
    case 'insert':
      return text.slice(0, at) + STRINGS[other % STRINGS.length] + text.slice(at);
    case 'lead':
      return `${['\ufeff', ' '.repeat(5000), '[', '{"a":', '//', '\u0000'][other % 6]}${text}`;
    case 'whole':
      return written(put);
    default:
      return written(changed(JSON.parse(text) as Value, how, where, other, put, key));
  }
}

function changed(document: Value, how: Harm['how'], where: number, other: number, put: Value, key: string): Value {
  const places = placesIn(document);
  const place = places[where % places.length];
  const of = place.of as { [key: string]: Value };
  const second = places[other % places.length];
  if (how === 'replace') of[place.key] = put;
  else if (how === 'drop') delete of[place.key];
  else if (how === 'add') of[key] = put;
  else if (how === 'rename') of[key] = of[place.key];
  else if (how === 'repeat' && Array.isArray(place.of)) for (let i = 0; i < 1 + (other % 40); i++) place.of.push(of[place.key]);
  else of[place.key] = structuredClone((second.of as { [key: string]: Value })[second.key]);
  return document;
}

function written(document: Value): string {
  return JSON.stringify(document).replaceAll(JSON.stringify(PROTO), '"__proto__"').replaceAll(JSON.stringify(HUGE), '1e999')
    .replaceAll(JSON.stringify(DEEP), () => '['.repeat(LEVELS) + ']'.repeat(LEVELS));
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** What reading comes to; undefined: it was refused in one line that begins with `name`. Everything else throws. */
export function readOrRefused<T>(read: () => T, name: string): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { message } = error;
    if (!message.startsWith(name) || CONTROL.test(message) || message.length > 1000) throw new Error(`a bad refusal: ${JSON.stringify(message.slice(0, 2000))}`, { cause: error });
    return undefined;
  }
}
