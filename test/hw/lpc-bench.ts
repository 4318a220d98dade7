import { HICR0, HICR4, HICRB, LPC, LPC_DEFAULTS, LpcController, type LpcControllerParams } from '../../src/hw/index.ts';

/** An LPC block on its own, with what comes out of its interrupt lines. */
export class LpcBench {
  readonly lpc: LpcController;
  /** The interrupt line to the BMC. */
  line = 0;
  /** The interrupts that the host is asked for. */
  readonly irqs = new Set<number>();

  constructor(params: Partial<LpcControllerParams> = {}) {
    this.lpc = new LpcController({ ...LPC_DEFAULTS, ...params });
    this.lpc.onLine = (level) => {
      if (level === this.line) throw new Error(`the BMC is told twice that its line is ${level}`);
      this.line = level;
    };
    this.lpc.hostIrqs.onRequest = (irq, level) => {
      if (this.irqs.has(irq) === (level !== 0)) throw new Error(`the host is told twice that IRQ${irq} is ${level}`);
      if (level === 0) this.irqs.delete(irq);
      else this.irqs.add(irq);
    };
  }

  /** Sets address and enable of channel `n` as kcs_bmc_aspeed.c does. */
  setUp(n: 1 | 2 | 3 | 4, address: number): void {
    const { lpc } = this;
    switch (n) {
      case 1:
      case 2:
        lpc.write(LPC.HICR4, lpc.read(LPC.HICR4) & ~HICR4.LADR12AS | (n === 2 ? HICR4.LADR12AS : 0));
        lpc.write(LPC.LADR12H, address >> 8);
        lpc.write(LPC.LADR12L, address & 0xff);
        lpc.write(LPC.HICR0, lpc.read(LPC.HICR0) | (n === 1 ? HICR0.LPC1E : HICR0.LPC2E));
        return;
      case 3:
        lpc.write(LPC.LADR3H, address >> 8);
        lpc.write(LPC.LADR3L, address & 0xff);
        lpc.write(LPC.HICR0, lpc.read(LPC.HICR0) | HICR0.LPC3E);
        lpc.write(LPC.HICR4, lpc.read(LPC.HICR4) | HICR4.KCSENBL);
        return;
      default:
        lpc.write(LPC.LADR4, ((address + 1) << 16) | address);
        lpc.write(LPC.HICRB, lpc.read(LPC.HICRB) | HICRB.LPC4E);
    }
  }
}
