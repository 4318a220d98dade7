import { NO_FOOTPRINT, type Footprint, type OpTable } from '../../sim/index.ts';
import { CHANNEL, EFFECT, Effect, KIND, Kind, WORDS } from './register-map.ts';
import { LPC, registerName } from './registers.ts';
import { ENABLE_WORD } from './host-irq.ts';

/**
 * What each access to the LPC block reads and writes, for race detection and partial-order reduction.
 * One object a register, and one, `LPC decode`, for all that decides which host port reaches which
 * channel: a host access reads it.
 *
 * Which channel a host access reaches depends on the registers of the moment. So ask for its footprint
 * when the step has its effect, and do not keep it longer than the decode.
 */
export class LpcFootprints {
  private readonly objects: number[] = [];
  private readonly decode: number;
  /** By place. */
  private readonly reads: Footprint[] = [];
  private readonly nobody: Footprint;
  /** By set of places, made when first asked for. */
  private readonly writes = new Map<number, Footprint>();
  private readonly bmcReads: Footprint[] = [];
  private readonly bmcWrites: Footprint[] = [];

  constructor(ops: OpTable) {
    for (let word = 0; word < WORDS; word++) {
      this.objects.push(KIND[word] === Kind.none ? -1 : ops.object(registerName(word << 2)));
    }
    this.decode = ops.object('LPC decode');
    this.nobody = { reads: [this.decode], writes: [] };
    for (let c = 0; c < 4; c++) {
      const odr = this.of(ODR[c]);
      const str = this.of(STR[c]);
      // Reading ODR drops OBF, and with it the enable bit of the interrupt to the host.
      const enable = this.objects[ENABLE_WORD[c]];
      this.reads.push({ reads: [this.decode, odr, str, enable], writes: [str, enable] });
      this.reads.push({ reads: [this.decode, str], writes: [] });
    }
    for (let word = 0; word < WORDS; word++) {
      this.bmcReads.push(this.bmcRead(word));
      this.bmcWrites.push(this.bmcWrite(word));
    }
  }

  /** The host reads at `place`; -1: nobody answers. */
  hostRead(place: number): Footprint {
    return place < 0 ? this.nobody : this.reads[place];
  }

  /** The host writes, and the places in `claims` take it. */
  hostWrite(claims: number): Footprint {
    if (claims === 0) return this.nobody;
    let known = this.writes.get(claims);
    if (known === undefined) {
      const touched: number[] = [];
      for (let c = 0; c < 4; c++) if (((claims >> (2 * c)) & 3) !== 0) touched.push(this.of(IDR[c]), this.of(STR[c]));
      // Whether IBF interrupts is HICR2's say for channels 1-3; HICRB, for channel 4, is in the decode.
      known = { reads: [this.decode, this.of(LPC.HICR2), ...touched], writes: touched };
      this.writes.set(claims, known);
    }
    return known;
  }

  /** The BMC reads the register at word index `word`. */
  read(word: number): Footprint {
    return this.bmcReads[word] ?? NO_FOOTPRINT;
  }

  /** The BMC writes the register at word index `word`. */
  write(word: number): Footprint {
    return this.bmcWrites[word] ?? NO_FOOTPRINT;
  }

  private of(offset: number): number {
    return this.objects[offset >> 2];
  }

  private enableOf(word: number): number {
    return this.objects[ENABLE_WORD[CHANNEL[word]]];
  }

  private bmcRead(word: number): Footprint {
    const self = this.objects[word];
    switch (KIND[word]) {
      case Kind.none:
        return NO_FOOTPRINT;
      case Kind.idr: {
        const str = this.of(STR[CHANNEL[word]]);
        return { reads: [self, str, this.of(CHANNEL[word] === 3 ? LPC.HICRB : LPC.HICR2)], writes: [str] };
      }
      case Kind.banked:
        return { reads: [self, this.of(LPC.HICR4)], writes: [] };
      default:
        return { reads: [self], writes: [] };
    }
  }

  private bmcWrite(word: number): Footprint {
    const self = this.objects[word];
    switch (KIND[word]) {
      case Kind.none:
      case Kind.idr:
        return NO_FOOTPRINT;
      case Kind.odr:
        // With the enable bit set, a change of OBF is a change of the interrupt to the host.
        return { reads: [this.enableOf(word)], writes: [self, this.of(STR[CHANNEL[word]])] };
      case Kind.str:
        return { reads: [self, this.enableOf(word)], writes: [self] };
      case Kind.banked:
        return { reads: [this.of(LPC.HICR4)], writes: [self, this.decode] };
      default:
        return { reads: [], writes: (EFFECT[word] & Effect.decode) === 0 ? [self] : [self, this.decode] };
    }
  }
}

const IDR = [LPC.IDR1, LPC.IDR2, LPC.IDR3, LPC.IDR4] as const;
const ODR = [LPC.ODR1, LPC.ODR2, LPC.ODR3, LPC.ODR4] as const;
const STR = [LPC.STR1, LPC.STR2, LPC.STR3, LPC.STR4] as const;
