import { UsageError } from '../scenarios/index.ts';
import { CORPUS } from './campaign.ts';
import { parseSeed, type CorpusSeed } from './corpus.ts';
import type { Folder } from './folder.ts';

const MOST_MIB = 4;

/** A file of the corpus. */
export interface CorpusFile {
  /** Its path within the campaign. */
  readonly name: string;
  readonly text: string;
  readonly seed: CorpusSeed;
}

/** The corpus of a campaign, by hunt; and a line for each file that is none of it. */
export function readCorpus(folder: Folder): { readonly hunts: ReadonlyMap<string, readonly CorpusFile[]>; readonly refused: readonly string[] } {
  const refused: string[] = [];
  const hunts = new Map<string, readonly CorpusFile[]>();
  for (const hunt of folder.list(CORPUS)) {
    const files = folder.list(`${CORPUS}/${hunt}`).flatMap((entry): readonly CorpusFile[] => {
      const name = `${CORPUS}/${hunt}/${entry}`;
      try {
        const text = folder.read(name, MOST_MIB);
        return [{ name, text, seed: parseSeed(text, folder.at(name)) }];
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        refused.push(error.message);
        return [];
      }
    });
    hunts.set(hunt, files);
  }
  return { hunts, refused };
}
