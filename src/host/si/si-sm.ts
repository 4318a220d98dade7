import type { Steps } from '../../sim/process.ts';
import { END_OF_TIME, US } from '../../sim/time.ts';
import type { HostIo, PortReg } from '../io.ts';
import type { SiTimer } from './si-timer.ts';

/** What an event call of a low-level state machine asks of its caller: `enum si_sm_result`. */
export const SiSmResult = {
  /** Call again at once, with time 0. */
  CALL_WITHOUT_DELAY: 0,
  /** Call again when some time has passed, and say how much. */
  CALL_WITH_DELAY: 1,
  /** The same, at the pace of the timer tick. */
  CALL_WITH_TICK_DELAY: 2,
  /** A transaction is over; its result can be fetched. */
  TRANSACTION_COMPLETE: 3,
  /** Nothing to do. */
  IDLE: 4,
  /** The machine has given up, and starts afresh. */
  HOSED: 5,
  /** Nothing to do, and the BMC asks for attention. */
  ATTN: 6,
} as const;
export type SiSmResult = (typeof SiSmResult)[keyof typeof SiSmResult];

/** The longest message of either direction, bytes: IPMI_MAX_MSG_LENGTH (include/linux/ipmi.h). */
export const IPMI_MAX_MSG_LENGTH = 272;

/** Microseconds: the unit in which ipmi_si tells its state machines the time. */
export type Us = number;
/** A wait that no time-out ends. */
export const FOREVER: Us = Math.floor(END_OF_TIME / US);

/**
 * A low-level state machine as ipmi_si drives it: `struct si_sm_handlers` (ipmi_si_sm.h), with the one
 * difference that the caller reads the status register for each event call. That makes a wait one poll step: calls
 * that would only have read the same status are made up for by {@link skip}.
 */
export interface SiStateMachine {
  /** The register that is read for each event call. */
  readonly statusReg: PortReg;
  /** The register with the interface's own interrupt switch: BT_INTMASK; null: it has none. */
  readonly intMaskReg: PortReg | null;
  /** Looks for an interface at these ports, and finds out about it: false if nobody is there. */
  detect(io: HostIo, timer: SiTimer): Steps<boolean>;
  /** Takes `size` bytes to send. 0, or a completion code that says why not. */
  startTransaction(data: Uint8Array, size: number): number;
  /** One event call, for a status just read, `time` after the call before it as far as the caller knows. */
  event(status: number, time: Us): Steps<SiSmResult>;
  /** Copies the response into `out`, at most `length` bytes. Returns its length. */
  getResult(out: Uint8Array, length: number): number;
  /** Bits of the status on which the next event call depends, as long as it is `status`. */
  watched(status: number): number;
  /**
   * How much longer `status` may last before an event call does more than wait; it does so below 0. So -1 says that
   * the next call does, however early, and none may be skipped.
   */
  budget(status: number): Us;
  /** Event calls that found `status` unchanged, `time` altogether. */
  skip(status: number, time: Us): void;
}
