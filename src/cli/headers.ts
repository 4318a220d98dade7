import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HEADERS, HEADER_TEXT, RUNTIME, SOURCES, interfacesOf, relatives, type Interface } from '../c/index.ts';
import { UsageError } from '../scenarios/index.ts';

/** Lays our headers into a folder below `work`, those that say the same included; returns it. */
export function layHeaders(work: string): string {
  const folder = join(work, 'include');
  const put = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const name of [...SOURCES, RUNTIME]) put(name, header(name));
  for (const name of HEADERS) put(name, HEADER_TEXT);
  return folder;
}

/** What of the kernel is there, as the headers say it. */
export function kernelInterfaces(): readonly Interface[] {
  return SOURCES.filter((name) => name !== 'inband/kernel.h').flatMap((name) => interfacesOf(header(name)));
}

/** What compilers and linkers say of a name that is not there. */
const MISSING = /(?:undeclared (?:function|identifier)|implicit declaration of function|undefined symbol:) '?(\w+)'?|'linux\/([\w/.-]+)' file not found/g;

/** What is there instead of the names that a compiler misses, and where all of it stands; none if it misses none. */
export function hints(complaint: string): readonly string[] {
  const missing = new Set(Array.from(complaint.matchAll(MISSING), ([, name, file]) => name ?? `linux/${file}`));
  return [...missing].map((name) => `of the kernel there is no ${name}; ${instead(name)}`);
}

/** What is there instead of `name`. */
export function instead(name: string): string {
  const known = name.endsWith('.h') ? [...HEADERS, ...SOURCES.filter((other) => other.startsWith('linux/'))] : kernelInterfaces().flatMap(({ names }) => names);
  const like = relatives(name, known);
  return `${like.length === 0 ? '' : `like it there are ${like.join(', ')}; `}all that there is: inband list kernel`;
}

function header(name: string): string {
  return readFileSync(join(sourceFolder(), name), 'utf8');
}

/** Beside the bundle, or in the sources, seen from there or from a benchmark. */
function sourceFolder(): string {
  const places = ['./include', '../c/include', '../../src/c/include'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = places.find((place) => existsSync(join(place, RUNTIME)));
  if (found === undefined) throw new UsageError(`the headers for C drivers are not beside this program, in ${places[0]}`);
  return found;
}
