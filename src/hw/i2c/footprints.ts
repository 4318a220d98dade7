import { NO_FOOTPRINT, STATE, type Footprint, type OpTable, type Stateful } from '../../sim/index.ts';
import { I2C } from './registers.ts';

const WORDS = 11;

/** What each access to an I2C engine reads and writes, for race detection and partial-order reduction. */
export class I2cFootprints implements Stateful {
  readonly readGlobal: Footprint;
  private readonly reads: Footprint[][] = [];
  private readonly writes: Footprint[][] = [];

  constructor(ops: OpTable, buses: readonly number[]) {
    const status: number[] = [];
    for (const bus of buses) {
      const object = (name: string): number => ops.object(`I2C${bus} ${name}`);
      const of = new Map(Object.entries(I2C).map(([name, offset]) => [offset >> 2, object(name)]));
      const wire = object('bus');
      const sts = of.get(I2C.INTR_STS >> 2)!;
      const buf = of.get(I2C.BYTE_BUF >> 2)!;
      const cmd = of.get(I2C.CMD >> 2)!;
      status.push(sts, of.get(I2C.INTR_CTRL >> 2)!);
      const reads: Footprint[] = [];
      const writes: Footprint[] = [];
      for (let word = 0; word < WORDS; word++) {
        const self = of.get(word);
        if (self === undefined) {
          reads.push(NO_FOOTPRINT);
          writes.push(NO_FOOTPRINT);
          continue;
        }
        reads.push({ reads: [self], writes: [] });
        // Clearing RX_DONE lets go of SCL and may start a command that waits; a command uses the buffer and the bus.
        if (self === sts) writes.push({ reads: [cmd, buf, wire], writes: [sts, cmd, wire] });
        else if (self === cmd) writes.push({ reads: [buf, sts, wire], writes: [cmd, sts, wire] });
        else writes.push({ reads: [], writes: [self] });
      }
      this.reads.push(reads);
      this.writes.push(writes);
    }
    this.readGlobal = { reads: status, writes: [] };
  }

  /** None of it is state: it is what it was made for, and what has been asked for so far. */
  [STATE](): void {}

  /** The BMC reads the register at word index `word` of an engine. */
  read(engine: number, word: number): Footprint {
    return this.reads[engine][word] ?? NO_FOOTPRINT;
  }

  /** The BMC writes it. */
  write(engine: number, word: number): Footprint {
    return this.writes[engine][word] ?? NO_FOOTPRINT;
  }
}
