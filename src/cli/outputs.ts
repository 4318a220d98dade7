import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../scenarios/index.ts';
import { sameFile } from './files.ts';
import { isOwn, ownFiles, type OwnFlags } from './own.ts';

/** A file that a command is to write, and the option that names it. */
export interface Output {
  readonly option: string;
  readonly file: string;
}

/** A file that a command reads: `the finding`. */
export interface Input {
  readonly what: string;
  readonly file: string;
}

/** Sources: of a driver of the user's own there are more than those that are named. */
const SOURCE = /\.(?:[cm]?[jt]s|[ch])$/i;

/** Refuses to write what the command reads, or two things to one file, by whatever names: before anything is written. */
export function checkOutputs(outputs: readonly Output[], flags: OwnFlags, inputs: readonly Input[] = []): void {
  const read = [...inputs, ...ownFiles(flags).map((file) => ({ what: 'the driver', file }))];
  for (const [i, { option, file }] of outputs.entries()) {
    const input = read.find((one) => isSame(one.file, file));
    if (input !== undefined) throw new UsageError(`cannot write ${file}: that is ${input.what} itself`);
    // Headers, and what a script imports.
    if (isOwn(flags) && SOURCE.test(file) && existsSync(file)) throw new UsageError(`cannot write ${file}: that is a source file`);
    const other = outputs.slice(0, i).find((one) => isSame(one.file, file));
    if (other !== undefined) throw new UsageError(`cannot write ${file} twice: ${other.option} and ${option} name the same file`);
  }
}

/** Whether two names are of one file, which need not be there. */
function isSame(one: string, other: string): boolean {
  return sameFile(one, other) || placeOf(one) === placeOf(other);
}

/** The path without links, as far as there is anything. */
function placeOf(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const above = dirname(whole);
    return above === whole ? whole : join(placeOf(above), basename(whole));
  }
}
