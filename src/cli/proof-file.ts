import { createHash } from 'node:crypto';
import { sealText, unsealText } from '../campaign/index.ts';
import {
  JsonReader, OPTIONAL_SUBJECT, Prover, buildOptionsOf, parseLongJson, readBounds, readSavedProof, readSavedState, readSubject,
  type Bounds, type Members, type SavedProof, type SubjectMembers,
} from '../explore/index.ts';
import { breathe } from '../pool/index.ts';
import { UsageError, type BuildOptions, type Scenario } from '../scenarios/index.ts';
import { readText, writeText } from './files.ts';

const FORMAT = 'inband-proof-state/1';
/** The longest file that is read, MiB: a text cannot be much longer. */
const MOST_MIB = 500;
/** Lines that are written or read between two looks at the event loop. */
const LINES = 5_000;

/** What is being proven: the first line below the seal; the states follow, a line each. */
interface ProofHead extends SubjectMembers {
  readonly bounds: Bounds;
  readonly prune: boolean;
  readonly seconds: number;
  readonly proof: SavedProof;
}

const HEAD = ['scenario', 'driver', 'host', 'daemon', 'settings', 'oracles', 'observed', 'model', 'bounds', 'prune', 'seconds', 'proof'] as const satisfies readonly (keyof ProofHead)[];

/** A proof under way, and what it is about. */
export interface Proof {
  readonly scenario: Scenario;
  readonly build: BuildOptions & { readonly driver: string };
  readonly model: Readonly<Record<string, number>>;
  readonly bounds: Bounds;
  readonly prune: boolean;
  /** Wall clock that earlier parts have taken, s. */
  readonly seconds: number;
  readonly prover: Prover;
}

/**
 * The name of the file of an unfinished proof. It comes from all that the proof is about, system, judges and bounds: that of
 * another proof is another file.
 */
export function proofName({ scenario, build, model, bounds, prune }: Omit<Proof, 'prover' | 'seconds'>): string {
  const { driver, host = null, daemon = null, settings, oracles = null, observed = false } = build;
  const byName = (values: Readonly<Record<string, number | string>>): unknown => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const { stalls, timings, orders, faults, workload, releases, timeouts } = bounds;
  const about = [
    scenario.name, driver, host, daemon, byName(settings), oracles === null ? null : [...oracles].sort(), observed, byName(model),
    stalls, timings, orders, faults, workload, releases, timeouts, prune,
  ];
  const hash = createHash('sha256').update(JSON.stringify(about)).digest('hex').slice(0, 8);
  return `prove-${scenario.name}-${driver}-${hash}.state`.replaceAll(/[^A-Za-z0-9.-]+/g, '-');
}

/** Writes a proof, in which nothing is under way, to a file from which it can go on: whole, or not at all. */
export async function writeProof(path: string, { prover, scenario, build, model, bounds, prune }: Proof, seconds: number): Promise<void> {
  // Without a narrow scenario's own answers, which come with the scenario.
  const head: ProofHead = { scenario: scenario.name, ...buildOptionsOf(build), model, bounds, prune, seconds, proof: prover.save() };
  const parts = [JSON.stringify(head)];
  let part: string[] = [];
  for (const state of prover.saveStates()) {
    part.push(JSON.stringify(state));
    if (part.length < LINES) continue;
    parts.push(part.join('\n'));
    part = [];
    await breathe();
  }
  if (part.length > 0) parts.push(part.join('\n'));
  writeText(path, sealText(FORMAT, parts.join('\n')));
}

/**
 * Reads the file of a proof, and goes back to where it was; refuses one that is damaged, or was made by other models.
 *
 * @param scenarioOf gives the scenario of that name in which the driver is
 * @param share see ProverOptions
 */
export async function readProof(path: string, scenarioOf: (name: string, driver: string) => Scenario, share: number): Promise<Proof> {
  const lines = unsealText(FORMAT, readText(path, MOST_MIB), path).split('\n');
  const reader = new JsonReader(path, FORMAT);
  const head = headOf(reader, lines[0]);
  const found = scenarioOf(head.scenario, head.driver);
  const build = buildOptionsOf(head);
  const now = found.models(build);
  for (const name of new Set([...Object.keys(head.model), ...Object.keys(now)])) {
    const [was, is] = [head.model, now].map((model) => (Object.hasOwn(model, name) ? model[name] : 'absent'));
    if (was !== is) throw new UsageError(`${path}: model "${name}" is ${was} in the proof, but ${is} in this version of inband`);
  }
  const { bounds, prune, model } = head;
  try {
    const prover = new Prover(found.build(build), { scenario: found.name, build, model }, { bounds, prune, share }, head.proof);
    for (let i = 1; i < lines.length; i++) {
      prover.addState(readSavedState(reader, lines[i], i + 2));
      if (i % LINES === 0) await breathe();
    }
    return { scenario: found, build, model, bounds, prune, seconds: head.seconds, prover };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: does not hold a proof that can go on: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

function headOf(reader: JsonReader, line: string): ProofHead {
  const o: Members = reader.record(parseLongJson(line, reader.name), '', HEAD, OPTIONAL_SUBJECT);
  return {
    ...readSubject(reader, o, ''),
    bounds: readBounds(reader, o['bounds'], 'bounds'),
    prune: reader.flag(o['prune'], 'prune'),
    seconds: reader.amount(o['seconds'], 'seconds'),
    proof: readSavedProof(reader, o['proof'], 'proof'),
  };
}
