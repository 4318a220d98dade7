import type { Steps } from '../../sim/process.ts';
import { END_OF_TIME, type Ps } from '../../sim/time.ts';
import { SILENT, type HostLog } from '../log.ts';
import { IPMI_MAX_MSG_LENGTH } from '../si/si-sm.ts';
import { SmiMsg } from '../si/smi-msg.ts';
import { Exchange } from './exchange.ts';
import { I2C_SMBUS_BLOCK_MAX, type SmbusAdapter } from './smbus.ts';
import { TWO_PARTS_SEND } from './ssif-data.ts';
import type { SsifInfo } from './ssif-info.ts';
import { SSIF_VERSIONS, type SsifVersion } from './ssif-versions.ts';
import { Jiffies, NEVER, type SsifTime } from './time.ts';

/** What the upper layer waits for, and so how often the flags are looked at: ssif_set_need_watch(). */
export const SsifWatch = {
  none: 'none',
  /** Messages and events: every 10 ms. */
  messages: 'messages',
  /** The watchdog's pre-timeout only: every 250 ms. */
  watchdog: 'watchdog',
} as const;
export type SsifWatch = (typeof SsifWatch)[keyof typeof SsifWatch];

/** SSIF_WATCH_MSG_TIMEOUT and SSIF_WATCH_WATCHDOG_TIMEOUT, ms. */
const WATCH_MS: Readonly<Record<SsifWatch, number>> = { none: 0, messages: 10, watchdog: 250 };

/** What a probe finds out about a BMC. */
export interface SsifCapabilities {
  /** The longest request and response, bytes. */
  readonly maxXmitMsgSize: number;
  readonly maxRecvMsgSize: number;
  /** Whether 08h ends a request of several parts. */
  readonly cmd8Works: boolean;
  readonly pec: boolean;
  readonly hasEventBuffer: boolean;
}

/** The simulated BMC of QEMU 7.2. */
export const QEMU_CAPABILITIES: SsifCapabilities = {
  maxXmitMsgSize: 255, maxRecvMsgSize: 255, cmd8Works: true, pec: false, hasEventBuffer: true,
};

export interface SsifParams {
  /** The state of the driver; Linux 6.1 by default. */
  readonly version?: SsifVersion;
  /** Timer ticks of the host's kernel per second. */
  readonly hz?: number;
  /** Whether the flags are looked at from time to time. */
  readonly watch?: SsifWatch;
  /** The probe does not ask for alerts: `alerts_broken`. */
  readonly alertsBroken?: boolean;
  /** How many events or messages are fetched in a row at most. */
  readonly mostInARow?: number;
}

/**
 * ipmi_ssif driving one adapter, as of Linux 6.1 or another version: drivers/char/ipmi/ipmi_ssif.c.
 *
 * All of it is one context. In the kernel a thread makes the bus transactions and runs the handlers after them,
 * while timers and the upper layer only tell it to go on; a transaction that they ask for is made by the thread
 * once the one under way has ended. A watch timer that fires during a transaction is acted upon at its end.
 */
export class Ssif {
  readonly info: SsifInfo;
  readonly smbus: SmbusAdapter;
  readonly time: SsifTime;
  readonly jiffies: Jiffies;
  readonly exchange: Exchange;
  readonly alertsBroken: boolean;
  /** The response to the last message, of the length that {@link transact} has returned. */
  readonly response = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  private responseLength = 0;
  private waiting = false;
  private readonly message = new SmiMsg();
  /** Bytes of the part that is written. */
  private readonly part = new Uint8Array(I2C_SMBUS_BLOCK_MAX);
  /** Jiffies between two looks at the flags; 0: none. */
  private readonly watchTimeout: number;
  private watchTimer: Ps = NEVER;
  /** Set for each message or event that the driver has fetched on its own. */
  onReceive: (bytes: Uint8Array, length: number) => void = () => {};

  constructor(smbus: SmbusAdapter, time: SsifTime, log: HostLog = SILENT, params: SsifParams = {}) {
    this.smbus = smbus;
    this.time = time.at('ipmi_ssif_thread');
    this.jiffies = new Jiffies(time, params.hz ?? 250);
    this.exchange = new Exchange(log);
    this.alertsBroken = params.alertsBroken ?? false;
    this.watchTimeout = this.jiffies.up(WATCH_MS[params.watch ?? SsifWatch.none]);
    this.info = this.makeInfo(params);
    this.info.deliver = (msg, asked) => {
      if (!asked) {
        this.onReceive(msg.rsp, msg.rspSize);
        return;
      }
      this.response.set(msg.rsp);
      this.responseLength = msg.rspSize;
      this.waiting = false;
    };
  }

  protected makeInfo(params: SsifParams): SsifInfo {
    const { info } = params.version ?? SSIF_VERSIONS[SSIF_VERSIONS.length - 1];
    return new info(this.exchange, this.jiffies, params.mostInARow);
  }

  /** As before the probe, for the next execution. */
  reset(): void {
    this.info.reset();
    this.smbus.pec = false;
    this.message.rsp.fill(0);
    this.response.fill(0);
    this.responseLength = 0;
    this.waiting = false;
    this.watchTimer = NEVER;
  }

  /** As after a probe that has found `capabilities`, with no transaction made. */
  probed(capabilities: SsifCapabilities = QEMU_CAPABILITIES): void {
    const { info } = this;
    info.maxXmitMsgSize = info.testsMultipart ? capabilities.maxXmitMsgSize : Math.min(capabilities.maxXmitMsgSize, TWO_PARTS_SEND);
    info.maxRecvMsgSize = capabilities.maxRecvMsgSize;
    info.cmd8Works = capabilities.cmd8Works;
    info.hasEventBuffer = capabilities.hasEventBuffer;
    this.smbus.pec = capabilities.pec;
  }

  /** Nothing in hand: a message handed over now goes out at once. */
  get quiet(): boolean {
    return this.info.quiet;
  }

  /** The upper layer begins to watch, as it does when the interface is registered with somebody waiting. */
  startWatch(): void {
    this.watchTimer = this.watchTimeout === 0 ? NEVER : this.jiffies.fires(this.watchTimeout);
  }

  /** SMBALERT# was asserted, and the alert response address has named this BMC. */
  alert(): void {
    if (this.info.alert()) this.time.wake();
  }

  /** Hands over a message without a transaction: `sender()`. One at a time. */
  send(request: Uint8Array, length: number): void {
    if (this.waiting) throw new Error('ipmi_ssif is handed a message before the last is answered');
    const { message } = this;
    message.dataSize = length;
    for (let i = 0; i < length && i < IPMI_MAX_MSG_LENGTH; i++) message.data[i] = request[i];
    message.rsp.fill(0);
    this.waiting = true;
    this.info.sender(message);
  }

  /**
   * Sends one message and returns the length of its response, which is in {@link response}, serving whatever
   * else comes up meanwhile. There always is a response: the driver makes one up for a BMC that is lost.
   */
  transact(request: Uint8Array, length: number): Steps<number> {
    this.send(request, length);
    return this.drive(END_OF_TIME);
  }

  /** What the driver does until `until` while no message is queued: the flags, if it watches them. */
  idle(until: Ps): Steps<unknown> {
    return this.drive(until);
  }

  /**
   * The transaction that is asked for, if one is, and the handler after it. Afterwards another one may be asked
   * for, or a timer set.
   */
  *step(): Steps {
    const { info, smbus } = this;
    const { command } = info;
    if (command === 0) return;
    info.command = 0;
    if (info.write) {
      for (let i = 0; i < info.size; i++) this.part[i] = info.data[info.at + i];
      const result = yield* smbus.blockWrite(command, this.part, info.size);
      this.expireWatch();
      info.written(result);
    } else {
      const result = yield* smbus.blockRead(command, info.recv);
      this.expireWatch();
      info.received(Math.min(result, 0), Math.max(result, 0));
    }
  }

  /** Goes on until the message is answered if `until` is the end of time, or else until `until`. */
  private *drive(until: Ps): Steps<number> {
    const { info, time } = this;
    const answer = until === END_OF_TIME;
    for (;;) {
      if (info.command !== 0) {
        yield* this.step();
        continue;
      }
      if (time.now >= info.retryTimer) {
        info.retryTimeout();
        continue;
      }
      this.expireWatch();
      if (info.command !== 0) continue;
      if (answer ? !this.waiting : time.now >= until) return this.responseLength;
      const deadline = Math.min(until, info.retryTimer, info.dead ? NEVER : this.watchTimer);
      // The wait between request and first read is the driver's pace; all others are for something to happen.
      const pace = deadline === until || (deadline === info.retryTimer && info.firstRead);
      yield time.wait(deadline, !pace);
    }
  }

  /** `watch_timeout()`, if it is due; the timer is set anew each time. */
  private expireWatch(): void {
    if (this.time.now < this.watchTimer || this.info.dead) return;
    while (this.time.now >= this.watchTimer) this.watchTimer = this.jiffies.fires(this.watchTimeout, this.watchTimer);
    this.info.watchTimeout();
  }
}
