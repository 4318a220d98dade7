import type { NextPage } from '../linux/index.ts';

/** One read() of a daemon, as it returned. */
export interface ReadResult {
  readonly thread: string;
  /** Bytes, or a negated errno. */
  readonly result: number;
  readonly bytes: Uint8Array;
  /** The sequence number that came with the message; -1 where messages have none. */
  readonly seq: number;
  /** Size of the buffer that was offered. */
  readonly count: number;
  readonly nonBlocking: boolean;
  /** A signal reached the thread in the call. */
  readonly signalled: boolean;
  /** Where the page of the buffer ended, and what lay beyond. */
  readonly pageEnd: number;
  readonly nextPage: NextPage;
}

/** One write() of a daemon, as it returned. */
export interface WriteResult {
  readonly thread: string;
  readonly result: number;
  readonly bytes: Uint8Array;
  readonly length: number;
  /** The request that it answers, as it was read; empty if none was. */
  readonly request: Uint8Array;
  readonly requestLength: number;
  /** It answers another command than the request's. */
  readonly mixedUp: boolean;
}

/** Told what a daemon sees of the driver: the BMC's side of every message. */
export interface DaemonWitness {
  opened(thread: string): void;
  /** The descriptor is about to be closed. */
  closes(thread: string): void;
  /** The descriptor is closed, or its last user is gone: release() has returned. */
  closed(thread: string): void;
  /** The thread is about to ask for a request. */
  reads(thread: string): void;
  read(result: ReadResult): void;
  wrote(result: WriteResult): void;
  /** The process asked the driver to abort (FORCE_ABORT). */
  aborted(thread: string): void;
  /** The process has given up for good. */
  exited(thread: string): void;
}
