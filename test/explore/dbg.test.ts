import { it } from 'vitest';
import { Hunter, traitsOf } from '../../src/explore/index.ts';
import { SUBJECT, threeCauses } from './toys.ts';
it('x', () => {
  for (const seed of [1, 2, 3]) for (const maxExecutions of [20, 100, 300, 1000, 3000]) {
    const h = new Hunter(threeCauses(), SUBJECT, { seed, keepGoing: true, maxExecutions, shrinkBudget: 1 });
    while (!h.done) h.advance(1000);
    console.log(seed, maxExecutions, h.violating, h.shrinkExecutions, h.findings.map((f) => traitsOf(f.decisions).join(', ')).filter((t) => t.includes('red')));
  }
});
