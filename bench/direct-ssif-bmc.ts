import { pecByte } from '../src/smbus/index.ts';
import { answerDirectly } from './direct-daemon.ts';

/** enum ssif_state. */
const Ssif = { ready: 0, start: 1, smbusCmd: 2, reqRecving: 3, resSending: 4 } as const;
/** enum i2c_slave_event. */
export const Event = { readRequested: 0, writeRequested: 1, readProcessed: 2, writeReceived: 3, stop: 4 } as const;

/** SMBus commands. */
export const REQUEST = 0x02;
export const RESPONSE = 0x03;
/** The BMC on the bus: its address, with the direction below. */
export const WRITE = 0x10 << 1;
export const READ = WRITE | 1;
/** Bytes of one part. */
export const BLOCK = 32;

/** `ssif-bmc@mainline` as far as one part each way needs it, and a daemon behind it. */
export class DirectSsifBmc {
  /** The byte that goes into the callback, or comes out of it. */
  value = 0;
  private state: number = Ssif.ready;
  private msgIdx = 0;
  private busy = false;
  private requestAvailable = false;
  private responseInProgress = false;
  private partAddress = 0;
  private partCmd = 0;
  private partLength = 0;
  private partIndex = 0;
  private partPec = 0;
  private pec = false;
  private readonly part = new Uint8Array(BLOCK);
  private readonly request = new Uint8Array(254);
  private requestLength = 0;
  private readonly response = new Uint8Array(254);
  private responseLength = 0;

  private readonly daemonRequest = new Uint8Array(254);
  private readonly daemonResponse = new Uint8Array(254);

  reset(): void {
    this.state = Ssif.ready;
    this.msgIdx = 0;
    this.busy = false;
    this.requestAvailable = false;
    this.responseInProgress = false;
  }

  /** ssif_bmc_cb(), for what comes one part at a time. */
  callback(event: number): void {
    const { part } = this;
    switch (event) {
      case Event.writeRequested:
        this.state = Ssif.start;
        this.msgIdx = 0;
        this.partAddress = this.value;
        return;
      case Event.writeReceived:
        if (this.state === Ssif.start) {
          this.state = Ssif.smbusCmd;
          this.partCmd = this.value;
          this.msgIdx = 1;
          part.fill(0);
          return;
        }
        this.state = Ssif.reqRecving;
        if (this.msgIdx === 1) {
          this.partLength = this.value;
          this.partIndex = 0;
        } else part[this.partIndex++] = this.value;
        this.msgIdx++;
        return;
      case Event.readRequested:
        if (this.state !== Ssif.smbusCmd || !this.responseInProgress) break;
        this.state = Ssif.resSending;
        this.msgIdx = 0;
        this.responsePart();
        this.value = this.partLength;
        return;
      case Event.readProcessed:
        if (this.partIndex < this.partLength) this.value = part[this.partIndex];
        else this.value = this.partIndex === this.partLength && this.pec ? this.partPec : 0;
        this.partIndex++;
        return;
      case Event.stop:
        if (this.state === Ssif.reqRecving) this.requestPart();
        else if (this.state === Ssif.resSending) this.completeResponse();
        this.state = Ssif.ready;
        this.msgIdx = 0;
        return;
    }
    throw new Error('the direct machine knows no errors');
  }

  /** validate_request_part(), process_request_part() and handle_request(). */
  private requestPart(): void {
    const { part, request, partLength } = this;
    if (this.partCmd !== REQUEST || this.partIndex !== partLength || this.busy) throw new Error('the direct machine knows no errors');
    for (let i = 0; i < partLength; i++) request[i] = part[i];
    this.requestLength = partLength;
    this.pec = false;
    this.busy = true;
    this.requestAvailable = true;
    this.response.fill(0);
  }

  /** set_singlepart_response_buffer() and calculate_response_part_pec(). */
  private responsePart(): void {
    const { part, response, responseLength } = this;
    if (responseLength > BLOCK) throw new Error('the direct machine knows one part only');
    this.partAddress = WRITE;
    this.partLength = responseLength;
    part.fill(0, responseLength);
    for (let i = 0; i < responseLength; i++) part[i] = response[i];
    let pec = pecByte(pecByte(pecByte(pecByte(0, this.partAddress), this.partCmd), this.partAddress | 1), responseLength);
    for (let i = 0; i < responseLength; i++) pec = pecByte(pec, part[i]);
    this.partPec = pec;
    this.partIndex = 0;
  }

  private completeResponse(): void {
    this.responseLength = 0;
    this.responseInProgress = false;
    this.busy = false;
    this.partLength = 0;
    this.partPec = 0;
    this.part.fill(0);
  }

  /** read(), the answer, write(). */
  daemon(): void {
    const { daemonRequest, daemonResponse, request, response } = this;
    if (!this.requestAvailable) throw new Error('the daemon has nothing to read');
    const length = this.requestLength;
    for (let i = 0; i < length; i++) daemonRequest[i] = request[i];
    this.requestAvailable = false;
    const answer = answerDirectly(daemonRequest, length, daemonResponse);
    for (let i = 0; i < answer; i++) response[i] = daemonResponse[i];
    this.responseLength = answer;
    this.responseInProgress = true;
    this.busy = false;
    request.fill(0);
  }
}
