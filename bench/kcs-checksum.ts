import type { Simulator } from '../src/sim/index.ts';
import { WireChecksum } from './wire-checksum.ts';

/** Port and register accesses of a KCS channel, as they enter the checksum. */
export const Access = {
  hostStrRead: 1,
  hostOdrRead: 2,
  /** Data, then command. */
  hostIdrWrite: 3,
  hostCommandWrite: 4,
  bmcIdrRead: 5,
  bmcOdrWrite: 6,
  bmcStrRead: 7,
  bmcStrWrite: 8,
} as const;
export type Access = (typeof Access)[keyof typeof Access];

/** C/D in the flags of `host.idr.write`. */
const CD = 1 << 3;

/** What a KCS channel sees. Host reads of STATUS that find what the last one found are left out: vain polls. */
export class KcsChecksum extends WireChecksum {
  private lastStatus = -1;

  constructor({ trace, contexts }: Simulator) {
    super();
    const boot = contexts.find((ctx) => ctx.name === 'bmc:boot')?.id ?? -1;
    trace.on(trace.code('host.str.read'), (_at, _actor, str) => {
      if (str === this.lastStatus) return;
      this.lastStatus = str;
      this.add(Access.hostStrRead, str);
    });
    trace.on(trace.code('host.idr.write'), (_at, _actor, value, flags) => {
      this.add((flags & CD) === 0 ? Access.hostIdrWrite : Access.hostCommandWrite, value);
    });
    for (const [name, access] of [
      ['host.odr.read', Access.hostOdrRead], ['bmc.idr.read', Access.bmcIdrRead], ['bmc.odr.write', Access.bmcOdrWrite],
      ['bmc.str.read', Access.bmcStrRead],
    ] as const) {
      trace.on(trace.code(name), (_at, actor, value) => {
        if (actor !== boot) this.add(access, value);
      });
    }
    trace.on(trace.code('bmc.str.write'), (_at, actor, _before, after) => {
      if (actor !== boot) this.add(Access.bmcStrWrite, after);
    });
  }
}
