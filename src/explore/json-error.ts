/** One token of JSON (RFC 8259), after white space. */
const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y; // oxlint-disable-line no-control-regex

/** All that JSON takes for white space; trim() takes more, which JSON.parse refuses. */
const SPACE = /[ \t\n\r]*/y;

const BYTE_ORDER_MARK = '\ufeff';

/** The beginning of a token that the end of the text has cut off. */
const CUT = /^(?:"[^\n\r]*|-|t|tr|tru|f|fa|fal|fals|n|nu|nul)$/;

/**
 * What is wrong with a text that is no JSON: `is not JSON: line 3, column 7`; undefined if it is. The same
 * on every engine, which the messages of JSON.parse are not.
 */
export function jsonError(text: string): string | undefined {
  if (pastSpace(text, 0) === text.length) return 'is empty, expected JSON';
  if (text.startsWith(BYTE_ORDER_MARK)) return 'is not JSON: it begins with a byte order mark (U+FEFF)';
  /** Brackets that are open. */
  const open: string[] = [];
  /** What may come next. */
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' = 'value';
  let at = 0;
  while (expected !== ', or end' || open.length > 0) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return wrongAt(text, at);
    const [, mark, string, word] = match;
    const start = TOKEN.lastIndex - (mark ?? string ?? word).length;
    const closes = mark === (open.at(-1) === '{' ? '}' : ']');
    if (expected.startsWith('value') && (string !== undefined || word !== undefined)) expected = ', or end';
    else if (expected.startsWith('value') && (mark === '{' || mark === '[')) {
      open.push(mark);
      expected = mark === '{' ? 'key or }' : 'value or ]';
    } else if (expected.startsWith('key') && string !== undefined) expected = ':';
    else if (expected === ':' && mark === ':') expected = 'value';
    else if (expected === ', or end' && mark === ',') expected = open.at(-1) === '{' ? 'key' : 'value';
    else if (closes && (expected === ', or end' || expected === 'key or }' || expected === 'value or ]')) {
      open.pop();
      expected = ', or end';
    } else return wrongAt(text, start);
    at = TOKEN.lastIndex;
  }
  return pastSpace(text, at) === text.length ? undefined : wrongAt(text, at);
}

/** Where the white space that begins at `from` ends. */
function pastSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function wrongAt(text: string, from: number): string {
  const at = pastSpace(text, from);
  const rest = text.slice(at);
  if (rest === '' || CUT.test(rest)) return 'is not JSON: it ends too early';
  const before = text.slice(0, at).split('\n');
  return `is not JSON: line ${before.length}, column ${before[before.length - 1].length + 1}`;
}
