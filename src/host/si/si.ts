import type { Op } from '../../sim/op.ts';
import type { Steps } from '../../sim/process.ts';
import { END_OF_TIME, US, type Ps } from '../../sim/time.ts';
import type { HostIo } from '../io.ts';
import { acknowledgeIrq, checkIrq } from './int-mask.ts';
import { SiMode, type SiParams } from './si-params.ts';
import { SmiInfo } from './smi-info.ts';
import { SmiMsg } from './smi-msg.ts';
import { SHORT, SiTimer } from './si-timer.ts';
import { IPMI_MAX_MSG_LENGTH, SiSmResult, type SiStateMachine, type Us } from './si-sm.ts';

export { SiMode, type SiParams };

/** What each `poll()` waits and says has passed: udelay(10). */
const POLL_STEP: Us = 10;
/** Jiffies for which an idle kipmid sleeps. (That so many are rounded up to whole eights is not modelled.) */
const IDLE_WATCH = 100;

/**
 * ipmi_si driving one state machine: drivers/char/ipmi/ipmi_si_intf.c.
 *
 * All of it is one context. In the kernel the sender, the thread, the timer and the interrupt handler take
 * turns at smi_event_handler(), each holding si_lock meanwhile, so at the ports there is one caller at a time. But for one
 * access: ipmi_si_irq_handler() of BT acknowledges the interrupt in INTMASK before it takes the lock. Here that write comes
 * between two calls as well; that on another CPU it falls between two accesses of the sender or the timer is not modelled.
 * A timer call that falls into the thread's sleep is made together with the thread's next look: a softirq so much late.
 */
export class Si {
  readonly info: SmiInfo;
  readonly timer: SiTimer;
  readonly mode: SiMode;
  readonly sm: SiStateMachine;
  readonly io: HostIo;
  /** The response to the last message, of the length that {@link transact} has returned. */
  readonly response = new Uint8Array(IPMI_MAX_MSG_LENGTH);
  private responseLength = 0;
  private waiting = false;
  /** A message was handed over whose sender makes an event call. */
  private sent = false;
  private readonly message = new SmiMsg();
  private readonly access: Ps;
  private readonly kipmidSleep: Ps;
  private readonly kipmidMaxBusy: Ps;
  private busyUntil: Ps = END_OF_TIME;
  needWatch: boolean;
  /** Set for each message or event that SI has fetched on its own. */
  onReceive: (bytes: Uint8Array, length: number) => void = () => {};

  /** How to wait for the next event call, as {@link plan} has found: the arguments of {@link HostIo.poll}. */
  private mask = 0;
  private period: Ps = 1;
  private first: Ps = 1;
  private deadline: Ps = 0;
  /** The event calls that follow are the timer's. */
  private byTimer = false;

  constructor(sm: SiStateMachine, io: HostIo, params: SiParams = {}) {
    this.sm = sm;
    this.mode = params.mode ?? SiMode.kipmid;
    this.io = io.at('smi_event_handler');
    this.timer = new SiTimer(io, params.hz ?? 250);
    this.info = new SmiInfo(sm, this.timer, this.mode === SiMode.irq);
    this.access = params.access ?? US;
    this.kipmidSleep = params.kipmidSleep ?? 150 * US;
    this.kipmidMaxBusy = params.kipmidMaxBusy ?? 0;
    this.needWatch = params.needWatch ?? false;
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

  /** As after a successful probe, for the next execution. The state machine is reset by its owner. */
  reset(): void {
    this.info.reset();
    this.timer.reset();
    this.message.reset();
    if (this.responseLength > 0) this.response.fill(0);
    this.responseLength = 0;
    this.waiting = false;
    this.sent = false;
    this.busyUntil = END_OF_TIME;
    this.byTimer = false;
  }

  /** Hands over a message without making event calls: `sender()`. One at a time. */
  send(request: Uint8Array, length: number): void {
    if (this.waiting) throw new Error('ipmi_si is handed a message before the last is answered');
    const { message } = this;
    message.dataSize = length;
    for (let i = 0; i < length && i < IPMI_MAX_MSG_LENGTH; i++) message.data[i] = request[i];
    this.waiting = true;
    this.sent = this.info.sender(message);
  }

  /**
   * Sends one message and returns the length of its response, which is in {@link response}, serving whatever
   * else comes up meanwhile. There always is a response: SI makes one up for a BMC that is lost.
   */
  transact(request: Uint8Array, length: number): Steps<number> {
    this.send(request, length);
    return this.drive(END_OF_TIME);
  }

  /** Nothing in hand: a message handed over now goes out at once. */
  get quiet(): boolean {
    return this.info.quiet;
  }

  /** What SI does until `until` while no message is queued: idle polls, attention. */
  idle(until: Ps): Steps<unknown> {
    return this.drive(until);
  }

  /** One call of `smi_event_handler()` with time 0. */
  handler(): Steps<unknown> {
    return this.drive(0);
  }

  /**
   * Makes event calls until the message is answered if `until` is the end of time, or else until `until`. Returns
   * the length of the last response. (The only generator between caller and event call: each costs at every step.)
   */
  private *drive(until: Ps): Steps<number> {
    const { io, sm, info, timer } = this;
    const answer = until === END_OF_TIME;
    const timerOnly = this.mode === SiMode.timer && !this.sent;
    let time: Us = 0;
    this.sent = false;
    if (timerOnly && until > io.now) {
      const call = timer.running ? Math.min(until, timer.tick(timer.due)) : until;
      if (call > io.now) yield io.sleep(call - io.now); // it may have been held for longer
      if (!timer.overdue) return this.responseLength;
      time = this.timerCall(timer.jiffies);
    }
    let status = yield io.inb(sm.statusReg);
    for (;;) {
      const result = info.afterEvent(yield* sm.event(status, time));
      time = 0;
      if (info.checksIrq) {
        info.checksIrq = false;
        if (sm.intMaskReg !== null) yield* checkIrq(io, sm.intMaskReg, info.irqOn);
      }
      if (result === SiSmResult.CALL_WITHOUT_DELAY) {
        status = yield io.inb(sm.statusReg);
        continue;
      }
      this.handled(result);
      if (answer ? !this.waiting : io.now >= until) return this.responseLength;
      if (this.mode === SiMode.irq) {
        const deadline = timer.running ? Math.min(until, timer.tick(timer.due)) : until;
        if ((yield io.waitIrq(deadline)) === 0) {
          if (timer.overdue) time = this.timerCall(timer.jiffies);
          else return this.responseLength;
        } else if (sm.intMaskReg !== null) {
          yield acknowledgeIrq(io, sm.intMaskReg);
        }
        status = yield io.inb(sm.statusReg);
        continue;
      }
      if (!this.plan(result, status, until)) {
        yield io.sleep(until - io.now);
        return this.responseLength;
      }
      const last = status;
      status = yield this.poll(last);
      time = this.account(last);
    }
  }

  /** What the caller of the handler does once it has returned. */
  private handled(result: SiSmResult): void {
    const { timer } = this;
    if (this.byTimer) { // smi_timeout()
      this.byTimer = false;
      if (result === SiSmResult.IDLE) timer.cancel();
      else timer.mod(result === SiSmResult.CALL_WITH_DELAY && this.mode !== SiMode.irq);
    } else if (this.mode === SiMode.kipmid && result !== SiSmResult.IDLE && !timer.running) {
      timer.mod(); // ipmi_thread()
    }
  }

  /** Chooses mask, pace and deadline of the wait for the next event call; false: there is none. */
  private plan(result: SiSmResult, status: number, until: Ps): boolean {
    const { io, sm, timer } = this;
    const { now } = io;
    const polling = this.mode === SiMode.poll;
    this.mask = sm.watched(status);
    if (this.mode === SiMode.timer) {
      this.first = timer.tick(timer.due) + this.access - now;
      this.period = SHORT * timer.jiffy;
      this.deadline = result === SiSmResult.CALL_WITH_DELAY && sm.budget(status) >= 0 ? Math.min(until, timer.tick(this.patience(status))) : now;
      return timer.running && now + this.first <= until;
    }
    this.period = (polling ? POLL_STEP * US : this.kipmidSleep) + this.access;
    this.first = this.period;
    if (result !== SiSmResult.CALL_WITH_DELAY) this.busyUntil = END_OF_TIME;
    switch (result) {
      case SiSmResult.CALL_WITH_DELAY: {
        this.deadline = Math.min(until, polling ? now + this.pollsLeft(status) * this.period : timer.tick(timer.nextCall(this.patience(status))));
        if (sm.budget(status) < 0) this.deadline = now;
        if (!polling && this.kipmidMaxBusy > 0) this.limitBusy(now);
        return true;
      }
      case SiSmResult.IDLE: {
        if (!polling) {
          if (!this.needWatch) return false;
          this.first = timer.timeout(IDLE_WATCH);
          this.period = (IDLE_WATCH + 1) * timer.jiffy; // set behind a tick from then on
        }
        const looks = Math.floor((until - now - this.first) / this.period);
        this.deadline = sm.budget(status) < 0 ? now : now + this.first + looks * this.period;
        return looks >= 0;
      }
      default: // the machine has work to do each time, or ATTN could not be served
        if (!polling) this.first = timer.timeout(1);
        this.deadline = now;
        return true;
    }
  }

  private poll(last: number): Op {
    return this.io.poll(this.mask, last, this.period, this.deadline, this.first);
  }

  /** Makes up for the event calls of a poll that found nothing new. Returns the time for the one that follows. */
  private account(last: number): Us {
    const { io, sm, timer } = this;
    if (this.mode === SiMode.poll) {
      sm.skip(last, (io.samples - 1) * POLL_STEP);
      return POLL_STEP;
    }
    if (!timer.overdue) return 0;
    if (this.mode === SiMode.timer) {
      if (io.samples > 1) this.skipTo(timer.jiffies - SHORT, last);
      return this.timerCall(timer.jiffies);
    }
    // The timer has called at each second tick since it was due; the last time right now, or somewhere in between.
    const { jiffies } = timer;
    const call = timer.lastCall(jiffies);
    const late = timer.tick(call) > io.now - (io.samples > 1 ? this.period : this.first);
    const vain = late ? timer.lastCall(call - 1) : call;
    if (vain >= timer.due) this.skipTo(vain, last);
    return late ? this.timerCall(jiffies) : 0;
  }

  /** The timer has called in vain up to jiffy `vain`. */
  private skipTo(vain: number, last: number): void {
    const { timer } = this;
    this.sm.skip(last, (vain - timer.lastTimeout) * timer.usPerJiffy);
    timer.lastTimeout = vain;
    timer.expires = vain + 1;
  }

  /** The event calls that follow are those of `smi_timeout()`; returns the time that it says has passed. */
  private timerCall(jiffies: number): Us {
    this.byTimer = true;
    return (jiffies - this.timer.lastTimeout) * this.timer.usPerJiffy;
  }

  /** How many more calls of `poll()` the machine takes with `status` before it loses patience. */
  private pollsLeft(status: number): number {
    return Math.floor(this.sm.budget(status) / POLL_STEP) + 1;
  }

  /** The jiffy from which on a call of the timer makes the machine lose patience with `status`. */
  private patience(status: number): number {
    return this.timer.lastTimeout + Math.floor(this.sm.budget(status) / this.timer.usPerJiffy) + 1;
  }

  /** `ipmi_thread_busy_wait()`: short sleeps for a while, then one for a tick, then again. */
  private limitBusy(now: Ps): void {
    if (this.busyUntil === END_OF_TIME) this.busyUntil = now + this.kipmidMaxBusy;
    if (now > this.busyUntil) {
      this.busyUntil = END_OF_TIME;
      this.first = this.timer.timeout(1);
      this.deadline = now;
    } else {
      this.deadline = Math.min(this.deadline, this.busyUntil + 1);
    }
  }
}
