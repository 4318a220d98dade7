import { KCS_BMC_VERSIONS } from '../drivers/kcs-bmc/index.ts';
import { STRATEGIES } from '../explore/index.ts';
import { SCENARIOS, UsageError, type Parameter } from '../scenarios/index.ts';
import { ORACLES } from './oracles.ts';
import { print, printJson } from './output.ts';

const TOPICS = ['scenarios', 'drivers', 'oracles', 'strategies', 'parameters'] as const;
type Topic = (typeof TOPICS)[number];

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly source?: string;
  readonly default?: number | string;
  readonly min?: number;
  readonly max?: number;
  readonly words?: readonly string[];
  readonly unit?: string;
  readonly confidence?: string;
}

/** `inband list [topic]`: what there is, and where it comes from. */
export function list(topic: string | undefined, json: boolean): void {
  if (topic !== undefined && !(TOPICS as readonly string[]).includes(topic)) {
    throw new UsageError(`unknown topic "${topic}": there are ${TOPICS.join(', ')}`);
  }
  const topics = topic === undefined ? TOPICS : [topic as Topic];
  if (json) {
    printJson({ format: 'inband-list/1', ...Object.fromEntries(topics.map((t) => [t, entries(t)])) });
    return;
  }
  print(topics.map((t) => `${t.toUpperCase()}\n${entries(t).map(formatEntry).join('\n')}`).join('\n\n'));
}

function entries(topic: Topic): readonly Entry[] {
  switch (topic) {
    case 'scenarios':
      return SCENARIOS.map(({ name, text }) => ({ name, text }));
    case 'drivers':
      return KCS_BMC_VERSIONS.map(({ version, text, source }) => ({ name: `kcs-bmc@${version}`, text, source }));
    case 'oracles':
      return ORACLES;
    case 'strategies':
      return STRATEGIES.map(({ name, text }) => ({ name, text }));
    case 'parameters':
      return SCENARIOS.flatMap((s) => s.parameters.map(parameterEntry));
  }
}

function parameterEntry(p: Parameter): Entry {
  return { ...p };
}

function formatEntry(entry: Entry): string {
  const { name, text, source, words, min, max, unit, confidence } = entry;
  const unitText = unit === undefined ? '' : ` ${unit}`;
  const bounds = words === undefined ? (min === undefined ? '' : `${min} to ${max}${unitText}`) : words.join(', ');
  const value = entry.default === undefined ? '' : ` = ${entry.default} (${bounds})`;
  const from = source === undefined ? '' : `\n      from: ${source}${confidence === undefined ? '' : ` [${confidence}]`}`;
  return `  ${name}${value}\n      ${text}${from}`;
}
