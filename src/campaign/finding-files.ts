import { parseFinding, type Finding } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { DISK, type Disk } from './disk.ts';
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

/** The findings in a campaign's folder, or in a folder of files as hunt --out leaves them. Throws FileError. */
export function findingFiles(path: string, disk: Disk = DISK): readonly FindingFile[] {
  const folder = new Folder(path, disk);
  let names: readonly string[];
  try {
    if (!disk.statSync(path).isDirectory()) throw new UsageError(`${path}: expected a folder of findings`);
    names = folder.list('');
  } catch (error) {
    throw error instanceof UsageError ? error : new FileError('cannot read', path, error);
  }
  if (names.includes(CAMPAIGN) || names.includes(FINDINGS)) {
    const store = new FindingStore(folder);
    return store.ids.map((id) => ({ file: store.fileOf(id), load: () => store.load(id) }));
  }
  return names.filter((name) => name.endsWith('.json')).map((name) => {
    const file = folder.at(name);
    return { file, load: () => parseFinding(folder.read(name, MOST_FINDING_MIB), file) };
  });
}
