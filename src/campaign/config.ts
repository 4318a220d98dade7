import { JsonReader, OPTIONAL_SUBJECT, STRATEGIES, parseJson, readSubject, type Members, type SubjectMembers } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';

export const CAMPAIGN_FORMAT = 'inband-campaign/1';
/** Its name in the campaign's folder. */
export const CAMPAIGN = 'campaign.json';

/** How far to go: executions of the whole, seconds of wall clock of one process; either may be left open. */
export interface Limit {
  readonly executions?: number;
  readonly seconds?: number;
}

/** A part of a campaign: one system, searched by one strategy from one seed. */
export interface HuntConfig extends SubjectMembers {
  /** Tells it from the others; the name of its folder. */
  readonly name: string;
  readonly strategy: string;
  readonly seed: number;
  readonly limit: Limit;
}

/** Which of the slices are this campaign's: those whose index, modulo `of`, is `index` - 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A campaign's configuration, as it was resolved when it began. */
export interface CampaignConfig {
  readonly format: typeof CAMPAIGN_FORMAT;
  /** Of all hunts together. */
  readonly limit: Limit;
  /** Null: the whole. */
  readonly shard: Shard | null;
  readonly hunts: readonly HuntConfig[];
}

/** Hunts of a campaign. */
const MOST_HUNTS = 1000;
/** Shards of a search: more than machines. */
const MOST_SHARDS = 10_000;

/** Text of campaign.json. */
export function serializeCampaign({ format, limit, shard, hunts }: CampaignConfig): string {
  const ordered = hunts.map(({ name, scenario, driver, host, daemon, settings, oracles, observed, model, strategy, seed, limit: own }) => (
    { name, scenario, driver, host, daemon, settings, oracles, observed, model, strategy, seed, limit: own }));
  return `${JSON.stringify({ format, limit, shard, hunts: ordered }, null, 2)}\n`;
}

/** Reads campaign.json. Throws UsageError of one line, beginning with `name` (the file), on anything that is not exactly one. */
export function parseCampaign(text: string, name: string): CampaignConfig {
  const reader = new JsonReader(name, CAMPAIGN_FORMAT);
  const whole = reader.members(parseJson(text, name), '');
  if (whole['format'] !== CAMPAIGN_FORMAT) reader.fail('format', JSON.stringify(CAMPAIGN_FORMAT));
  const o = reader.record(whole, '', ['format', 'limit', 'shard', 'hunts']);
  const hunts = reader.list(o['hunts'], 'hunts', MOST_HUNTS).map((entry, i) => readHunt(reader, entry, `hunts[${i}]`));
  if (hunts.length === 0) reader.fail('hunts', 'at least one hunt');
  const twice = hunts.find((hunt, i) => hunts.findIndex((other) => other.name === hunt.name) < i);
  if (twice !== undefined) throw new UsageError(`${name}: two hunts are called ${twice.name}`);
  return { format: CAMPAIGN_FORMAT, limit: readLimit(reader, o['limit'], 'limit'), shard: readShard(reader, o['shard']), hunts };
}

function readHunt(reader: JsonReader, value: unknown, at: string): HuntConfig {
  const o = reader.record(
    value, at, ['name', 'scenario', 'driver', 'host', 'daemon', 'settings', 'oracles', 'observed', 'model', 'strategy', 'seed', 'limit'], OPTIONAL_SUBJECT,
  );
  return {
    name: reader.matching(o['name'], `${at}.name`, /^[a-z0-9][a-z0-9-]{0,79}$/, 'small letters, digits and hyphens'),
    ...readSubject(reader, o, `${at}.`),
    strategy: readStrategy(reader, o['strategy'], `${at}.strategy`),
    seed: reader.integer(o['seed'], `${at}.seed`),
    limit: readLimit(reader, o['limit'], `${at}.limit`),
  };
}

/** Reads the name of a strategy that there is. */
export function readStrategy(reader: JsonReader, value: unknown, at: string): string {
  const strategy = reader.text(value, at);
  return STRATEGIES.some(({ name }) => name === strategy) ? strategy : reader.fail(at, `one of ${STRATEGIES.map(({ name }) => name).join(', ')}`);
}

function readLimit(reader: JsonReader, value: unknown, at: string): Limit {
  const o: Members = reader.record(value, at, ['executions', 'seconds'], ['executions', 'seconds']);
  return {
    ...(o['executions'] === undefined ? {} : { executions: reader.integer(o['executions'], `${at}.executions`, 1) }),
    ...(o['seconds'] === undefined ? {} : { seconds: reader.integer(o['seconds'], `${at}.seconds`, 1) }),
  };
}

function readShard(reader: JsonReader, value: unknown): Shard | null {
  if (value === null) return null;
  const o = reader.record(value, 'shard', ['index', 'of']);
  const of = reader.integer(o['of'], 'shard.of', 1);
  const index = reader.integer(o['index'], 'shard.index', 1);
  if (of > MOST_SHARDS || index > of) reader.fail('shard', `index of 1 to of, and of at most ${MOST_SHARDS}`);
  return { index, of };
}

/** Whether two hunts search the same in the same way, however far. */
export function sameHunt({ limit: _1, ...a }: HuntConfig, { limit: _2, ...b }: HuntConfig): boolean {
  return keyOf(a) === keyOf(b);
}

/** Whether two hunts are of the same system, whatever they look for in it and how. */
export function sameSystem(a: HuntConfig, b: HuntConfig): boolean {
  const system = ({ name: _1, oracles: _2, observed: _3, strategy: _4, seed: _5, limit: _6, ...rest }: HuntConfig): string => keyOf(rest);
  return system(a) === system(b);
}

function keyOf({ settings, model, ...rest }: Pick<HuntConfig, 'settings' | 'model'>): string {
  return JSON.stringify([Object.entries(rest).sort(byKey), Object.entries(settings).sort(byKey), Object.entries(model).sort(byKey)]);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
