import type { Ps } from '../../sim/index.ts';
import type { Recording } from '../recording.ts';
import type { TimelineBuilder } from './builder.ts';

/** A register that both sides, or the BMC's driver, look at, over a whole run. */
export interface RegisterTrack {
  readonly name: string;
  /** Its values from the moments on at which it took them, in order of time; with the bits by name. */
  readonly changes: readonly { readonly at: Ps; readonly text: string }[];
}

/** A lane for each register, and one for the phase of the driver. */
export function addRegisters(builder: TimelineBuilder, recording: Recording, tracks: readonly RegisterTrack[]): void {
  for (const { name, changes } of [...tracks, phaseTrack(recording)]) {
    for (const [index, { at, text }] of changes.entries()) {
      const to = changes[index + 1]?.at ?? Math.max(at, recording.time);
      if (text !== '' && (to > at || index === changes.length - 1)) builder.add(builder.lane('registers', name), 'value', at, to, text);
    }
  }
}

function phaseTrack({ phases, acts }: Recording): RegisterTrack {
  const changes = [...phases].map(([act, text]) => ({ at: acts[act].at, text }));
  return { name: 'driver', changes: changes.sort((one, other) => one.at - other.at) };
}
