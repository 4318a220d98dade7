import { AST2500_PARAMETERS } from '../hw/index.ts';
import { DEFAULT_KERNEL } from '../linux/index.ts';
import { MS, US } from '../sim/index.ts';
import type { Parameter } from './system.ts';

/** Host modes, the plain one first. */
export const HOST_MODES = ['kipmid', 'irq', 'poll'] as const;
export const PREEMPT = ['none', 'full'] as const;

/** What only the KCS scenarios have. A parameter that is not set is drawn where its text says so. */
const KCS: readonly Parameter[] = [
  {
    name: 'channel', default: 3, min: 1, max: 4, confidence: 'A', source: 'kcs_bmc_aspeed.c',
    text: 'KCS channel of the BMC',
  },
  {
    name: 'serirqId', default: 5, min: 0, max: 15, confidence: 'A', source: 'kcs_bmc_aspeed.c',
    text: 'SerIRQ that the channel raises when the host is driven by interrupt; channel 1 knows 1 and 12 only',
  },
  {
    name: 'preempt', default: 'none', words: PREEMPT, confidence: 'A', source: 'aspeed_g5_defconfig',
    text: 'preemption of the BMC kernel; drawn',
  },
  {
    name: 'cpus', default: 1, min: 1, max: 2, confidence: 'A', source: 'AST2500 has one ARM1176',
    text: 'CPUs of the BMC; drawn',
  },
  {
    name: 'hostMode', default: 'kipmid', words: HOST_MODES, confidence: 'A', source: 'ipmi_si_intf.c',
    text: 'how the host drives the interface: kernel thread, interrupt, or busy polling; drawn',
  },
  {
    name: 'threads', default: 1, min: 1, max: 2, confidence: 'C', source: 'judgement',
    text: 'threads of the daemon; drawn',
  },
  {
    name: 'requests', default: 2, min: 1, max: 8, confidence: 'C', source: 'judgement',
    text: 'requests that the host makes; drawn up to two more',
  },
  {
    name: 'length', default: 8, min: 4, max: 271, unit: 'bytes', confidence: 'C', source: 'judgement',
    text: 'length of an echo request, whose response is one longer and must fit the 272 bytes of ipmi_si; drawn',
  },
  {
    name: 'command', default: 'echo', words: ['echo', 'get-device-id'], confidence: 'C', source: 'IPMI 20.1',
    text: 'what the host asks; only the echo carries a tag by which answers can be told apart',
  },
  {
    name: 'think', default: 200 * US, min: 0, max: 5_000 * MS, unit: 'ps', confidence: 'C', source: 'judgement: 200 us to 5 s with ipmid on D-Bus',
    text: 'how long the daemon takes for an answer; drawn longer',
  },
  {
    name: 'hostHz', default: 250, min: 100, max: 1000, confidence: 'B', source: 'common distribution kernels',
    text: 'HZ of the host kernel',
  },
];

/** Where the hardware's numbers come from; their texts name the document. */
const HARDWARE_SOURCES = { A: 'the document that is named', B: 'derived from the document that is named, or from an earlier chip', C: 'judgement' } as const;

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

/** Every parameter of the KCS scenarios: the scenario's own, the kernel's, the hardware's. */
export const KCS_PARAMETERS: readonly Parameter[] = [
  ...KCS,
  ...KERNEL_TEXT.map(([name, min, max, confidence, text]): Parameter => ({
    name, default: DEFAULT_KERNEL[name], min, max, unit: 'ps', confidence, source: 'judgement', text,
  })),
  ...AST2500_PARAMETERS.map(({ name, default: value, min, max, unit, source, text }): Parameter => ({
    name, default: value, min, max, unit, confidence: source, source: HARDWARE_SOURCES[source], text,
  })),
];
