import type { Finding } from '../explore/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { CORPUS } from './campaign.ts';
import type { HuntConfig } from './config.ts';
import { FindingStore } from './finding-store.ts';
import type { Folder } from './folder.ts';
import { FolderLedger } from './ledger.ts';
import type { Track } from './track.ts';

/** What lies in a campaign's folder of one hunt. */
export interface HuntContents {
  /** Executions of slices that are done and not merged yet. */
  readonly unmerged: number;
  readonly findings: number;
  readonly corpus: number;
}

/** What lies in a campaign's folder, beside the states of its hunts: it was merged into it, or is of an epoch that is not over. */
export interface Contents {
  readonly findings: number;
  /** By name of the hunt. */
  readonly hunts: ReadonlyMap<string, HuntContents>;
}

/** Looks what lies in a campaign's folder, again and again: no file is parsed twice. */
export class ContentsReader {
  private readonly folder: Folder;
  private readonly store: FindingStore;
  private readonly ledger: FolderLedger;
  /** Of findings by id, whose they are; undefined: nobody's. */
  private readonly owners = new Map<string, string | undefined>();
  /** Executions of slices, by hunt and number. */
  private readonly executions = new Map<string, number>();

  constructor(folder: Folder) {
    this.folder = folder;
    this.store = new FindingStore(folder);
    this.ledger = new FolderLedger(folder);
  }

  /** `tracks`: of all hunts, as they stand now. Throws FileError. */
  async read<State>(tracks: readonly Track<State>[]): Promise<Contents> {
    const { ids } = this.store;
    const configs = tracks.map(({ hunt }) => hunt.config);
    const owners = ids.map((id) => this.ownerOf(id, configs));
    const hunts = new Map<string, HuntContents>();
    for (const track of tracks) {
      const { name } = track.hunt.config;
      hunts.set(name, {
        unmerged: await this.unmerged(track), findings: owners.filter((owner) => owner === name).length, corpus: this.folder.list(`${CORPUS}/${name}`).length,
      });
    }
    return { findings: ids.length, hunts };
  }

  private async unmerged<State>({ hunt, state }: Track<State>): Promise<number> {
    const epoch = hunt.epochOf(state);
    if (epoch === null) return 0;
    let sum = 0;
    for (const result of await this.ledger.results(epoch)) {
      const key = `${epoch.hunt} ${result.slice}`;
      const executions = this.executions.get(key) ?? hunt.executionsOf(result);
      this.executions.set(key, executions);
      sum += executions;
    }
    return sum;
  }

  private ownerOf(id: string, hunts: readonly HuntConfig[]): string | undefined {
    if (this.owners.has(id)) return this.owners.get(id);
    const owner = ownerAmong(this.loaded(id), hunts);
    this.owners.set(id, owner);
    return owner;
  }

  /** A finding that cannot be read lies there as well: verify says what is wrong with it. */
  private loaded(id: string): Finding | undefined {
    try {
      return this.store.load(id);
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  }
}

/** The hunt that has found something: of the same system, and of the same seed where there are several. */
function ownerAmong(finding: Finding | undefined, hunts: readonly HuntConfig[]): string | undefined {
  if (finding === undefined) return undefined;
  const system = systemOf(finding);
  const alike = hunts.filter((hunt) => systemOf(hunt) === system);
  return (alike.find(({ strategy, seed }) => strategy === finding.strategy && seed === finding.seed) ?? alike.at(0))?.name;
}

function systemOf({ scenario, driver, host, daemon, settings }: Pick<HuntConfig, 'scenario' | 'driver' | 'host' | 'daemon' | 'settings'>): string {
  return JSON.stringify([scenario, driver, host, daemon, Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
