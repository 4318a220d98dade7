import { writeFile } from 'node:fs/promises';
import { FileError } from '../campaign/index.ts';
import { Prover, type Bounds, type SavedProof, type SavedState } from '../explore/index.ts';
import { breathe } from '../pool/index.ts';
import { UsageError, type BuildOptions, type Scenario } from '../scenarios/index.ts';
import { readText } from './files.ts';

const FORMAT = 'inband-proof-state/1';
/** The longest file that is read, MiB. */
const MOST_MIB = 1024;
/** Lines that are written or read between two looks at the event loop. */
const LINES = 5_000;

/** What is being proven, as its file says on the first line; the states follow, a line each. */
export interface ProofHead {
  readonly format: typeof FORMAT;
  readonly scenario: string;
  readonly build: BuildOptions & { readonly driver: string };
  readonly model: Readonly<Record<string, number>>;
  readonly bounds: Bounds;
  readonly prune: boolean;
  readonly seconds: number;
  readonly proof: SavedProof;
}

/** A proof under way, and what it is about. */
export interface Proof extends Omit<ProofHead, 'format' | 'proof' | 'scenario'> {
  readonly prover: Prover;
  readonly scenario: Scenario;
}

/** Writes a proof, in which nothing is under way, to a file from which it can go on. */
export async function writeProof(path: string, { prover, scenario, ...about }: Proof, seconds: number): Promise<void> {
  const head: ProofHead = { format: FORMAT, scenario: scenario.name, ...about, seconds, proof: prover.save() };
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
  try {
    await writeFile(path, `${parts.join('\n')}\n`);
  } catch (error) {
    throw new FileError('cannot write', path, error);
  }
}

/**
 * Reads the file of a proof, and goes back to where it was; refuses one that was made by other models.
 *
 * @param scenarioOf gives the scenario of that name in which the driver is
 * @param share see ProverOptions
 */
export async function readProof(path: string, scenarioOf: (name: string, driver: string) => Scenario, share: number): Promise<Proof> {
  const lines = readText(path, MOST_MIB).split('\n');
  const head = headOf(path, lines[0]);
  const found = scenarioOf(head.scenario, head.build.driver);
  const now = found.models(head.build);
  for (const name of new Set([...Object.keys(head.model), ...Object.keys(now)])) {
    if (head.model[name] !== now[name]) {
      throw new UsageError(`${path}: model "${name}" is ${head.model[name] ?? 'absent'} in the proof, but ${now[name] ?? 'absent'} in this version of inband`);
    }
  }
  const { bounds, prune, build, model } = head;
  try {
    const prover = new Prover(found.build(build), { scenario: found.name, build, model }, { bounds, prune, share }, head.proof);
    for (let i = 1; i < lines.length; i++) {
      if (lines[i] !== '') prover.addState(JSON.parse(lines[i]) as SavedState);
      if (i % LINES === 0) await breathe();
    }
    return { scenario: found, build, model, bounds, prune, seconds: head.seconds, prover };
  } catch (error) {
    throw new UsageError(`${path}: does not hold a proof that can go on: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
}

function headOf(path: string, line: string): ProofHead {
  let head: Partial<ProofHead> | null;
  try {
    head = JSON.parse(line) as Partial<ProofHead> | null;
  } catch {
    head = null;
  }
  if (typeof head !== 'object' || head === null || head.format !== FORMAT || typeof head.scenario !== 'string' || head.proof === undefined
    || head.build === undefined || head.model === undefined || head.bounds === undefined) {
    throw new UsageError(`${path}: is no file of ${FORMAT}, as inband prove writes it when it is interrupted`);
  }
  return head as ProofHead;
}
