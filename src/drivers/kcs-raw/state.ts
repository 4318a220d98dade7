import { KcsEvent } from '../kcs-aspeed.ts';

/** What of struct kcs_bmc_raw several contexts share. */
export class RawState {
  /** Events that are let through. */
  events = 0;
  writable = false;
  readable = false;
  /** The byte that is held while `readable`. */
  idr = 0;

  reset(): void {
    this.events = 0;
    this.writable = false;
    this.readable = false;
    this.idr = 0;
  }
}

/** `readable IBF`: what is held, and the events that are let through. */
export function describeState({ readable, writable, events }: RawState): string {
  const words = [
    readable ? 'readable' : 'empty', ...(writable ? ['writable'] : []),
    ...((events & KcsEvent.IBF) !== 0 ? ['IBF'] : []), ...((events & KcsEvent.OBE) !== 0 ? ['OBE'] : []),
  ];
  return words.join(' ');
}
