import type { HostIo, PortReg } from '../../src/host/io.ts';
import type { SiSmResult, SiStateMachine } from '../../src/host/si/si-sm.ts';
import type { Steps } from '../../src/sim/process.ts';

/** Ports that write down what is done to them: `r0`, `r1`, `w0=18`, `w1=61`. */
export class Ports implements HostIo {
  now = 0;
  readonly samples = 1;
  readonly irqAsserted = false;
  readonly texts: string[] = [];

  inb(reg: PortReg): number {
    return this.texts.push(`r${reg}`);
  }

  outb(reg: PortReg, value: number): number {
    return this.texts.push(`w${reg}=${value.toString(16).padStart(2, '0')}`);
  }

  poll(): number {
    throw new Error('a state machine does not wait');
  }

  waitIrq(): number {
    throw new Error('a state machine does not wait');
  }

  sleep(): number {
    throw new Error('a state machine does not wait');
  }

  at(): HostIo {
    return this;
  }

  /** Runs `steps` to their end, feeding `reads` to their port reads, and 0 when there are no more; what they did. */
  play<T>(steps: Steps<T>, reads: number[]): { value: T; did: string } {
    const { texts } = this;
    texts.length = 0;
    let step = steps.next(0);
    while (step.done !== true) step = steps.next(texts.at(-1)?.startsWith('r') === true ? reads.shift() ?? 0 : 0);
    return { value: step.value, did: texts.join(' ') };
  }

  /** One event call: the status register is `status`, `time` us later; `reads` are the values of its own port reads. */
  event(sm: SiStateMachine, status: number, time: number, reads: number[]): { result: SiSmResult; did: string } {
    const { value, did } = this.play(sm.event(status, time), reads);
    return { result: value, did };
  }
}

/** Hands a request to a state machine that has to take it. */
export function start(sm: SiStateMachine, bytes: readonly number[]): void {
  if (sm.startTransaction(Uint8Array.from(bytes), bytes.length) !== 0) throw new Error('the request is refused');
}
