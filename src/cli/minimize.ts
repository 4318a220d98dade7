import { Folder, minimize as minimizeCorpus, modelChanges, readCorpus, type CorpusFile } from '../campaign/index.ts';
import { buildOptionsOf } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { readCampaign } from './campaign-config.ts';
import { Exit } from './exit.ts';
import { scenarioAmong } from './finding-set.ts';
import { complain, print, printJson } from './output.ts';
import type { OwnFlags } from './own.ts';

export interface MinimizeFlags extends OwnFlags {
  readonly json?: boolean;
}

/** `inband minimize FOLDER`: as few schedules as show what the corpus shows; those of other models are removed. */
export function minimize(path: string, flags: MinimizeFlags): number {
  const folder = new Folder(path);
  readCampaign(folder);
  const corpus = readCorpus(folder);
  const { hunts } = corpus;
  const refused = [...corpus.refused];
  const results = [...hunts].map(([hunt, files]) => {
    let kept = 0;
    let stale = 0;
    // A folder may have been merged from campaigns of several systems.
    const bySystem = new Map<string, CorpusFile[]>();
    for (const file of files) {
      const { decisions: _1, ...subject } = file.seed;
      const key = JSON.stringify(subject);
      bySystem.set(key, [...bySystem.get(key) ?? [], file]);
    }
    for (const group of bySystem.values()) {
      const keep = keptOf(group, folder, flags, refused);
      if (keep === null) {
        stale += group.length;
        for (const { name } of group) folder.remove(name);
        continue;
      }
      kept += keep.size;
      for (const [i, { name }] of group.entries()) if (!keep.has(i)) folder.remove(name);
    }
    return { hunt, before: files.length, kept, stale };
  });
  if (flags.json === true) printJson({ format: 'inband-minimize/1', hunts: results, refused });
  else {
    for (const { hunt, before, kept, stale } of results) print(`${hunt}: ${kept} of ${before} schedules show all that the corpus shows${stale === 0 ? '' : `; ${stale} were of other models`}`);
    if (results.length === 0) print('no corpus');
  }
  for (const reason of refused) complain(reason);
  return refused.length > 0 ? Exit.usage : Exit.nothing;
}

/** Which of the files of one system suffice; null: they are of other models. Of a system that is not here all are kept. */
function keptOf(group: readonly CorpusFile[], folder: Folder, flags: OwnFlags, refused: string[]): ReadonlySet<number> | null {
  const [{ seed, name }] = group;
  try {
    const scenario = scenarioAmong(seed, flags);
    if (modelChanges(seed, scenario.models(buildOptionsOf(seed))).length > 0) return null;
    return new Set(minimizeCorpus(group.map((file) => file.seed), scenario));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refused.push(`${folder.at(name)}: ${error.message}`);
    return new Set(group.keys());
  }
}
