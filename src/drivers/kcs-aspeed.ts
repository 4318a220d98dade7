import {
  HICR0, HICR2, HICR4, HICR5, HICRB, HICRC, LPC, SIRQCR0, VIC_LPC, shiftOf, type LpcRegisters,
} from '../hw/index.ts';
import { Regmap, type IrqAction, type Kernel } from '../linux/index.ts';
import { constant, type Op, type Ps, type Sequence, type Steps } from '../sim/index.ts';

export type KcsChannelNumber = 1 | 2 | 3 | 4;

/** Events of a device, as bits of a mask (kcs_bmc.h): the host has read ODR; the host has written IDR. */
export const KcsEvent = { OBE: 1 << 0, IBF: 1 << 1 } as const;

/** What the device tree says of one channel. */
export interface AspeedKcsConfig {
  readonly channel: KcsChannelNumber;
  /** aspeed,lpc-io-reg: the data address. */
  readonly ioAddr: number;
  /** aspeed,lpc-interrupts: number and whether it is active high; null: no SerIRQ to the host. */
  readonly serirq: { readonly id: number; readonly levelHigh: boolean } | null;
}

/** The registers of each channel, and its interrupt enable in HICR2 or, of channel 4, HICRB. */
const CHANNEL = {
  1: { idr: LPC.IDR1, odr: LPC.ODR1, str: LPC.STR1, ibfie: HICR2.IBFIE1 },
  2: { idr: LPC.IDR2, odr: LPC.ODR2, str: LPC.STR2, ibfie: HICR2.IBFIE2 },
  3: { idr: LPC.IDR3, odr: LPC.ODR3, str: LPC.STR3, ibfie: HICR2.IBFIE3 },
  4: { idr: LPC.IDR4, odr: LPC.ODR4, str: LPC.STR4, ibfie: HICRB.IBFIE4 },
} as const;

/** LPC_TYIRQX_HIGH; low is 0. */
const TYIRQX_HIGH = 0b01;

function noDevice(): never {
  throw new Error('no device is registered');
}

/** FIELD_PREP(). */
function field(mask: number, value: number): number {
  return (value << shiftOf(mask)) & mask;
}

/** kcs_bmc_aspeed.c: one KCS channel of the AST2500 as the KCS core sees it. */
export class AspeedKcs {
  readonly config: AspeedKcsConfig;
  protected readonly kernel: Kernel;
  /** The regmap of the LPC controller. */
  private readonly map: Regmap<LpcRegisters>;
  private readonly frames = new Map<number, KcsIo>();
  private readonly in;
  /** The device tree gives the channel a SerIRQ: ODR writes raise it. */
  upstream = true;
  /** kcs_bmc_handle_event() of the device above, for events that are not interrupts. */
  onEvent: () => Steps<number> = noDevice;

  constructor(kernel: Kernel, regs: LpcRegisters, config: AspeedKcsConfig) {
    this.kernel = kernel;
    this.map = new Regmap(kernel, regs);
    this.config = config;
    const { ops } = kernel.sim;
    this.in = constant({
      aspeed_kcs_set_address: this.at(ops.frame('aspeed_kcs_set_address')),
      aspeed_kcs_config_upstream_irq: this.at(ops.frame('aspeed_kcs_config_upstream_irq')),
      aspeed_kcs_enable_channel: this.at(ops.frame('aspeed_kcs_enable_channel')),
      aspeed_kcs_irq_mask_update: this.at(ops.frame('aspeed_kcs_irq_mask_update')),
    });
  }

  /** The register accesses of this channel as issued from `frame`. */
  at(frame: number): KcsIo {
    let io = this.frames.get(frame);
    if (io === undefined) {
      io = new KcsIo(this, this.map, frame);
      this.frames.set(frame, io);
    }
    return io;
  }

  requestIrq(action: IrqAction): void {
    this.kernel.requestIrq(VIC_LPC, action);
  }

  freeIrq(action: IrqAction): Steps {
    return this.kernel.freeIrq(VIC_LPC, action);
  }

  /** aspeed_kcs_set_address(). */
  *setAddress(): Steps {
    const io = this.in.aspeed_kcs_set_address;
    const { channel, ioAddr } = this.config;
    switch (channel) {
      case 1:
      case 2:
        yield* io.updateBits(LPC.HICR4, HICR4.LADR12AS, channel === 2 ? HICR4.LADR12AS : 0);
        yield io.regs.write(LPC.LADR12H, ioAddr >> 8);
        yield io.regs.write(LPC.LADR12L, ioAddr & 0xff);
        break;
      case 3:
        yield io.regs.write(LPC.LADR3H, ioAddr >> 8);
        yield io.regs.write(LPC.LADR3L, ioAddr & 0xff);
        break;
      case 4:
        yield io.regs.write32(LPC.LADR4, (((ioAddr + 1) << 16) | ioAddr) >>> 0);
        break;
    }
  }

  /** aspeed_kcs_config_upstream_irq(): number and polarity; channel 1 has neither to choose. */
  *configUpstreamIrq(): Steps {
    const io = this.in.aspeed_kcs_config_upstream_irq;
    const { channel, serirq } = this.config;
    if (serirq === null || !this.upstream) return;
    const { id, levelHigh } = serirq;
    switch (channel) {
      case 1:
        break;
      case 2:
        yield* io.updateBits(LPC.HICR5, HICR5.SEL2IRQX | HICR5.ID2IRQX,
          field(HICR5.ID2IRQX, id) | (levelHigh ? HICR5.SEL2IRQX : 0));
        break;
      case 3:
        yield* io.updateBits(LPC.HICR5, HICR5.SEL3IRQX | HICR5.ID3IRQX,
          field(HICR5.ID3IRQX, id) | (levelHigh ? HICR5.SEL3IRQX : 0));
        break;
      case 4:
        yield* io.updateBits(LPC.HICRC, HICRC.ID4IRQX | HICRC.TY4IRQX | HICRC.OBF4_AUTO_CLR,
          field(HICRC.ID4IRQX, id) | (levelHigh ? field(HICRC.TY4IRQX, TYIRQX_HIGH) : 0));
        break;
    }
  }

  /** aspeed_kcs_enable_channel(). */
  *enableChannel(enable: boolean): Steps {
    const io = this.in.aspeed_kcs_enable_channel;
    const set = (bits: number): number => (enable ? bits : 0);
    switch (this.config.channel) {
      case 1:
        yield* io.updateBits(LPC.HICR0, HICR0.LPC1E, set(HICR0.LPC1E));
        break;
      case 2:
        yield* io.updateBits(LPC.HICR0, HICR0.LPC2E, set(HICR0.LPC2E));
        break;
      case 3:
        yield* io.updateBits(LPC.HICR0, HICR0.LPC3E, set(HICR0.LPC3E));
        yield* io.updateBits(LPC.HICR4, HICR4.KCSENBL, set(HICR4.KCSENBL));
        break;
      case 4:
        yield* io.updateBits(LPC.HICRB, HICRB.LPC4E, set(HICRB.LPC4E));
        break;
    }
  }

  /**
   * aspeed_kcs_irq_mask_update(): of the events in `mask`, lets those in `state` through. There is no OBE interrupt
   * on this chip; see {@link AspeedKcsObe}.
   */
  *irqMaskUpdate(mask: number, state: number): Steps {
    if ((mask & KcsEvent.IBF) === 0) return;
    const io = this.in.aspeed_kcs_irq_mask_update;
    const { channel } = this.config;
    const { ibfie } = CHANNEL[channel];
    yield* io.updateBits(channel === 4 ? LPC.HICRB : LPC.HICR2, ibfie, (state & KcsEvent.IBF) !== 0 ? ibfie : 0);
  }

  /** What is left to stop when the driver is removed. */
  *quiesce(): Steps {}
}

/** The accesses of one channel from one function: steps to yield, all of them by regmap. */
export class KcsIo {
  /** regmap_read() and regmap_write(). */
  readonly regs: LpcRegisters;
  private readonly aspeed: AspeedKcs;
  private readonly update: Updating;
  /** IDR: clears IBF. */
  readonly readData: Op;
  readonly readStatus: Op;
  private readonly odr: number;
  private readonly str: number;
  private readonly serirqRegister: number;
  private readonly serirqEnable: number;

  constructor(aspeed: AspeedKcs, map: Regmap<LpcRegisters>, frame: number) {
    const { config } = aspeed;
    const { idr, odr, str } = CHANNEL[config.channel];
    const regs = map.single.at(frame);
    this.aspeed = aspeed;
    this.regs = regs;
    this.update = { map, first: map.first.at(frame), last: map.last.at(frame) };
    this.readData = regs.read(idr);
    this.readStatus = regs.read(str);
    this.odr = odr;
    this.str = str;
    [this.serirqRegister, this.serirqEnable] = upstreamEnable(config);
  }

  /** Reads STR every `period` ps until (STR & mask) is not (last & mask), or the time is `deadline`. */
  pollStatus(mask: number, last: number, period: Ps, deadline: Ps): Op {
    return this.regs.poll(this.str, mask, last, period, deadline);
  }

  /** STR := value; bit 0 = 0 clears OBF, bits 1 and 3 are the hardware's. */
  writeStatus(value: number): Op {
    return this.regs.write(this.str, value);
  }

  /**
   * ODR := data, which sets OBF; then the enable of the SerIRQ, which the host's ODR read has dropped
   * (aspeed_kcs_outb()).
   */
  writeData(data: number): Sequence {
    const write = this.regs.write(this.odr, data);
    const enable = this.aspeed.upstream ? this.serirqEnable : 0;
    return new Update(this.update, write, enable === 0 ? -1 : this.serirqRegister, enable, enable);
  }

  /** regmap_update_bits() of STR. */
  updateStatus(mask: number, value: number): Sequence {
    return this.updateBits(this.str, mask, value);
  }

  /** regmap_update_bits(): a read, and a write only if the value changes. */
  updateBits(register: number, mask: number, value: number): Sequence {
    return new Update(this.update, -1, register, mask, value);
  }
}

/** What updates from one function are made with. */
interface Updating {
  readonly map: Regmap<LpcRegisters>;
  /** Of the read, and of the write. */
  readonly first: LpcRegisters;
  readonly last: LpcRegisters;
}

/**
 * A write, if there is one to make, and regmap_update_bits() of a register, if there is one to update. Written
 * out as an iterator: handlers do little else, and a generator for each would cost more than its steps.
 */
class Update implements Iterator<Op, void, number> {
  private readonly by: Updating;
  /** The next step, if it is known without the value of the last; -1: it is not. */
  private first: Op;
  /** Offset of the register that is still to be read; -1: none. */
  private register: number;
  /** Offset of the register whose value comes next; -1: none. */
  private reading = -1;
  private readonly mask: number;
  private readonly value: number;

  constructor(by: Updating, first: Op, register: number, mask: number, value: number) {
    this.by = by;
    this.first = first;
    this.register = register;
    this.mask = mask;
    this.value = value;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(old: number): IteratorResult<Op, void> {
    const { by, first, register, reading, mask } = this;
    if (first >= 0) {
      this.first = -1;
      return { value: first, done: false };
    }
    if (register >= 0) {
      this.register = -1;
      this.reading = register;
      return { value: by.first.read(register), done: false };
    }
    if (reading < 0) return DONE;
    this.reading = -1;
    const now = ((old & ~mask) | (this.value & mask)) >>> 0;
    if (now === old) {
      by.map.unlock();
      return DONE;
    }
    return { value: now > 0xff || old > 0xff ? by.last.write32(reading, now) : by.last.write(reading, now), done: false };
  }
}

const DONE: IteratorReturnResult<void> = { value: undefined, done: true };

/** The register and bit that let an ODR write raise the channel's SerIRQ; bit 0 if there is none. */
function upstreamEnable({ channel, serirq }: AspeedKcsConfig): readonly [number, number] {
  if (serirq === null) return [0, 0];
  switch (channel) {
    case 1:
      // Any other number is accepted, and no bit is ever set.
      return [LPC.SIRQCR0, serirq.id === 12 ? SIRQCR0.IRQ12E1 : serirq.id === 1 ? SIRQCR0.IRQ1E1 : 0];
    case 2:
      return [LPC.HICR5, HICR5.IRQXE2];
    case 3:
      return [LPC.HICR5, HICR5.IRQXE3];
    case 4:
      return [LPC.HICRC, HICRC.IRQXE4];
  }
}
