/**
 * What a host does at message level, told as it happens: oracles judge the BMC by it. Bytes are the host's
 * own buffers; whoever wants to keep them copies them.
 */
export interface HostLog {
  /** A request of `length` bytes begins: its WRITE_START is written next. */
  began(request: Uint8Array, length: number): void;
  /** The last byte of the request has been written. */
  sent(): void;
  /** The host no longer wants an answer to the request that it began. */
  abandoned(why: string): void;
  /** The host has read a response to its end: what it took from ODR, `length` bytes. */
  responded(response: Uint8Array, length: number): void;
  /** What follows breaks the protocol, IPMI 2.0 `section`. */
  broke(section: string, what: string): void;
  /** The host has waited long enough for `what`. */
  gaveUp(what: string): void;
}

/** Tells nobody. */
export const SILENT: HostLog = {
  began() {},
  sent() {},
  abandoned() {},
  responded() {},
  broke() {},
  gaveUp() {},
};
