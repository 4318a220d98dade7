import { hostname } from 'node:os';
import { buildOptionsOf, type SubjectMembers } from '../explore/index.ts';
import type { ScenarioSource } from '../pool/index.ts';
import { Broker, Consumer, parseAddress, type QueueJob } from '../queue/index.ts';
import { UsageError, isOwnName, type Scenario } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { ProgressLine, count, note, print } from './output.ts';
import { isOwn, isScript, loaded, sourceOfFinding, sourceWith, type OwnFlags } from './own.ts';
import { PoolWorkers } from './pool-workers.ts';
import { Signals } from './signals.ts';

export interface WorkerFlags extends OwnFlags {
  readonly jobs: number;
  /** Seconds. */
  readonly lease: number;
  readonly deaths: number;
}

/** `inband worker URL`: does the slices of campaigns that `inband hunt --queue` puts into a queue, until Ctrl-C. */
export async function worker(url: string, flags: WorkerFlags): Promise<number> {
  const systems = new Systems(flags);
  const address = parseAddress(url);
  const signals = new Signals();
  const progress = new ProgressLine();
  const tell = (text: string): void => {
    progress.clear();
    note(text);
  };
  try {
    const broker = await Broker.open(address, tell);
    const consumer: Consumer = new Consumer({
      broker, jobs: flags.jobs, lease: flags.lease * 1000, deaths: flags.deaths, name: `${hostname()}-${process.pid}`,
      scenarioOf: ({ subject }) => systems.of(subject).scenario,
      workersOf: (job) => workersOf(job, systems, flags.jobs),
      stopped: () => signals.code !== null,
      note: tell,
      look: () => progress.show(text()),
    });
    const text = (): string => `${count(consumer.done, 'task')}, ${count(consumer.executions, 'execution')}`;
    try {
      note(`takes slices from ${broker.shown}`);
      await consumer.run();
    } finally {
      progress.clear();
      broker.close();
    }
    print(`${text()} done`);
    return signals.code ?? Exit.nothing;
  } finally {
    signals.release();
  }
}

/** In threads, even if it is one: a slice that hangs, or needs more memory than there is, costs a thread and not the worker. */
function workersOf({ subject, strategy, seed }: QueueJob, systems: Systems, jobs: number): PoolWorkers {
  return new PoolWorkers(jobs, systems.of(subject).source, buildOptionsOf(subject), strategy, seed);
}

/** What this worker can build, made once: a driver of one's own is compiled as it is at that moment. */
class Systems {
  private readonly flags: OwnFlags;
  private readonly known = new Map<string, { readonly scenario: Scenario; readonly source: ScenarioSource }>();

  constructor(flags: OwnFlags) {
    this.flags = flags;
    const ours = flags.driver?.find((name) => !isScript(name));
    if (ours !== undefined) throw new UsageError(`--driver ${ours}: the campaign says which; only a file of one's own is given to its workers, too`);
    // What is wrong with it is told before a slice is taken; without --as its interface is the campaign's.
    if (!isOwn(flags) || flags.as !== undefined) sourceWith(undefined, flags);
  }

  /** Throws UsageError if there is none of these names. */
  of({ scenario: name, driver }: SubjectMembers): { readonly scenario: Scenario; readonly source: ScenarioSource } {
    const key = `${name} ${driver}`;
    let system = this.known.get(key);
    if (system === undefined) {
      const source = sourceOfFinding(name, driver, isOwnName(driver) ? this.flags : {});
      this.known.set(key, system = { scenario: loaded(source), source });
    }
    return system;
  }
}
