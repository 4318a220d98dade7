import { describe, expect, it } from 'vitest';
import { KcsBmcMainline } from '../../../src/drivers/kcs-bmc/mainline.ts';
import { formatVcd, record, type Recording } from '../../../src/report/index.ts';
import { KcsSystem, SSIF, type Settings } from '../../../src/scenarios/index.ts';
import { readAba, run } from '../runs.ts';
import { decodeI2c, decodeLpc, decodeSerirq } from './decoders.ts';
import { readVcd, valueAt, variable, type Change } from './reader.ts';

const LCLK = 30_303;

/** Every event of a name, with its fields. */
function told(recording: Recording, ...names: readonly string[]): { at: number; name: string; a: number; b: number; c: number }[] {
  return recording.acts.flatMap(({ events }) => events.map(({ at, code, a, b, c }) => ({ at, name: recording.kinds[code].name, a, b, c })))
    .filter(({ name }) => names.includes(name));
}

/** A recording, and what the registers of channel 3 really were after each step. */
function observed(settings: Settings): { readonly recording: Recording; readonly changes: Readonly<Record<'IDR' | 'ODR' | 'STR', Change[]>> } {
  const system = new KcsSystem({ driverClass: KcsBmcMainline, settings, oracles: [] });
  const channel = system.soc.lpc.channels[2];
  const changes = { IDR: [] as Change[], ODR: [] as Change[], STR: [] as Change[] };
  const last = { IDR: 0, ODR: 0, STR: 0 };
  system.sim.observer = {
    step: () => {
      const now = { IDR: channel.idr, ODR: channel.odr, STR: channel.str };
      for (const name of ['IDR', 'ODR', 'STR'] as const) {
        if (now[name] !== last[name]) changes[name].push({ at: system.sim.now, value: now[name] });
      }
      Object.assign(last, now);
    },
  };
  const recording = record(system);
  return { recording, changes };
}

describe('registers', () => {
  it.each([{ hostMode: 'kipmid' }, { hostMode: 'irq' }, { hostMode: 'poll', length: 40 }])('have the values of the hardware, at its times: %o', (settings) => {
    const { recording, changes } = observed(settings);
    const dump = readVcd(formatVcd(recording));
    expect(dump.timescale).toBe('1 ps');
    expect(changes.STR.length).toBeGreaterThan(50);
    for (const name of ['IDR', 'ODR', 'STR'] as const) expect(variable(dump, `kcs3.${name}`).changes, name).toEqual(changes[name]);
  });

  it('have their bits beside them (IPMI Table 9-1)', () => {
    const { recording } = observed({ hostMode: 'irq' });
    const dump = readVcd(formatVcd(recording));
    const bits = { OBF: 0x01, IBF: 0x02, C_D: 0x08, S0: 0x40, S1: 0x80 };
    for (const { at } of variable(dump, 'kcs3.STR').changes) {
      const str = Number(valueAt(variable(dump, 'kcs3.STR'), at));
      for (const [name, mask] of Object.entries(bits)) expect(valueAt(variable(dump, `kcs3.${name}`), at), `${name} at ${at}`).toBe((str & mask) === 0 ? 0 : 1);
    }
  });

  it('of the I2C engine are what its driver has read', () => {
    const recording = record(SSIF.build({ settings: {} }));
    const dump = readVcd(formatVcd(recording));
    const read = recording.acts.flatMap(({ step }) => (step !== null && recording.ops.label(step.op).endsWith('INTR_STS read') ? [step] : []));
    expect(read.length).toBeGreaterThan(20);
    for (const { at, value } of read) {
      expect(valueAt(variable(dump, 'i2c.INTR_STS'), at)).toBe(value >>> 0);
      expect(valueAt(variable(dump, 'i2c.RX_DONE'), at)).toBe((value & 0x04) === 0 ? 0 : 1);
    }
  });
});

describe('the LPC bus', () => {
  /** Every access of the host that the trace tells, in order. */
  const accesses = (recording: Recording) => told(recording, 'host.idr.write', 'host.odr.read', 'host.str.read');

  it.each([{ hostMode: 'irq' }, { hostMode: 'irq', lpcWaitStates: 3 }, { hostMode: 'irq', channel: 2 }])('carries each access in its 13 clocks and wait states: %o', (settings) => {
    const { waits = 0, base, spacing } = { waits: settings.lpcWaitStates, ...settings.channel === 2 ? { base: 0xca8, spacing: 4 } : { base: 0xca2, spacing: 1 } };
    const recording = run({ settings, oracles: [] });
    const cycles = decodeLpc(readVcd(formatVcd(recording)), LCLK);
    // Samples of polls that read the same are not in the trace, but on the bus.
    const seen = cycles.filter(({ moved }) => accesses(recording).some(({ at }) => at === moved));
    expect(seen.map(({ moved, write, address, byte }) => ({ at: moved, write, address, byte }))).toEqual(accesses(recording).map(({ at, name, a, b }) => {
      const write = name === 'host.idr.write';
      const command = write ? (b & 0x08) !== 0 : name === 'host.str.read';
      return { at, write, address: base + (command ? spacing : 0), byte: a };
    }));
    for (const { aborted, waits: states } of cycles) expect({ aborted, states }).toEqual({ aborted: false, states: waits });
  });

  it('shows the wait states that a schedule draws for a single cycle', () => {
    const system = new KcsSystem({ driverClass: KcsBmcMainline, settings: { hostMode: 'irq' }, oracles: [] });
    const recording = record(system, { plan: [{ actor: 'host', step: 3, late: 5 }], draw: () => 0 });
    const cycles = decodeLpc(readVcd(formatVcd(recording)), LCLK);
    expect(recording.decisions.map(({ decision }) => decision.value)).toEqual([5]);
    expect(cycles.map(({ waits }) => waits).filter((waits) => waits > 0)).toEqual([5]);
    for (const { at } of accesses(recording)) expect(cycles.some(({ moved }) => moved === at)).toBe(true);
  });

  it('carries every sample of a poll, also those that were not simulated', () => {
    const recording = run({ settings: { hostMode: 'poll' }, oracles: [] });
    const dump = readVcd(formatVcd(recording));
    const cycles = decodeLpc(dump, LCLK);
    const steps = recording.acts.flatMap(({ step }) => (step !== null && recording.contexts[step.actor] === 'host' ? [step] : []));
    const samples = steps.reduce((sum, { poll }) => sum + (poll?.samples ?? 0), 0);
    const single = steps.filter(({ op }) => recording.ops.def(op).kind === 'access').length;
    expect(cycles).toHaveLength(samples + single);
    expect(cycles.length).toBeGreaterThan(accesses(recording).length);
    const str = variable(dump, 'kcs3.STR');
    for (const { write, address, byte, moved } of cycles) if (!write && address === 0xca3) expect(byte).toBe(valueAt(str, moved - 1));
  });

  it('carries cycles that nobody answers: they are aborted, and read FFh', () => {
    const recording = run({ settings: { hostMode: 'poll', requests: 1 }, answers: { 'driver is unbound': [1] }, oracles: [] });
    const aborted = decodeLpc(readVcd(formatVcd(recording)), LCLK).filter((cycle) => cycle.aborted);
    const events = told(recording, 'lpc.abort');
    expect(events.length).toBeGreaterThan(0);
    expect(aborted.length).toBeGreaterThanOrEqual(events.length);
    for (const { byte, write } of aborted) if (!write) expect(byte).toBe(0xff);
  });
});

describe('SerIRQ', () => {
  const cases: readonly { settings: Settings; frames: number }[] = [
    { settings: {}, frames: 17 }, { settings: { serirqId: 10, serirqStartClocks: 8, serirqFrames: 21 }, frames: 21 }, { settings: { serirqQuiet: 0, serirqId: 11 }, frames: 17 },
  ];
  it.each(cases)('carries every change in its frame: %o', ({ settings, frames }) => {
    const recording = run({ settings: { hostMode: 'irq', ...settings }, oracles: [] });
    const sequences = decodeSerirq(readVcd(formatVcd(recording)), LCLK, frames);
    const irq = Number(settings['serirqId'] ?? 5);
    const samples = told(recording, 'serirq.sample');
    expect(samples.length).toBeGreaterThan(20);
    // The slot is high while the interrupt is requested, and the host samples it where the trace says.
    const heard: { at: number; b: number }[] = [];
    let level = 0;
    for (const { slots, startClocks, stopClocks } of sequences) {
      const slot = slots[irq];
      if (slot.level !== level) heard.push({ at: slot.at, b: slot.level });
      ({ level } = slot);
      expect({ startClocks, stopClocks }).toEqual({ startClocks: Number(settings['serirqStartClocks'] ?? 4), stopClocks: settings['serirqQuiet'] === 0 ? 3 : 2 });
      for (const other of slots) if (other.irq !== irq) expect(other.level).toBe(1);
    }
    expect(heard).toEqual(samples.map(({ at, b }) => ({ at, b })));
  });
});

describe('an I2C bus', () => {
  it.each([{}, { smbusKhz: 400 }, { hostMode: 'piix4', pec: 1, length: 40 }])('carries every byte with its ACK, START and STOP: %o', (settings) => {
    const recording = record(SSIF.build({ settings }));
    const items = decodeI2c(readVcd(formatVcd(recording)), 5);
    const events = told(recording, 'i2c.start', 'i2c.stop', 'i2c.address', 'i2c.byte');
    expect(events.length).toBeGreaterThan(40);
    // In words beside the edges: as many as there are conditions and bytes, none of them empty.
    const words = variable(readVcd(formatVcd(recording)), 'i2c5.transfer').changes.filter(({ value }) => value !== '');
    expect(words).toHaveLength(events.length);
    expect(words[0].value).toBe('START');
    expect(items).toEqual(events.map(({ at, name, a, b }) => (
      name === 'i2c.start' ? { kind: 'start', at } : name === 'i2c.stop' ? { kind: 'stop', at } : { kind: 'byte', at, byte: a, ack: (b & 1) !== 0 })));
  });
});

describe('contexts', () => {
  it('show the step in flight, sleep and stalls, and the phase of the driver', () => {
    const recording = readAba();
    const dump = readVcd(formatVcd(recording));
    const [hold] = recording.holds;
    expect(valueAt(variable(dump, 'contexts.bmc_kcsd'), hold.from)).toBe('HELD_before_copy_to_user_in_kcs_bmc_ipmi_read');
    expect(valueAt(variable(dump, 'contexts.bmc_kcsd'), hold.to - 1)).toBe('HELD_before_copy_to_user_in_kcs_bmc_ipmi_read');
    const wait = recording.acts.find(({ step }) => step !== null && recording.ops.label(step.op).endsWith('schedule(queue)'))!;
    expect(valueAt(variable(dump, 'contexts.bmc_kcsd'), wait.at)).toBe('sleeps');
    const [[act, phase]] = recording.phases;
    expect(valueAt(variable(dump, 'bmc.driver_phase'), recording.acts[act].at)).toBe(phase);
    expect(variable(dump, 'oracle.broken_rule').changes).toEqual(recording.violations.map(({ at, oracle, rule }) => ({ at, value: `${oracle}/${rule}` })));
  });

  it('a handler that has returned does nothing; it does not sleep', () => {
    const { changes } = variable(readVcd(formatVcd(readAba())), 'contexts.bmc_irq');
    expect(changes.length).toBeGreaterThan(100);
    expect(changes.filter(({ value }) => value === 'sleeps')).toEqual([]);
    expect(changes.at(-1)?.value).toBe('');
  });

  it('interrupt lines rise and fall as the trace says', () => {
    const recording = run({ settings: { hostMode: 'irq' }, oracles: [] });
    const dump = readVcd(formatVcd(recording));
    const lines = told(recording, 'vic.line').map(({ at, a }) => ({ at, value: a }));
    expect(lines.length).toBeGreaterThan(40);
    expect(variable(dump, 'vic.IRQ').changes).toEqual(lines);
    expect(variable(dump, 'serirq.IRQ5_BMC').changes).toEqual(told(recording, 'serirq.request').map(({ at, b }) => ({ at, value: b })));
    expect(variable(dump, 'serirq.IRQ5_host').changes).toEqual(told(recording, 'serirq.sample').map(({ at, b }) => ({ at, value: b })));
  });
});

it('the same run gives the same bytes, which end with the run', () => {
  const recording = readAba();
  expect(formatVcd(readAba())).toBe(formatVcd(recording));
  expect(readVcd(formatVcd(recording)).end).toBeGreaterThanOrEqual(recording.time);
});
