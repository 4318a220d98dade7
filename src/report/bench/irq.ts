import type { Ps } from '../../sim/index.ts';
import { mediumOf } from '../medium.ts';
import type { Recording } from '../recording.ts';
import { channelOf, idrLegs, odrLegs } from './kcs-legs.ts';
import { kcsShares } from './kcs-shares.ts';
import type { Share } from './partition.ts';
import { spread, type Spread } from './spread.ts';

/** Latencies of one leg of the way. */
export interface Leg {
  readonly name: string;
  /** What is counted: each byte, or each request. */
  readonly per: 'byte' | 'request';
  readonly all: readonly Ps[];
}

/** A leg as it is reported. */
export interface LegSpread extends Spread {
  readonly name: string;
  readonly per: 'byte' | 'request';
}

/** What the interrupt path takes under one set of parameters. */
export interface IrqResult {
  /** Requests that were answered. */
  readonly transactions: number;
  readonly legs: readonly LegSpread[];
  /** Whose the time of all these requests is, ps; the shares add up to `total`. */
  readonly total: Ps;
  readonly shares: readonly Share[];
}

/** Collects the legs of the interrupt path over recordings of one system. */
export class IrqBench {
  private readonly legs = new Map<string, { readonly per: Leg['per']; readonly all: Ps[] }>();
  private readonly times = new Map<string, Ps>();
  private total: Ps = 0;
  /** Requests that were answered so far. */
  transactions = 0;

  /** Adds a recording, of its requests no more than `most`. */
  add(recording: Recording, most: number = Number.MAX_SAFE_INTEGER): void {
    const medium = mediumOf(recording);
    const answered = medium.conversation.messages.filter(({ kind, ending }) => kind === 'request' && ending === 'answered').slice(0, most);
    const end = answered[answered.length - 1]?.to ?? -1;
    this.transactions += answered.length;
    // What comes after the last request that counts belongs to none.
    const part: Recording = { ...recording, acts: recording.acts.filter(({ at }) => at <= end) };
    const messages = medium.conversation.messages.filter(({ from }) => from <= end);
    const own = mediumOf(part);
    const kcs = channelOf(part) !== 0;
    for (const leg of [...own.hops(messages), ...kcs ? [...idrLegs(part), ...odrLegs(part)] : []]) {
      const known = this.legs.get(leg.name) ?? { per: leg.per, all: [] };
      this.legs.set(leg.name, known);
      for (const time of leg.all) known.all.push(time);
    }
    for (const { message, total, shares } of kcs ? kcsShares(part, medium) : own.budgets()) {
      if (message.to > end) continue;
      this.total += total;
      for (const { name, time } of shares) this.times.set(name, (this.times.get(name) ?? 0) + time);
    }
  }

  result(): IrqResult {
    return {
      transactions: this.transactions,
      legs: [...this.legs].filter(([, { all }]) => all.length > 0).map(([name, { per, all }]) => ({ name, per, ...spread(all) })),
      total: this.total,
      shares: [...this.times].map(([name, time]) => ({ name, time })),
    };
  }
}
