import type { Oracle, SystemView } from './context.ts';

/** Interrupts in a row, with nothing new on the wire, before it is called a storm. */
const STORM = 16;
/** Interrupts in a row that nobody handles, with nothing new on the wire; of bytes that go by Linux takes 99,900. */
const UNHANDLED = 8;

/** The interrupt line that is watched. */
export interface LevelIrq {
  /** Of the interrupt controller. */
  readonly source: number;
  /** Something is pending for which the line is high. */
  pending(): boolean;
  /** Trace events that bring something new. */
  readonly moves: readonly string[];
  /** Where they happen: `bus`. */
  readonly where: string;
}

/** `irq-storm`, `spurious-irq`: what the interrupt handler makes of a level interrupt. */
export class LevelIrqOracle implements Oracle {
  readonly names = ['irq-storm', 'spurious-irq'];
  /** Interrupts taken since something last moved. */
  private idle = 0;
  private unhandled = 0;

  constructor({ sim }: Pick<SystemView, 'sim'>, irq: LevelIrq) {
    const { source, where } = irq;
    const { trace } = sim;
    const moved = (): void => {
      this.idle = 0;
      this.unhandled = 0;
    };
    for (const event of irq.moves) trace.on(trace.code(event), moved);
    trace.on(trace.code('bmc.irq'), (_at, _actor, from, handled) => {
      if (from !== source) return;
      if (irq.pending() && ++this.idle >= STORM) {
        sim.violate('irq-storm', 'status-never-cleared', 'bmc:irq',
          `${STORM} interrupts in a row, with nothing new on the ${where}, have left the line high: the CPU does nothing else`, true);
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
