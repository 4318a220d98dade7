import type { Chooser } from '../../sim/index.ts';
import type { Outcome } from '../../scenarios/system.ts';
import { signatureOf } from '../cause.ts';
import type { Account, Strategy } from '../strategy.ts';

/** Executions after which the shares are set anew. */
export const EPOCH = 256;
/** What is not shared out by pay, of `WHOLE`: everybody's own share, in proportion to the weights it comes with. */
const FIXED = 3;
const WHOLE = 4;
/** A signature pays as long as it was not seen so often, by half as much each time. */
const PAYS = 4;
/** Of what was paid earlier one part in so many fades with each epoch. */
const FADES = 4;

/** A strategy of a portfolio, and the share with which it begins. */
export interface Stake {
  readonly strategy: Strategy;
  readonly weight: number;
}

interface Member extends Stake {
  executions: number;
  first: number;
  exhausted: boolean;
  /** Paid in this epoch, and what is left of earlier ones. */
  earned: number;
  credit: number;
  /** Steps of its executions, likewise. */
  spent: number;
  cost: number;
  /** Its share of this epoch, and how much of it has been served (stride scheduling). */
  share: number;
  pass: number;
}

/**
 * Several strategies that share the budget and learn during the hunt which of them pays. In epochs of {@link EPOCH}
 * executions: within one the shares are fixed and nothing is learnt, at its end what each has shown (breaches that are
 * new or were hardly seen) is set against the steps it took, and the shares are drawn up anew, three quarters by the
 * weights, so that nobody starves, one quarter by pay. So workers that each run an epoch can add up their accounts at its end.
 */
export class Portfolio implements Strategy {
  readonly name: string;
  private readonly members: readonly Member[];
  /** How often each signature was seen, and how often before this epoch. */
  private readonly seen = new Map<string, number>();
  private readonly seenBefore = new Map<string, number>();
  private current: Member | null = null;
  private served = 0;

  constructor(name: string, stakes: readonly Stake[]) {
    this.name = name;
    this.members = stakes.map((stake) => ({
      ...stake, executions: 0, first: 0, exhausted: false, earned: 0, credit: 0, spent: 0, cost: 0, share: stake.weight, pass: 0,
    }));
  }

  /** Whose the last execution was. */
  get by(): string {
    return this.current?.strategy.name ?? this.name;
  }

  get accounts(): readonly Account[] {
    return this.members.map(({ strategy: { name }, executions, first }) => ({ name, executions, first }));
  }

  begin(_execution: number): Chooser | null {
    if (this.served === EPOCH) this.settle();
    for (let member = this.next(); member !== null; member = this.next()) {
      const chooser = member.strategy.begin(member.executions);
      if (chooser === null) {
        member.exhausted = true;
        continue;
      }
      member.executions++;
      member.pass += 1 / member.share;
      this.served++;
      this.current = member;
      return chooser;
    }
    return null;
  }

  end(outcome: Outcome): void {
    const member = this.current;
    if (member === null) return;
    member.strategy.end(outcome);
    member.spent += outcome.steps;
    for (const violation of outcome.violations) {
      const signature = signatureOf(violation);
      const times = this.seen.get(signature) ?? 0;
      this.seen.set(signature, times + 1);
      if (times === 0) member.first++;
      // By what was known when the epoch began: whoever else has seen it meanwhile is paid, too.
      const known = this.seenBefore.get(signature) ?? 0;
      if (known < PAYS) member.earned += 1 / (1 << known);
    }
  }

  /** Who is the farthest behind its share; null: all are exhausted. */
  private next(): Member | null {
    let next: Member | null = null;
    for (const member of this.members) if (!member.exhausted && (next === null || member.pass < next.pass)) next = member;
    return next;
  }

  /** The epoch is over: draws up the shares of the next. */
  private settle(): void {
    const { members } = this;
    this.served = 0;
    for (const [signature, times] of this.seen) this.seenBefore.set(signature, times);
    for (const member of members) {
      member.credit = member.credit * (1 - 1 / FADES) + member.earned;
      member.cost = member.cost * (1 - 1 / FADES) + member.spent;
      member.earned = member.spent = member.pass = 0;
    }
    const pay = members.map(({ credit, cost, exhausted }) => (exhausted || cost === 0 ? 0 : credit / cost));
    const allPay = pay.reduce((sum, p) => sum + p, 0);
    const allWeight = members.reduce((sum, { weight, exhausted }) => sum + (exhausted ? 0 : weight), 0);
    members.forEach((member, i) => {
      const own = member.weight / Math.max(allWeight, 1);
      member.share = (FIXED * own + (WHOLE - FIXED) * (allPay === 0 ? own : pay[i] / allPay)) / WHOLE;
    });
  }
}
