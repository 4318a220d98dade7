#!/usr/bin/env node
/**
 * Checks what keeps the simulator deterministic and its parts apart, as far as oxlint cannot:
 *
 *   - imports point downwards only, by the table LAYERS; they exist and name their file with .ts;
 *   - the pure folders hold nothing that could make two runs differ: no async code, clock, randomness,
 *     BigInt, Node module, nor mathematics that engines round differently;
 *   - files stay short.
 *
 *     node tools/check-layers.mjs [root of the project]
 *
 * Prints `file:line: message` lines and exits with 1 if one of them is an error. Works on the text with
 * comments and strings blanked out, so it needs no parser. Bans on lower-case globals (process,
 * setTimeout) are in .oxlintrc.json: only a linter that knows scopes can tell those from names of ours.
 */
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Layer
 * @property {string[]} imports folders that it may import from
 * @property {string[]} [types] folders that it may import from with `import type` only
 * @property {string[]} [packages] npm packages that it may import
 * @property {boolean} [impure] may use clock, files, promises
 */

const MODELS = ['sim', 'smbus', 'hw', 'linux', 'ipmi', 'mctp', 'daemon', 'drivers', 'c', 'host', 'oracles'];

/** Every folder of src/ and what it may import besides itself. @type {Record<string, Layer>} */
export const LAYERS = {
  sim: { imports: [] },
  smbus: { imports: [] },
  hw: { imports: ['sim', 'smbus'] },
  linux: { imports: ['sim'] },
  ipmi: { imports: [] },
  mctp: { imports: [], types: ['sim'] },
  daemon: { imports: ['sim', 'linux', 'ipmi', 'mctp'] },
  drivers: { imports: ['sim', 'smbus', 'hw', 'linux', 'ipmi'] },
  c: { imports: ['sim', 'hw', 'linux'] },
  host: { imports: ['sim', 'smbus', 'hw', 'linux', 'ipmi', 'mctp'] },
  oracles: { imports: ['sim', 'smbus', 'ipmi', 'mctp'] },
  conform: { imports: ['sim', 'smbus', 'hw', 'host', 'ipmi'] },
  scenarios: { imports: MODELS, packages: ['fast-check'] },
  explore: { imports: ['sim', 'scenarios', 'oracles'], packages: ['fast-check'] },
  report: { imports: ['sim', 'ipmi', 'mctp'], types: ['explore', 'scenarios'] },
  // In the browser: it draws what report has made.
  web: { imports: ['report'], impure: true },
  pool: { imports: [...MODELS, 'scenarios', 'explore'], impure: true },
  campaign: { imports: [...MODELS, 'scenarios', 'explore', 'pool'], packages: ['fast-check'], impure: true },
  queue: { imports: [...MODELS, 'scenarios', 'explore', 'pool', 'campaign'], packages: ['bullmq'], impure: true },
  // For tests of projects that use inband: the package's inband/test.
  testing: { imports: ['sim', 'scenarios', 'explore', 'report', 'campaign'], packages: ['vitest'], impure: true },
  cli: {
    imports: [...MODELS, 'conform', 'scenarios', 'explore', 'report', 'pool', 'campaign', 'queue'],
    packages: ['commander', 'fast-check'],
    impure: true,
  },
};

/** The folders in which nothing may depend on clock, chance, files or the event loop. */
export const PURE = Object.keys(LAYERS).filter((folder) => !LAYERS[folder].impure);

/** Lines of a file from which it is warned about, and beyond which it is refused. */
const LONG = 300;
const TOO_LONG = 400;

/** The part of Math whose results the language defines to the last bit, and sqrt, which IEEE 754 does. */
const MATH = 'abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc';

/** What pure folders may not contain, in text without comments and strings. @type {[RegExp, string][]} */
const BANS = [
  [/(?<![.\w$])async(?=\s*\(|\s*\*|\s+[\w$[#(])/g, 'pure folders are synchronous'],
  [/(?<![.\w$])await(?=\s*\(|\s+[\w$[(])/g, 'pure folders are synchronous'],
  [/(?<![.\w$])(?:Promise|PromiseLike|AsyncGenerator|AsyncIterable|AsyncIterator)\b/g, 'pure folders are synchronous'],
  [/(?<![.\w$])Date\b/g, 'time is simulated, in picoseconds'],
  [/(?<![.\w$])Math\s*\.\s*random\b/g, 'every choice goes through the seam'],
  [/(?<![.\w$])(?:Intl|globalThis|WeakRef|FinalizationRegistry|SharedArrayBuffer|Atomics)\b/g, 'depends on the machine'],
  [/\.\s*(?:toLocale\w*|localeCompare)\b/g, 'depends on the locale'],
  [/(?<![.\w$])(?:BigInt|bigint|BigInt64Array|BigUint64Array)\b/g, 'use safe integers: BigInt is slow'],
  [/(?<![.\w$])(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*)n\b/g, 'use safe integers: BigInt is slow'],
  [
    new RegExp(`(?<![.\\w$])Math\\b(?!\\s*\\.\\s*(?:random|${MATH})\\b)(?:\\s*\\.\\s*\\w+)?`, 'g'),
    `engines may round it differently; of Math there is ${MATH.replaceAll('|', ', ')}`,
  ],
  [/\*\*/g, 'engines may round powers differently: multiply, shift or write the number'],
  [/(?<![.\w$])import\s*\.\s*meta\b/g, 'pure folders know no files'],
  [/(?<![.\w$])import\s*\(/g, 'use an import statement'],
];

/** Words after which a slash begins a regular expression. */
const BEFORE_REGEX = /(?:^|[^.\w$])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|yield|await|instanceof)$/;

/**
 * The text with comments, and the contents of strings, templates and regular expressions, replaced by
 * blanks, every offset and line staying where it was. Code inside `${}` is kept. With the comments apart.
 *
 * @param {string} text
 */
export function blank(text) {
  const out = text.split('');
  /** @type {{ index: number, text: string }[]} */
  const comments = [];
  /** For each open template literal, the depth of braces inside its `${`. @type {number[]} */
  const templates = [];
  const wipe = (/** @type {number} */ from, /** @type {number} */ to) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  /** Skips to the end of a template's text: its closing quote, or a `${`. */
  const templateText = (/** @type {number} */ from) => {
    let i = from;
    while (i < text.length && text[i] !== '`' && !text.startsWith('${', i)) i += text[i] === '\\' ? 2 : 1;
    wipe(from, Math.min(i, text.length));
    if (text[i] !== '$') return i + 1;
    templates.push(0);
    return i + 2;
  };
  /** The code before an offset, as far as it says whether a slash divides. */
  const startsRegex = (/** @type {number} */ at) => {
    const before = out.slice(Math.max(0, at - 200), at).join('').trimEnd();
    return before === '' || /[^\w$)\]}"'`]$/.test(before) || BEFORE_REGEX.test(before);
  };
  let i = 0;
  while (i < text.length) {
    const c = text[i];
    let end = i + 1;
    if (text.startsWith('//', i) || text.startsWith('/*', i) || (i === 0 && text.startsWith('#!'))) {
      const close = text[i + 1] === '*' ? text.indexOf('*/', i + 2) : text.indexOf('\n', i);
      end = close < 0 ? text.length : text[i + 1] === '*' ? close + 2 : close;
      comments.push({ index: i, text: text.slice(i, end) });
      wipe(i, end);
    } else if (c === "'" || c === '"') {
      while (end < text.length && text[end] !== c && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
      wipe(i + 1, end);
      end += 1;
    } else if (c === '`') {
      end = templateText(i + 1);
    } else if (c === '{' && templates.length > 0) {
      templates[templates.length - 1] += 1;
    } else if (c === '}' && templates.length > 0) {
      if (templates.at(-1) === 0) {
        templates.pop();
        end = templateText(i + 1);
      } else templates[templates.length - 1] -= 1;
    } else if (c === '/' && startsRegex(i)) {
      let inClass = false;
      while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
        if (text[end] === '[') inClass = true;
        else if (text[end] === ']') inClass = false;
        end += text[end] === '\\' ? 2 : 1;
      }
      wipe(i + 1, end);
      end += 1;
    }
    i = end;
  }
  return { code: out.join(''), comments };
}

/** An import or re-export up to the quote of its module's name, in blanked text. */
const IMPORT =
  /(?<![.\w$])(?:(?:import|export)(?<type>\s*type\b(?!\s*(?:from\b|,)))?(?:[\w$*\s{},]*?\bfrom\b)?|import\s*\()\s*(?<quote>["'])/g;

/**
 * The modules that a text imports or re-exports.
 *
 * @param {string} text
 * @param {string} code the same, blanked
 */
function imports(text, code) {
  return [...code.matchAll(IMPORT)].map((match) => {
    const quote = match.groups?.['quote'] ?? '';
    const start = match.index + match[0].length;
    return { index: start, name: text.slice(start, code.indexOf(quote, start)), typeOnly: match.groups?.['type'] !== undefined };
  });
}

/**
 * All files below a folder that are TypeScript.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return /\.[cm]?tsx?$/.test(entry.name) ? [path] : [];
    });
}

/**
 * What is wrong with an import of another file of src/, or undefined.
 *
 * @param {string[]} from the importing file's path below src/, in parts
 * @param {string[]} to the imported file's
 * @param {boolean} typeOnly
 */
function layerError(from, to, typeOnly) {
  const [folder, target] = [from[0], to[0]];
  if (from.length === 1) return undefined; // src/index.ts
  if (to.length === 1) return `${folder} may not import src/${target}, which is for users`;
  if (folder === target) {
    if (folder !== 'drivers' || from.length < 3 || to.length < 3 || from[1] === to[1]) return undefined;
    return `drivers/${from[1]} may not import drivers/${to[1]}: what both need belongs into a file of src/drivers or a layer below`;
  }
  const layer = LAYERS[folder];
  if (layer === undefined || layer.imports.includes(target)) return undefined;
  if (layer.types?.includes(target)) return typeOnly ? undefined : `${folder} may import ${target} with \`import type\` only`;
  const allowed = [...layer.imports, ...(layer.types ?? []).map((name) => `types of ${name}`)];
  return `${folder} may not import ${target}; it may import ${allowed.join(', ') || 'nothing'}`;
}

/**
 * Checks one project. Warnings begin with `warning:`.
 *
 * @param {string} root
 * @returns {{ file: string, line: number, message: string }[]}
 */
export function check(root) {
  const src = join(root, 'src');
  /** @type {{ file: string, line: number, message: string }[]} */
  const found = [];
  for (const path of sources(src)) {
    const file = relative(root, path).split(sep).join('/');
    const parts = relative(src, path).split(sep);
    const folder = parts.length > 1 ? parts[0] : '';
    const text = readFileSync(path, 'utf8');
    const { code, comments } = blank(text);
    const report = (/** @type {number} */ line, /** @type {string} */ message) => found.push({ file, line, message });
    const at = (/** @type {number} */ index) => text.slice(0, index).split('\n').length;

    const layer = folder === '' ? undefined : LAYERS[folder];
    if (folder === '' && file !== 'src/index.ts') report(1, 'only index.ts stands in src itself: every other file belongs to a layer');
    if (folder !== '' && layer === undefined) report(1, `src/${folder} is no layer: add it to LAYERS in tools/check-layers.mjs`);

    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > TOO_LONG) report(TOO_LONG + 1, `${lines} lines, ${TOO_LONG} are the limit: split it, one concept a file`);
    else if (lines > LONG) report(LONG + 1, `warning: ${lines} lines, more than ${LONG}: is this still one concept?`);

    for (const { index, name, typeOnly } of imports(text, code)) {
      const line = at(index);
      if (isBuiltin(name)) {
        if (layer && !layer.impure) report(line, `${folder} may not import ${name}: pure folders know no files, clock or process`);
        continue;
      }
      if (!name.startsWith('.')) {
        const [scope, rest] = name.split('/');
        const wanted = scope.startsWith('@') ? `${scope}/${rest}` : scope;
        if (layer && !layer.packages?.includes(wanted)) report(line, `${folder} may not import the package ${wanted}`);
        continue;
      }
      const target = resolve(dirname(path), name);
      const to = relative(src, target).split(sep);
      if (!name.endsWith('.ts')) report(line, `'${name}' must name a file and end in .ts`);
      else if (!existsSync(target) || !statSync(target).isFile()) report(line, `'${name}' does not exist`);
      if (to[0] === '..') {
        report(line, `'${name}' is outside of src`);
        continue;
      }
      const message = layerError(parts, to, typeOnly);
      if (message !== undefined) report(line, message);
    }

    if (layer === undefined || layer.impure) continue;
    for (const [pattern, message] of BANS) {
      for (const match of code.matchAll(pattern)) report(at(match.index), `${match[0].replaceAll(/\s/g, '')}: ${message}`);
    }
    for (const comment of comments) {
      // A directive that names no rule switches off all of them.
      if (!/(?:oxlint|eslint)-disable/.test(comment.text)) continue;
      if (/-disable(?:-next-line|-line)?\s*(?:\*\/|--|$)|no-restricted|no-async/.test(comment.text)) {
        report(at(comment.index), 'the bans of pure folders cannot be switched off by a comment');
      }
    }
  }
  return found.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const found = check(root);
  for (const { file, line, message } of found) console.log(`${file}:${line}: ${message}`);
  if (found.some(({ message }) => !message.startsWith('warning:'))) process.exitCode = 1;
}
