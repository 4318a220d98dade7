import type { Scenario } from '../../src/scenarios/index.ts';
import type { Toy } from '../explore/toys.ts';

/** A toy as a scenario. */
export function toyScenario(name: string, build: () => Toy, model = 1): Scenario {
  return {
    name, build, text: 'a toy', model, defaultDriver: 'toy@v1', drivers: ['toy@v1'], hosts: [], daemons: [], oracles: ['errno', 'lost-byte', 'state-mismatch'], parameters: [],
    wholeDriver: (driver) => driver, models: () => ({ toy: model }),
  };
}
