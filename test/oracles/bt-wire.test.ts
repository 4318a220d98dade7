import { describe, expect, it } from 'vitest';
import { Ibt, BtTrace, IBT_DEFAULTS, LPC } from '../../src/hw/index.ts';
import { BtCtrl, writeEcho } from '../../src/ipmi/index.ts';
import { BtWire } from '../../src/oracles/index.ts';
import { Simulator } from '../../src/sim/index.ts';

const DEPTH = 64;

/** An iBT block whose accesses the wire sees, by hand. */
class Feed {
  readonly sim = new Simulator();
  readonly ibt = new Ibt(new Uint32Array(LPC.iBTCR6 / 4 + 1).fill(0xffff_ffff), { ...IBT_DEFAULTS, btFifoDepth: DEPTH });
  readonly wire: BtWire;
  emptyOffers = 0;
  private readonly trace = new BtTrace(this.sim.trace, this.ibt);

  constructor() {
    this.wire = new BtWire(this.sim, DEPTH);
    this.wire.onEmptyOffer = () => {
      this.emptyOffers++;
    };
    this.sim.reset();
    this.ibt.reset();
  }

  host(reg: number, ...values: number[]): this {
    for (const value of values) {
      this.trace.hostWrite(0, reg, value);
      this.ibt.hostWrite(reg, value);
    }
    return this;
  }

  bmc(offset: number, ...values: number[]): this {
    for (const value of values) {
      this.trace.bmcWrite(1, offset, value);
      this.ibt.write(offset, value);
    }
    return this;
  }

  /** A whole request, announced as the host's driver does it. */
  request(seq: number, message: readonly number[], length = message.length + 1): this {
    this.wire.hostBegan(Uint8Array.from(message), message.length);
    return this.host(0, BtCtrl.CLR_WR_PTR).host(1, length, message[0], seq, ...message.slice(1)).host(0, BtCtrl.H2B_ATN);
  }

  /** The BMC takes what is there, as bt-bmc does. */
  taken(): this {
    return this.bmc(LPC.iBTCR4, BtCtrl.B_BUSY, BtCtrl.H2B_ATN, BtCtrl.CLR_RD_PTR, BtCtrl.B_BUSY);
  }

  /** A response, which the host acknowledges. */
  answer(seq: number, message: readonly number[]): this {
    this.bmc(LPC.iBTCR4, BtCtrl.CLR_WR_PTR).bmc(LPC.iBTCR5, message.length + 1, message[0], seq, ...message.slice(1)).bmc(LPC.iBTCR4, BtCtrl.B2H_ATN);
    return this.host(0, BtCtrl.B2H_ATN);
  }

  get bytes(): readonly number[] {
    const { current } = this.wire;
    return current === null ? [] : [...current.bytes.subarray(0, current.length)];
  }
}

function echo(tag: number, length = 8): readonly number[] {
  const bytes = new Uint8Array(length);
  writeEcho(bytes, tag, length);
  return [...bytes];
}

describe('the wire of BT (IPMI 11.1, 11.7)', () => {
  it('has a request when H2B_ATN is raised, without length and sequence number', () => {
    const feed = new Feed();
    feed.host(0, BtCtrl.CLR_WR_PTR).host(1, 3, 0x18, 7, 1);
    expect(feed.wire.current).toBeNull();
    feed.wire.hostBegan(Uint8Array.of(0x18, 1), 2);
    feed.host(0, BtCtrl.H2B_ATN);
    expect([feed.bytes, feed.wire.current?.seq, feed.wire.current?.complete, feed.wire.current?.owed]).toEqual([[0x18, 1], 7, true, true]);
  });

  it('takes as many bytes as the length says, and 0 past the end of the FIFO', () => {
    const feed = new Feed();
    feed.request(1, echo(3, 70));
    expect(feed.wire.current?.length).toBe(70);
    expect(feed.bytes.slice(0, 61)).toEqual(echo(3, 70).slice(0, 61).map((byte, i) => (i + 2 < DEPTH ? byte : 0)));
    expect(feed.bytes.at(-1)).toBe(0);
    expect(feed.wire.current?.owed).toBe(false);
  });

  it.each([0, 1, 2])('owes no answer to a message of length %i', (length) => {
    expect(new Feed().request(1, echo(1), length).wire.current?.owed).toBe(false);
  });

  it('owes none to what the host did not mean, or wrote while B_BUSY was set', () => {
    expect(new Feed().host(0, BtCtrl.CLR_WR_PTR).host(1, 3, 0x18, 7, 1).host(0, BtCtrl.H2B_ATN).wire.current?.owed).toBe(false);
    const feed = new Feed();
    feed.bmc(LPC.iBTCR4, BtCtrl.B_BUSY).request(1, echo(1));
    expect([feed.wire.current?.owed, feed.wire.garbled]).toEqual([false, false]);
  });

  it('is garbled once the host writes while a request waits, or is being read', () => {
    const waiting = new Feed().request(1, echo(1));
    expect(waiting.wire.garbled).toBe(false);
    expect(waiting.host(1, 0).wire.garbled).toBe(true);
    const reading = new Feed().request(1, echo(1)).bmc(LPC.iBTCR4, BtCtrl.B_BUSY, BtCtrl.H2B_ATN);
    expect(reading.host(1, 0).wire.garbled).toBe(true);
    expect(new Feed().request(1, echo(1)).taken().request(2, echo(2)).wire.garbled).toBe(false);
  });

  it('is ambiguous while NetFn, Cmd and sequence number are those of a request without an answer (IPMI 11.3)', () => {
    expect(new Feed().request(1, echo(1)).taken().request(1, echo(2)).wire.ambiguous).toBe(true);
    expect(new Feed().request(1, echo(1)).taken().request(2, echo(2)).wire.ambiguous).toBe(false);
    const answered = new Feed().request(1, echo(1)).taken().answer(1, [0xc4, 0x0e, 0xce]);
    expect(answered.request(1, echo(2)).wire.ambiguous).toBe(false);
  });

  it('knows an offer of nothing: B2H_ATN, and no byte written since the last', () => {
    const feed = new Feed().request(1, echo(1)).taken().answer(1, [0xc4, 0x0e, 0]);
    expect(feed.emptyOffers).toBe(0);
    feed.bmc(LPC.iBTCR4, BtCtrl.B2H_ATN);
    expect([feed.emptyOffers, feed.wire.ambiguous]).toEqual([1, true]);
  });
});
