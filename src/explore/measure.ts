import { US, parseRelease, type Decision, type Release } from '../sim/index.ts';

/** Order in which kinds are given up first: what is nearest to the machine is the last to go. */
const KIND_RANK = { config: 0, order: 1, timing: 2, fault: 3, workload: 4, stall: 5 } as const;

export function kindRank({ kind }: Decision): number {
  return KIND_RANK[kind];
}

const RELEASE_RANK = { quiet: 0, timeouts: 1, until: 2, for: 3 } as const;

/** The release of a stall; undefined for every other decision. */
export function releaseOf(decision: Decision): Release | undefined {
  return decision.kind === 'stall' ? parseRelease(String(decision.value)) : undefined;
}

/** How simple the end of a stall is, quiet first; -1: it is none. */
export function releaseRank(decision: Decision): number {
  const release = releaseOf(decision);
  return release === undefined ? -1 : RELEASE_RANK[release.kind];
}

/** Size of an answer: a value, a number of time-outs, a time in us (rounded up), a step. */
function sizeOf(decision: Decision): number {
  const release = releaseOf(decision);
  if (release === undefined) return Number(decision.value);
  switch (release.kind) {
    case 'quiet':
      return release.past ?? 0;
    case 'timeouts':
      return release.n;
    case 'until':
      return release.step + (release.past ?? 0);
    case 'for':
      return Math.ceil(release.ps / US);
  }
}

/**
 * What makes a schedule simpler, most important first: fewer decisions, fewer departures of the
 * configuration, simpler releases, smaller answers, earlier moments.
 */
export function measure(decisions: readonly Decision[]): readonly number[] {
  let configs = 0;
  let releases = 0;
  let sizes = 0;
  let moments = 0;
  for (const decision of decisions) {
    if (decision.kind === 'config') configs++;
    const release = releaseOf(decision);
    if (release !== undefined) releases += RELEASE_RANK[release.kind];
    sizes += sizeOf(decision);
    moments += decision.step;
  }
  return [decisions.length, configs, releases, sizes, moments];
}

/** Negative if `a` is simpler than `b`. */
export function compareMeasures(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}
