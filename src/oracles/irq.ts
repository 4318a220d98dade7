import { Str } from '../ipmi/index.ts';
import type { ChannelView, Oracle } from './context.ts';

/** Interrupts in a row that leave IBF set before it is called a storm. */
const STORM = 16;
/** Interrupts in a row that nobody handles. */
const UNHANDLED = 8;

export interface IrqOracleOptions {
  /** Interrupts in a row that leave IBF set before it is called a storm. */
  readonly storm?: number;
  /** The rule that a storm breaks, as the system stands. */
  readonly rule?: () => string;
}

/** `irq-storm`, `spurious-irq`, `lost-byte`: what the interrupt handler does with IBF. */
export class IrqOracle implements Oracle {
  readonly names = ['irq-storm', 'spurious-irq', 'lost-byte'];
  /** Interrupts taken without a byte being read. */
  private idle = 0;
  private unhandled = 0;
  /** Bytes that the handler has consumed in this interrupt. */
  private consumed = 0;

  constructor(view: ChannelView, irqContext: number, source: number, { storm = STORM, rule = () => 'ibf-never-read' }: IrqOracleOptions = {}) {
    const { sim, wire } = view;
    const { trace } = sim;
    trace.on(trace.code('bmc.idr.read'), (_at, actor, value, flags, channel) => {
      if (channel !== wire.channel || (flags & Str.IBF) === 0) return;
      this.idle = 0;
      if (actor !== irqContext) return;
      if (++this.consumed < 2) return;
      sim.violate('lost-byte', 'dummy-read', 'bmc:irq',
        `the handler sampled STR once and read IDR twice: ${value.toString(16).padStart(2, '0')}h, which the host wrote in between, is swallowed unseen`);
    });
    trace.on(trace.code('bmc.irq'), (_at, _actor, from, handled) => {
      this.consumed = 0;
      if (from !== source) return;
      if ((view.str() & Str.IBF) !== 0 && ++this.idle >= storm) {
        sim.violate('irq-storm', rule(), 'bmc:irq',
          `${storm} interrupts in a row have left IBF set: the level interrupt fires for ever and the CPU does nothing else`, true);
      }
      this.unhandled = handled === 0 ? this.unhandled + 1 : 0;
      if (this.unhandled >= UNHANDLED) {
        sim.violate('spurious-irq', 'nobody-cared', 'bmc:irq', `${UNHANDLED} interrupts in a row that no handler claims (irq ${source}: nobody cared)`, true);
      }
    });
    sim.onReset(() => {
      this.idle = 0;
      this.unhandled = 0;
      this.consumed = 0;
    });
  }
}
