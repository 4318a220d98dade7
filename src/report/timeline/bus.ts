import { BLOCKED, type Ps } from '../../sim/index.ts';
import { siteOf, span } from '../names.ts';
import { nameOf, type Recording, type StepEntry } from '../recording.ts';
import { beginsCycle } from '../signals/lpc-cycle.ts';
import type { Signals } from '../signals/signals.ts';
import type { Handle, TimelineBuilder } from './builder.ts';

/** Events that are a cycle of the host's on its bus, and those that are a moment on it. */
const LPC = /^(host\.(?!.*sample)|lpc\.)/;
const I2C = /^i2c\.(start|address|byte|stop|arbitration|timeout|vanish|recover)$/;
/** Of these no time passes on the bus. */
const MOMENT = /^i2c\.(start|stop|arbitration|timeout|recover)$/;

/** I/O cycles, which the wires of LPC show. */
const IO = /^(host\.|lpc\.abort$)/;

/**
 * What passes over the bus between host and BMC; `drawn`: its wires, which know when a cycle of LPC begins. Returns by
 * act the item of its first event; -1: none.
 */
export function addBus(builder: TimelineBuilder, recording: Recording, drawn: Signals): readonly Handle[] {
  const { acts, kinds } = recording;
  const starts = drawn.levels.filter(beginsCycle).map(({ at }) => at);
  /** By context: START of its poll's first cycle. */
  const polls = new Map<number, { readonly step: number; readonly from: Ps }>();
  const handles = acts.map((): Handle => -1);
  /** By bus: when its last event was. */
  const last = new Map<number, Ps>();
  for (const [index, { at, step, events }] of acts.entries()) {
    for (const event of events) {
      const name = nameOf(recording, event);
      const { section = '', text } = kinds[event.code];
      const says = text(event.a, event.b, event.c);
      let handle: Handle = -1;
      if (LPC.test(name)) {
        const from = IO.test(name) ? lastBefore(starts, at) : Math.min(step?.issuedAt ?? at, at);
        handle = builder.add(builder.lane('bus', 'LPC'), 'cycle', from, at, says, { note: section });
        if (step !== null && polls.get(step.actor)?.step !== step.step) polls.set(step.actor, { step: step.step, from });
      } else if (I2C.test(name)) {
        const from = MOMENT.test(name) ? at : last.get(event.c) ?? at;
        last.set(event.c, at);
        handle = builder.add(builder.lane('bus', `I2C${event.c}`), MOMENT.test(name) ? 'event' : 'cycle', from, at, says.replace(/^I2C\d+: /, ''), { note: section });
      }
      if (handles[index] < 0) handles[index] = handle;
    }
    const poll = step === null ? undefined : polls.get(step.actor);
    if (step !== null && poll?.step === step.step) addPoll(builder, recording, step, poll.from, index);
  }
  return handles;
}

/** A poll at its last look, from its first on; at the end of the run if it is still under way there. */
function addPoll(builder: TimelineBuilder, { ops, time, underWay }: Recording, { op, at, value, poll }: StepEntry, from: Ps, act: number): void {
  const told = value === BLOCKED ? underWay.get(act) : poll;
  if (told === undefined || told.samples < 2) return;
  const { step: what } = siteOf(ops.label(op));
  const text = `polls ${what.replace(/ poll$/, '')} ${told.samples}x`;
  builder.add(builder.lane('bus', 'LPC'), 'poll', from, value === BLOCKED ? Math.max(at, time) : at, text, { note: `every ${span(told.period)}` });
}

/** The last of `times`, which are in order, before `at`; `at` if there is none. */
function lastBefore(times: readonly Ps[], at: Ps): Ps {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? at : times[low - 1];
}

/** Events of the drivers that are not steps, and that no other lane shows. */
export function addEvents(builder: TimelineBuilder, recording: Recording): void {
  const { acts, contexts, kinds } = recording;
  for (const { events } of acts) {
    for (const event of events) {
      const name = nameOf(recording, event);
      if (!/^(i2c\.dev_err|bmc\.kfree)$/.test(name)) continue;
      const { text, section = '' } = kinds[event.code];
      const lane = name === 'bmc.kfree' ? builder.lane('tasks', 'memory') : builder.lane('interrupt', 'complaints');
      builder.add(lane, 'event', event.at, event.at, text(event.a, event.b, event.c), { note: section === '' ? contexts[event.actor] ?? '' : section });
    }
  }
}
