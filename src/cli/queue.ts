import type { Folder, HuntConfig, Workers } from '../campaign/index.ts';
import { Broker, QueueWorkers, RedisQueue, parseAddress } from '../queue/index.ts';
import type { BuildOptions, Scenario } from '../scenarios/index.ts';
import { note } from './output.ts';

/** Slices of a campaign that are in the queue at a time: enough for an epoch, or two of different hunts. */
const LANES = 32;

/** A queue in which others do the tasks of a campaign. */
export interface QueueCrew {
  readonly lanes: number;
  /** Who does the tasks of a hunt. */
  workersOf(hunt: HuntConfig, scenario: Scenario): (build: BuildOptions, strategy: string, seed: number) => Workers;
  close(): Promise<void>;
}

/** Throws UsageError if there is no queue at that address. */
export async function openQueue(url: string, folder: Folder): Promise<QueueCrew> {
  const broker = await Broker.open(parseAddress(url), note);
  const queue = new RedisQueue(broker);
  return {
    lanes: LANES,
    workersOf: (hunt, scenario) => (build, _strategy, seed) => new QueueWorkers({ queue, folder, note }, hunt, seed, () => scenario.build(build)),
    close: async () => {
      await queue.close();
      broker.close();
    },
  };
}
