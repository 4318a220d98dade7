import { Str, formatStr } from '../../ipmi/index.ts';
import { hex } from '../names.ts';
import type { Ps, Wire, WireLevel } from '../../sim/index.ts';
import { nameOf, type Recording, type TraceEntry } from '../recording.ts';
import type { Signals } from './signals.ts';

/** In `host.idr.write`: the byte was not taken. */
const DROPPED = 0x100;

/** Bits of STR, each a wire of its own beside the register; names as in IPMI Table 9-1. */
const BITS: readonly (readonly [string, number])[] = [
  ['OBF', Str.OBF], ['IBF', Str.IBF], ['SMS_ATN', Str.SMS_ATN], ['C_D', Str.C_D], ['OEM1', Str.OEM1], ['OEM2', Str.OEM2], ['S0', Str.S0], ['S1', Str.S1],
];

/** IDR, ODR and STR of each KCS channel that somebody accesses, STR with its bits, after each access. */
export function kcsRegisters(recording: Recording): Signals {
  const channels = new Map<number, Channel>();
  for (const { events } of recording.acts) {
    for (const event of events) {
      const name = nameOf(recording, event);
      if (!ACCESS.test(name)) continue;
      let channel = channels.get(event.c);
      if (channel === undefined) {
        channel = new Channel(event.c);
        channels.set(event.c, channel);
      }
      channel.told(name, event);
    }
  }
  const all = [...channels.values()].sort((one, other) => one.number - other.number);
  return { wires: all.flatMap(({ wires }) => wires), levels: all.flatMap(({ levels }) => levels) };
}

const ACCESS = /^(?:host|bmc)\.(?:idr|odr|str)\.(?:read|write)$/;

/** One channel, as its accesses tell it. */
class Channel {
  readonly number: number;
  readonly wires: readonly Wire[];
  readonly levels: WireLevel[] = [];
  private readonly scope: string;
  private str = 0;

  constructor(number: number) {
    this.number = number;
    this.scope = `kcs${number}`;
    this.wires = [
      { name: `${this.scope}.STR`, width: 8, idle: 0, words: (str) => `${hex(str)} ${formatStr(str)}` },
      ...['IDR', 'ODR'].map((name): Wire => ({ name: `${this.scope}.${name}`, width: 8, idle: 0 })),
      ...BITS.map(([bit]): Wire => ({ name: `${this.scope}.${bit}`, width: 1, idle: 0 })),
    ];
  }

  told(name: string, { at, a, b }: TraceEntry): void {
    switch (name) {
      case 'host.idr.write':
        if ((b & DROPPED) !== 0) return;
        this.put(at, 'IDR', a);
        this.flags(at, (this.str & ~Str.C_D) | (b & Str.C_D) | Str.IBF);
        return;
      case 'bmc.idr.read':
        this.flags(at, this.str & ~Str.IBF);
        return;
      case 'bmc.odr.write':
        this.put(at, 'ODR', a);
        this.flags(at, this.str | Str.OBF);
        return;
      case 'host.odr.read':
        this.flags(at, this.str & ~Str.OBF);
        return;
      case 'bmc.str.write':
        this.flags(at, b);
        return;
      case 'host.str.read':
      case 'bmc.str.read':
        this.flags(at, a);
        return;
    }
  }

  private put(at: Ps, register: string, value: number): void {
    this.levels.push({ at, wire: `${this.scope}.${register}`, value });
  }

  private flags(at: Ps, str: number): void {
    const changed = this.str ^ str;
    this.str = str;
    if (changed === 0) return;
    this.put(at, 'STR', str);
    for (const [bit, mask] of BITS) if ((changed & mask) !== 0) this.put(at, bit, (str & mask) === 0 ? 0 : 1);
  }
}
