import type { TraceBus, TraceKind } from '../../sim/index.ts';
import { hex, LPC } from '../lpc/registers.ts';
import type { BtFifo } from './fifo.ts';
import type { Ibt } from './ibt.ts';
import { BT_CTRL, BtReg, formatBtCtrl } from './registers.ts';

/**
 * What the iBT block tells the trace, at the effect of each access and ahead of what follows from it.
 *
 * | name | a | b | c |
 * |---|---|---|---|
 * | `host.bt.ctrl.read`, `bmc.bt.ctrl.read` | BT_CTRL | – | – |
 * | `host.bt.ctrl.write`, `bmc.bt.ctrl.write` | value written | BT_CTRL before | after |
 * | `host.bt.fifo.read`, `bmc.bt.fifo.read` | the byte | its place, {@link OUTSIDE} past the end | – |
 * | `host.bt.fifo.write`, `bmc.bt.fifo.write` | the byte | its place, {@link OUTSIDE}: dropped | – |
 * | `host.bt.intmask.read`, `bmc.bt.intmask.read` | INTMASK | – | – |
 * | `host.bt.intmask.write`, `bmc.bt.intmask.write` | value written | INTMASK before | after |
 */
export const BT_EVENTS = {
  hostCtrlRead: 'host.bt.ctrl.read',
  hostCtrlWrite: 'host.bt.ctrl.write',
  hostFifoRead: 'host.bt.fifo.read',
  hostFifoWrite: 'host.bt.fifo.write',
  hostIntmaskRead: 'host.bt.intmask.read',
  hostIntmaskWrite: 'host.bt.intmask.write',
  bmcCtrlRead: 'bmc.bt.ctrl.read',
  bmcCtrlWrite: 'bmc.bt.ctrl.write',
  bmcFifoRead: 'bmc.bt.fifo.read',
  bmcFifoWrite: 'bmc.bt.fifo.write',
  bmcIntmaskRead: 'bmc.bt.intmask.read',
  bmcIntmaskWrite: 'bmc.bt.intmask.write',
} as const;
export type BtEvent = keyof typeof BT_EVENTS;

/** The place of a byte for which a FIFO has none. */
export const OUTSIDE = -1;

/** Emits {@link BT_EVENTS} for accesses that are about to happen. */
export class BtTrace {
  private readonly trace: TraceBus;
  private readonly ibt: Ibt;
  private readonly codes: Readonly<Record<BtEvent, number>>;

  constructor(trace: TraceBus, ibt: Ibt) {
    this.trace = trace;
    this.ibt = ibt;
    this.codes = defineBtTrace(trace);
  }

  /** The context `actor` reads the host's port `reg`. */
  hostRead(actor: number, reg: number): void {
    const { codes, ibt, trace } = this;
    if (reg === BtReg.ctrl) trace.emit(codes.hostCtrlRead, actor, ibt.ctrl);
    else if (reg === BtReg.intmask) trace.emit(codes.hostIntmaskRead, actor, ibt.intmask);
    else trace.emit(codes.hostFifoRead, actor, ibt.bmc2host.peek(), placeOf(ibt.bmc2host, ibt.bmc2host.readIndex));
  }

  /** The context `actor` writes `value` to the host's port `reg`. */
  hostWrite(actor: number, reg: number, value: number): void {
    const { codes, ibt, trace } = this;
    if (reg === BtReg.ctrl) trace.emit(codes.hostCtrlWrite, actor, value, ibt.ctrl, ibt.ctrlAfterHost(value));
    else if (reg === BtReg.intmask) {
      trace.emit(codes.hostIntmaskWrite, actor, value, ibt.intmask, ibt.intmaskAfterHost(value));
    } else trace.emit(codes.hostFifoWrite, actor, value, placeOf(ibt.host2bmc, ibt.host2bmc.writeIndex));
  }

  /** The context `actor` reads iBTCR4, 5 or 6 at byte `offset` of the LPC block. */
  bmcRead(actor: number, offset: number): void {
    const { codes, ibt, trace } = this;
    if (offset === LPC.iBTCR4) trace.emit(codes.bmcCtrlRead, actor, ibt.ctrl);
    else if (offset === LPC.iBTCR6) trace.emit(codes.bmcIntmaskRead, actor, ibt.intmask);
    else trace.emit(codes.bmcFifoRead, actor, ibt.host2bmc.peek(), placeOf(ibt.host2bmc, ibt.host2bmc.readIndex));
  }

  /** The context `actor` writes `value` to iBTCR4, 5 or 6 at byte `offset` of the LPC block. */
  bmcWrite(actor: number, offset: number, value: number): void {
    const { codes, ibt, trace } = this;
    if (offset === LPC.iBTCR4) trace.emit(codes.bmcCtrlWrite, actor, value, ibt.ctrl, ibt.ctrlAfterBmc(value));
    else if (offset === LPC.iBTCR6) {
      trace.emit(codes.bmcIntmaskWrite, actor, value, ibt.intmask, ibt.intmaskAfterBmc(value));
    } else trace.emit(codes.bmcFifoWrite, actor, value & 0xff, placeOf(ibt.bmc2host, ibt.bmc2host.writeIndex));
  }
}

function placeOf(fifo: BtFifo, index: number): number {
  return index === fifo.depth ? OUTSIDE : index;
}

/** Where the buffers are specified. */
const SECTION = { BMC2HOST: 'IPMI 11.6.2', HOST2BMC: 'IPMI 11.6.3' } as const;

function defineBtTrace(trace: TraceBus): Readonly<Record<BtEvent, number>> {
  const define = (name: BtEvent, section: string, fields: readonly string[], text: TraceKind['text']) =>
    trace.define({ name: BT_EVENTS[name], lane: 'lpc', fields, section, text });
  const ctrlRead = (name: BtEvent, who: string) => define(name, 'IPMI 11.6.4', ['ctrl', 'none', 'none'],
    (a) => `${who} reads BT_CTRL=${hex(a)} ${formatBtCtrl(a)}`);
  const ctrlWrite = (name: BtEvent, who: string, verbs: Verbs) => define(
    name, 'IPMI 11.6.4', ['value', 'before', 'after'],
    (a, b, c) => `${who} writes BT_CTRL:=${hex(a)} (${ctrlText(a, c, verbs)}): ${formatBtCtrl(b)} -> ${formatBtCtrl(c)}`,
  );
  const fifoRead = (name: BtEvent, who: string, fifo: keyof typeof SECTION) => define(name, SECTION[fifo], ['value', 'place', 'none'],
    (a, b) => `${who} reads ${fifo}[${b === OUTSIDE ? 'past the end' : b}]=${hex(a)}`);
  const fifoWrite = (name: BtEvent, who: string, fifo: keyof typeof SECTION) => define(name, SECTION[fifo], ['value', 'place', 'none'],
    (a, b) => `${who} writes ${fifo}[${b === OUTSIDE ? 'past the end: dropped' : b}]:=${hex(a)}`);
  const maskRead = (name: BtEvent, who: string) => define(name, 'IPMI 11.6.5', ['intmask', 'none', 'none'],
    (a) => `${who} reads BT_INTMASK=${hex(a)}`);
  const maskWrite = (name: BtEvent, who: string) => define(name, 'IPMI 11.6.5', ['value', 'before', 'after'],
    (a, b, c) => `${who} writes BT_INTMASK:=${hex(a)} (${hex(b)} -> ${hex(c)})`);
  return {
    hostCtrlRead: ctrlRead('hostCtrlRead', 'host'),
    hostCtrlWrite: ctrlWrite('hostCtrlWrite', 'host', HOST_VERBS),
    hostFifoRead: fifoRead('hostFifoRead', 'host', 'BMC2HOST'),
    hostFifoWrite: fifoWrite('hostFifoWrite', 'host', 'HOST2BMC'),
    hostIntmaskRead: maskRead('hostIntmaskRead', 'host'),
    hostIntmaskWrite: maskWrite('hostIntmaskWrite', 'host'),
    bmcCtrlRead: ctrlRead('bmcCtrlRead', 'BMC'),
    bmcCtrlWrite: ctrlWrite('bmcCtrlWrite', 'BMC', BMC_VERBS),
    bmcFifoRead: fifoRead('bmcFifoRead', 'BMC', 'HOST2BMC'),
    bmcFifoWrite: fifoWrite('bmcFifoWrite', 'BMC', 'BMC2HOST'),
    bmcIntmaskRead: maskRead('bmcIntmaskRead', 'BMC'),
    bmcIntmaskWrite: maskWrite('bmcIntmaskWrite', 'BMC'),
  };
}

/** What a written 1 does to each bit, the busy bits aside. */
type Verbs = readonly (readonly [mask: number, text: string])[];

const HOST_VERBS: Verbs = [
  [BT_CTRL.SMS_ATN, 'clears SMS_ATN'], [BT_CTRL.B2H_ATN, 'clears B2H_ATN'], [BT_CTRL.H2B_ATN, 'sets H2B_ATN'],
  [BT_CTRL.CLR_RD_PTR, 'clears its read pointer'], [BT_CTRL.CLR_WR_PTR, 'clears its write pointer'],
];
const BMC_VERBS: Verbs = [
  [BT_CTRL.SMS_ATN, 'sets SMS_ATN'], [BT_CTRL.B2H_ATN, 'sets B2H_ATN'], [BT_CTRL.H2B_ATN, 'clears H2B_ATN'],
  [BT_CTRL.CLR_RD_PTR, 'clears its read pointer'], [BT_CTRL.CLR_WR_PTR, 'clears its write pointer'],
];

function ctrlText(value: number, after: number, verbs: Verbs): string {
  const words: string[] = [];
  const busy = verbs === HOST_VERBS ? BT_CTRL.H_BUSY : BT_CTRL.B_BUSY;
  if ((value & busy) !== 0) words.push(`toggles ${formatBtCtrl(busy)} to ${(after & busy) === 0 ? 0 : 1}`);
  for (const [mask, text] of verbs) if ((value & mask) !== 0) words.push(text);
  return words.length === 0 ? 'no effect' : words.join(', ');
}
