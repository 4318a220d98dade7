import type { HostLog } from '../log.ts';

/** Tells the log of requests and their ends, so that each that began ends exactly once. */
export class Exchange {
  readonly log: HostLog;
  /** A request has begun, and neither been answered nor abandoned. */
  open = false;

  constructor(log: HostLog) {
    this.log = log;
  }

  /** The first byte of a request is written next. One that is open is given up for it: the same, if not said otherwise. */
  begin(request: Uint8Array, length: number, why = 'sent again'): void {
    this.abandon(why);
    this.open = true;
    this.log.began(request, length);
  }

  /** The last part is written. */
  sent(): void {
    this.log.sent();
  }

  responded(response: Uint8Array, length: number): void {
    if (this.open) this.log.responded(response, length);
    this.open = false;
  }

  abandon(why: string): void {
    if (this.open) this.log.abandoned(why);
    this.open = false;
  }

  /** The response has not come for as long as the host waits. */
  gaveUp(what: string): void {
    if (!this.open) return;
    this.log.gaveUp(what);
    this.abandon(`no ${what}`);
  }
}
