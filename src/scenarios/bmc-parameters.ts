import type { Parameter as HardwareParameter } from '../hw/index.ts';
import { DEFAULT_KERNEL } from '../linux/index.ts';
import { MS, SEC, US } from '../sim/index.ts';
import type { Parameter } from './system.ts';

/** What the kernel of the BMC is built with, the plain answer first. */
export const PREEMPT = ['none', 'full'] as const;

const KERNEL_TEXT: readonly (readonly [keyof typeof DEFAULT_KERNEL, number, number, 'A' | 'B' | 'C', string])[] = [
  ['irqLatency', 2 * US, 50 * US, 'C', 'interrupt line high to the C handler'],
  ['irqJitter', 0, 48 * US, 'C', 'by how much a schedule may draw that longer'],
  ['irqEntry', 0, 5 * US, 'C', 'VIC read and mask before the first handler'],
  ['irqNext', 0, 5 * US, 'C', 'VIC unmask and read after a handler'],
  ['irqExit', 0, 5 * US, 'C', 'return from interrupt'],
  ['wakeLatency', 20 * US, 10 * MS, 'C', 'wake-up to the woken thread running'],
  ['atomicCap', 0, 1000 * US, 'C', 'longest stall with interrupts off or in a handler'],
  ['syscall', 0, 10 * US, 'C', 'entry to or return from a system call'],
  ['lock', 0, 1 * US, 'C', 'an uncontended lock or unlock'],
  ['copyWord', 0, 1 * US, 'C', 'a 4-byte word of a user copy'],
  ['pageFault', 1 * US, 100 * MS, 'C', 'bringing in a page that is not resident'],
];

/** The BMC's kernel: its configuration, then what things cost in it. */
export const KERNEL_PARAMETERS: readonly Parameter[] = [
  {
    name: 'preempt', default: 'none', words: PREEMPT, confidence: 'A', source: 'aspeed_g5_defconfig',
    text: 'preemption of the BMC kernel; drawn',
  },
  {
    name: 'cpus', default: 1, min: 1, max: 2, confidence: 'A', source: 'AST2500 has one ARM1176',
    text: 'CPUs of the BMC; drawn',
  },
  ...KERNEL_TEXT.map(([name, min, max, confidence, text]): Parameter => ({
    name, default: DEFAULT_KERNEL[name], min, max, unit: 'ps', confidence, source: 'judgement', text,
  })),
];

/** What host and daemon do, whatever the interface. */
export const WORKLOAD_PARAMETERS: readonly Parameter[] = [
  {
    name: 'threads', default: 1, min: 1, max: 2, confidence: 'C', source: 'judgement',
    text: 'threads of the daemon; drawn',
  },
  {
    name: 'requests', default: 2, min: 1, max: 8, confidence: 'C', source: 'judgement',
    text: 'requests that the host makes; drawn up to two more',
  },
  {
    name: 'command', default: 'echo', words: ['echo', 'get-device-id'], confidence: 'C', source: 'IPMI 20.1',
    text: 'what the host asks; only the echo carries a tag by which answers can be told apart',
  },
];

/** How long the daemon thinks: on an interface that is as quick as KCS. */
export const THINK: Parameter = {
  name: 'think', default: 200 * US, min: 0, max: 5 * SEC, unit: 'ps', confidence: 'C', source: 'judgement: 200 us to 5 s with ipmid on D-Bus',
  text: 'how long the daemon takes for an answer; drawn longer',
};

/** The clock by which the host's driver counts jiffies. */
export const HOST_HZ: Parameter = {
  name: 'hostHz', default: 250, min: 100, max: 1000, confidence: 'B', source: 'common distribution kernels',
  text: 'HZ of the host kernel',
};

/** Where the hardware's numbers come from; their texts name the document. */
const HARDWARE_SOURCES = { A: 'the document that is named', B: 'derived from the document that is named, or from an earlier chip', C: 'judgement' } as const;

/** Parameters of the hardware, as a scenario lists them. */
export function hardwareParameters(list: readonly HardwareParameter[]): readonly Parameter[] {
  return list.map(({ name, default: value, min, max, unit, source, text }): Parameter => ({
    name, default: value, min, max, unit, confidence: source, source: HARDWARE_SOURCES[source], text,
  }));
}
