import { join } from 'node:path';
import { parseFinding, type Finding } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { DISK, readPlain, type Disk } from './disk.ts';
import { FileError } from './file-error.ts';
import { CAMPAIGN } from './config.ts';
import { FINDINGS, FindingStore, MOST_FINDING_MIB } from './finding-store.ts';
import { Folder } from './folder.ts';

/** A file that should hold a finding. */
export interface FindingFile {
  /** As the user knows it. */
  readonly file: string;
  /** Throws UsageError of one line. */
  load(): Finding;
}

/** Whether a folder is that of a campaign. */
export function isCampaign(path: string, disk: Disk = DISK): boolean {
  try {
    return new Folder(path, disk).has(CAMPAIGN);
  } catch (error) {
    // There is no way to it, as through a file: whoever writes there learns why.
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** A file of a folder that is no campaign's: people give their files names of their own. What is hidden is nobody's finding. */
const JSON_FILE = /^[^.].*\.json$/is;

/**
 * The findings in a campaign's folder; or in a folder of files as hunt --out leaves them, where each file whose name ends in
 * .json is one. Sorted by their names. Throws FileError.
 */
export function findingFiles(path: string, disk: Disk = DISK): readonly FindingFile[] {
  const folder = new Folder(path, disk);
  let names: readonly string[];
  try {
    if (!disk.statSync(path).isDirectory()) throw new UsageError(`${path}: expected a folder of findings`);
    names = [...disk.readdirSync(path)].sort();
  } catch (error) {
    throw error instanceof UsageError ? error : new FileError('cannot read', path, error);
  }
  if (names.includes(CAMPAIGN) || names.includes(FINDINGS)) {
    const store = new FindingStore(folder);
    return store.ids.map((id) => ({ file: store.fileOf(id), load: () => store.load(id) }));
  }
  return names.filter((name) => JSON_FILE.test(name)).map((name) => {
    const file = join(path, name);
    return { file, load: () => parseFinding(readFindingFile(disk, file), file) };
  });
}

function readFindingFile(disk: Disk, file: string): string {
  try {
    return readPlain(disk, file, MOST_FINDING_MIB);
  } catch (error) {
    throw new FileError('cannot read', file, error);
  }
}
