import type { WireLevel } from '../../sim/index.ts';

/** The wire that says which I/O cycle of LPC is under way; nothing between cycles. */
export const LPC_CYCLE = 'lpc.cycle';

/** Whether a cycle begins here: `read CA3h = 40h`. Over samples of a poll that are not drawn the wire says how many they are. */
export function beginsCycle({ wire, value }: WireLevel): boolean {
  return wire === LPC_CYCLE && /^(?:read|write) /.test(String(value));
}
