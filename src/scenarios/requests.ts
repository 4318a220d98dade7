import { AppCmd, CC_INDEX, CompletionCode, ECHO_TAGS, Lun, NetFn, echoTag, isResponseTo, writeEcho, writeRequest } from '../ipmi/index.ts';

/** Longest request that a host is made to send, bytes; beyond every buffer. */
const LONGEST = 2048;

/** Makes the host's requests: echoes, each with a tag of its own, or Get Device ID. */
export class CommandRequest {
  readonly bytes = new Uint8Array(LONGEST);
  length = 0;
  private readonly command: string;
  private tag = 0;

  constructor(command: string) {
    this.command = command;
  }

  reset(): void {
    this.tag = 0;
  }

  /** The next request, of `length` bytes if it is an echo. */
  next(length: number): this {
    if (this.command === 'get-device-id') {
      this.length = writeRequest(this.bytes, NetFn.APP, Lun.BMC, AppCmd.GET_DEVICE_ID);
    } else {
      this.tag = (this.tag + 1) % ECHO_TAGS;
      writeEcho(this.bytes, this.tag, length);
      this.length = length;
    }
    return this;
  }

  /** Whether the response tells the last request that the BMC is busy. */
  tellsBusy(response: Uint8Array, length: number): boolean {
    return isResponseTo(this.bytes, this.length, response, length) && response[CC_INDEX] === CompletionCode.NODE_BUSY;
  }

  /** Whether the response belongs to the last request. */
  answers(response: Uint8Array, length: number): boolean {
    if (!isResponseTo(this.bytes, this.length, response, length)) return false;
    if (this.command === 'get-device-id') return response[CC_INDEX] === CompletionCode.SUCCESS;
    return echoTag(response, length) === this.tag;
  }
}
