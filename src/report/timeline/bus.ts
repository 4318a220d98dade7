import type { Ps } from '../../sim/index.ts';
import { nameOf, type Recording } from '../recording.ts';
import type { Handle, TimelineBuilder } from './builder.ts';

/** Events that are a cycle of the host's on its bus, and those that are a moment on it. */
const LPC = /^(host\.(?!.*sample)|lpc\.)/;
const I2C = /^i2c\.(start|address|byte|stop|arbitration|timeout|vanish|recover)$/;
/** Of these no time passes on the bus. */
const MOMENT = /^i2c\.(start|stop|arbitration|timeout|recover)$/;

/** What passes over the bus between host and BMC. Returns by act the item of its first event; -1: none. */
export function addBus(builder: TimelineBuilder, recording: Recording): readonly Handle[] {
  const { acts, kinds } = recording;
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
        handle = builder.add(builder.lane('bus', 'LPC'), 'cycle', Math.min(step?.issuedAt ?? at, at), at, says, { note: section });
      } else if (I2C.test(name)) {
        const from = MOMENT.test(name) ? at : last.get(event.c) ?? at;
        last.set(event.c, at);
        handle = builder.add(builder.lane('bus', `I2C${event.c}`), MOMENT.test(name) ? 'event' : 'cycle', from, at, says.replace(/^I2C\d+: /, ''), { note: section });
      }
      if (handles[index] < 0) handles[index] = handle;
    }
  }
  return handles;
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
