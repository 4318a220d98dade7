import { BLOCKED, type Ps } from '../../sim/index.ts';
import { callsOf } from '../calls.ts';
import type { Budget, Medium } from '../medium.ts';
import { nameOf, sideOf, type Recording } from '../recording.ts';
import { runsOf } from '../runs.ts';
import { LPC_CYCLE, beginsCycle } from '../signals/lpc-cycle.ts';
import { partition, type Layer } from './partition.ts';

type Span = readonly [from: Ps, to: Ps];

/**
 * Whose the time of each answered request is, from WRITE_START to its end. What the other side waits for comes first:
 * while the BMC's handler runs, the host's polling costs nothing.
 */
export function kcsShares(recording: Recording, medium: Medium): readonly Budget[] {
  const layers = layersOf(recording, medium);
  return medium.conversation.messages.filter(({ kind, ending }) => kind === 'request' && ending === 'answered').map((message): Budget => ({
    message, total: message.to - message.from, shares: partition(message.from, message.to, layers, 'host: waits'),
  }));
}

function layersOf(recording: Recording, medium: Medium): readonly Layer[] {
  const { acts, waveforms } = recording;
  const runs = runsOf(recording, (act) => medium.accesses(act));
  const calls = callsOf(recording);
  const ends = (run: (typeof runs)[number]): Ps => acts[run.acts[run.acts.length - 1]].at;
  const cycles = waveforms.flatMap((waveform) => waveform.levels(acts)).filter(({ wire }) => wire === LPC_CYCLE);
  return [
    { name: 'BMC: interrupt latency', spans: runs.filter(({ raised }) => raised >= 0).map(({ raised, entered }): Span => [raised, entered]) },
    { name: 'BMC: interrupt handler', spans: runs.map((run): Span => [run.entered, ends(run)]) },
    { name: 'BMC: read() and write()', spans: stepSpans(recording, 'task') },
    { name: 'BMC: wake-up of the daemon', spans: runs.filter(({ woke }) => woke).map((run): Span => [ends(run), wokenAt(recording, ends(run))]) },
    { name: 'BMC: daemon, from read() to write()', spans: calls.flatMap((call, i): Span[] => {
      const next = calls.slice(i + 1).find(({ actor }) => actor === call.actor);
      return call.name === 'read' && call.to >= 0 && next?.name === 'write' ? [[call.to, next.from]] : [];
    }) },
    { name: 'SerIRQ', spans: samples(recording).map(({ from, to }): Span => [from, to]) },
    { name: 'host: interrupt latency', spans: samples(recording).map(({ to, handler }): Span => [to, handler]) },
    { name: 'LPC cycles', spans: cycles.flatMap((cycle, i): Span[] => (beginsCycle(cycle) ? [[cycle.at, cycles[i + 1]?.at ?? cycle.at]] : [])) },
    { name: 'host: in and out', spans: stepSpans(recording, 'host') },
  ];
}

/** When steps of one side are in flight; sleeping is none. */
function stepSpans(recording: Recording, side: 'host' | 'task'): readonly Span[] {
  return recording.acts.flatMap(({ step }): Span[] => {
    if (step === null || step.value === BLOCKED || sideOf(recording, step.actor) !== side) return [];
    const { kind, lead } = recording.ops.def(step.op);
    // Of a poll only the last sample is work; of the others the host's waiting is made.
    return [[kind === 'poll' ? Math.max(step.issuedAt, step.at - lead) : step.issuedAt, step.at]];
  });
}

/** When the first task goes on after `at`. */
function wokenAt(recording: Recording, at: Ps): Ps {
  return recording.acts.find(({ step }) => step !== null && step.issuedAt >= at && sideOf(recording, step.actor) === 'task')?.step?.issuedAt ?? at;
}

/** Requests of an interrupt that the host has sampled, and when it acts on them. */
function samples(recording: Recording): readonly { readonly from: Ps; readonly to: Ps; readonly handler: Ps }[] {
  return recording.acts.flatMap(({ events }, index) => events.filter((event) => nameOf(recording, event) === 'serirq.sample' && event.b !== 0).map(({ at, c }) => ({
    from: at - c, to: at,
    handler: recording.acts.slice(index).find(({ step }) => step !== null && step.issuedAt >= at && recording.contexts[step.actor] === 'host')?.step?.issuedAt ?? at,
  })));
}
