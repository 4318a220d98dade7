import { describe, expect, it } from 'vitest';
import { Hunter, Portfolio, SLICE, type Json, type Strategy } from '../../src/explore/index.ts';
import type { Outcome } from '../../src/scenarios/system.ts';
import { SUBJECT, faultAndStall } from './toys.ts';

const NOTHING: Outcome = { reason: 'done', violations: [], taken: [], hash: 1, traceHash: 0, steps: 100, time: 0 };

function breach(site: string): Outcome {
  return { ...NOTHING, violations: [{ oracle: 'hang', rule: 'r', site, message: '', at: 0, step: 0 }] };
}

/** A strategy that proposes nothing in particular. */
function member(name: string): Strategy {
  return { name, enter() {}, begin: () => ({ plan: [], draw: () => 0 }), end() {} };
}

/** Executions of each member in each of `epochs` of one slice, if `come` is what comes of them. */
function shares(portfolio: Portfolio, epochs: number, come: (by: string, k: number) => Outcome): Record<string, number>[] {
  let memory: Json = null;
  return Array.from({ length: epochs }, (_, epoch) => {
    const made = Object.fromEntries(portfolio.members.map((name) => [name, 0]));
    portfolio.recall(memory);
    portfolio.enter({ index: epoch, epoch, turn: 0, of: 1 });
    for (let k = epoch * SLICE; k < (epoch + 1) * SLICE; k++) {
      portfolio.begin(k);
      made[portfolio.by]++;
      portfolio.end(come(portfolio.by, k));
    }
    memory = portfolio.merge(memory, [portfolio.lessons()]);
    return made;
  });
}

describe('a portfolio', () => {
  const twins = (): Portfolio => new Portfolio('p', [{ strategy: member('a'), weight: 1 }, { strategy: member('b'), weight: 1 }]);

  it('shares out by weight as long as nobody has found anything', () => {
    const portfolio = new Portfolio('p', [{ strategy: member('a'), weight: 3 }, { strategy: member('b'), weight: 1 }]);
    expect(shares(portfolio, 2, () => NOTHING)).toEqual([{ a: 192, b: 64 }, { a: 192, b: 64 }]);
  });

  it('gives more to who finds something new, at the end of the epoch, and never nothing to the other', () => {
    const [first, second] = shares(twins(), 2, (by, k) => (by === 'b' ? breach(`site ${k}`) : NOTHING));
    expect(first).toEqual({ a: 128, b: 128 });
    expect(second['b']).toBeGreaterThan(150);
    expect(second['a']).toBeGreaterThan(80);
  });

  it('does not pay for what everybody has seen', () => {
    const all = shares(twins(), 12, (by) => (by === 'b' ? breach('the same') : NOTHING));
    expect(all[1]['b']).toBeGreaterThan(128);
    expect(all.at(-1)!['b']).toBeLessThanOrEqual(all[1]['b']);
  });

  it('sets what is found against the steps that it took', () => {
    const cheap = shares(twins(), 2, (by, k) => ({ ...breach(`site ${k}`), steps: by === 'a' ? 1000 : 100 }))[1];
    expect(cheap['b']).toBeGreaterThan(cheap['a']);
  });

  it('what was earned long ago fades: three epochs outweigh the eight before them', () => {
    const all = shares(twins(), 12, (by, k) => (by === (k < 8 * SLICE ? 'b' : 'a') ? breach(`site ${k}`) : NOTHING));
    expect(all[8]['b']).toBeGreaterThan(all[8]['a']);
    expect(all[11]['a']).toBeGreaterThan(all[11]['b']);
  });

  it('and so does what it has cost', () => {
    const all = shares(twins(), 16, (by, k) => {
      const early = by === 'b' && k < 8 * SLICE;
      return early ? { ...NOTHING, steps: 1000 } : breach(`site ${k}`);
    });
    expect(all[8]['b']).toBeLessThan(0.8 * all[8]['a']);
    expect(all[15]['b']).toBeGreaterThan(0.8 * all[15]['a']);
  });

  it('makes the nominal run once, and nobody begins as small as in a hunt of its own', () => {
    const told: string[] = [];
    const listener = (name: string): Strategy => ({
      ...member(name),
      enter: ({ index }, seen) => void told.push(`${name} enters slice ${index}, nominal run ${seen === true ? 'seen' : 'to be made'}`),
      begin: (execution, age) => {
        told.push(`${name} ${execution} of ${age}`);
        return { plan: [], draw: () => 0 };
      },
    });
    const portfolio = new Portfolio('p', [{ strategy: listener('a'), weight: 1 }, { strategy: listener('b'), weight: 1 }]);
    for (const index of [0, 3]) {
      portfolio.enter({ index, epoch: index, turn: 0, of: 1 });
      for (let k = 0; k < 3; k++) {
        portfolio.begin(index * SLICE + k);
        portfolio.end(NOTHING);
      }
    }
    expect(told).toEqual([
      'a enters slice 0, nominal run to be made', 'b enters slice 0, nominal run seen', 'a 0 of 0', 'b 0 of 1', 'a 1 of 2',
      'a enters slice 3, nominal run seen', 'b enters slice 3, nominal run seen', 'a 768 of 768', 'b 768 of 769', 'a 769 of 770',
    ]);
  });

  it('says whose each finding is, and what became of everybody', () => {
    const toy = faultAndStall();
    const hunter = new Hunter(toy, SUBJECT, { strategy: 'portfolio', keepGoing: true, maxExecutions: 600 });
    while (!hunter.done) hunter.advance(100);
    const { findings, tally } = hunter;
    expect(findings.length).toBeGreaterThan(0);
    expect(tally.reduce((sum, { executions }) => sum + executions, 0)).toBe(600);
    expect(tally.reduce((sum, t) => sum + t.findings, 0)).toBe(findings.length);
    for (const finding of findings) expect(tally.map(({ name }) => name)).toContain(hunter.finderOf(finding));
  });
});
