import type { I2cPort, I2cTap } from './port.ts';

/** The targets of one bus: what they answer together, on open-drain lines. */
export class I2cAudience {
  readonly taps: I2cTap[] = [];

  reset(): void {
    for (const tap of this.taps) tap.reset();
  }

  /** START or STOP, with `bits` of a byte under way: nobody is addressed any more. */
  condition(bits: number, stop: boolean): void {
    for (const tap of this.taps) {
      tap.mode = 0;
      if (stop) tap.target.stop(bits);
      else tap.target.start(bits);
    }
  }

  /** Eight bits of an address byte are in. A chip does not address itself. Returns whether any ACKs. */
  address(byte: number, owns: (port: I2cPort) => boolean): boolean {
    let ack = false;
    for (const tap of this.taps) {
      const matches = (tap.own === null || !owns(tap.own)) && tap.target.address(byte);
      tap.mode = matches ? ((byte & 1) === 0 ? 1 : 2) : 0;
      if (matches) ack = true;
    }
    return ack;
  }

  /** Eight bits of a data byte are in. Returns whether any ACKs. */
  acks(byte: number): boolean {
    let ack = false;
    for (const tap of this.taps) if (tap.mode === 1 && tap.target.acks(byte)) ack = true;
    return ack;
  }

  /** The AND of what the addressed targets send next; FFh if there is none. */
  next(): number {
    let byte = 0xff;
    for (const tap of this.taps) if (tap.mode === 2) byte &= tap.target.next();
    return byte;
  }

  /** The ACK bit of an address byte is over. */
  addressed(byte: number): void {
    for (const tap of this.taps) if (tap.mode !== 0) tap.target.addressed(byte);
  }

  /** The ACK bit of a byte to targets is over. */
  received(byte: number, ack: boolean): void {
    for (const tap of this.taps) if (tap.mode === 1) tap.target.received(byte, ack);
  }

  /** The ACK bit of a byte from targets is over. */
  sent(ack: boolean): void {
    for (const tap of this.taps) if (tap.mode === 2) tap.target.sent(ack);
  }
}
