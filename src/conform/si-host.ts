import { AppCmd } from '../ipmi/commands.ts';
import { Lun, NetFn, netFnLun } from '../ipmi/netfn.ts';
import type { Op } from '../sim/op.ts';
import type { Steps } from '../sim/process.ts';
import type { Ps } from '../sim/time.ts';
import type { HostIo, PortReg } from '../host/io.ts';
import type { HostLog } from '../host/log.ts';
import { Si, SiMode } from '../host/si/si.ts';
import { trySmiInit } from '../host/si/si-probe.ts';
import type { SiStateMachine } from '../host/si/si-sm.ts';
import type { SiAccess, SiRecord } from './si-record.ts';
import { TransactionLog, type HostResult, type Mismatch, type RecordedTransaction } from './transactions.ts';

const KIND_READ = 1;
const KIND_WRITE = 2;
/** A step without an access: any wait but for the status register. The recording says what came next. */
const KIND_WAIT = 3;
const REG_SHIFT = 8;
const REG_MASK = 3;
const VALUE_SHIFT = 10;

/**
 * Compares what ipmi_si did on an interface with the host model, access by access.
 *
 * The model is fed the value of each recorded read, and its next access has to be the recorded one, in
 * direction, register and, of writes, value. No tolerance is needed: one recorded read of the status register is one event
 * call. What the ports cannot tell comes from the recording: when a request of the upper layer was pending, and
 * its bytes. Requests that the driver makes on its own (Get Message Flags and what follows it, the start-up) come
 * from the model.
 */
export abstract class SiComparison<Machine extends SiStateMachine = SiStateMachine> implements HostIo {
  protected readonly record: SiRecord;
  protected readonly machine: Machine;
  private readonly si: Si;
  /** The next recorded access. */
  private cursor = 0;
  private readonly exchanged = new TransactionLog();
  readonly samples = 1;
  readonly irqAsserted = true;

  constructor(record: SiRecord, make: (io: HostIo, log: HostLog) => Machine) {
    this.record = record;
    this.machine = make(this, this.exchanged.log);
    this.si = new Si(this.machine, this, { mode: record.irq ? SiMode.irq : SiMode.poll });
    // In an idle moment SI turns to its own wishes, unless a message is waiting.
    this.si.info.beforeIdle = () => {
      if (this.isEnablesCheck()) this.si.info.requestEvents();
      else this.handOver();
    };
  }

  /** Whether a request is pending at access `at`. */
  protected abstract requestAhead(at: number): boolean;

  /** What the interface calls a register. */
  protected abstract portName(write: boolean, reg: PortReg): string;

  /** Whether `access` is the interrupt handler's, ahead of the event call that begins with `op`. */
  protected interrupts(_op: Op, _access: SiAccess): boolean {
    return false;
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
        if (access !== undefined) first = { i: access.i, expected: this.describe(access), got: 'nothing: it has given up' };
        break;
      }
      if (kindOf(op) === KIND_WAIT) {
        value = 1;
        continue;
      }
      if (access === undefined) break;
      if (this.interrupts(op, access)) this.cursor++;
      const then = accesses[this.cursor];
      if (then === undefined) break;
      if (!this.matches(op, then)) {
        first = { i: then.i, expected: this.describe(then), got: this.describeOp(op) };
        break;
      }
      value = then.value;
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
    if (this.requestAhead(this.cursor)) this.handOverNext();
  }

  protected handOverNext(): void {
    const next = this.record.transactions[this.exchanged.begun];
    if (next !== undefined) this.si.send(next.req, next.req.length);
  }

  /**
   * Whether the next request is the check that SI makes on behalf of `request_events()`: Get BMC Global Enables, and
   * at once what comes of it. By itself it is a message of the upper layer.
   */
  private isEnablesCheck(): boolean {
    const { transactions } = this.record;
    if (!this.requestAhead(this.cursor) || !isApp(transactions[this.exchanged.begun], AppCmd.GET_BMC_GLOBAL_ENABLES)) return false;
    const then = transactions[this.exchanged.begun + 1];
    return this.si.info.reqEvents || isApp(then, AppCmd.READ_EVENT_MESSAGE_BUFFER) || isApp(then, AppCmd.SET_BMC_GLOBAL_ENABLES);
  }

  // ---- HostIo: the ports are the recording ----------------------------------------------------

  inb(reg: PortReg): Op {
    return KIND_READ | (reg << REG_SHIFT);
  }

  outb(reg: PortReg, value: number): Op {
    return KIND_WRITE | (reg << REG_SHIFT) | (value << VALUE_SHIFT);
  }

  /** The next read of the status register, for each recorded one is one event call. */
  poll(): Op {
    return this.inb(this.machine.statusReg);
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

  // ---- ops and recorded accesses --------------------------------------------------------------

  protected matches(op: Op, access: SiAccess): boolean {
    return op === (access.write ? this.outb(access.reg, access.value) : this.inb(access.reg));
  }

  private describe({ write, reg, value }: SiAccess): string {
    return `${this.portName(write, reg)} ${write ? ':=' : '='} ${value.toString(16).padStart(2, '0')}h`;
  }

  private describeOp(op: Op): string {
    const write = kindOf(op) === KIND_WRITE;
    const name = this.portName(write, ((op >> REG_SHIFT) & REG_MASK) as PortReg);
    return write ? `${name} := ${(op >> VALUE_SHIFT).toString(16).padStart(2, '0')}h` : `read of ${name}`;
  }
}

function isApp(transaction: RecordedTransaction | undefined, cmd: number): boolean {
  return transaction?.req[0] === netFnLun(NetFn.APP, Lun.BMC) && transaction.req[1] === cmd;
}

function kindOf(op: Op): number {
  return op & 0xff;
}
