import { IPMI_MAX_MSG_LENGTH } from './si-sm.ts';

/** A request and the room for its response: `struct ipmi_smi_msg`. */
export class SmiMsg {
  readonly data = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  dataSize = 0;
  readonly rsp = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  rspSize = 0;

  /** Forgets the response. */
  reset(): void {
    if (this.rspSize > 0) this.rsp.fill(0);
    this.rspSize = 0;
  }
}
