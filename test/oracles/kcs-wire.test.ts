import { describe, expect, it } from 'vitest';
import { defineLpcTrace } from '../../src/hw/index.ts';
import { KcsControl, KcsState, KcsStatus, Str } from '../../src/ipmi/index.ts';
import { KcsWire, WirePhase } from '../../src/oracles/index.ts';
import { Simulator } from '../../src/sim/index.ts';

const { WRITE_START, WRITE_END, GET_STATUS_ABORT, READ } = KcsControl;
const { IDLE, WRITE, ERROR } = KcsState;

/** A wire of channel 3, and the trace events of both sides by hand. */
class Feed {
  readonly sim = new Simulator();
  readonly wire: KcsWire;
  readonly illegal: number[] = [];
  readonly codes: [number, boolean][] = [];
  private readonly events = defineLpcTrace(this.sim.trace);
  private str = 0;

  constructor() {
    this.wire = new KcsWire(this.sim, 3);
    this.wire.listeners.push({
      illegalCommand: (code) => this.illegal.push(code),
      statusCode: (code, own) => this.codes.push([code, own]),
    });
    this.sim.reset();
  }

  /** The host writes to the command port, and the BMC reads it. */
  command(code: number, channel = 3): this {
    this.sim.trace.emit(this.events.hostIdrWrite, 0, code, Str.C_D, channel);
    this.sim.trace.emit(this.events.bmcIdrRead, 1, code, Str.IBF | Str.C_D, channel);
    return this;
  }

  /** The host writes to the data port, and the BMC reads it. */
  data(...bytes: number[]): this {
    for (const byte of bytes) {
      this.sim.trace.emit(this.events.hostIdrWrite, 0, byte, 0, 3);
      this.sim.trace.emit(this.events.bmcIdrRead, 1, byte, Str.IBF, 3);
    }
    return this;
  }

  /** The BMC changes the state bits. */
  state(state: KcsState): this {
    const after = (this.str & 0x3f) | (state << 6);
    this.sim.trace.emit(this.events.bmcStrWrite, 1, this.str, after, 3);
    this.str = after;
    return this;
  }

  /** The BMC writes ODR. */
  give(byte: number): this {
    this.sim.trace.emit(this.events.bmcOdrWrite, 1, byte, 0, 3);
    this.str |= Str.OBF;
    return this;
  }

  /** The host reads ODR. */
  take(byte: number, obf: number = Str.OBF): this {
    this.sim.trace.emit(this.events.hostOdrRead, 0, byte, obf, 3);
    this.str &= ~Str.OBF;
    return this;
  }

  /** A whole request of these bytes. */
  request(...bytes: number[]): this {
    return this.command(WRITE_START).state(WRITE).data(...bytes.slice(0, -1)).command(WRITE_END).state(KcsState.READ).data(bytes.at(-1)!);
  }

  /** The requests seen, as `bytes` and flags. */
  get requests() {
    return [...this.wire.requests()].map((r) => ({
      bytes: [...r.bytes.subarray(0, r.length)], complete: r.complete, owed: r.owed, abandoned: r.abandoned,
    }));
  }
}

/** Where the wire stands. */
function standing({ wire }: Feed): readonly [WirePhase, boolean] {
  return [wire.phase, wire.inProgress];
}

describe('KcsWire: write transfer, IPMI 2.0 figure 9-6', () => {
  it('follows WRITE_START, data, WRITE_END and the last byte', () => {
    const feed = new Feed();
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
    feed.command(WRITE_START);
    expect(standing(feed)).toEqual([WirePhase.writing, true]);
    feed.state(WRITE).data(0x18);
    expect(feed.requests).toEqual([{ bytes: [0x18], complete: false, owed: false, abandoned: false }]);
    feed.command(WRITE_END);
    expect(standing(feed)).toEqual([WirePhase.ending, true]);
    feed.state(KcsState.READ).data(0x01);
    expect(standing(feed)).toEqual([WirePhase.response, true]);
    expect(feed.requests).toEqual([{ bytes: [0x18, 0x01], complete: true, owed: true, abandoned: false }]);
    expect(feed.wire.current).not.toBeNull();
  });

  it('counts what is latched with IBF=1, on its own channel', () => {
    const feed = new Feed().command(WRITE_START, 2);
    expect(feed.wire.begun).toBe(0);
    feed.command(WRITE_START);
    const { sim } = feed;
    sim.trace.emit(sim.trace.code('bmc.idr.read'), 1, 0x55, 0, 3); // a dummy read
    expect(feed.requests[0].bytes).toEqual([]);
  });

  it('takes data bytes that look like control codes for data', () => {
    expect(new Feed().request(WRITE_START, READ, WRITE_END).requests).toMatchObject([{ bytes: [WRITE_START, READ, WRITE_END], complete: true }]);
  });

  it('keeps the length of what is too long to keep', () => {
    const feed = new Feed().command(WRITE_START);
    for (let i = 0; i < 1500; i++) feed.data(i & 0xff);
    feed.command(WRITE_END).data(0);
    expect(feed.wire.current!.length).toBe(1501);
    expect(feed.wire.current!.equals(new Uint8Array(1501), 1501)).toBe(false);
  });

  it('compares whole requests and beginnings', () => {
    const { current } = new Feed().request(0x18, 0x01, 0x02).wire;
    expect(current!.equals(Uint8Array.of(0x18, 0x01, 0x02), 3)).toBe(true);
    expect(current!.equals(Uint8Array.of(0x18, 0x01, 0x03), 3)).toBe(false);
    expect(current!.equals(Uint8Array.of(0x18, 0x01, 0x02), 2)).toBe(false);
    expect(current!.beginsWith(Uint8Array.of(0x18, 0x01), 2)).toBe(true);
    expect(current!.beginsWith(Uint8Array.of(0x18, 0x02), 2)).toBe(false);
    expect(current!.beginsWith(Uint8Array.of(0x18, 0x01, 0x02), 3)).toBe(false);
  });
});

describe('KcsWire: restart (9.12)', () => {
  it('abandons a request in its middle', () => {
    const feed = new Feed().command(WRITE_START).data(0x18, 0x01).command(WRITE_START).data(0x20);
    expect(feed.requests).toEqual([
      { bytes: [0x18, 0x01], complete: false, owed: false, abandoned: true },
      { bytes: [0x20], complete: false, owed: false, abandoned: false },
    ]);
    expect(standing(feed)).toEqual([WirePhase.writing, true]);
  });

  it('abandons one that waits for its response: it is owed no answer', () => {
    expect(new Feed().request(0x18, 0x01).request(0x18, 0x02).requests).toEqual([
      { bytes: [0x18, 0x01], complete: true, owed: false, abandoned: true },
      { bytes: [0x18, 0x02], complete: true, owed: true, abandoned: false },
    ]);
  });

  it('owes nothing to a request that the host has let go of before its last byte was read', () => {
    const feed = new Feed().command(WRITE_START).data(0x18).command(WRITE_END);
    feed.wire.abandon();
    expect(standing(feed)).toEqual([WirePhase.ending, false]);
    feed.data(0x01);
    expect(feed.requests).toEqual([{ bytes: [0x18, 0x01], complete: true, owed: false, abandoned: true }]);
  });

  it('tells requests of the same bytes apart', () => {
    expect(new Feed().request(0x18, 0x01).request(0x18, 0x01).wire.begun).toBe(2);
  });
});

describe('KcsWire: read transfer, figure 9-7', () => {
  it('stays in the response as long as READ is written, and ends with IDLE_STATE', () => {
    const feed = new Feed().request(0x18, 0x01).take(0x1c).data(READ).take(0x01).data(READ).take(0x00);
    expect(standing(feed)).toEqual([WirePhase.response, true]);
    feed.state(IDLE).data(READ);
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
    expect(feed.wire.current).toBeNull();
    expect(feed.requests).toMatchObject([{ complete: true, owed: false }]);
    expect(feed.illegal).toEqual([]);
  });

  it('ends with any other byte', () => {
    const feed = new Feed().request(0x18, 0x01).take(0x1c).data(0x69);
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
    expect(feed.wire.current).toBeNull();
  });

  it('takes IDLE_STATE in the middle of writing for no end', () => {
    const feed = new Feed().command(WRITE_START).state(WRITE).data(0x18).state(IDLE).data(0x19);
    expect(standing(feed)).toEqual([WirePhase.writing, true]);
  });
});

describe('KcsWire: ERROR_STATE (9.14)', () => {
  it('ends a request at any point, and nothing is owed any more', () => {
    for (const feed of [
      new Feed().command(WRITE_START).state(WRITE).data(0x18),
      new Feed().command(WRITE_START).state(WRITE).data(0x18).command(WRITE_END),
      new Feed().request(0x18, 0x01),
      new Feed().request(0x18, 0x01).take(0x1c).data(READ),
    ]) {
      expect(feed.wire.inProgress).toBe(true);
      feed.state(ERROR);
      expect(standing(feed)).toEqual([WirePhase.idle, false]);
      expect(feed.requests).toMatchObject([{ owed: false, abandoned: true }]);
      expect(feed.wire.current).toBeNull();
    }
  });

  it('ends only what was before it: the next request begins anew', () => {
    const feed = new Feed().request(0x18, 0x01).state(ERROR).request(0x18, 0x02);
    expect(feed.requests).toMatchObject([{ owed: false }, { owed: true }]);
  });

  it('makes nothing of data that follows', () => {
    const feed = new Feed().command(WRITE_START).state(WRITE).data(0x18).state(ERROR).data(0x19, 0x1a);
    expect(feed.requests).toMatchObject([{ bytes: [0x18], complete: false }]);
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
  });
});

describe('KcsWire: GET_STATUS/ABORT, figure 9-8', () => {
  it('follows it to the status code, and is no transfer', () => {
    const feed = new Feed().request(0x18, 0x01).command(GET_STATUS_ABORT).state(WRITE);
    expect(standing(feed)).toEqual([WirePhase.abort, false]);
    expect(feed.requests).toMatchObject([{ owed: false, abandoned: true }]);
    feed.take(0).data(0).state(KcsState.READ);
    expect(standing(feed)).toEqual([WirePhase.abortCode, false]);
    feed.take(KcsStatus.ABORTED_BY_COMMAND);
    expect(feed.codes).toEqual([[KcsStatus.ABORTED_BY_COMMAND, false]]);
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
    feed.data(READ).state(IDLE);
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
  });

  it('knows whether the BMC was in ERROR_STATE when the host wrote it', () => {
    const feed = new Feed().request(0x18, 0x01).state(ERROR).command(GET_STATUS_ABORT).state(WRITE).data(0).state(KcsState.READ).take(0x06);
    expect(feed.codes).toEqual([[KcsStatus.LENGTH_ERROR, true]]);
  });

  it('takes no other byte for the status code', () => {
    const feed = new Feed().command(GET_STATUS_ABORT).state(WRITE).take(0xaa).data(0);
    feed.take(0xbb); // still WRITE_STATE
    feed.state(KcsState.READ).take(0xcc, 0); // OBF=0
    expect(feed.codes).toEqual([]);
    feed.take(0x01);
    expect(feed.codes).toEqual([[0x01, false]]);
  });

  it('takes no byte for it that a host has left in ODR, which is to clear OBF before it asks', () => {
    const feed = new Feed().state(ERROR).command(GET_STATUS_ABORT).state(WRITE).give(0x00).data(0).state(KcsState.READ).take(0x00);
    expect(feed.codes).toEqual([]);
    feed.give(0x06).take(0x06);
    expect(feed.codes).toEqual([[0x06, true]]);
    const slow = new Feed().state(ERROR).command(GET_STATUS_ABORT).state(WRITE).give(0x00).data(0).state(KcsState.READ).give(0x06).take(0x06);
    expect(slow.codes).toEqual([[0x06, true]]);
  });

  it('may come twice', () => {
    const feed = new Feed().command(GET_STATUS_ABORT).data(0).command(GET_STATUS_ABORT);
    expect(standing(feed)).toEqual([WirePhase.abort, false]);
    expect(feed.illegal).toEqual([]);
  });

  it('may be broken off by WRITE_START', () => {
    const feed = new Feed().command(GET_STATUS_ABORT).request(0x18, 0x01);
    expect(feed.requests).toMatchObject([{ bytes: [0x18, 0x01], owed: true }]);
  });
});

describe('KcsWire: what no figure has', () => {
  it('reports reserved control codes (Table 9-3), which end what was', () => {
    const feed = new Feed().request(0x18, 0x01).command(0x63).command(READ);
    expect(feed.illegal).toEqual([0x63, READ]);
    expect(feed.requests).toMatchObject([{ owed: false, abandoned: true }]);
  });

  it('reports WRITE_END where nothing is written', () => {
    expect(new Feed().command(WRITE_END).illegal).toEqual([WRITE_END]);
    expect(new Feed().request(0x18, 0x01).command(WRITE_END).illegal).toEqual([WRITE_END]);
    expect(new Feed().command(WRITE_START).data(1).command(WRITE_END).command(WRITE_END).illegal).toEqual([WRITE_END]);
    expect(new Feed().command(GET_STATUS_ABORT).command(WRITE_END).illegal).toEqual([WRITE_END]);
  });

  it('makes no request of stray bytes', () => {
    const feed = new Feed().data(0x18, READ, 0x01).command(WRITE_END).data(0x02);
    expect(feed.requests).toEqual([]);
    expect(standing(feed)).toEqual([WirePhase.idle, false]);
  });

  it('forgets everything when the system is reset', () => {
    const feed = new Feed().request(0x18, 0x01).state(ERROR).request(0x18, 0x02);
    feed.sim.reset();
    expect(feed.requests).toEqual([]);
    expect([feed.wire.begun, feed.wire.current, feed.wire.str, ...standing(feed)]).toEqual([0, null, 0, WirePhase.idle, false]);
    expect(feed.command(WRITE_START).data(0x55).requests).toEqual([{ bytes: [0x55], complete: false, owed: false, abandoned: false }]);
  });

  it('keeps the latest requests of many, and counts them all', () => {
    const feed = new Feed();
    for (let i = 0; i < 100; i++) feed.request(0x18, i);
    expect(feed.requests.at(-1)).toMatchObject({ bytes: [0x18, 99], owed: true });
    expect(feed.requests.map(({ bytes: [, cmd] }) => cmd)).toEqual(Array.from({ length: 64 }, (_, i) => 36 + i));
    expect(feed.wire.begun).toBe(100);
  });
});
