import { readSignature, readTally } from '../campaign/index.ts';
import { JsonReader, parseLongJson, readMemory, type Knowledge } from '../explore/index.ts';

const KNOWLEDGE_FORMAT = 'inband-knowledge/1';
const MOST = 100_000;

/** What the slices of an epoch start from, as a text. */
export function serializeKnowledge({ epoch, memory, causes, tallies }: Knowledge): string {
  return JSON.stringify({ format: KNOWLEDGE_FORMAT, epoch, memory, causes, tallies });
}

/** Reads it back, for a strategy. Throws UsageError of one line, beginning with `name`. */
export function parseKnowledge(text: string, strategy: string, name: string): Knowledge {
  const reader = new JsonReader(name, KNOWLEDGE_FORMAT);
  const whole = reader.members(parseLongJson(text, name), '');
  if (whole['format'] !== KNOWLEDGE_FORMAT) reader.fail('format', JSON.stringify(KNOWLEDGE_FORMAT));
  const o = reader.record(whole, '', ['format', 'epoch', 'memory', 'causes', 'tallies']);
  const pairs = (key: string): readonly (readonly unknown[])[] => reader.list(o[key], key, MOST).map((entry) => reader.list(entry, key, 2));
  return {
    epoch: reader.integer(o['epoch'], 'epoch'),
    memory: readMemory(reader, strategy, o['memory'], 'memory'),
    causes: pairs('causes').map(([rule, causes]) => [
      reader.lines(rule, 'causes', 2),
      reader.list(causes, 'causes', MOST).map((traits) => reader.list(traits, 'causes', MOST).map((trait) => reader.text(trait, 'causes'))),
    ]),
    tallies: pairs('tallies').map(([signature, tally]) => [readSignature(reader, signature, 'tallies'), readTally(reader, tally, 'tallies')]),
  };
}
