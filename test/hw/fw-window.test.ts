import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FW_WINDOW_DEFAULTS, FwWindow } from '../../src/hw/index.ts';
import { GeneratorProcess, Simulator, US, type Steps } from '../../src/sim/index.ts';

function run(host: (window: FwWindow) => Steps, bmc: (window: FwWindow) => Steps = function* () {}, bmcAt = 0): { readonly window: FwWindow; readonly sim: Simulator } {
  const sim = new Simulator();
  const window = new FwWindow(sim, FW_WINDOW_DEFAULTS);
  for (const [name, body, at] of [['host', host, 0], ['bmc', bmc, bmcAt]] as const) {
    const process = new GeneratorProcess(() => body(window));
    const ctx = sim.context(name, process);
    sim.onReset(() => {
      process.start();
      ctx.start(at);
    });
  }
  sim.reset();
  sim.run();
  return { window, sim };
}

describe('the window in the LPC firmware space', () => {
  it('shows the BMC what the host has written, whatever the alignment', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4000 }), fc.uint8Array({ minLength: 1, maxLength: 80 }), (offset, bytes) => {
      fc.pre(offset + bytes.length <= 4096);
      const got = new Uint8Array(bytes.length);
      const { window } = run((w) => w.write('host', bytes, offset, bytes.length), (w) => w.read('bmc', got, offset, bytes.length), 1_000 * US);
      expect(got).toEqual(bytes);
      // And nothing else: the cycles have byte enables.
      expect(window.bytes.reduce((n, byte) => n + (byte === 0 ? 0 : 1), 0)).toBe(bytes.reduce((n, byte) => n + (byte === 0 ? 0 : 1), 0));
    }), { numRuns: 60 });
  });

  it('shows half of it while the host is writing: a word is a firmware cycle', () => {
    const got = new Uint8Array(12);
    const ones = new Uint8Array(12).fill(0xff);
    // Two cycles of the host have ended, the third has not.
    run((w) => w.write('host', ones, 0x100, 12), (w) => w.read('bmc', got, 0x100, 12), 2 * FW_WINDOW_DEFAULTS.lpcFwCycle + 1);
    expect([...got]).toEqual([...Array<number>(8).fill(0xff), 0, 0, 0, 0]);
  });

  it('has an end', () => {
    expect(() => run((w) => w.read('host', new Uint8Array(8), 4092, 8))).toThrow(RangeError);
  });
});
