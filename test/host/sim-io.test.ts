import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostIo } from '../../src/host/io.ts';
import { STATUS } from '../../src/host/kcs/kcs-ports.ts';
import { IRQ_INPUT, type IrqInputParams } from '../../src/host/si/irq-input.ts';
import { KcsStateMachine } from '../../src/host/kcs/kcs-sm.ts';
import { Si, SiMode, type SiParams } from '../../src/host/si/si.ts';
import { SimIo } from '../../src/host/sim-io.ts';
import {
  END_OF_TIME, GeneratorProcess, MS, NOMINAL, SEC, Simulator, US, type Chooser, type Context, type Op, type Ps, type Steps,
} from '../../src/sim/index.ts';
import { FakeBmc } from './kcs/fake-bmc.ts';
import { FakePort } from './fake-port.ts';

const AT_ONCE: IrqInputParams = { controller: 0, entry: 0, jitter: 0 };

interface Rig {
  readonly sim: Simulator;
  readonly bmc: FakeBmc;
  readonly io: SimIo;
  readonly port: FakePort;
  readonly ctx: Context;
  readonly labels: string[];
  /** Runs `body` as the host. */
  run(body: (io: SimIo) => Steps<unknown>, chooser?: Chooser): void;
}

function rig(irq: IrqInputParams = AT_ONCE, bmc = new FakeBmc()): Rig {
  const sim = new Simulator();
  const port = new FakePort(sim, bmc);
  const io = SimIo.create(sim, port, irq);
  port.onIrq = (level) => io.irqInput(level);
  let steps: (io: SimIo) => Steps<unknown> = function* () {};
  const process = new GeneratorProcess(() => steps(io));
  const ctx = sim.context('host', process);
  const labels: string[] = [];
  sim.observer = { step: (_, op: Op) => labels.push(sim.ops.label(op)) };
  sim.finished = () => false; // a host that waits for a time-out is not at its end
  return {
    sim, bmc, io, port, ctx, labels,
    run(body, chooser = NOMINAL) {
      sim.reset(chooser);
      steps = body;
      process.start();
      ctx.start();
      sim.run();
    },
  };
}

describe('waits of the host in the simulator', () => {
  const workload = fc.record({
    latency: fc.integer({ min: 1, max: 300 }),
    delay: fc.integer({ min: 1, max: 30_000 }),
    length: fc.integer({ min: 2, max: 20 }),
    mode: fc.constantFrom(...Object.values(SiMode)),
  });

  function bmcFor({ latency, delay, mode }: { latency: number; delay: number; mode: SiMode }): FakeBmc {
    const bmc = new FakeBmc();
    bmc.latency = latency * US + 1;
    bmc.delay = delay * US + 1;
    bmc.interrupts = mode === SiMode.irq;
    return bmc;
  }

  function* transact(io: HostIo, length: number, params: SiParams): Steps {
    const si = new Si(new KcsStateMachine(io), io, params);
    yield* si.transact(new Uint8Array(length).fill(0xc0), length);
  }

  it('end when a loop of single looks would end, to the picosecond', () => {
    fc.assert(fc.property(workload, (w) => {
      const alone = bmcFor(w);
      alone.play(transact(alone, w.length, { mode: w.mode }));
      const { run, bmc } = rig(AT_ONCE, bmcFor(w));
      run((io) => transact(io, w.length, { mode: w.mode }));
      expect(bmc.accesses).toEqual(alone.accesses);
    }));
  });

  it('are steps with the name of the function that waits', () => {
    const { run, labels } = rig();
    run((io) => transact(io, 3, { mode: SiMode.kipmid }));
    expect(new Set(labels)).toEqual(new Set([
      'smi_event_handler: inb', 'smi_event_handler: poll', 'kcs_event: inb', 'kcs_event: outb',
    ]));
  });

  it('take one step, however long the BMC thinks', () => {
    const bmc = new FakeBmc();
    bmc.delay = 4 * SEC;
    const { run, sim } = rig(AT_ONCE, bmc);
    run((io) => transact(io, 10, { mode: SiMode.kipmid }));
    expect(bmc.requests).toHaveLength(1);
    // STATUS, the wait, ODR, IDR: for 12 writes of the request, 11 bytes of the response and the end.
    expect(sim.steps).toBeLessThanOrEqual(4 * 24);
  });

  it('count the looks that were taken, not the time that a stall took', () => {
    const abortedAt = (chooser: Chooser): Ps => {
      const bmc = new FakeBmc();
      bmc.deadUntil = END_OF_TIME;
      const { run, sim } = rig(AT_ONCE, bmc);
      sim.limit = 40;
      run((io) => transact(io, 2, { mode: SiMode.poll }), chooser);
      return bmc.accesses.find(({ value, what }) => what === 'w1' && value === 0x60)!.at;
    };
    const nominal = abortedAt(NOMINAL);
    expect(nominal).toBeGreaterThan(5.5 * SEC);
    // Step 3 is the poll behind WRITE_START. The host's preemption is no call of poll().
    const stalled = abortedAt({ plan: [{ actor: 'host', step: 3, release: { kind: 'for', ps: SEC } }], draw: () => 0 });
    expect(stalled - nominal).toBeGreaterThan(SEC - 20 * US);
    expect(stalled - nominal).toBeLessThan(SEC + 20 * US);
  });
});

describe('the interrupt line of the host', () => {
  it('reaches the handler 4 us after the sample', () => {
    const { run, io, sim } = rig(IRQ_INPUT);
    const line = sim.slot({ fire: () => io.irqInput(true) });
    let at = 0;
    let value = -1;
    run(function* () {
      sim.queue.schedule(line, 10 * US, false);
      value = yield io.waitIrq(END_OF_TIME);
      at = sim.now;
    });
    expect(value).toBe(1);
    expect(at).toBe(14 * US);
    expect(io.irqAsserted).toBe(true);
  });

  it('may take up to 13 us, as the schedule wants', () => {
    const { run, io, sim } = rig(IRQ_INPUT);
    const line = sim.slot({ fire: () => io.irqInput(true) });
    let at = 0;
    run(function* () {
      sim.queue.schedule(line, 10 * US, false);
      yield io.waitIrq(END_OF_TIME);
      at = sim.now;
    }, { plan: [], draw: (kind, _actor, _step, n) => (kind === 'timing' ? n - 1 : 0) });
    expect(at).toBe(23 * US);
    expect(sim.taken).toEqual([{ kind: 'timing', actor: 'host IRQ', step: 0, label: 'host: IRQ entry', value: 8 }]);
  });

  it('interrupts again while it stays asserted', () => {
    const { run, io, sim } = rig(IRQ_INPUT);
    const times: Ps[] = [];
    run(function* () {
      io.irqInput(true);
      for (let i = 0; i < 3; i++) {
        yield io.waitIrq(END_OF_TIME);
        times.push(sim.now);
      }
    });
    expect(times).toEqual([4 * US, 8 * US, 12 * US]);
  });

  it('is waited for until the deadline', () => {
    const { run, io, sim } = rig(IRQ_INPUT);
    const values: number[] = [];
    run(function* () {
      values.push(yield io.waitIrq(3 * MS), sim.now);
      values.push(yield io.waitIrq(2 * MS), sim.now);
      values.push(yield io.sleep(MS), sim.now);
    });
    expect(values).toEqual([0, 3 * MS, 0, 3 * MS, 0, 4 * MS]);
  });
});

describe('a poll', () => {
  it('takes its first sample a period after the sample before', () => {
    const { run, sim, bmc } = rig();
    const seen: number[] = [];
    run(function* (io) {
      const last = yield io.inb(STATUS);
      seen.push(sim.now);
      bmc.str = 0x04;
      seen.push(yield io.poll(0x04, last, 10 * US, END_OF_TIME), sim.now, io.samples);
      seen.push(yield io.poll(0x04, 0x04, 10 * US, sim.now + 35 * US), sim.now, io.samples);
    });
    expect(seen).toEqual([US, 0x04, 11 * US, 1, 0x04, 51 * US, 4]);
  });
});
