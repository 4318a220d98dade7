import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../src/report/index.ts';

/** The oracles and rules that stand as literals in the sources of `folder`. */
function reported(folder: string): { oracle: string; rule: string }[] {
  const found: { oracle: string; rule: string }[] = [];
  const files = readdirSync(join(import.meta.dirname, '../../src', folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  for (const file of files) {
    const text = readFileSync(join(import.meta.dirname, '../../src', folder, file), 'utf8');
    for (const [, oracle, rule] of text.matchAll(/(?:violate|breach)\(\s*'([\w-]+)',\s*(?:'([\w-]+)')?/g)) found.push({ oracle, rule: rule ?? 'made up as it goes' });
  }
  return found;
}

describe('ruleOf', () => {
  it('knows the rules of every oracle and of the kernel', () => {
    const all = [...reported('oracles'), ...reported('linux'), ...reported('scenarios')];
    expect(all.length).toBeGreaterThan(20);
    for (const violation of all) {
      const { text, source } = ruleOf(violation);
      expect(source, `${violation.oracle}/${violation.rule}`).not.toBe(violation.oracle);
      expect(text).toMatch(/^(?:[a-z]|IDR |OBF )/); // goes on a sentence
      expect(text).not.toMatch(/\.$/);
    }
  });

  it('has a rule of its own before the general one of the oracle', () => {
    expect(ruleOf({ oracle: 'hang', rule: 'not-open' })).not.toEqual(ruleOf({ oracle: 'hang', rule: 'unheard of' }));
    expect(ruleOf({ oracle: 'hang', rule: 'unheard of' })).toEqual(ruleOf({ oracle: 'hang', rule: 'neither' }));
  });

  it('says something of an oracle that it does not know', () => {
    expect(ruleOf({ oracle: 'new', rule: 'one' })).toEqual({ text: 'what the oracle of this name watches', source: 'new' });
  });
});
