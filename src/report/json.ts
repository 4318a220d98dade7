import { sideOf, type Recording } from './recording.ts';

/** A recording as data: format `inband-show/1`. Times are picoseconds. */
export function recordingJson(recording: Recording): object {
  const { contexts, kinds, ops, acts, decisions, violations, kernel, reason, steps, hash, time } = recording;
  return {
    format: 'inband-show/1',
    kernel,
    reason,
    steps,
    hash: (hash >>> 0).toString(16).padStart(8, '0'),
    time,
    decisions: decisions.map(({ decision, at }) => ({ at, ...decision })),
    violations,
    events: acts.flatMap(({ at, actor, step, events }) => {
      const name = contexts[actor] ?? '';
      const side = sideOf(recording, actor);
      const seen = events.map((event) => {
        const kind = kinds[event.code];
        const values = [event.a, event.b, event.c];
        return {
          at, actor: name, lane: kind.lane, name: kind.name,
          fields: Object.fromEntries(kind.fields.filter((field) => field !== 'none').map((field) => [field, values[kind.fields.indexOf(field)]])),
          text: kind.text(event.a, event.b, event.c),
          ...(kind.section === undefined ? {} : { section: kind.section }),
        };
      });
      if (step === null) return seen;
      return [...seen, {
        at, actor: name, lane: side === 'none' ? 'host' : side, name: 'step',
        fields: { step: step.step, issuedAt: step.issuedAt, value: step.value }, text: ops.describe(step.op),
      }];
    }),
  };
}
