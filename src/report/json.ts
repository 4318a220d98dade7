import { BLOCKED, hex32, type Violation } from '../sim/index.ts';
import type { Loop } from '../explore/index.ts';
import { loopText } from './loop.ts';
import { mediumOf } from './medium.ts';
import { ruleOf } from './rules.ts';
import { sideOf, type Act, type Recording } from './recording.ts';

/** One thing that happened. Times are picoseconds. */
export interface ShowEvent {
  readonly time: number;
  /** The column in which it belongs: host, lpc, i2c, serirq, irq, task, oracle. */
  readonly lane: string;
  /** The context that did it; empty: hardware on its own. */
  readonly actor: string;
  /** `kcs.idr.write` and the like of the trace; `step`, `held`, `released`, `decision`, `violation` of ours. */
  readonly name: string;
  readonly fields: Readonly<Record<string, number | string | null>>;
  readonly text: string;
  readonly section?: string;
}

/**
 * A recording as data, format `inband-show/1`: every event and step, in order of time. `violation` is the breach
 * that it is about; the first if not given, null: none.
 */
export function recordingJson(
  recording: Recording, violation: Violation | null = recording.violations[0] ?? null, loop: Loop | null = null,
): { readonly format: 'inband-show/1' } & Readonly<Record<string, unknown>> {
  const { decisions, violations, kernel, reason, steps, hash, time } = recording;
  const events = [...recording.acts.flatMap((act) => actEvents(recording, act)), ...marks(recording)];
  return {
    format: 'inband-show/1',
    violation: violation === null ? null : { ...violation, breaks: ruleOf(violation, mediumOf(recording).rules) },
    decisions: decisions.map(({ decision, at }) => ({ time: at, ...decision })),
    kernel,
    loop: loop === null ? null : { ...loop, text: loopText(loop) },
    reason,
    steps,
    hash: hex32(hash),
    time,
    violations: violations.map((one) => ({ ...one, shown: violation !== null && isSame(one, violation) })),
    events: events.sort((one, other) => one.time - other.time),
  };
}

/** One run reports a rule at most once for a site. */
function isSame(one: Violation, other: Violation): boolean {
  return one.oracle === other.oracle && one.rule === other.rule && one.site === other.site;
}

function laneOf(recording: Recording, actor: number): string {
  const side = sideOf(recording, actor);
  return side === 'none' ? 'lpc' : side;
}

/** The events of an act, then its step. */
function actEvents(recording: Recording, { at, actor, step, events }: Act): ShowEvent[] {
  const { contexts, kinds, ops } = recording;
  const out = events.map((event): ShowEvent => {
    const { name, lane, fields, section, text } = kinds[event.code];
    const { a, b, c } = event;
    const values = [a, b, c];
    const named = fields.map((field, i) => [field, values[i]] as const).filter(([field]) => field !== 'none');
    return {
      time: at, lane, actor: contexts[event.actor] ?? '', name, fields: Object.fromEntries(named), text: text(a, b, c),
      ...(section === undefined ? {} : { section }),
    };
  });
  if (step === null) return out;
  const { issuedAt, value, cpu, poll } = step;
  out.push({
    time: at, lane: laneOf(recording, actor), actor: contexts[actor], name: 'step',
    fields: {
      step: step.step, issued: issuedAt, value: value === BLOCKED ? null : value, cpu: cpu < 0 ? null : cpu, samples: poll?.samples ?? null,
    },
    text: ops.describe(step.op),
  });
  return out;
}

/** What the schedule did, and which rules were broken. */
function marks(recording: Recording): ShowEvent[] {
  const { contexts, decisions, holds, violations } = recording;
  const out: ShowEvent[] = [];
  for (const { decision, at } of decisions) {
    if (decision.kind === 'stall') continue;
    const { kind, actor, step, label, value } = decision;
    out.push({ time: at, lane: 'oracle', actor, name: 'decision', fields: { kind, step, value }, text: label });
  }
  for (const { actor, step, label, from, to, standing, decision } of holds) {
    const lane = laneOf(recording, actor);
    const until = decisions[decision].decision.value;
    out.push({ time: from, lane, actor: contexts[actor], name: 'held', fields: { step, until, standing, released: to < 0 ? null : to }, text: label });
    if (to >= 0) out.push({ time: to, lane, actor: contexts[actor], name: 'released', fields: { step, held: to - from }, text: label });
  }
  for (const { oracle, rule, site, message, at } of violations) {
    out.push({ time: at, lane: 'oracle', actor: '', name: 'violation', fields: { oracle, rule, site }, text: message });
  }
  return out;
}
