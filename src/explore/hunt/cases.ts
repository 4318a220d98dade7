import { causeOf } from '../cause.ts';
import type { Finding } from '../finding.ts';
import type { Account } from '../strategy.ts';
import { Docket, type Kept } from './docket.ts';
import type { HuntState } from './state.ts';
import { ruleName } from './tally.ts';
import type { Knowledge, SliceResult } from './tasks.ts';

/** A strategy, and how many of the findings it was the one to show. */
export interface StrategyTally extends Account {
  readonly findings: number;
}

/** All that a hunt has seen broken: a docket for each rule; and what each strategy has had and shown. */
export class Cases {
  /** Executions of slices that were taken in, and those of them in which a rule was broken. */
  executions = 0;
  violating = 0;
  /** By rule. */
  private readonly dockets = new Map<string, Docket>();
  private readonly accounts = new Map<string, { executions: number; first: number }>();
  /** Candidates that have been entered. */
  private places = 0;

  /** `strategies` are the names of those that make the executions. */
  constructor(strategies: readonly string[], state?: HuntState) {
    for (const name of strategies) this.accounts.set(name, { executions: 0, first: 0 });
    if (state === undefined) return;
    this.executions = state.executions;
    this.violating = state.violating;
    this.places = state.places;
    for (const [name, account] of state.accounts) this.accounts.set(name, { ...account });
    for (const [rule, docket] of state.dockets) this.dockets.set(rule, new Docket(docket));
  }

  get state(): Pick<HuntState, 'executions' | 'violating' | 'places' | 'accounts' | 'dockets'> {
    const { executions, violating, places, accounts, dockets } = this;
    return {
      executions, violating, places,
      accounts: [...accounts].map(([name, account]) => [name, { ...account }]),
      dockets: [...dockets].map(([rule, docket]) => [rule, docket.state]),
    };
  }

  /** In the order in which their causes were first seen. */
  get kept(): readonly Kept[] {
    return this.all.flatMap((docket) => docket.kept).sort((a, b) => a.place - b.place);
  }

  /** What is kept of a finding; undefined if it is none of this hunt's. */
  keptOf({ oracle, rule, decisions }: Finding): Kept | undefined {
    return this.dockets.get(ruleName({ oracle, rule }))?.keptOf(causeOf(oracle, rule, decisions));
  }

  /** What became of each strategy. */
  get tally(): StrategyTally[] {
    const { kept } = this;
    return [...this.accounts].map(([name, account]) => ({ name, ...account, findings: kept.filter(({ by }) => by === name).length }));
  }

  /** Nothing waits to be shrunk. */
  get settled(): boolean {
    for (const docket of this.dockets.values()) if (!docket.idle) return false;
    return true;
  }

  get all(): readonly Docket[] {
    return [...this.dockets.values()];
  }

  /** One with a candidate that is to be shrunk and that nobody shrinks yet; it is open from now on. Null: there is none. */
  open(): Docket | null {
    for (const docket of this.dockets.values()) if (docket.current === null && docket.next() !== null) return docket;
    return null;
  }

  /** What is known of causes now, for the slices of the next epoch. */
  get knowledge(): Pick<Knowledge, 'causes' | 'tallies'> {
    const dockets = [...this.dockets];
    return {
      causes: dockets.map(([rule, { causes }]) => [rule, [...causes]]),
      tallies: dockets.flatMap(([, { counted }]) => counted),
    };
  }

  /** Takes in what a slice has brought. */
  enter({ executions, made, violating, candidates, rest }: SliceResult): void {
    this.executions += executions;
    this.violating += violating;
    for (const [name, n] of made) this.account(name).executions += n;
    for (const candidate of candidates) {
      const docket = this.docket(ruleName(candidate.violation));
      if (docket.meets(candidate.signature)) this.account(candidate.by).first++;
      docket.enter({ ...candidate, place: this.places++ });
    }
    for (const [signature, tally] of rest) this.docket(signature.slice(0, signature.lastIndexOf('\n'))).enter({ signature, tally });
  }

  private account(name: string): { executions: number; first: number } {
    let account = this.accounts.get(name);
    if (account === undefined) this.accounts.set(name, account = { executions: 0, first: 0 });
    return account;
  }

  private docket(rule: string): Docket {
    let docket = this.dockets.get(rule);
    if (docket === undefined) this.dockets.set(rule, docket = new Docket());
    return docket;
  }
}
