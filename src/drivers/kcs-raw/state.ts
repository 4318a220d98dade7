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
  return DESCRIPTIONS[(readable ? READABLE : 0) | (writable ? WRITABLE : 0) | (events & (KcsEvent.IBF | KcsEvent.OBE))];
}

/** Above the bits of {@link KcsEvent}. */
const READABLE = 1 << 2;
const WRITABLE = 1 << 3;
/** Coverage asks at every access: all that can be answered. */
const DESCRIPTIONS = Array.from({ length: 1 << 4 }, (_, bits) => [
  (bits & READABLE) !== 0 ? 'readable' : 'empty', ...((bits & WRITABLE) !== 0 ? ['writable'] : []),
  ...((bits & KcsEvent.IBF) !== 0 ? ['IBF'] : []), ...((bits & KcsEvent.OBE) !== 0 ? ['OBE'] : []),
].join(' '));
