import { JsonReader, OPTIONAL_SUBJECT, parseJson, readDecisions, readSubject, type SubjectMembers } from '../explore/index.ts';
import type { Decision } from '../sim/index.ts';

export const SEED_FORMAT = 'inband-seed/1';

/** A schedule that showed what none had shown before, and the system in which it did. */
export interface CorpusSeed extends SubjectMembers {
  readonly format: typeof SEED_FORMAT;
  readonly decisions: readonly Decision[];
}

/** Text of a file of the corpus. */
export function serializeSeed({ scenario, driver, host, daemon, settings, oracles, observed, model }: SubjectMembers, decisions: readonly Decision[]): string {
  return `${JSON.stringify({ format: SEED_FORMAT, scenario, driver, host, daemon, settings, oracles, observed, model, decisions })}\n`;
}

/** Reads a file of the corpus. Throws UsageError of one line, beginning with `name`, on anything that is not exactly one. */
export function parseSeed(text: string, name: string): CorpusSeed {
  const reader = new JsonReader(name, SEED_FORMAT);
  const whole = reader.members(parseJson(text, name), '');
  if (whole['format'] !== SEED_FORMAT) reader.fail('format', JSON.stringify(SEED_FORMAT));
  const o = reader.record(
    whole, '', ['format', 'scenario', 'driver', 'host', 'daemon', 'settings', 'oracles', 'observed', 'model', 'decisions'], OPTIONAL_SUBJECT,
  );
  return { format: SEED_FORMAT, ...readSubject(reader, o, ''), decisions: readDecisions(reader, o['decisions'], 'decisions') };
}
