/** IBF and OBF of STR. */
const IBF = 0x02;
const OBF = 0x01;

/**
 * An echo over raw KCS as a plain switch machine: registers, the driver's one held byte, the process, the host. No time,
 * queue, kernel or schedule; each access to a register is counted.
 */
export class DirectRaw {
  accesses = 0;
  private idr = 0;
  private odr = 0;
  private str = 0;
  private masked = false;
  private readable = false;
  private held = 0;

  /** One byte there, and its answer back. */
  echo(byte: number): number {
    while ((this.readStr() & IBF) !== 0);
    this.idr = byte;
    this.str |= IBF;
    this.accesses++;
    this.interrupt();
    this.serve();
    while ((this.readStr() & OBF) === 0);
    this.str &= ~OBF;
    this.accesses++;
    return this.odr;
  }

  private readStr(): number {
    this.accesses++;
    return this.str;
  }

  private interrupt(): void {
    if (this.masked || (this.readStr() & IBF) === 0) return;
    this.masked = true;
    this.accesses += 2; // HICR2: IBFIE off
    this.held = this.readIdr();
    this.readable = true;
  }

  private readIdr(): number {
    this.accesses++;
    this.str &= ~IBF;
    return this.idr;
  }

  /** read(), and write() of the answer. */
  private serve(): void {
    if (!this.readable && (this.readStr() & IBF) === 0) return;
    const byte = this.readable ? this.held : this.readIdr();
    this.readable = false;
    this.masked = false;
    this.accesses += 2; // HICR2: IBFIE on
    if ((this.readStr() & OBF) !== 0) return;
    this.odr = byte ^ 0x80;
    this.str |= OBF;
    this.accesses++;
  }
}
