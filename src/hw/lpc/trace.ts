import type { TraceBus } from '../../sim/index.ts';
import { formatStatus, hex, STR } from './registers.ts';

/**
 * What the LPC block tells the trace: `c` is the channel (1-4). Flags of STR are given at their own
 * bits, as they were before the access. Each event is emitted at the effect of its access, ahead of
 * whatever follows from it (interrupt lines).
 *
 * | name | a | b |
 * |---|---|---|
 * | `host.str.read` | STR | – |
 * | `host.odr.read` | the byte | OBF |
 * | `host.idr.write` | the byte | IBF, C/D as this write sets it, {@link DROPPED} |
 * | `bmc.idr.read` | the byte | IBF and C/D |
 * | `bmc.odr.write` | the byte | OBF |
 * | `bmc.odr.read` | the byte | OBF |
 * | `bmc.str.write` | STR before | STR after |
 * | `bmc.str.read` | STR | – |
 * | `lpc.abort` | the port | the byte written, -1: a read |
 */
export const LPC_EVENTS = {
  hostStrRead: 'host.str.read',
  hostOdrRead: 'host.odr.read',
  hostIdrWrite: 'host.idr.write',
  bmcIdrRead: 'bmc.idr.read',
  bmcOdrWrite: 'bmc.odr.write',
  bmcOdrRead: 'bmc.odr.read',
  bmcStrWrite: 'bmc.str.write',
  bmcStrRead: 'bmc.str.read',
  abort: 'lpc.abort',
} as const;
export type LpcEvent = keyof typeof LPC_EVENTS;

/** In `host.idr.write`: the byte was not taken, because IBF was set. */
export const DROPPED = 0x100;

/** Codes of {@link LPC_EVENTS} in one system. */
export type LpcTraceCodes = Readonly<Record<LpcEvent, number>>;

const CHANNEL = 'AST2050 datasheet §30, H8S/2138 manual §17.2';

/** Registers the events with the trace of a system. */
export function defineLpcTrace(trace: TraceBus): LpcTraceCodes {
  const full = (flags: number) => ((flags & STR.OBF) === 0 ? ' (OBF=0: stale)' : '');
  return {
    hostStrRead: trace.define({
      name: LPC_EVENTS.hostStrRead, lane: 'lpc', fields: ['str', 'none', 'channel'], section: 'IPMI 9.5',
      text: (a, _b, c) => `host reads STR${c}=${hex(a)} ${formatStatus(a)}`,
    }),
    hostOdrRead: trace.define({
      name: LPC_EVENTS.hostOdrRead, lane: 'lpc', fields: ['value', 'obf', 'channel'], section: CHANNEL,
      text: (a, b, c) => `host reads ODR${c}=${hex(a)}${full(b)}`,
    }),
    hostIdrWrite: trace.define({
      name: LPC_EVENTS.hostIdrWrite, lane: 'lpc', fields: ['value', 'flags', 'channel'], section: CHANNEL,
      text(a, b, c) {
        const lost = (b & DROPPED) !== 0 ? ' (IBF=1: dropped)' : (b & STR.IBF) !== 0 ? ' (IBF=1: overwrites)' : '';
        return `host writes ${(b & STR.CD) !== 0 ? 'command' : 'data'} ${hex(a)} to IDR${c}${lost}`;
      },
    }),
    bmcIdrRead: trace.define({
      name: LPC_EVENTS.bmcIdrRead, lane: 'lpc', fields: ['value', 'flags', 'channel'], section: CHANNEL,
      text(a, b, c) {
        const stale = (b & STR.IBF) === 0 ? ' (IBF=0: stale)' : '';
        return `BMC reads IDR${c}=${hex(a)} ${(b & STR.CD) !== 0 ? 'command' : 'data'}${stale}`;
      },
    }),
    bmcOdrWrite: trace.define({
      name: LPC_EVENTS.bmcOdrWrite, lane: 'lpc', fields: ['value', 'obf', 'channel'], section: CHANNEL,
      text: (a, b, c) => `BMC writes ODR${c}:=${hex(a)}${(b & STR.OBF) === 0 ? '' : ' (OBF=1: overwrites)'}`,
    }),
    bmcOdrRead: trace.define({
      name: LPC_EVENTS.bmcOdrRead, lane: 'lpc', fields: ['value', 'obf', 'channel'], section: CHANNEL,
      text: (a, _b, c) => `BMC reads ODR${c}=${hex(a)}`,
    }),
    bmcStrWrite: trace.define({
      name: LPC_EVENTS.bmcStrWrite, lane: 'lpc', fields: ['before', 'after', 'channel'], section: CHANNEL,
      text(a, b, c) {
        const lost = (a & ~b & STR.OBF) === 0 ? '' : ' (discards ODR)';
        return `BMC writes STR${c}:=${hex(b)} ${formatStatus(b)}${lost}`;
      },
    }),
    bmcStrRead: trace.define({
      name: LPC_EVENTS.bmcStrRead, lane: 'lpc', fields: ['str', 'none', 'channel'], section: CHANNEL,
      text: (a, _b, c) => `BMC reads STR${c}=${hex(a)} ${formatStatus(a)}`,
    }),
    abort: trace.define({
      name: LPC_EVENTS.abort, lane: 'lpc', fields: ['port', 'value', 'none'], section: 'LPC 1.1',
      text(a, b) {
        const access = b < 0 ? `reads port ${hex(a, 3)}=FFh` : `writes ${hex(b)} to port ${hex(a, 3)}`;
        return `host ${access}: nobody answers`;
      },
    }),
  };
}
