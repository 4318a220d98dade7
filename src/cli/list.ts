import type { Interface } from '../c/index.ts';
import { STRATEGIES } from '../explore/index.ts';
import { wrap } from '../report/index.ts';
import { SCENARIOS, UsageError, type Parameter, type Scenario } from '../scenarios/index.ts';
import { formatShort } from '../sim/index.ts';
import { kernelInterfaces } from './headers.ts';
import { ORACLES } from './oracles.ts';
import { print, printJson } from './output.ts';
import { DAEMONS, DRIVERS, HOSTS, type Part } from './parts.ts';

const TOPICS = ['scenarios', 'drivers', 'oracles', 'strategies', 'parameters'] as const;
type Topic = (typeof TOPICS)[number] | typeof KERNEL;
/** Told only if asked for: it is long, and of interest to drivers in C alone. */
const KERNEL = 'kernel';

interface Entry {
  readonly name: string;
  readonly text: string;
  readonly source?: string;
}

/** `inband list [topic]`: what there is, and where it comes from. */
export function list(topic: string | undefined, json: boolean): void {
  if (topic !== undefined && topic !== KERNEL && !(TOPICS as readonly string[]).includes(topic)) {
    throw new UsageError(`unknown topic "${topic}": there are ${[...TOPICS, KERNEL].join(', ')}`);
  }
  const topics = topic === undefined ? TOPICS : [topic as Topic];
  if (json) {
    printJson({ format: 'inband-list/1', ...Object.fromEntries(topics.map((t) => [t, entries(t)])) });
    return;
  }
  print(topics.map((t) => `${t.toUpperCase()}\n${lines(t).join('\n')}`).join('\n\n'));
}

/** What of a topic is printed as JSON. */
function entries(topic: Topic): readonly object[] {
  switch (topic) {
    case 'scenarios':
      return SCENARIOS.map(scenarioEntry);
    case 'drivers':
      return DRIVERS;
    case 'oracles':
      return ORACLES;
    case 'strategies':
      return STRATEGIES.map(({ name, text, source }) => ({ name, text, source }));
    case 'parameters':
      return SCENARIOS.flatMap((s) => s.parameters.map((parameter) => ({ scenario: s.name, ...parameter })));
    case 'kernel':
      return kernelInterfaces().map(({ title, text, names }) => ({ name: title, text, names }));
  }
}

/** The same for people. */
function lines(topic: Topic): readonly string[] {
  switch (topic) {
    case 'scenarios':
      return SCENARIOS.flatMap(scenarioLines);
    case 'drivers':
      return DRIVERS.flatMap(entryLines);
    case 'oracles':
      return ORACLES.flatMap(entryLines);
    case 'strategies':
      return STRATEGIES.flatMap(entryLines);
    case 'parameters':
      return SCENARIOS.flatMap((s) => [`  -- of scenario ${s.name} --`, ...s.parameters.flatMap(parameterLines)]);
    case 'kernel':
      return kernelInterfaces().flatMap(interfaceLines);
  }
}

/** What is known of the parts that a scenario names. */
function partsOf(names: readonly string[], known: readonly Part[]): readonly Part[] {
  return names.map((name) => known.find((part) => part.name === name) ?? { name, text: '', source: '' });
}

function scenarioEntry({ name, text, defaultDriver, drivers, hosts, daemons, oracles, parameters }: Scenario): object {
  return {
    name, text, defaultDriver,
    drivers: partsOf(drivers, DRIVERS), hosts: partsOf(hosts, HOSTS), daemons: partsOf(daemons, DAEMONS),
    oracles, parameters: parameters.map((parameter) => parameter.name),
  };
}

/** Columns of the text, the margin of a scenario's parts, and of what belongs to one. */
const WIDTH = 112;
const MARGIN = ' '.repeat(6);
const INNER = ' '.repeat(10);

function scenarioLines({ name, text, defaultDriver, drivers, hosts, daemons, oracles, parameters }: Scenario): readonly string[] {
  return [
    `  ${name}`, `${MARGIN}${text}`,
    `${MARGIN}drivers (--driver; ${defaultDriver} if not given)`, ...partLines(partsOf(drivers, DRIVERS)),
    `${MARGIN}hosts (--host)`, ...partLines(partsOf(hosts, HOSTS)),
    `${MARGIN}daemons (--daemon)`, ...partLines(partsOf(daemons, DAEMONS)),
    `${MARGIN}oracles (--oracle)`, ...listLines(oracles),
    `${MARGIN}parameters (--set; see: inband list parameters)`, ...listLines(parameters.map(setting)),
  ];
}

function partLines(parts: readonly Part[]): readonly string[] {
  const wide = Math.max(...parts.map((part) => part.name.length));
  return parts.map((part) => `${INNER}${part.name.padEnd(wide)}  ${part.text}`);
}

function listLines(words: readonly string[]): readonly string[] {
  return wrap(words.join(', '), WIDTH - INNER.length).map((line) => `${INNER}${line}`);
}

/** `channel`, `hostMode=kipmid|irq|poll`. */
function setting({ name, words }: Parameter): string {
  return words === undefined ? name : `${name}=${words.join('|')}`;
}

function entryLines({ name, text, source }: Entry): readonly string[] {
  return [`  ${name}`, `${MARGIN}${text}`, ...(source === undefined ? [] : [`${MARGIN}from: ${source}`])];
}

function interfaceLines({ title, text, names }: Interface): readonly string[] {
  return [`  ${title}`, ...wrap(text, WIDTH - MARGIN.length).map((line) => `${MARGIN}${line}`), ...listLines(names)];
}

function parameterLines(p: Parameter): readonly string[] {
  const confidence = p.confidence === undefined ? '' : ` [${p.confidence}]`;
  return [`  ${p.name} = ${valueText(p)}`, `${MARGIN}${p.text}`, `${MARGIN}from: ${p.source}${confidence}`];
}

/** Units that are said with a number; flags and choices speak for themselves. */
const MEASURES: ReadonlySet<string> = new Set(['bytes', 'clocks']);

/** `3 (1 to 4)`, `none (none, full)`; times, which are set in picoseconds, also as people write them: `5000000 ps = 5 us (2 us to 50 us)`. */
function valueText({ default: value, words, min, max, unit }: Parameter): string {
  if (words !== undefined) return `${value} (${words.join(', ')})`;
  const shown = (n: number | undefined): string => (n === undefined ? 'any' : n === 0 || unit !== 'ps' ? String(n) : formatShort(n));
  const bounds = `${shown(min)} to ${shown(max)}${unit === undefined || !MEASURES.has(unit) ? '' : ` ${unit}`}`;
  const time = unit !== 'ps' ? '' : value === 0 ? ' ps' : ` ps = ${shown(Number(value))}`;
  return `${value}${time} (${bounds})`;
}
