/** Tables of what there is, made of what `inband list --json` prints. */

/**
 * @typedef {{ name: string, text: string, source: string }} Part
 * @typedef {{ scenario: string, name: string, default: number | string, words?: string[], min?: number, max?: number, unit?: string, confidence?: string, source: string, text: string }} Parameter
 * @typedef {{ name: string, text: string, defaultDriver: string, drivers: Part[], hosts: Part[], daemons: Part[], oracles: string[], parameters: string[] }} Scenario
 * @typedef {{ scenarios: Scenario[], drivers: Part[], oracles: { name: string, text: string }[], strategies: Part[], parameters: Parameter[], kernel: { name: string, text: string, names: string[] }[] }} List
 */

/**
 * @param {readonly string[]} heads
 * @param {readonly (readonly string[])[]} rows
 */
function table(heads, rows) {
  if (rows.length === 0) throw new Error(`a table of ${heads.join(', ')} without rows`);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return `${[line(heads), `|${'---|'.repeat(heads.length)}`, ...rows.map(line)].join('\n')}\n`;
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/**
 * The block of a page.
 *
 * @param {string} what `strategies`, `kernel`, `parameters` (those that all wide scenarios have alike), `presets`, or `drivers`, `hosts`, `daemons`,
 *   `oracles`, `scenarios` or `parameters` (those that are its own) and a wide scenario
 * @param {List} list
 * @returns {string}
 */
export function tableOf(what, list) {
  const [topic, medium = ''] = what.split(' ');
  if (topic === 'kernel') return table(['what', 'how it behaves here', 'names'], list.kernel.map(({ name, text, names }) => [name, text, names.map(code).join(', ')]));
  if (topic === 'strategies') return table(['strategy', 'how it searches', 'from'], list.strategies.map(({ name, text, source }) => [code(name), text, source]));
  const common = list.parameters.filter((one) => wide(list).every(({ name }) => alike(one, parameterOf(list, name, one.name))));
  if (what === 'parameters') return parameters(common.filter((one) => one.scenario === wide(list)[0].name));
  if (what === 'presets') return presets(list);
  const scenario = list.scenarios.find(({ name }) => name === medium);
  if (scenario === undefined) throw new Error(`table ${what}: there is no scenario ${medium}`);
  switch (topic) {
    case 'drivers':
    case 'hosts':
    case 'daemons':
      return table(['version', 'what it is', 'from'], scenario[topic].map(({ name, text, source }) => [code(name), text, source]));
    case 'oracles':
      return table(['oracle', 'speaks up when'], scenario.oracles.map((name) => [code(name), list.oracles.find((one) => one.name === name)?.text ?? '']));
    case 'scenarios':
      return table(['scenario', 'what it is', 'drivers unless told otherwise'], list.scenarios
        .filter((one) => one === scenario || isNarrow(one, scenario)).map(({ name, text, defaultDriver }) => [code(name), text, code(defaultDriver)]));
    case 'parameters':
      return parameters(list.parameters.filter((one) => one.scenario === medium && !common.includes(one)));
    default:
      throw new Error(`there is no table ${what}`);
  }
}

/** Whether a scenario is another with less left open. @param {Scenario} one @param {Scenario} other */
function isNarrow(one, other) {
  return one.name.startsWith(`${other.name}-`) && JSON.stringify(one.drivers) === JSON.stringify(other.drivers);
}

/** The scenarios that are not a narrower one of another. @param {List} list */
function wide({ scenarios }) {
  return scenarios.filter((one) => !scenarios.some((other) => isNarrow(one, other)));
}

/** @param {List} list @param {string} scenario @param {string} name */
function parameterOf({ parameters: all }, scenario, name) {
  return all.find((one) => one.scenario === scenario && one.name === name);
}

/** Whether two scenarios have the same parameter. @param {Parameter} a @param {Parameter | undefined} b */
function alike(a, b) {
  return b !== undefined && JSON.stringify({ ...a, scenario: '' }) === JSON.stringify({ ...b, scenario: '' });
}

/** In which defaults the narrow scenarios differ from the wide ones. @param {List} list */
function presets(list) {
  return table(['scenario', 'sets', 'because'], wide(list).flatMap((scenario) => list.parameters
    .filter((one) => list.scenarios.some((narrow) => narrow.name === one.scenario && isNarrow(narrow, scenario)) && one.default !== parameterOf(list, scenario.name, one.name)?.default)
    .map((p) => [code(p.scenario), code(`${p.name}=${p.default}`), p.text.split('. Here: ')[1] ?? ''])));
}

/** @param {readonly Parameter[]} list */
function parameters(list) {
  return table(['parameter', 'default', 'bounds', 'what it is', 'from', 'sure'], list.map((p) => [
    code(p.name), valueText(p.default, p), p.words === undefined ? `${valueText(p.min, p)} to ${valueText(p.max, p)}` : p.words.join(', '), p.text, p.source, p.confidence ?? '',
  ]));
}

/**
 * @param {number | string | undefined} value
 * @param {Parameter} parameter
 */
function valueText(value, { unit }) {
  if (value === undefined) return 'any';
  if (typeof value === 'string' || value === 0) return String(value);
  if (unit === 'ps') return timeText(value);
  return unit === 'bytes' || unit === 'clocks' ? `${value} ${unit}` : String(value);
}

/** @type {readonly (readonly [number, string])[]} */
const UNITS = [[1e12, 's'], [1e9, 'ms'], [1e6, 'us'], [1e3, 'ns'], [1, 'ps']];

/** A time in the largest unit that it fills. @param {number} ps */
export function timeText(ps) {
  const [size, name] = UNITS.find(([one]) => ps >= one) ?? [1, 'ps'];
  return `${ps / size} ${name}`;
}
