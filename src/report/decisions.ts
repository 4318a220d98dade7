import { parseRelease, pastText, type Decision, type Ps } from '../sim/index.ts';
import type { Medium } from './medium.ts';
import type { Message } from './messages.ts';
import { siteText, span } from './names.ts';
import { UNBINDER, type Hold, type Recording } from './recording.ts';

/** Says in words what a decision of a scenario means; undefined: it does not know. */
export type Describe = (decision: Decision) => string | undefined;

/** Until when a stall was laid: `until all else is quiet`. */
export function releaseText(value: number | string, recording?: Recording): string {
  const release = typeof value === 'string' ? parseRelease(value) : undefined;
  switch (release?.kind) {
    case 'quiet':
      return `until all else is quiet${pastText(release.past)}`;
    case 'timeouts':
      return `past ${release.n} time-out${release.n === 1 ? '' : 's'}`;
    case 'until':
      return `until ${release.actor} reaches its step ${release.step}${stepText(recording, release.actor, release.step)}${pastText(release.past)}`;
    case 'for':
      return `for ${span(release.ps)}`;
    default:
      return String(value);
  }
}

function stepText(recording: Recording | undefined, actor: string, step: number): string {
  const found = recording?.acts.find((act) => act.step !== null && act.step.step === step && recording.contexts[act.actor] === actor);
  return found?.step == null || recording === undefined ? '' : ` (${siteText(recording.ops.label(found.step.op))})`;
}

/** `bmc:kcsd is held before copy_to_user in kcs_bmc_ipmi_read, until all else is quiet (1.33 ms; it keeps the CPU)`. */
function stallText(decision: Decision, recording: Recording | undefined, hold: Hold | undefined): string {
  const until = releaseText(decision.value, recording);
  const notes: string[] = [];
  if (hold !== undefined) {
    const length = span(hold.to - hold.from);
    if (hold.to < 0) notes.push('to the end');
    else if (until !== `for ${length}`) notes.push(until.startsWith('for ') ? `${length} at most` : length);
    if (hold.standing !== '') notes.push(STANDING[hold.standing]);
  }
  return `${decision.actor} is held before ${siteText(decision.label)}, ${until}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}

const STANDING = { 'keeps the CPU': 'it keeps the CPU', 'off the CPU': 'it is off the CPU', 'interrupts off': 'interrupts are off' } as const;

/** What a number that was drawn came to, as the run shows it; undefined: that does not tell. */
function numberText(
  { label, actor, value }: Decision, at: Ps, messages: readonly Message[], recording: Recording | undefined,
): string | undefined {
  const next = messages.find((message) => message.from >= at);
  const open = messages.find((message) => message.from <= at && (message.to < 0 || message.to > at));
  switch (label) {
    case 'more requests':
      return `the host makes ${value} more request${value === 1 ? '' : 's'}`;
    case 'gap':
      return next === undefined ? undefined : `the host pauses for ${span(next.from - at)} before ${next.kind} ${next.number}`;
    case 'length':
      return next?.kind === 'request' && next.sent >= 0 ? `request ${next.number} is ${next.bytes.length} bytes long` : undefined;
    case 'bytes written':
      return next?.kind === 'request' && next.sent < 0 ? `the host breaks off request ${next.number} after ${next.bytes.length} bytes` : undefined;
    case 'bytes read':
      return open?.kind === 'request' ? `the host breaks off the response to request ${open.number} after ${open.response.length} bytes` : undefined;
    case 'daemon starts late':
      return 'the daemon opens the device late';
    case 'think longer':
      return `${actor} takes longer for its answer`;
    case 'restart delay':
      return 'the daemon is back later after its crash';
    case 'driver is unbound':
      return unboundText(recording);
    default:
      return undefined;
  }
}

/** When the driver goes, as the run shows it. */
function unboundText(recording: Recording | undefined): string {
  const first = recording?.acts.find((act) => act.step !== null && recording.contexts[act.actor] === UNBINDER);
  return `the driver is unbound ${first?.step == null ? 'while the system runs' : `after ${span(first.step.issuedAt)}`}`;
}

/** One decision in plain words; with the recording, what it came to. */
export function decisionText(
  decision: Decision, at: Ps, recording: Recording | undefined, medium: Medium, hold: Hold | undefined, describe: Describe = () => undefined,
): string {
  const { kind, actor, step, label, value } = decision;
  switch (kind) {
    case 'stall':
      return stallText(decision, recording, hold);
    case 'timing':
      return `${actor} takes ${value}/8 of its jitter longer at ${siteText(label)} (step ${step})`;
    case 'order':
      return `of events at the same instant, number ${value} goes first`;
    default: {
      const seen = medium.consequence(decision, at);
      if (seen !== undefined) return `${seen.text} (${seen.allowed})`;
      return numberText(decision, at, medium.conversation.messages, recording) ?? describe(decision) ?? `${actor}: ${label} = ${value}`;
    }
  }
}
