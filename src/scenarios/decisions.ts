import { formatShort, parseRelease, pastText, type Decision, type Release } from '../sim/index.ts';
import { PREEMPT } from './bmc-parameters.ts';

/** What the answers to a question mean, by its label; index = value. */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** The moves of a careless host. */
export function moveAnswers(moves: readonly { readonly name: string; readonly legal: boolean }[]): readonly string[] {
  return moves.map((move) => `the host's move: ${move.name}${move.legal ? '' : ' (against the protocol)'}`);
}

/** Answers that mean the same in all scenarios of a BMC. */
export const BMC_ANSWERS: Answers = {
  preempt: PREEMPT.map((mode) => `the BMC kernel is built with preempt=${mode}`),
  cpus: ['', 'the BMC has two CPUs'],
  threads: ['', 'the daemon has two threads, which share a lock', 'the daemon has two threads, which share no lock'],
  'O_NONBLOCK': ['', 'the daemon opens the device with O_NONBLOCK and polls it'],
  'write without read': ['', 'the daemon writes a response without having read a request'],
  'crash with a request in hand': ['', 'the daemon crashes after it has read a request, and is restarted'],
  'short buffer': ['', 'the daemon offers read() a buffer of 3 bytes'],
  signal: ['', 'a signal reaches the thread before it sleeps'],
};

/** Where the daemon's buffers lie: in one page, or from byte `split` on in another that is not resident or unmapped. */
export function pageAnswers(split: number): Answers {
  const pages = (which: string): readonly string[] => [
    '', `the ${which} buffer runs into a page that is not resident, at byte ${split}`, `the ${which} buffer runs into an unmapped page, at byte ${split}`,
    `the ${which} buffer is in a page that is not resident`, `the ${which} buffer is in an unmapped page`,
  ];
  return { 'request buffer': pages('request'), 'response buffer': pages('response') };
}

/** A decision in plain words. */
export function describeDecision(decision: Decision, answers: Answers): string {
  const { kind, actor, step, label, value } = decision;
  if (kind === 'stall') {
    const release = typeof value === 'string' ? parseRelease(value) : undefined;
    return `${actor} is held before step ${step}, ${label}, ${release === undefined ? value : describeRelease(release)}`;
  }
  if (kind === 'timing') return `${actor} step ${step}, ${label}, takes ${value}/8 of its jitter longer`;
  if (kind === 'order') return `of events at the same instant number ${value} goes first`;
  const answer = typeof value === 'number' ? answers[label]?.[value] : undefined;
  return answer === undefined || answer === '' ? `${actor}: ${label} = ${value}` : answer;
}

function describeRelease(release: Release): string {
  switch (release.kind) {
    case 'quiet':
      return `until all else is quiet${pastText(release.past)}`;
    case 'timeouts':
      return `past ${release.n} time-out${release.n === 1 ? '' : 's'}`;
    case 'until':
      return `until ${release.actor} has issued step ${release.step}${pastText(release.past)}`;
    case 'for':
      return `for ${formatShort(release.ps)}`;
  }
}
