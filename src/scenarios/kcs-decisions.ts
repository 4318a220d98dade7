import { CARELESS_MOVES } from '../host/index.ts';
import { formatShort, parseRelease, type Decision, type Release } from '../sim/index.ts';
import { PREEMPT } from './bmc-parameters.ts';
import { HOST_MODES } from './kcs-parameters.ts';

/** What the answers to a question mean, by its label; index = value. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'host move': CARELESS_MOVES.map((move) => `the host's move: ${move.name}${move.legal ? '' : ' (against the protocol)'}`),
  preempt: PREEMPT.map((mode) => `the BMC kernel is built with preempt=${mode}`),
  cpus: ['', 'the BMC has two CPUs'],
  hostMode: HOST_MODES.map((mode) => `the host drives the interface by ${mode}`),
  threads: ['', 'the daemon has two threads, which share a lock', 'the daemon has two threads, which share no lock'],
  'O_NONBLOCK': ['', 'the daemon opens the device with O_NONBLOCK and polls it'],
  'daemon like kcsbridged': ['', 'the daemon is like kcsbridged: FORCE_ABORT first, a new request cancels the answer under way'],
  'before read': [
    '', 'the daemon asks for FORCE_ABORT', 'the daemon sets SMS_ATN', 'the daemon clears SMS_ATN', 'the daemon crashes and is restarted',
  ],
  'write without read': ['', 'the daemon writes a response without having read a request'],
  'crash with a request in hand': ['', 'the daemon crashes after it has read a request, and is restarted'],
  'short buffer': ['', 'the daemon offers read() a buffer of 3 bytes'],
  'request buffer': pages('request'),
  'response buffer': pages('response'),
  signal: ['', 'a signal reaches the thread before it sleeps'],
};

function pages(which: string): readonly string[] {
  return [
    '', `the ${which} buffer runs into a page that is not resident, at byte 4`, `the ${which} buffer runs into an unmapped page, at byte 4`,
    `the ${which} buffer is in a page that is not resident`, `the ${which} buffer is in an unmapped page`,
  ];
}

/** A decision of a KCS scenario in plain words. */
export function describeKcsDecision(decision: Decision): string {
  const { kind, actor, step, label, value } = decision;
  if (kind === 'stall') {
    const release = typeof value === 'string' ? parseRelease(value) : undefined;
    return `${actor} is held before step ${step}, ${label}, ${release === undefined ? value : describeRelease(release)}`;
  }
  if (kind === 'timing') return `${actor} step ${step}, ${label}, takes ${value}/8 of its jitter longer`;
  if (kind === 'order') return `of events at the same instant number ${value} goes first`;
  const answer = typeof value === 'number' ? ANSWERS[label]?.[value] : undefined;
  return answer === undefined || answer === '' ? `${actor}: ${label} = ${value}` : answer;
}

function describeRelease(release: Release): string {
  switch (release.kind) {
    case 'quiet':
      return 'until all else is quiet';
    case 'timeouts':
      return `past ${release.n} time-out${release.n === 1 ? '' : 's'}`;
    case 'until':
      return `until ${release.actor} has issued step ${release.step}`;
    case 'for':
      return `for ${formatShort(release.ps)}`;
  }
}
