import { describe, expect, it } from 'vitest';
import { BtStateMachine } from '../../../src/host/bt/bt-sm.ts';
import { trySmiInit } from '../../../src/host/si/si-probe.ts';
import { Si, SiMode, type SiParams } from '../../../src/host/si/si.ts';
import { SimIo } from '../../../src/host/sim-io.ts';
import { LPC } from '../../../src/hw/index.ts';
import { BtCtrl } from '../../../src/ipmi/bt.ts';
import { answer, createBmcState } from '../../../src/ipmi/index.ts';
import { ENODEV } from '../../../src/linux/errno.ts';
import { MS, NS, US, type Ps, type Steps } from '../../../src/sim/index.ts';
import { Bench } from '../../hw/system.ts';
import { recordingLog } from '../log.ts';

/** iBTCR0: I/O base E4h, SerIRQ 10, high level, both pointers may be cleared, enabled. */
const SET_UP = 0x00e4_a00d;
const SERIRQ = 10;
const { B2H_ATN, B_BUSY, CLR_RD_PTR, CLR_WR_PTR, H2B_ATN, H_BUSY } = BtCtrl;

/** ipmi_si on the ports of an AST2500's iBT block. */
class System {
  readonly bench = new Bench();
  readonly log = recordingLog();
  readonly sm: BtStateMachine;
  readonly si: Si;
  readonly frames: number[][] = [];

  constructor(params: SiParams = {}, setUp = SET_UP) {
    const { sim, soc } = this.bench;
    this.bench.at(0, () => soc.lpc.write(LPC.iBTCR0, setUp));
    const io = SimIo.create(sim, soc.btPort(0xe4));
    soc.serirq.onHost = (irq, level) => {
      if (irq === SERIRQ) io.irqInput(level !== 0);
    };
    this.sm = new BtStateMachine(io, this.log);
    this.si = new Si(this.sm, io, params);
  }

  /** A BMC that answers `count` requests, as bt-bmc and a daemon would. */
  bmc(count: number): void {
    const { registers } = this.bench.soc;
    const state = createBmcState();
    const { frames } = this;
    this.bench.context('bmc', function* (): Steps {
      const rsp = new Uint8Array(272);
      for (let n = 0; n < count; n++) {
        while (((yield registers.read(LPC.iBTCR4)) & H2B_ATN) === 0);
        for (const bit of [B_BUSY, H2B_ATN, CLR_RD_PTR]) yield registers.write(LPC.iBTCR4, bit);
        const frame = [yield registers.read(LPC.iBTCR5)];
        for (let left = frame[0]; left > 0; left--) frame.push(yield registers.read(LPC.iBTCR5));
        yield registers.write(LPC.iBTCR4, B_BUSY);
        frames.push(frame);
        const [, netFn, seq, ...rest] = frame;
        const length = answer(state, Uint8Array.of(netFn, ...rest), rest.length + 1, rsp);
        while (((yield registers.read(LPC.iBTCR4)) & (H_BUSY | B2H_ATN)) !== 0);
        yield registers.write(LPC.iBTCR4, CLR_WR_PTR);
        for (const byte of [length + 1, rsp[0], seq, ...rsp.subarray(1, length)]) yield registers.write(LPC.iBTCR5, byte);
        yield registers.write(LPC.iBTCR4, B2H_ATN);
      }
    });
  }

  /** Runs `body` as the host's software. */
  run(body: () => Steps<unknown>): void {
    this.bench.context('host', body, 10 * US);
    this.bench.run();
  }
}

describe('ipmi_si on the iBT block', () => {
  it.each(Object.values(SiMode))('starts in mode %s and gets answers of any length', (mode) => {
    const system = new System({ mode });
    const { si } = system;
    const irq = mode === SiMode.irq;
    const lengths = [2, 5, 61];
    system.bmc((irq ? 8 : 6) + lengths.length + (irq ? 3 : 0));
    const got: number[][] = [];
    let started = -1;
    system.run(function* () {
      started = yield* trySmiInit(si);
      for (const length of lengths) {
        const request = Uint8Array.from([0xc0, 0x0e, ...new Array<number>(length - 2).fill(length)]);
        const n = yield* si.transact(request, length);
        got.push([...si.response.subarray(0, n)]);
      }
      yield* si.idle(si.io.now + MS);
    });
    expect(started).toBe(0);
    expect(got).toEqual(lengths.map((n) => [0xc4, 0x0e, 0, ...new Array<number>(n - 2).fill(n)]));
    expect(system.frames[0]).toEqual([3, 0x18, 0, 0x36]);
    expect(system.frames.slice(1).map(([, , seq]) => seq)).toEqual(system.frames.slice(1).map((_, n) => n));
    expect(system.sm.req2rsp).toBe(10_000_000);
  });

  it('is interrupted through SerIRQ, and acknowledges at BT_INTMASK', () => {
    const system = new System({ mode: SiMode.irq });
    const { si } = system;
    system.bmc(1);
    let took: Ps = 0;
    system.run(function* () {
      yield si.io.outb(2, 1);
      const begun = si.io.now;
      yield* si.transact(Uint8Array.of(0x18, 0x01), 2);
      took = si.io.now - begun;
    });
    expect(took).toBeLessThan(MS); // no tick of the SI timer
    expect(system.bench.soc.lpc.ibt.intmask).toBe(1);
    expect(system.bench.soc.lpc.ibt.ctrl).toBe(0);
  });

  it('finds nobody at ports that nobody answers', () => {
    const system = new System({}, 0);
    let started = 0;
    system.run(function* () {
      started = yield* trySmiInit(system.si);
    });
    expect(started).toBe(-ENODEV);
  });

  it('writes into a BMC that turns busy behind XACTION_START, and only then', () => {
    const stale: number[] = [];
    for (let late = 0; late < 40; late++) {
      const system = new System();
      const { soc } = system.bench;
      system.bench.context('closer', function* () {
        yield soc.registers.write(LPC.iBTCR4, B_BUSY);
      }, 10 * US + late * 200 * NS);
      const { si } = system;
      system.run(function* () {
        si.send(Uint8Array.of(0x18, 0x01), 2);
        yield* si.handler();
      });
      const written = (soc.lpc.ibt.ctrl & H2B_ATN) !== 0;
      if (written && system.log.lines.some((line) => line.startsWith('broke §11.7'))) stale.push(late);
      expect(soc.lpc.ibt.ctrl & B_BUSY).toBe(B_BUSY);
    }
    expect(stale.length).toBeGreaterThan(2);
    expect(stale.at(-1)! - stale[0] + 1).toBe(stale.length); // one window
    expect(stale[0]).toBeGreaterThan(0);
    expect(stale.at(-1)).toBeLessThan(39);
  });
});
