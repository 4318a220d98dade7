import type { Chooser } from '../../sim/index.ts';
import type { Outcome } from '../../scenarios/system.ts';
import type { Strategy } from '../strategy.ts';

/** Several strategies that share the budget execution by execution; who has nothing left drops out. */
export class Portfolio implements Strategy {
  readonly name: string;
  private readonly members: { readonly strategy: Strategy; executions: number; exhausted: boolean }[];
  private turn = 0;
  private current: Strategy | null = null;

  constructor(name: string, strategies: readonly Strategy[]) {
    this.name = name;
    this.members = strategies.map((strategy) => ({ strategy, executions: 0, exhausted: false }));
  }

  begin(_execution: number): Chooser | null {
    const { members } = this;
    for (let tries = 0; tries < members.length; tries++) {
      const member = members[this.turn];
      this.turn = (this.turn + 1) % members.length;
      if (member.exhausted) continue;
      const chooser = member.strategy.begin(member.executions);
      if (chooser !== null) {
        member.executions++;
        this.current = member.strategy;
        return chooser;
      }
      member.exhausted = true;
    }
    return null;
  }

  end(outcome: Outcome): void {
    this.current?.end(outcome);
  }
}
