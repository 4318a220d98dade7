import { mix, type Simulator } from '../src/sim/index.ts';

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

/** One access more. The caller leaves out host reads of STATUS that find what the last one found: vain polls. */
export function enter(sum: number, access: Access, value: number): number {
  return mix(sum, (access << 8) | value);
}

/** The checksum of all that a simulated KCS channel sees between boot and the end of a run. */
export class WireChecksum {
  sum = 0;
  /** Accesses that entered it. */
  accesses = 0;
  private lastStatus = -1;
  private readonly boot: number;

  constructor({ trace, contexts }: Simulator) {
    this.boot = contexts.find((ctx) => ctx.name === 'bmc:boot')?.id ?? -1;
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
        if (actor !== this.boot) this.add(access, value);
      });
    }
    trace.on(trace.code('bmc.str.write'), (_at, actor, _before, after) => {
      if (actor !== this.boot) this.add(Access.bmcStrWrite, after);
    });
  }

  private add(access: Access, value: number): void {
    this.sum = enter(this.sum, access, value);
    this.accesses++;
  }

  reset(): void {
    this.sum = 0;
    this.accesses = 0;
    this.lastStatus = -1;
  }
}
