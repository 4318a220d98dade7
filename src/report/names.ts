import { classifyEcho, echoTag, formatEchoVerdict } from '../ipmi/index.ts';
import type { Ps } from '../sim/index.ts';

/** `C1h`, as the IPMI specification writes it. */
export function hex(value: number, digits = 2): string {
  return `${(value >>> 0).toString(16).toUpperCase().padStart(digits, '0')}h`;
}

/** Bytes shown of a message, as the oracles show them. */
const SHOWN = 16;

/** `[c0 0e 01 07 ... (24 bytes)]`. */
export function messageBytes(bytes: readonly number[], shown = SHOWN): string {
  const head = bytes.slice(0, shown).map((byte) => byte.toString(16).padStart(2, '0'));
  if (bytes.length > shown) head.push(`... (${bytes.length} bytes)`);
  return `[${head.join(' ')}]`;
}

/** The tag of an echo, request or response; -1 if it is no whole echo. */
export function tagOf(bytes: readonly number[]): number {
  return echoTag(Uint8Array.from(bytes), bytes.length);
}

/** Shorter pieces of an echo tell nothing of where they come from, bytes. */
const TELLING = 7;

/** `(tag 3)`, or what a torn echo was put together from, or nothing. */
export function tagText(bytes: readonly number[]): string {
  const tag = tagOf(bytes);
  if (tag >= 0) return `(tag ${tag})`;
  if (bytes.length < TELLING) return '';
  const verdict = classifyEcho(Uint8Array.from(bytes), bytes.length);
  return verdict.kind === 'torn' ? `(${formatEchoVerdict(verdict)})` : '';
}

/** `[c0 0e 01 07] (tag 1)`. */
export function messageText(bytes: readonly number[], shown = SHOWN): string {
  const tag = tagText(bytes);
  return tag === '' ? messageBytes(bytes, shown) : `${messageBytes(bytes, shown)} ${tag}`;
}

/** `321.988`: microseconds, cut to three decimals. */
export function micros(at: Ps): string {
  const ns = Math.floor(at / 1000);
  return `${Math.floor(ns / 1000)}.${String(ns % 1000).padStart(3, '0')}`;
}

/** A length of time in words, three digits or so: `1.33 ms`. */
export function span(ps: Ps): string {
  for (const [unit, name] of UNITS) {
    if (ps < unit) continue;
    const hundredths = Math.round(ps / (unit / 100));
    const rest = hundredths % 100;
    const whole = Math.floor(hundredths / 100);
    if (whole >= 100 || rest === 0) return `${Math.round(ps / unit)} ${name}`;
    return `${whole}.${String(rest).padStart(2, '0').replace(/0$/, '')} ${name}`;
  }
  return `${ps} ps`;
}

const UNITS: readonly (readonly [Ps, string])[] = [
  [1_000_000_000_000, 's'], [1_000_000_000, 'ms'], [1_000_000, 'us'], [1_000, 'ns'],
];

/** The site of a step: its function, and the step without its operand: `copy_to_user` in `kcs_bmc_read`. */
export interface Site {
  readonly frame: string;
  readonly step: string;
}

/** Takes a label apart: `kcs_bmc_read: spin_lock_irq(lock)`. */
export function siteOf(label: string): Site {
  const at = label.indexOf(': ');
  const frame = at < 0 || label.startsWith('host: ') ? '' : label.slice(0, at);
  const step = frame === '' ? label.replace(/^host: /, '') : label.slice(at + 2).replace(/^host: /, '');
  return { frame, step: step.replace(/^((?:spin|mutex|prepare|schedule|wake|poll)\w*)\(.*\)$/, '$1').replace(/\([0-9A-F]+h\)/, '') };
}

/** `copy_to_user in kcs_bmc_ipmi_read`. */
export function siteText(label: string): string {
  const { frame, step } = siteOf(label);
  return frame === '' ? step : `${step} in ${frame}`;
}
