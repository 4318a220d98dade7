import { BtCtrl, formatBtCtrl } from '../../ipmi/index.ts';
import type { Wire, WireLevel } from '../../sim/index.ts';
import { hex } from '../names.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { Signals } from './signals.ts';

const CTRL = 'bt.BT_CTRL';
const INTMASK = 'bt.BT_INTMASK';
/** Bits of BT_CTRL that last (IPMI 11.6.4): the pointer bits are pulses. */
const BITS: readonly (readonly [string, number])[] = [
  ['B_BUSY', BtCtrl.B_BUSY], ['H_BUSY', BtCtrl.H_BUSY], ['OEM0', BtCtrl.OEM0], ['SMS_ATN', BtCtrl.SMS_ATN], ['B2H_ATN', BtCtrl.B2H_ATN],
  ['H2B_ATN', BtCtrl.H2B_ATN],
];

/** BT_CTRL with its bits, and BT_INTMASK, as the accesses of both sides show them. */
export function btRegisters(recording: Recording): Signals {
  const levels: WireLevel[] = [];
  for (const { events } of recording.acts) {
    for (const event of events) {
      const [, register, access] = /^(?:host|bmc)\.bt\.(ctrl|intmask)\.(read|write)$/.exec(nameOf(recording, event)) ?? [];
      if (register === undefined) continue;
      const value = access === 'read' ? event.a : event.c;
      levels.push({ at: event.at, wire: register === 'ctrl' ? CTRL : INTMASK, value });
      if (register === 'ctrl') for (const [bit, mask] of BITS) levels.push({ at: event.at, wire: `bt.${bit}`, value: (value & mask) === 0 ? 0 : 1 });
    }
  }
  if (levels.length === 0) return { wires: [], levels };
  const wires: Wire[] = [
    { name: CTRL, width: 8, idle: 0, words: (ctrl) => `${hex(ctrl)} ${formatBtCtrl(ctrl)}` }, { name: INTMASK, width: 8, idle: 0 },
    ...BITS.map(([bit]): Wire => ({ name: `bt.${bit}`, width: 1, idle: 0 })),
  ];
  return { wires, levels };
}
