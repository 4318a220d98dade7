import { hex } from '../../../src/conform/recording.ts';
import { BLOCK_BYTES, LAST_BLOCK, SsifCmd } from '../../../src/ipmi/ssif.ts';
import type { SmbusAdapter } from '../../../src/host/ssif/smbus.ts';
import type { SsifTime } from '../../../src/host/ssif/time.ts';
import { answer, createBmcState, type BmcState } from '../../../src/ipmi/index.ts';
import { EPROTO } from '../../../src/linux/errno.ts';
import type { Op } from '../../../src/sim/op.ts';
import type { Steps } from '../../../src/sim/process.ts';
import { MS, type Ps } from '../../../src/sim/time.ts';

const WAIT: Op = 1;
const TRANSFER: Op = 2;

/** What goes wrong with transaction number `n` (from 0, counted by kind): -errno, or 0. */
export type Fault = (kind: 'quick' | 'write' | 'read', command: number, n: number) => number;

/** A bus with an SSIF BMC, transaction by transaction, and time: what ipmi_ssif stands on, without a simulator. */
export class FakeSmbus implements SmbusAdapter, SsifTime {
  now: Ps = 0;
  pec = false;
  /** How long a transaction takes. */
  duration: Ps = MS;
  /** How long the BMC thinks. */
  delay: Ps = 0;
  /** What a read of a response that is not there returns: i801's answer to a count of 0. */
  notReady = -EPROTO;
  fault: Fault = () => 0;
  /** Called when the BMC has a response. */
  alert: () => void = () => {};
  answer: (request: number[]) => number[] = (request) => [request[0] | 4, request[1], 0, ...request.slice(2)];
  /** Changes the parts of a response, each as it is read: block numbers, lengths. */
  mangle: (part: number[], n: number) => number[] = (part) => part;
  /** Each transaction as text, and when it began. */
  readonly lines: string[] = [];
  readonly times: Ps[] = [];
  /** Requests as the BMC has put them together. */
  readonly requests: number[][] = [];
  private readonly counts = new Map<string, number>();
  private request: number[] = [];
  private response: number[] | null = null;
  private part = 0;
  private readyAt: Ps = 0;
  private deadline: Ps = 0;
  private woken = false;

  /** Puts the BMC of src/ipmi behind the bus. */
  realBmc(state: BmcState = createBmcState()): BmcState {
    const rsp = new Uint8Array(272);
    this.answer = (request) => [...rsp.subarray(0, answer(state, Uint8Array.from(request), request.length, rsp))];
    return state;
  }

  /** Runs a host to its end. */
  play<T>(steps: Steps<T>): T {
    let value = 0;
    for (let n = 0; n < 1_000_000; n++) {
      const result = steps.next(value);
      if (result.done === true) return result.value;
      value = result.value === WAIT ? this.waited() : this.passed(this.now + this.duration);
    }
    throw new Error('the host does not come to an end');
  }

  /** Time passes; the BMC's alert, if it is due meanwhile. */
  private passed(until: Ps): number {
    if (this.response !== null && this.readyAt > this.now && this.readyAt <= until) {
      this.now = this.readyAt;
      this.alert();
    }
    this.now = Math.max(this.now, until);
    return 0;
  }

  private waited(): number {
    this.woken = false;
    const { deadline } = this;
    if (this.response !== null && this.readyAt > this.now && this.readyAt <= deadline) {
      this.now = this.readyAt;
      this.alert();
      if (this.woken) return 1;
    }
    this.now = Math.max(this.now, deadline);
    return 0;
  }

  wait(deadline: Ps): Op {
    this.deadline = deadline;
    return WAIT;
  }

  wake(): void {
    this.woken = true;
  }

  at(): SsifTime {
    return this;
  }

  *quickWrite(): Steps<number> {
    const fault = this.begin('quick', 0, 'quick');
    yield TRANSFER;
    return fault;
  }

  *blockWrite(command: number, data: Uint8Array, length: number): Steps<number> {
    const bytes = [...data.subarray(0, length)];
    const fault = this.begin('write', command, `w ${hex([command])}${length > 0 ? ` ${hex(bytes)}` : ''}`);
    yield TRANSFER;
    if (fault === 0) this.written(command, bytes);
    return fault;
  }

  *blockRead(command: number, data: Uint8Array): Steps<number> {
    const n = this.lines.length;
    const fault = this.begin('read', command, `r ${hex([command])}`);
    yield TRANSFER;
    if (fault !== 0) return fault;
    const part = this.read(command);
    if (part === null) return this.notReady;
    data.set(part);
    this.lines[n] += ` -> ${hex(part)}`;
    return part.length;
  }

  private begin(kind: 'quick' | 'write' | 'read', command: number, line: string): number {
    const n = this.counts.get(kind) ?? 0;
    this.counts.set(kind, n + 1);
    const fault = this.fault(kind, command, n);
    this.lines.push(`${line}${fault === 0 ? '' : ` = ${fault}`}${this.pec ? ' PEC' : ''}`);
    this.times.push(this.now);
    return fault;
  }

  private written(command: number, bytes: number[]): void {
    if (command === SsifCmd.REQUEST || command === SsifCmd.MULTI_PART_REQUEST_START) this.request = [];
    this.request.push(...bytes);
    const short = command === SsifCmd.MULTI_PART_REQUEST_MIDDLE && bytes.length < 32;
    if (command !== SsifCmd.REQUEST && command !== SsifCmd.MULTI_PART_REQUEST_END && !short) return;
    this.requests.push(this.request);
    this.response = this.answer(this.request);
    this.readyAt = this.now + this.delay;
    this.part = 0;
    if (this.delay === 0) this.alert();
  }

  private read(command: number): number[] | null {
    const { response } = this;
    if (response === null || this.now < this.readyAt) return null;
    if (command === SsifCmd.RESPONSE) this.part = 0;
    const n = this.part++;
    if (response.length <= 32) return this.mangle(response, n);
    if (n === 0) return this.mangle([0, 1, ...response.slice(0, 30)], n);
    const from = 30 + (n - 1) * BLOCK_BYTES;
    const last = response.length - from <= BLOCK_BYTES;
    return this.mangle([last ? LAST_BLOCK : n - 1, ...response.slice(from, from + BLOCK_BYTES)], n);
  }
}
