import { hex32, type Decision, type Violation } from '../sim/index.ts';
import type { BuildOptions, Settings } from '../scenarios/system.ts';
import { findingId } from './cause.ts';

export const FINDING_FORMAT = 'inband-finding/1';

/** The kernel's configuration, which belongs to what makes a schedule legal. */
export interface KernelChoice {
  readonly preempt: string;
  readonly cpus: number;
}

/** A race, as it is saved: all that is needed to run it again, and to see that it is still the same. */
export interface Finding {
  readonly format: typeof FINDING_FORMAT;
  /** From the cause, not from the moment: the same race has the same. Safe as a file name. */
  readonly id: string;
  readonly scenario: string;
  readonly driver: string;
  /** Host and daemon, if they were not the scenario's own. */
  readonly host?: string;
  readonly daemon?: string;
  /** Parameters that were fixed. */
  readonly settings: Settings;
  /** Oracles that were judged, if not all: an oracle that is not does not end an execution. */
  readonly oracles?: readonly string[];
  /** The system was built so that accesses to shared fields are observed. */
  readonly observed?: boolean;
  /** An integer for each model used; replay refuses when one differs. */
  readonly model: Readonly<Record<string, number>>;
  readonly oracle: string;
  readonly rule: string;
  /** Where the breach was noticed: actor and site. */
  readonly site: string;
  readonly message: string;
  readonly seed: number;
  readonly strategy: string;
  /** The execution of the hunt in which it first showed, from 0. */
  readonly execution: number;
  /** The weakest kernel configuration in which it reproduces. */
  readonly kernel: KernelChoice;
  readonly decisions: readonly Decision[];
  /** Rolling hashes, 8 hexadecimal digits: of the nominal run, and of this schedule's. */
  readonly hashes: { readonly nominal: string; readonly run: string };
}

/** What a finding says about the system in which it was found. */
export interface Subject {
  readonly scenario: string;
  /** How the system was built; the driver with its version. */
  readonly build: BuildOptions & { readonly driver: string };
  readonly model: Readonly<Record<string, number>>;
}

/** How a finding came about. */
export interface Origin {
  readonly seed: number;
  readonly strategy: string;
  readonly execution: number;
}

/** Rolling hashes of two runs. */
export interface RunHashes {
  readonly nominal: number;
  readonly run: number;
}

export function makeFinding(
  subject: Subject, origin: Origin, violation: Violation, decisions: readonly Decision[], hashes: RunHashes,
): Finding {
  const { scenario, build, model } = subject;
  const { oracle, rule, site, message } = violation;
  return {
    format: FINDING_FORMAT,
    id: findingId(build.driver, oracle, rule, decisions),
    scenario,
    driver: build.driver,
    ...(build.host === undefined ? {} : { host: build.host }),
    ...(build.daemon === undefined ? {} : { daemon: build.daemon }),
    settings: { ...build.settings },
    ...(build.oracles === undefined ? {} : { oracles: [...build.oracles] }),
    ...(build.observed === true ? { observed: true } : {}),
    model: { ...model },
    oracle,
    rule,
    site,
    message,
    seed: origin.seed,
    strategy: origin.strategy,
    execution: origin.execution,
    kernel: kernelOf(decisions, build.settings),
    decisions: decisions.map(({ step, kind, actor, label, value }) => ({ step, kind, actor, label, value })),
    hashes: { nominal: hex32(hashes.nominal), run: hex32(hashes.run) },
  };
}

/** How to build the system in which a finding reproduces. */
export function buildOptionsOf(finding: Pick<Finding, 'driver' | 'host' | 'daemon' | 'settings' | 'oracles' | 'observed'>): BuildOptions & { readonly driver: string } {
  const { driver, host, daemon, settings, oracles, observed } = finding;
  return {
    driver,
    ...(host === undefined ? {} : { host }),
    ...(daemon === undefined ? {} : { daemon }),
    settings,
    ...(oracles === undefined ? {} : { oracles }),
    ...(observed === undefined ? {} : { observed }),
  };
}

/** The configuration that the schedule departs to, or that the user has fixed, or the plain one. */
export function kernelOf(decisions: readonly Decision[], settings: Settings): KernelChoice {
  const drawn = (label: string): boolean => decisions.some((d) => d.kind === 'config' && d.label === label);
  return {
    preempt: drawn('preempt') ? 'full' : String(settings['preempt'] ?? 'none'),
    cpus: drawn('cpus') ? 2 : Number(settings['cpus'] ?? 1),
  };
}

/** Text of a finding's file: JSON of fixed order, a decision to a line. */
export function serializeFinding(finding: Finding): string {
  const lines = FINDING_KEYS.flatMap((key) => {
    const value = finding[key];
    if (value === undefined) return [];
    return [`  ${JSON.stringify(key)}: ${key === 'decisions' ? decisionLines(finding.decisions) : inline(value)}`];
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

function decisionLines(decisions: readonly Decision[]): string {
  if (decisions.length === 0) return '[]';
  const lines = decisions.map(({ step, kind, actor, label, value }) => `    ${inline({ step, kind, actor, label, value })}`);
  return `[\n${lines.join(',\n')}\n  ]`;
}

/** JSON on one line, with blanks where people expect them. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The keys of a finding in their order. */
export const FINDING_KEYS = [
  'format', 'id', 'scenario', 'driver', 'host', 'daemon', 'settings', 'oracles', 'observed', 'model', 'oracle', 'rule', 'site',
  'message', 'seed', 'strategy', 'execution', 'kernel', 'decisions', 'hashes',
] as const satisfies readonly (keyof Finding)[];
