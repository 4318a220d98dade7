import { KcsControl, Str, controlName, formatStr, stateName, stateOf, STATE_MASK } from '../../ipmi/index.ts';
import { hex } from '../names.ts';

/** How a value of STR is written. */
export type StrText = (channel: number, str: number) => string;

/** `STR3=C1h ERROR OBF`. */
export function strText(channel: number, str: number): string {
  return `STR${channel}=${hex(str)} ${formatStr(str)}`;
}

/** A byte written to IDR: `WRITE_START`, `READ`, or `07h`. */
export function idrByte(value: number, command: boolean, reading: boolean): string {
  if (command) return controlName(value).startsWith('0x') ? `command ${hex(value)}` : controlName(value);
  return reading && value === KcsControl.READ ? 'READ' : hex(value);
}

/** What of STATUS a poll waited for: `IBF=0`, `OBF=1`, `READ_STATE`; empty if it gave up. */
export function pollGoal(mask: number, last: number, value: number): string {
  const changed = (last ^ value) & mask;
  const goals: string[] = [];
  if ((changed & Str.IBF) !== 0) goals.push(`IBF=${(value & Str.IBF) === 0 ? 0 : 1}`);
  if ((changed & Str.OBF) !== 0) goals.push(`OBF=${(value & Str.OBF) === 0 ? 0 : 1}`);
  if ((changed & Str.SMS_ATN) !== 0) goals.push(`SMS_ATN=${(value & Str.SMS_ATN) === 0 ? 0 : 1}`);
  if ((changed & STATE_MASK) !== 0) goals.push(`${stateName(stateOf(value))}_STATE`);
  return goals.join(', ');
}
