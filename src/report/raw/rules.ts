import type { Rules } from '../rules.ts';

const ABI = 'Documentation/ABI/testing/dev-raw-kcs';
const ASTLPC = 'libmctp, vendor-ibm-astlpc.md';

/** Rules of a channel that carries single bytes. */
export const RAW_RULES: Rules = {
  'lost-request': { text: 'a packet that Tx Begin announces is fetched from the window, and answered by Rx Complete', source: ASTLPC },
  'lost-response': { text: 'a packet that Tx Begin announces is fetched from the window, and answered by Rx Complete', source: ASTLPC },
  'torn-message': { text: 'a packet is fetched from the window byte for byte as it was put there: its area belongs to the receiver until Rx Complete', source: ASTLPC },
  'duplicate-request': { text: 'each Tx Begin is one packet', source: ASTLPC },
  'duplicate-response': { text: 'each Tx Begin is one packet', source: ASTLPC },
  'lost-byte': { text: 'each byte that the BMC takes from IDR is handed out by read(), and no byte in ODR is overwritten before the host has read it', source: ABI },
  'phantom-request': { text: 'read() hands out each byte of the host once', source: ABI },
  'irq-storm': { text: 'IBF interrupts only while somebody is there to read IDR, and is masked while a byte is held', source: 'AST2500: IBF is a level interrupt' },
  hang: { text: 'nobody sleeps for a byte that is there, or for an ODR that is free', source: `${ABI}, poll(2)` },
  'hang/nonblocking-read-sleeps': { text: 'read() of a file with O_NONBLOCK does not sleep', source: 'read(2), open(2)' },
  'hang/nonblocking-write-sleeps': { text: 'write() of a file with O_NONBLOCK does not sleep', source: 'write(2), open(2)' },
  'hang/no-recovery': { text: 'after faults have ended, a host is served again', source: ABI },
  errno: { text: 'read() and write() fail as their manual pages and the table of the device say, and what fails has changed nothing', source: `${ABI}, read(2), write(2)` },
  latency: { text: 'interrupts are not masked for longer than the budget (--set irqsOffBudget)', source: 'judgement: 50 us' },
};
