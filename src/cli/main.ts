import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_STRATEGY, MOST_DEPARTURES, NondeterminismError, STRATEGIES } from '../explore/index.ts';
import { TimeError } from '../sim/index.ts';
import { DriverError, UnknownImport, WasmError } from '../c/index.ts';
import { BootError } from '../linux/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { PoolError, isWorker, work } from '../pool/index.ts';
import { VERSION } from './version.ts';
import { JITTER_NAMES, benchIrq, type BenchIrqFlags } from './bench-irq.ts';
import { conform } from './conform.ts';
import { Exit } from './exit.ts';
import { anyHunt, type AnyHuntFlags } from './any-hunt.ts';
import { addReportOptions } from './hunt-reports.ts';
import { instead } from './headers.ts';
import { list } from './list.ts';
import {
  addOwnOptions, addSystemOptions, collect, integer, parseBudget, parseBudgets, parseJobs, parseShard, parseShrinkBudget, type SystemFlags,
} from './options.ts';
import { merge, type MergeFlags } from './merge.ts';
import { minimize, type MinimizeFlags } from './minimize.ts';
import { complain, note, print } from './output.ts';
import { ownFault, prepareOwn } from './own.ts';
import { parseReleases, prove, type ProveFlags } from './prove.ts';
import { replay, type ReplayFlags } from './replay.ts';
import { run } from './run.ts';
import { FORMATS, formatName, show, type ShowFlags } from './show.ts';
import { shrink, type ShrinkFlags } from './shrink.ts';
import { status, type StatusFlags } from './status.ts';
import { addTraceOptions, type TraceFlags } from './traces.ts';
import { triage, type TriageFlags } from './triage.ts';
import { verify, type VerifyFlags } from './verify.ts';
import { worker, type WorkerFlags } from './worker.ts';

/** The interfaces that are built. */
const INTERFACES = 'KCS, BT and SSIF';

const FOLDER = 'inband-findings';

/** What the chosen command came to. */
let outcome: number = Exit.nothing;

function strategyName(name: string): string {
  if (!STRATEGIES.some((s) => s.name === name)) {
    throw new InvalidArgumentError(`there are ${STRATEGIES.map((s) => s.name).join(', ')}.`);
  }
  return name;
}

/** Names of the options that stand on the command line: defaults are none that was asked for. */
function givenOptions(command: Command): ReadonlySet<string> {
  return new Set(Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === 'cli'));
}

function program(): Command {
  const top = new Command('inband')
    .description(`Hunts races in ${INTERFACES} drivers on a deterministic simulator of the hardware between host and BMC`)
    .version(VERSION)
    .exitOverride()
    .hook('preAction', async (_top, command) => prepareOwn(command.opts()))
    .configureOutput({ writeErr: (text) => note(text.trimEnd()), writeOut: print, outputError: (text) => complain(oneLine(text)) });

  top.command('list').description('what there is, and where it comes from')
    .argument('[topic]', 'scenarios, drivers, oracles, strategies or parameters; kernel: what of it drivers in C may use')
    .option('--json', 'one JSON document')
    .action((topic: string | undefined, flags: { json?: boolean }) => {
      list(topic, flags.json === true);
    });

  addTraceOptions(addSystemOptions(top.command('run').description('one nominal run: transcript, latency per hop').argument('[scenario]', 'see: inband list scenarios; with --as its own is taken')))
    .option('--json', 'one JSON document')
    .action((name: string | undefined, flags: SystemFlags & TraceFlags & { json?: boolean }) => {
      outcome = run(name, flags);
    });

  addReportOptions(addSystemOptions(top.command('hunt').description('searches the interleavings for breaches of the rules').argument('[scenario...]', 'see: inband list scenarios; several with --campaign')))
    .option('--oracle <names>', 'judge only these, separated by commas')
    .option('--strategy <name>', 'see: inband list strategies', strategyName, DEFAULT_STRATEGY)
    .option('--budget <time|count>', '60s, 5m, 2h of wall clock, or 5000x executions; in a campaign also kcs=30m for one scenario (repeatable)', parseBudgets)
    .option('--seed <n>', 'of all random choices', integer(0), 1)
    .option('--keep-going', 'do not stop at the first finding')
    .option('--out <folder>', 'where findings are saved; a campaign that is there is continued', FOLDER)
    .option('--campaign <folder>', 'creates or continues a campaign: findings, corpus and statistics of a long hunt')
    .option('--jobs <n>', 'workers, or auto: what is found does not depend on it', parseJobs, 1)
    .option('--queue <url>', 'a campaign by many machines: redis://host puts its slices where inband worker takes them')
    .option('--shard <i/n>', 'the i-th of n shares of a campaign', parseShard)
    .option('--ci', 'for a job of a CI system: all findings, those that are kept in --out first, annotations for GitHub Actions')
    .option('--regressions <folder>', 'findings that are to be run first: it counts as found what still reproduces')
    .option('--json', 'one JSON document')
    .action(async (names: readonly string[], flags: AnyHuntFlags, command: Command) => {
      outcome = await anyHunt(names, { ...flags, given: givenOptions(command) });
    });

  addSystemOptions(top.command('prove').description('runs every schedule within bounds').argument('[scenario]'))
    .option('--oracle <names>', 'judge only these, separated by commas')
    .option('--stalls <n>', 'most stalls', integer(0, MOST_DEPARTURES), 2)
    .addOption(new Option('--releases <kinds>', 'how they end: quiet, until, for').argParser(parseReleases).default(['quiet'], 'quiet'))
    .option('--timeouts <n>', 'they may also last past 1 to n time-outs', integer(0, MOST_DEPARTURES), 0)
    .option('--timings <n>', 'most timings that are not the default', integer(0, MOST_DEPARTURES), 0)
    .option('--orders <n>', 'most exchanges of events of one instant', integer(0, MOST_DEPARTURES), 0)
    .option('--faults <n>', 'most faults', integer(0, MOST_DEPARTURES), 0)
    .option('--workload <n>', 'most departures of workload and configuration', integer(0, MOST_DEPARTURES), 0)
    .option('--messages <n>', 'requests that the host makes', integer(1))
    .option('--no-prune', 'run also what goes on as another schedule did')
    .option('--budget <time|count>', 'stop then, to be resumed: 60s, 5m, 2h or 5000x', parseBudget)
    .option('--resume <file>', 'go on with a proof that was interrupted')
    .option('--jobs <n>', 'threads, or auto: what is run and found does not depend on it', parseJobs, 1)
    .option('--out <folder>', 'where findings, and the state of an unfinished proof, are saved', FOLDER)
    .option('--json', 'one JSON document')
    .action(async (name: string | undefined, flags: ProveFlags, command: Command) => {
      outcome = await prove(name, flags, given(command));
    });

  addTraceOptions(addOwnOptions(top.command('replay').description('the same run again').argument('<finding>')))
    .option('--check-determinism', 'run it three times and compare every step')
    .option('--json', 'one JSON document')
    .action((path: string, flags: ReplayFlags) => {
      outcome = replay(path, flags);
    });

  addOwnOptions(top.command('shrink').description('a smaller schedule for the same breach, in a new file').argument('<finding>'))
    .addOption(new Option('--budget <time|count>', '60s, 5m, 2h of wall clock, or 5000x executions; what there is then is written, and can be shrunk further')
      .argParser(parseShrinkBudget).default({ kind: 'executions', n: 20_000 }, '20000x'))
    .option('--any-cause', 'let decisions of other kinds and sites come in: shorter ways to break the same rule, which may be another bug')
    .option('-o, --output <file>', 'where to write it')
    .option('--json', 'one JSON document')
    .action(async (path: string, flags: ShrinkFlags) => {
      outcome = await shrink(path, flags);
    });

  addOwnOptions(top.command('show').description('both sides on one timeline').argument('<finding>'))
    .option('-f, --format <format>', FORMATS.join(', '), formatName, 'text')
    .option('--all', 'the whole run, each step of calls and handlers, rather than what leads to the breach')
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .option('--width <columns>', 'of the text', integer(60))
    .action((path: string, flags: ShowFlags) => {
      outcome = show(path, flags);
    });

  addOwnOptions(top.command('verify').description('runs all findings of a folder again: which still reproduce, which are stale').argument('<folder>', 'a campaign, or findings that hunt has saved'))
    .option('--refind', 'look again for those that do not, and put them in their place')
    .option('--json', 'one JSON document')
    .action(async (path: string, flags: VerifyFlags) => {
      outcome = await verify(path, flags);
    });

  addOwnOptions(top.command('worker').description('does slices of campaigns that hunt --queue puts into a queue').argument('<url>', 'redis://user:password@host:port/database, or rediss:// with TLS'))
    .option('--jobs <n>', 'slices at a time, or auto: as many as there are cores', parseJobs, 1)
    .option('--lease <seconds>', 'a worker that is not heard of for so long is taken for dead, and its slice given to another', integer(1), 15)
    .option('--deaths <n>', 'workers that one slice may cost by their death before it is set aside', integer(1), 10)
    .action(async (url: string, flags: WorkerFlags) => {
      outcome = await worker(url, flags);
    });

  addOwnOptions(top.command('status').description('how far a campaign is: rates, coverage, findings, what remains').argument('<folder>'))
    .option('--watch', 'again and again, until the campaign has ended or Ctrl-C')
    .option('--json', 'one JSON document')
    .action(async (path: string, flags: StatusFlags) => {
      outcome = await status(path, flags);
    });

  addOwnOptions(top.command('merge').description('findings and corpora of several campaigns in one; of all shards of a search, the whole').argument('<into>').argument('<from...>'))
    .option('--json', 'one JSON document')
    .action(async (into: string, from: readonly string[], flags: MergeFlags) => {
      outcome = await merge(into, from, flags);
    });

  addOwnOptions(top.command('minimize').description('as few schedules as show what the corpus of a campaign shows').argument('<folder>'))
    .option('--json', 'one JSON document')
    .action((path: string, flags: MinimizeFlags) => {
      outcome = minimize(path, flags);
    });

  top.command('triage').description('findings by cause, the best witness of each').argument('<folder...>', 'campaigns, or findings that hunt has saved')
    .option('--json', 'one JSON document')
    .action((paths: readonly string[], flags: TriageFlags) => {
      outcome = triage(paths, flags);
    });

  top.command('conform').description('recorded reality against the models, access by access').argument('<file...>')
    .option('--json', 'one JSON document')
    .action((paths: readonly string[], flags: { json?: boolean }) => {
      outcome = conform(paths, flags.json === true);
    });

  const bench = top.command('bench').description('measures in simulated time').argument('[what]').action((what: string | undefined) => {
    throw new UsageError(`${what === undefined ? 'bench what?' : `unknown benchmark "${what}":`} there is irq`);
  });
  addSystemOptions(bench.command('irq').description('the interrupt path, both ways: each leg, and whose time it is').argument('[scenario]', 'see: inband list scenarios; kcs if none is given'))
    .option('--n <transactions>', 'how many are measured', integer(1), 200)
    .option('--seed <n>', 'of the jitter', integer(0), 1)
    .option('--jitter <distribution>', `by how much steps are late within their bounds: ${JITTER_NAMES.join(', ')}`, JITTER_NAMES[0])
    .addOption(new Option('--sweep <name=a,b,c>', 'measures again with each of these values of a parameter, or of "others": drivers that share VIC 8 (repeatable)').argParser(collect))
    .option('--json', 'one JSON document')
    .option('--csv', 'one table')
    .option('--html <file>', 'a plot for a browser')
    .action((name: string | undefined, flags: BenchIrqFlags) => {
      outcome = benchIrq(name, flags);
    });

  top.helpCommand(false).command('help').description('what a command does, and its options').argument('[command]')
    .action((name: string | undefined) => {
      const about = name === undefined ? top : top.commands.find((command) => command.name() === name);
      if (about === undefined) throw new UsageError(`unknown command "${name}": there are ${top.commands.map((command) => command.name()).join(', ')}`);
      about.outputHelp();
    });
  return top;
}

/** Of a command that is not there commander shows the help of all; then nothing would tell a script that it has mistyped. */
function checkCommand(top: Command, words: readonly string[]): void {
  const named = words.find((word) => !word.startsWith('-'));
  if (named === undefined || !words.some((word) => word === '--help' || word === '-h') || top.commands.some((command) => command.name() === named)) return;
  throw new UsageError(`unknown command "${named}": there are ${top.commands.map((command) => command.name()).join(', ')}`);
}

/** The options that are on the command line: the others have values by default. */
function given(command: Command): ReadonlySet<string> {
  return new Set(Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === 'cli'));
}

/** What commander says, with its suggestion, on one line. */
function oneLine(text: string): string {
  return text.trim().replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
}

/** Runs the command line; returns the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const top = program();
    checkCommand(top, argv.slice(2));
    await top.parseAsync(argv);
    return outcome;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.nothing : Exit.usage;
    if (error instanceof UsageError || error instanceof TimeError || error instanceof DriverError || error instanceof BootError || error instanceof WasmError) {
      complain(error instanceof UnknownImport ? `${error.message}; ${instead(error.func)}` : error.message);
      return Exit.usage;
    }
    if (error instanceof NondeterminismError) {
      complain(`NOT deterministic: ${error.message}`);
      return Exit.nondeterminism;
    }
    const fault = ownFault(error);
    if (fault !== undefined) {
      complain(fault.message);
      return Exit.usage;
    }
    if (error instanceof PoolError) {
      note(`inband: internal error: ${error.message}`);
      return Exit.internal;
    }
    note(`inband: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return Exit.internal;
  }
}

// The workers of a hunt run this very file.
if (isWorker()) work();
else process.exitCode = await main(process.argv);
