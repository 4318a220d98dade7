import { UserBuffer } from '../linux/index.ts';

/** Memory of one thread of a daemon. */
export class DaemonThread {
  readonly name: string;
  readonly buffer: UserBuffer;
  readonly request: Uint8Array;
  requestLength = 0;
  /** The request before it, while its answer is held back. */
  readonly older: Uint8Array;
  readonly response: UserBuffer;
  responseLength = 0;
  failures = 0;
  /** The response at hand is that to another command: who made it has mixed up who asked what. */
  mixedUp = false;
  /** The sequence number of the request; -1 where messages have none. */
  seq = -1;
  /** The process to which it belonged is gone, and another serves in its place. */
  ended = false;
  private headerBytes = 0;
  private body: Uint8Array;

  constructor(name: string, size: number) {
    this.name = name;
    this.buffer = new UserBuffer(size);
    this.request = new Uint8Array(size);
    this.older = new Uint8Array(size);
    this.response = new UserBuffer(size);
    this.body = this.response.bytes;
  }

  /** Bytes before the message in what read() and write() carry. */
  get header(): number {
    return this.headerBytes;
  }

  set header(bytes: number) {
    if (bytes === this.headerBytes) return;
    this.headerBytes = bytes;
    this.body = bytes === 0 ? this.response.bytes : this.response.bytes.subarray(bytes);
  }

  /** From now on the response is made apart from what write() is given: more than a header is put to it. */
  separate(): void {
    this.body = new Uint8Array(this.response.bytes.length);
  }

  /** The response without its header. */
  get message(): Uint8Array {
    return this.body;
  }

  /** A driver may say that it has copied what it has not: then a process sees what its buffer held before. */
  reset(): void {
    this.buffer.bytes.fill(0);
    this.requestLength = 0;
    this.responseLength = 0;
    this.failures = 0;
    this.mixedUp = false;
    this.seq = -1;
    this.ended = false;
  }
}
