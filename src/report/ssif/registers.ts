import { nameOf, type Recording } from '../recording.ts';
import type { RegisterTrack } from '../timeline/registers.ts';
import type { Pass } from './passes.ts';
import { slaveEventText, statusText } from './text.ts';

/** INTR_STS as the bus driver sees it in each pass, and the event that it told the driver above it last. */
export function ssifRegisters(recording: Recording, passes: Iterable<Pass>): readonly RegisterTrack[] {
  const { acts } = recording;
  const told = acts.flatMap(({ events }) => events.filter((event) => nameOf(recording, event) === 'i2c.slave_event'));
  return [
    { name: 'INTR_STS', changes: [...passes].map(({ act, status }) => ({ at: acts[act].at, text: statusText(status) })) },
    { name: 'target event', changes: told.map(({ at, a, b }) => ({ at, text: slaveEventText(a, b) })) },
  ];
}
