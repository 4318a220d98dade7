import { AppCmd } from '../ipmi/commands.ts';
import { Lun, NetFn, netFnLun } from '../ipmi/netfn.ts';
import type { Op } from '../sim/op.ts';
import type { Steps } from '../sim/process.ts';
import type { Ps } from '../sim/time.ts';
import { STATUS, type HostIo, type KcsReg } from '../host/io.ts';
import { KcsStateMachine } from '../host/kcs/kcs-sm.ts';
import type { HostLog } from '../host/log.ts';
import { Si, SiMode } from '../host/si/si.ts';
import { trySmiInit } from '../host/si/si-probe.ts';
import { kcsRecord, requestAhead, type KcsAccess, type KcsRecord } from './kcs-record.ts';
import type { Recording } from './recording.ts';
import { TransactionLog, type HostResult, type Mismatch, type RecordedTransaction } from './transactions.ts';

/** Makes the machine that is compared; for trying the comparison on an altered one. */
export type MakeMachine = (io: HostIo, log: HostLog) => KcsStateMachine;

const KIND_READ = 1;
const KIND_WRITE = 2;
/** A step without an access: any wait but for STATUS. The recording says what came next. */
const KIND_WAIT = 3;

/**
 * Compares what ipmi_si did on a KCS interface with the host model, access by access.
 *
 * The model is fed the value of each recorded read, and its next access has to be the recorded one, in
 * direction, register and, of writes, value. No tolerance is needed: one recorded read of STATUS is one event
 * call. What the ports cannot tell comes from the recording: when a request of the upper layer was pending, and
 * its bytes. Requests that the driver makes on its own (Get Message Flags and what follows it, the start-up) come
 * from the model.
 *
 * @throws {RecordingError} if it is not such a recording
 */
export function compareKcsHost(
  recording: Recording,
  make: MakeMachine = (io, log) => new KcsStateMachine(io, log),
): HostResult {
  return new Comparison(kcsRecord(recording), make).run();
}

class Comparison implements HostIo {
  private readonly record: KcsRecord;
  private readonly si: Si;
  /** The next recorded access. */
  private cursor = 0;
  private readonly exchanged = new TransactionLog();
  readonly samples = 1;
  readonly irqAsserted = true;

  constructor(record: KcsRecord, make: MakeMachine) {
    this.record = record;
        this.si = new Si(make(this, this.exchanged.log), this, { mode: record.irq ? SiMode.irq : SiMode.poll });
    // In an idle moment SI turns to its own wishes, unless a message is waiting.
    this.si.info.beforeIdle = () => {
      if (this.isEnablesCheck()) this.si.info.requestEvents();
      else this.handOver();
    };
  }

  run(): HostResult {
    const { accesses } = this.record;
    const session = this.session();
    let value = 0;
    let first: Mismatch | undefined;
    for (;;) {
      const { done, value: op } = session.next(value);
      const access = accesses[this.cursor];
      if (done === true) {
        if (access !== undefined) first = { i: access.i, expected: describe(access), got: 'nothing: it has given up' };
        break;
      }
      if (kindOf(op) === KIND_WAIT) {
        value = 1;
        continue;
      }
      if (access === undefined) break;
      if (!matches(op, access)) {
        first = { i: access.i, expected: describe(access), got: describeOp(op) };
        break;
      }
      value = access.value;
      this.cursor++;
    }
    return this.exchanged.result(this.cursor, first, this.record.transactions, accesses.at(-1)?.i ?? 0);
  }

  /** Everything that the driver does while it is recorded. */
  private *session(): Steps {
    if (this.record.boot && (yield* trySmiInit(this.si)) !== 0) return;
    for (;;) {
      if (this.si.info.quiet) this.handOver();
      yield* this.si.handler();
    }
  }

  /** Gives SI the next request of the upper layer, if the recording says that one is pending. */
  private handOver(): void {
    const next = this.record.transactions[this.exchanged.begun];
    if (next !== undefined && requestAhead(this.record.accesses, this.cursor)) this.si.send(next.req, next.req.length);
  }

  /**
   * Whether the next request is the check that SI makes on behalf of `request_events()`: Get BMC Global Enables, and
   * at once what comes of it. By itself it is a message of the upper layer.
   */
  private isEnablesCheck(): boolean {
    const { accesses, transactions } = this.record;
    if (!requestAhead(accesses, this.cursor) || !isApp(transactions[this.exchanged.begun], AppCmd.GET_BMC_GLOBAL_ENABLES)) return false;
    const then = transactions[this.exchanged.begun + 1];
    return this.si.info.reqEvents || isApp(then, AppCmd.READ_EVENT_MESSAGE_BUFFER) || isApp(then, AppCmd.SET_BMC_GLOBAL_ENABLES);
  }

  // ---- HostIo: the ports are the recording ----------------------------------------------------

  inb(reg: KcsReg): Op {
    return KIND_READ | (reg << 8);
  }

  outb(reg: KcsReg, value: number): Op {
    return KIND_WRITE | (reg << 8) | (value << 9);
  }

  /** The next read of STATUS, for each recorded one is one event call. */
  poll(): Op {
    return this.inb(STATUS);
  }

  waitIrq(): Op {
    return KIND_WAIT;
  }

  sleep(): Op {
    return KIND_WAIT;
  }

  at(): HostIo {
    return this;
  }

  get now(): Ps {
    const { accesses } = this.record;
    return accesses[Math.min(this.cursor, accesses.length - 1)]?.at ?? 0;
  }
}

function isApp(transaction: RecordedTransaction | undefined, cmd: number): boolean {
  return transaction?.req[0] === netFnLun(NetFn.APP, Lun.BMC) && transaction.req[1] === cmd;
}

function kindOf(op: Op): number {
  return op & 0xff;
}

function matches(op: Op, access: KcsAccess): boolean {
  const write = kindOf(op) === KIND_WRITE;
  return write === access.write && ((op >> 8) & 1) === access.reg && (!write || op >> 9 === access.value);
}

function describe({ write, reg, value }: KcsAccess): string {
  return `${portName(write, reg)} ${write ? ':=' : '='} ${value.toString(16).padStart(2, '0')}h`;
}

function describeOp(op: Op): string {
  const write = kindOf(op) === KIND_WRITE;
  const name = portName(write, (op >> 8) & 1);
  return write ? `${name} := ${(op >> 9).toString(16).padStart(2, '0')}h` : `read of ${name}`;
}

function portName(write: boolean, reg: number): string {
  if (reg === STATUS) return write ? 'CMD' : 'STATUS';
  return write ? 'DATA_IN' : 'DATA_OUT';
}
