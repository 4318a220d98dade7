import { MS, NS, US, type Ps } from '../sim/index.ts';

/** The kernel under which the BMC's drivers run, and what its primitives cost. */
export interface KernelConfig {
  /**
   * `none`: another task runs in kernel mode only at a sleep, a fault or the return to user space
   * (aspeed_g5_defconfig); `full`: wherever preemption is not disabled. Interrupts run wherever they
   * are enabled.
   */
  preempt: 'none' | 'full';
  /** 1 on the AST2500; 2 to see what SMP adds. */
  cpus: 1 | 2;
  /** HZ: 100 on ARM by default. */
  hz: number;
  /** Interrupt line high to the first instruction of the C handler, ps. */
  irqLatency: Ps;
  /** Longest that the latency may become by cache misses and the like, ps beyond the default. */
  irqJitter: Ps;
  /** VIC status read and mask write before the first handler, ps. */
  irqEntry: Ps;
  /** VIC unmask write and status read after a handler, ps. */
  irqNext: Ps;
  /** Return from interrupt, ps. */
  irqExit: Ps;
  /** Wake-up to the woken thread running, ps. */
  wakeLatency: Ps;
  /** Longest stall of an interrupt handler or of a section with interrupts off, ps. */
  atomicCap: Ps;
  /** Entry to and return from a system call, ps. */
  syscall: Ps;
  /** An uncontended lock or unlock, ps. */
  lock: Ps;
  /** One 4-byte word of a copy to or from user space, ps. */
  copyWord: Ps;
  /** Bringing in a page that is not resident, ps; the task sleeps. */
  pageFault: Ps;
}

export const DEFAULT_KERNEL: Readonly<KernelConfig> = {
  preempt: 'none',
  cpus: 1,
  hz: 100,
  irqLatency: 5 * US,
  irqJitter: 45 * US,
  irqEntry: 1200 * NS,
  irqNext: 200 * NS,
  irqExit: 600 * NS,
  wakeLatency: 60 * US,
  atomicCap: 50 * US,
  syscall: 500 * NS,
  lock: 50 * NS,
  copyWord: 20 * NS,
  pageFault: 2 * MS,
};
