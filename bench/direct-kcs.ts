import { AppCmd, KcsControl, KcsState, Lun, NetFn, STATE_MASK, Str, netFnLun } from '../src/ipmi/index.ts';
import { answerDirectly } from './direct-daemon.ts';
import { Access } from './kcs-checksum.ts';
import type { DirectMachine } from './transaction.ts';
import { enter } from './wire-checksum.ts';

/** The host's machine. */
const Host = { startOp: 0, waitWriteStart: 1, waitWrite: 2, waitWriteEnd: 3, waitRead: 4, idle: 5 } as const;
/** The BMC's: kcs_bmc_cdev_ipmi.c. */
const Phase = { idle: 0, writeStart: 1, writeData: 2, writeEnd: 3, writeDone: 4, waitRead: 5, read: 6 } as const;

/** STR while the response is awaited: READ_STATE, and OBF clear. */
const READ_EMPTY = KcsState.READ << 6;

/**
 * One Get Device ID over KCS, written the direct way: a polling ipmi_kcs_sm, the three registers, the interrupt
 * handler of `kcs-bmc@mainline` and a daemon as switch machines that call one another. No time, no queue, no
 * generators, no kernel, no schedule but the nominal one, no error path; the same accesses with the same bytes
 * in the same order as the model, which the checksum shows.
 *
 * What the model costs beside it is what determinism in time, preemption and oracles cost.
 */
export class DirectKcs implements DirectMachine {
  // Registers.
  private idr = 0;
  private odr = 0;
  private str = 0;

  private host: number = Host.idle;
  private readonly writeData = new Uint8Array(272);
  private writePos = 0;
  private writeCount = 0;
  private readonly readData = new Uint8Array(272);
  private readPos = 0;
  private lastStatus = -1;

  private phase: number = Phase.idle;
  private readonly dataIn = new Uint8Array(1000);
  private dataInIdx = 0;
  private dataInAvail = false;
  private readonly dataOut = new Uint8Array(1000);
  private dataOutIdx = 0;
  private dataOutLen = 0;

  private readonly request = new Uint8Array(1024);
  private readonly response = new Uint8Array(1024);

  sum = 0;

  reset(): void {
    this.idr = 0;
    this.odr = 0;
    this.str = 0;
    this.host = Host.idle;
    this.lastStatus = -1;
    this.phase = Phase.idle;
    this.dataInIdx = 0;
    this.dataInAvail = false;
    this.sum = 0;
  }

  transact(): number {
    this.event(this.inStatus()); // idle, as before any request
    const { writeData } = this;
    writeData[0] = netFnLun(NetFn.APP, Lun.BMC);
    writeData[1] = AppCmd.GET_DEVICE_ID;
    this.writeCount = 2;
    this.writePos = 0;
    this.readPos = 0;
    this.host = Host.startOp;
    let status: number;
    do {
      status = this.inStatus();
      // Where the model's host polls, the BMC has its turn.
      while ((status & Str.IBF) !== 0 || (status & (STATE_MASK | Str.OBF)) === READ_EMPTY) {
        if ((status & Str.IBF) !== 0) this.interrupt();
        else this.daemon();
        status = this.inStatus();
      }
    } while (!this.event(status));
    this.event(this.inStatus());
    return this.readData[2];
  }

  /** kcs_event(): true once the response is there. */
  private event(status: number): boolean {
    const state = (status & STATE_MASK) >> 6;
    const obf = (status & Str.OBF) !== 0;
    switch (this.host) {
      case Host.idle:
        if (obf) this.inData();
        return false;
      case Host.startOp:
        if (obf) this.inData();
        this.out(KcsControl.WRITE_START, Str.C_D);
        this.host = Host.waitWriteStart;
        return false;
      case Host.waitWriteStart:
      case Host.waitWrite:
        if (state !== KcsState.WRITE) break;
        if (obf || this.host === Host.waitWriteStart) this.inData();
        if (this.writeCount === 1) {
          this.out(KcsControl.WRITE_END, Str.C_D);
          this.host = Host.waitWriteEnd;
        } else {
          this.writeCount--;
          this.out(this.writeData[this.writePos++], 0);
          this.host = Host.waitWrite;
        }
        return false;
      case Host.waitWriteEnd:
        if (state !== KcsState.WRITE) break;
        if (obf) this.inData();
        this.out(this.writeData[this.writePos++], 0);
        this.host = Host.waitRead;
        return false;
      case Host.waitRead:
        if (state === KcsState.IDLE) {
          if (obf) this.inData();
          this.host = Host.idle;
          return true;
        }
        if (state !== KcsState.READ || !obf) break;
        this.readData[this.readPos++] = this.inData();
        this.out(KcsControl.READ, 0);
        return false;
    }
    throw new Error(`the direct machine knows no errors: host state ${this.host}, STR ${status.toString(16)}h`);
  }

  // ---- the host's ports -----------------------------------------------------------------------

  private inStatus(): number {
    const { str } = this;
    if (str !== this.lastStatus) {
      this.lastStatus = str;
      this.sum = enter(this.sum, Access.hostStrRead, str);
    }
    return str;
  }

  private inData(): number {
    this.str &= ~Str.OBF;
    this.sum = enter(this.sum, Access.hostOdrRead, this.odr);
    return this.odr;
  }

  private out(value: number, cd: number): void {
    this.idr = value;
    this.str = (this.str & ~Str.C_D) | Str.IBF | cd;
    this.sum = enter(this.sum, cd === 0 ? Access.hostIdrWrite : Access.hostCommandWrite, value);
  }

  // ---- the BMC's registers --------------------------------------------------------------------

  private readStr(): number {
    this.sum = enter(this.sum, Access.bmcStrRead, this.str);
    return this.str;
  }

  private readIdr(): number {
    this.str &= ~Str.IBF;
    this.sum = enter(this.sum, Access.bmcIdrRead, this.idr);
    return this.idr;
  }

  private writeOdr(value: number): void {
    this.odr = value;
    this.str |= Str.OBF;
    this.sum = enter(this.sum, Access.bmcOdrWrite, value);
  }

  private setState(state: number): void {
    const old = this.readStr();
    const now = (old & ~STATE_MASK) | (state << 6);
    if (now === old) return;
    this.str = now;
    this.sum = enter(this.sum, Access.bmcStrWrite, now);
  }

  // ---- the BMC's driver and daemon ------------------------------------------------------------

  /** kcs_bmc_ipmi_event(). */
  private interrupt(): void {
    const status = this.readStr();
    if ((status & Str.IBF) === 0) return;
    if ((status & Str.C_D) !== 0) {
      this.setState(KcsState.WRITE);
      this.writeOdr(0);
      switch (this.readIdr()) {
        case KcsControl.WRITE_START:
          this.phase = Phase.writeStart;
          this.dataInAvail = false;
          this.dataInIdx = 0;
          return;
        case KcsControl.WRITE_END:
          this.phase = Phase.writeEnd;
          return;
        default:
          throw new Error('the direct machine knows no other control code');
      }
    }
    switch (this.phase) {
      case Phase.writeStart:
      case Phase.writeData:
        this.phase = Phase.writeData;
        this.setState(KcsState.WRITE);
        this.writeOdr(0);
        this.dataIn[this.dataInIdx++] = this.readIdr();
        return;
      case Phase.writeEnd:
        this.setState(KcsState.READ);
        this.dataIn[this.dataInIdx++] = this.readIdr();
        this.phase = Phase.writeDone;
        this.dataInAvail = true;
        return;
      case Phase.read: {
        const last = this.dataOutIdx === this.dataOutLen;
        if (last) this.setState(KcsState.IDLE);
        if (this.readIdr() !== KcsControl.READ) throw new Error('the direct machine knows no errors');
        this.writeOdr(last ? 0 : this.dataOut[this.dataOutIdx++]);
        if (last) this.phase = Phase.idle;
        return;
      }
      default:
        throw new Error('the direct machine knows no errors');
    }
  }

  /** read(), the answer, write(). */
  private daemon(): void {
    if (!this.dataInAvail) throw new Error('the daemon has nothing to read');
    const { request, response, dataIn, dataOut } = this;
    const length = this.dataInIdx;
    for (let i = 0; i < length; i++) request[i] = dataIn[i];
    this.phase = Phase.waitRead;
    this.dataInAvail = false;
    this.dataInIdx = 0;

    const answer = answerDirectly(request, length, response);
    for (let i = 0; i < answer; i++) dataOut[i] = response[i];
    this.phase = Phase.read;
    this.dataOutIdx = 1;
    this.dataOutLen = answer;
    this.writeOdr(dataOut[0]);
  }
}
