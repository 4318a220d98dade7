import type { Oracle, SsifSystemView } from './context.ts';

/** Interrupts in a row, with nothing new on the bus, before it is called a storm. */
const STORM = 16;
/** Interrupts in a row that nobody handles, with nothing new on the bus; of bytes that go by Linux takes 99,900. */
const UNHANDLED = 8;

/** `irq-storm`, `spurious-irq`: what the interrupt handler of the I2C buses makes of the level interrupt. */
export class I2cIrqOracle implements Oracle {
  readonly names = ['irq-storm', 'spurious-irq'];
  /** Interrupts taken since the bus last moved. */
  private idle = 0;
  private unhandled = 0;

  constructor(view: SsifSystemView, source: number) {
    const { sim } = view;
    const { trace } = sim;
    const moved = (): void => {
      this.idle = 0;
      this.unhandled = 0;
    };
    for (const event of ['i2c.start', 'i2c.address', 'i2c.byte', 'i2c.stop']) trace.on(trace.code(event), moved);
    trace.on(trace.code('bmc.irq'), (_at, _actor, from, handled) => {
      if (from !== source) return;
      if (view.pending() && ++this.idle >= STORM) {
        sim.violate('irq-storm', 'status-never-cleared', 'bmc:irq',
          `${STORM} interrupts in a row, with nothing new on the bus, have left the line high: the CPU does nothing else`, true);
      }
      this.unhandled = handled === 0 ? this.unhandled + 1 : 0;
      if (this.unhandled >= UNHANDLED) {
        sim.violate('spurious-irq', 'nobody-cared', 'bmc:irq', `${UNHANDLED} interrupts in a row that no handler claims (irq ${source}: nobody cared)`, true);
      }
    });
    sim.onReset(() => {
      this.idle = 0;
      this.unhandled = 0;
    });
  }
}
