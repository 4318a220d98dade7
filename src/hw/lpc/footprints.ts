import { NO_FOOTPRINT, STATE, type Footprint, type OpTable, type Stateful } from '../../sim/index.ts';
import { BtFootprints } from '../bt/footprints.ts';
import { BT_PLACE } from './decode.ts';
import { CHANNEL, EFFECT, Effect, KIND, Kind, WORDS } from './register-map.ts';
import { LPC, registerName } from './registers.ts';
import { BtReg } from '../bt/registers.ts';
import { ENABLE_WORD } from './host-irq.ts';

/**
 * What each access to the LPC block reads and writes, for race detection and partial-order reduction.
 * One object a register, and one, `LPC decode`, for all that decides which host port reaches which
 * channel: a host access reads it.
 *
 * Which channel a host access reaches depends on the registers of the moment. So ask for its footprint
 * when the step has its effect, and do not keep it longer than the decode.
 */
export class LpcFootprints implements Stateful {
  private readonly objects: number[] = [];
  private readonly decode: number;
  /** By place. */
  private readonly reads: Footprint[] = [];
  private readonly nobody: Footprint;
  /** By set of places, made when first asked for. */
  private readonly writes = new Map<number, Footprint>();
  private readonly bt: BtFootprints;
  /** By place and value, made when first asked for. */
  private readonly btWrites = new Map<number, Footprint>();
  private readonly bmcReads: Footprint[] = [];
  private readonly bmcWrites: Footprint[] = [];

  constructor(ops: OpTable, hostStoresOem0 = false) {
    this.bt = new BtFootprints(ops, hostStoresOem0);
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
    for (const reg of Object.values(BtReg)) this.reads.push(this.decoded(this.bt.hostRead(reg)));
    for (let word = 0; word < WORDS; word++) {
      this.bmcReads.push(this.bmcRead(word));
      this.bmcWrites.push(this.bmcWrite(word));
    }
  }

  /** None of it is state: it is what it was made for, and what has been asked for so far. */
  [STATE](): void {}

  /** The host reads at `place`; -1: nobody answers. */
  hostRead(place: number): Footprint {
    return place < 0 ? this.nobody : this.reads[place];
  }

  /** The host writes `value`, and the places in `claims` take it. */
  hostWrite(claims: number, value: number): Footprint {
    if (claims === 0) return this.nobody;
    if (claims >> BT_PLACE !== 0) return this.btWrite(claims, value);
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

  /** The BMC writes the register at word index `word`; any `value` unless it is given. */
  write(word: number, value = 0xff): Footprint {
    if (KIND[word] === Kind.bt) return this.bt.write(word << 2, value);
    return this.bmcWrites[word] ?? NO_FOOTPRINT;
  }

  /** A write that a BT port takes, and perhaps channels at the same address. */
  private btWrite(claims: number, value: number): Footprint {
    const key = (claims << 8) | value;
    let known = this.btWrites.get(key);
    if (known === undefined) {
      const channels = this.hostWrite(claims & ((1 << BT_PLACE) - 1), value);
      const bt = this.bt.hostWrite(31 - Math.clz32(claims) - BT_PLACE, value);
      known = this.decoded({ reads: [...channels.reads, ...bt.reads], writes: [...channels.writes, ...bt.writes] });
      this.btWrites.set(key, known);
    }
    return known;
  }

  /** An access of the host to BT, which depends on the decode too. */
  private decoded({ reads, writes }: Footprint): Footprint {
    return { reads: [this.decode, ...reads.filter((object) => object !== this.decode)], writes };
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
      case Kind.bt:
        return this.bt.read(word << 2);
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
