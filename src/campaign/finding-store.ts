import { compareMeasures, measure, parseFinding, serializeFinding, type Finding } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import type { Folder } from './folder.ts';

/** The folder of findings within a campaign's: one folder each, by its id. */
export const FINDINGS = 'findings';
const FINDING = 'finding.json';
/** Far more than the longest schedule takes. */
export const MOST_FINDING_MIB = 4;

/** The timelines of a finding, by the name of their file. `file`: its own within the campaign, wherever that is. */
export type Draw = (finding: Finding, file: string) => ReadonlyMap<string, string>;

/** The findings of a campaign: `findings/ID/finding.json`, and its timelines beside it. */
export class FindingStore {
  private readonly folder: Folder;
  private readonly draw: Draw;
  private readonly drawn: readonly string[];

  /** `drawn`: names of the files that `draw` makes. */
  constructor(folder: Folder, drawn: readonly string[] = [], draw: Draw = () => new Map()) {
    this.folder = folder;
    this.drawn = drawn;
    this.draw = draw;
  }

  get ids(): readonly string[] {
    return this.folder.list(FINDINGS);
  }

  /** Path of a finding's file, for people. */
  fileOf(id: string): string {
    return this.folder.at(nameOf(id));
  }

  load(id: string): Finding {
    const finding = parseFinding(this.folder.read(nameOf(id), MOST_FINDING_MIB), this.fileOf(id));
    if (finding.id !== id) throw new UsageError(`${this.fileOf(id)}: its id is ${finding.id}, which is not the name of its folder`);
    return finding;
  }

  /** Keeps a finding: nothing is lost, whenever the process dies. False: one that is as small was there. */
  save(finding: Finding): boolean {
    const { id } = finding;
    const known = this.folder.has(nameOf(id)) ? this.load(id) : undefined;
    if (known !== undefined && compareMeasures(measure(finding.decisions), measure(known.decisions)) >= 0) {
      this.complete(known);
      return false;
    }
    this.put(finding);
    return true;
  }

  /** Puts a finding in the place of another of its id, or where there was none. */
  put(finding: Finding): void {
    const { id } = finding;
    const files = new Map([[FINDING, serializeFinding(finding)], ...this.draw(finding, nameOf(id))]);
    if (this.folder.writeFolder(`${FINDINGS}/${id}`, files)) return;
    for (const [name, text] of files) this.folder.write(`${FINDINGS}/${id}/${name}`, text);
  }

  remove(id: string): void {
    this.folder.remove(`${FINDINGS}/${id}`);
  }

  /** Draws what is missing: a process died between two files. */
  private complete(finding: Finding): void {
    const there = this.folder.list(`${FINDINGS}/${finding.id}`);
    if (this.drawn.every((name) => there.includes(name))) return;
    for (const [name, text] of this.draw(finding, nameOf(finding.id))) this.folder.writeOnce(`${FINDINGS}/${finding.id}/${name}`, text);
  }
}

function nameOf(id: string): string {
  return `${FINDINGS}/${id}/${FINDING}`;
}
