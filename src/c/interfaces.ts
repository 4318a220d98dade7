/** What of the kernel is there for drivers in C: names that belong together, and what they mean here. */
export interface Interface {
  readonly title: string;
  /** How it behaves; where that is not said, as in the kernel. */
  readonly text: string;
  /** Functions, macros, types and constants, in the order of the header. */
  readonly names: readonly string[];
}

/** Of the headers' own, and nobody else's. */
const INNER = /^(?:__inband|__INBAND|INBAND_|_UAPI|__IPMI_MSGDEFS_H|__kfifo|__STRUCT_KFIFO|__list_add|__bf_shf|__stringify_1|struct __)/;

/** A comment of a header that begins what follows: its title up to the first colon, then what is to be said of it. */
const HEAD = /\/\*\*(.*?)\*\//gs;

/**
 * Reads from a header of ours what it declares: the names below each comment that begins with two asterisks. Throws if a
 * name is not below one: what is supported is to be documented.
 */
export function interfacesOf(header: string): readonly Interface[] {
  const heads = [...header.matchAll(HEAD)];
  const [stray] = namesIn(header.slice(0, heads[0]?.index ?? header.length));
  if (stray !== undefined) throw new Error(`${stray} is declared before the first comment that says what is there`);
  return heads.map(({ index, 0: comment, 1: said }, i) => {
    const text = said.replaceAll(/\s*\n \*? ?/g, ' ').trim();
    const colon = text.indexOf(': ');
    return { title: text.slice(0, colon), text: text.slice(colon + 2), names: namesIn(header.slice(index + comment.length, heads[i + 1]?.index ?? header.length)) };
  });
}

/** Names that a piece of a header declares. */
function namesIn(header: string): readonly string[] {
  const names = new Set<string>();
  let declaration = '';
  let depth = 0;
  for (const line of header.replaceAll(/\/\*.*?\*\//gs, '').replaceAll('\\\n', ' ').split('\n')) {
    if (line.startsWith('#')) {
      const [, macro] = /^#define (\w+)/.exec(line) ?? [];
      if (macro !== undefined) names.add(macro);
      continue;
    }
    for (const part of line.match(/[{}]|[^{}]+/g) ?? []) depth += part === '{' ? 1 : part === '}' ? -1 : 0;
    declaration += `${line} `;
    if (depth > 0 || !/[;}]\s*$/.test(declaration)) continue;
    for (const name of declared(declaration)) names.add(name);
    declaration = '';
  }
  return [...names].filter((name) => !INNER.test(name));
}

/** Names of one or more declarations in a line. */
function declared(text: string): readonly string[] {
  const outside = text.replaceAll(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '{}');
  const constants = /^\s*enum[^{]*\{(.*)\}/.exec(text)?.[1] ?? '';
  const tags = [...outside.matchAll(/\b((?:struct|union|enum) \w+) \{\}/g)].map(([, tag]) => tag);
  const functions = outside.includes('typedef') ? [] : /^[^(={]*?\b(\w+)\(/.exec(outside)?.slice(1) ?? [];
  return [...tags, ...typedefs(outside), ...constants.split(',').map((constant) => constant.split('=')[0].trim()).filter((name) => name !== ''), ...functions];
}

function typedefs(text: string): readonly string[] {
  return [...text.matchAll(/typedef ([^;]*);/g)].flatMap(([, type]) => {
    const pointer = /\(\*(\w+)\)/.exec(type);
    return pointer === null ? type.replace(/^.*\}/, '').split(',').map((name) => /(\w+)\s*$/.exec(name)?.[1] ?? '') : [pointer[1]];
  });
}

/** The most names that are told instead of one. */
const MOST = 8;

/** Of the names known those that begin like `name`: as many of its words as there is one for. */
export function relatives(name: string, known: readonly string[]): readonly string[] {
  for (let like = name; like.length > 3 && like.includes('/') === name.includes('/'); like = like.replace(/[_/.-]?[^_/.-]*$/, '')) {
    const found = known.filter((other) => other.startsWith(like));
    if (found.length > 0) return found.slice(0, MOST);
  }
  return [];
}
