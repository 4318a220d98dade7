import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from './file-error.ts';

/** A process, so that it is not taken for a later one of the same number. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When it was started, in ticks of this boot; 0 where the system does not say. */
  readonly started: number;
}

/** Whether a process of that number runs on this machine. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Fields 3 and 22 of /proc/PID/stat (proc(5)); the second, the name, may have blanks and brackets in it. */
function statOf(pid: number): { readonly state: string; readonly started: number } {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], started: Number(fields[19]) || 0 };
  } catch {
    return { state: '', started: 0 };
  }
}

let self: Owner | undefined;

/** This process. */
export function thisProcess(): Owner {
  self ??= { host: hostname(), pid: process.pid, started: statOf(process.pid).started };
  return self;
}

/** Whether the process is gone for certain; of one of another machine that is never known. */
export function isGone({ host, pid, started }: Owner): boolean {
  if (host !== thisProcess().host) return false;
  if (!isAlive(pid)) return true;
  const now = statOf(pid);
  // A zombie has ended, and nobody has asked how.
  return now.state === 'Z' || (started !== 0 && now.started !== 0 && now.started !== started);
}
