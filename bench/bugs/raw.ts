import type { Trial } from './measure.ts';

/** The strategies of the table: the default, and what it could be replaced by. */
export const STRATEGIES: readonly string[] = ['portfolio', 'random', 'stall', 'pct', 'pos', 'surw', 'greybox'];

/** What was measured: by version, strategy and seed how many executions the hunt made, and what it found. */
export interface Raw {
  readonly format: 'inband-bugs/2';
  readonly cap: number;
  /** By version and strategy what was measured ({@link subjectOf}); absent: it was not noted down. What is of something else is stale. */
  readonly of: Record<string, Record<string, string>>;
  readonly trials: Record<string, Record<string, Record<string, RawTrial>>>;
}

/** One hunt; of each bug that it found `[execution, decisions before shrinking, and after]`. */
export interface RawTrial {
  readonly executions: number;
  readonly found: Readonly<Record<string, readonly [number, number, number]>>;
}

export function rawTrial(executions: number, found: Trial): RawTrial {
  return { executions, found: Object.fromEntries(Object.entries(found).map(([slug, { execution, before, after }]) => [slug, [execution, before, after]])) };
}

/** A line for each hunt. */
export function serialize({ format, cap, of, trials }: Raw): string {
  const versions = Object.entries(trials).map(([version, strategies]) => {
    const cells = Object.entries(strategies).map(([strategy, seeds]) => {
      const lines = Object.entries(seeds).map(([seed, trial]) => `    ${JSON.stringify(seed)}: ${JSON.stringify(trial)}`);
      return `   ${JSON.stringify(strategy)}: {\n${lines.join(',\n')}\n   }`;
    });
    return `  ${JSON.stringify(version)}: {\n${cells.join(',\n')}\n  }`;
  });
  const subjects = Object.entries(of).map(([version, strategies]) => (
    `  ${JSON.stringify(version)}: {\n${Object.entries(strategies).map(([strategy, subject]) => `   ${JSON.stringify(strategy)}: ${JSON.stringify(subject)}`).join(',\n')}\n  }`));
  return `{\n "format": ${JSON.stringify(format)}, "cap": ${cap},\n "of": {\n${subjects.join(',\n')}\n },\n "trials": {\n${versions.join(',\n')}\n }\n}\n`;
}
