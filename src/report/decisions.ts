import { parseRelease, type Decision, type Ps } from '../sim/index.ts';
import { messageName, type Message } from './messages.ts';
import { siteText, span } from './names.ts';
import type { Hold, Recording } from './recording.ts';

/** Says in words what a decision of a scenario means; undefined: it does not know. */
export type Describe = (decision: Decision) => string | undefined;

/** Until when a stall was laid: `until all else is quiet`. */
export function releaseText(value: number | string, recording?: Recording): string {
  const release = typeof value === 'string' ? parseRelease(value) : undefined;
  switch (release?.kind) {
    case 'quiet':
      return 'until all else is quiet';
    case 'timeouts':
      return `past ${release.n} time-out${release.n === 1 ? '' : 's'}`;
    case 'until':
      return `until ${release.actor} reaches its step ${release.step}${stepText(recording, release.actor, release.step)}`;
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

/** `bmc:kcsd is held before copy_to_user in kcs_bmc_ipmi_read until all else is quiet (for 1.33 ms)`. */
function stallText(decision: Decision, recording: Recording | undefined, hold: Hold | undefined): string {
  const length = hold === undefined ? '' : hold.to < 0 ? ' (to the end)' : ` (for ${span(hold.to - hold.from)})`;
  return `${decision.actor} is held before ${siteText(decision.label)}, ${releaseText(decision.value, recording)}${length}`;
}

/** What the host did after a decision of its own, as the wire shows it; empty if that tells nothing. */
function consequence(at: Ps, messages: readonly Message[]): string {
  const index = messages.findIndex((message) => message.from >= at);
  const message = messages[index];
  if (message === undefined) return '';
  const next = messages[index + 1];
  if (message.kind !== 'request') return message.kind === 'stray' ? 'the host writes a byte outside of any transfer' : '';
  const name = messageName(message);
  const where = message.stage === 'waiting' ? `does not wait for the answer to ${name}` : message.stage === 'reading' ? `does not read the answer to ${name} to its end`
    : `does not write ${name} to its end`;
  if (message.ending === 'restarted' && next !== undefined) return `the host ${where} but begins request ${next.number} (IPMI 9.12 allows it)`;
  if (message.ending === 'aborted' && next?.kind === 'abort') return `the host ${where} but aborts it (IPMI 9.15 allows it)`;
  return '';
}

/** One decision in plain words; with the recording, what it came to. */
export function decisionText(
  decision: Decision, at: Ps, recording: Recording | undefined, messages: readonly Message[], hold: Hold | undefined, describe: Describe = () => undefined,
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
      const seen = label === 'host move' ? consequence(at, messages) : '';
      return seen === '' ? (describe(decision) ?? `${actor}: ${label} = ${value}`) : seen;
    }
  }
}
