import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSsifHost } from '../../src/conform/ssif-host.ts';
import { hex, type Fields } from '../../src/conform/recording.ts';
import { registerSmi } from '../../src/host/si/si-probe.ts';
import { SsifWatch, Ssif } from '../../src/host/ssif/ssif.ts';
import { ssifDetect, ssifProbe } from '../../src/host/ssif/ssif-probe.ts';
import { postEvent, postMessage, postWatchdogPreTimeout } from '../../src/ipmi/index.ts';
import { MS, US } from '../../src/sim/time.ts';
import { FakeSmbus } from '../host/ssif/fake-smbus.ts';
import { recordingLog } from '../host/log.ts';

/** The transactions of the fake bus as QEMU's events. */
function events(bmc: FakeSmbus): Fields[] {
  const lines: Fields[] = [];
  for (const [n, line] of bmc.lines.entries()) {
    const add = (ev: string, val?: number) => {
      lines.push({ i: lines.length, t_us: Math.floor(bmc.times[n] / US), ev, addr: 16, ...(val === undefined ? {} : { val }) });
    };
    const [kind, command = '', ...words] = line.split(' ');
    const bytes = words.filter((word) => word !== '->').map((word) => Number.parseInt(word, 16));
    add('start_send');
    if (kind !== 'quick') {
      add('send', Number.parseInt(command, 16));
      if (kind === 'w') add('send', bytes.length);
      else {
        add('start_recv');
        add('recv', bytes.length);
      }
      for (const byte of bytes) add(kind === 'w' ? 'send' : 'recv', byte);
      if (kind === 'r') add('nack');
    }
    add('finish');
  }
  return lines;
}

describe('what the model does', () => {
  it('conforms to itself, with and without scan, start, flags and a header that tells the transactions', () => {
    const scenario = fc.record({
      scan: fc.boolean(),
      boot: fc.boolean(),
      watch: fc.constantFrom(...Object.values(SsifWatch)),
      flags: fc.array(fc.constantFrom('message', 'event', 'watchdog'), { maxLength: 4 }),
      lengths: fc.array(fc.integer({ min: 2, max: 255 }), { minLength: 1, maxLength: 5 }),
      told: fc.boolean(),
    });
    fc.assert(fc.property(scenario, ({ scan, boot, watch, flags, lengths, told }) => {
      const bmc = new FakeSmbus();
      const log = recordingLog();
      const state = bmc.realBmc();
      const ssif = new Ssif(bmc, bmc, log, { watch });
      ssif.probed();
      bmc.play((function* () {
        if (boot) {
          if (scan) yield* ssifDetect(ssif);
          yield* ssifProbe(ssif);
          yield* registerSmi(ssif);
        }
        ssif.startWatch();
        state.globalEnables |= 0x04;
        for (const [n, length] of lengths.entries()) {
          const flag = flags[n];
          if (flag === 'message') postMessage(state, Uint8Array.of(1, 2, 3));
          if (flag === 'event') postEvent(state, new Uint8Array(16).fill(n));
          if (flag === 'watchdog') postWatchdogPreTimeout(state);
          yield* ssif.transact(Uint8Array.from([0xc0, 0x0e, ...new Array<number>(length - 2).fill(n + 1)]), length);
          yield* ssif.idle(bmc.now + 30 * MS);
        }
        while (!ssif.quiet) yield* ssif.idle(bmc.now + MS);
      })());
      const responses = log.lines.filter((line) => line.startsWith('responded ')).map((line) => line.slice(10));
      const transactions = bmc.requests.map((request, n) => ({ req: hex(request), resp: responses[n], complete: true }));
      const header: Fields = { client: 'ipmi_ssif', ...(boot ? {} : { cmd: 'x' }), ...(told ? { transactions } : {}) };
      const result = compareSsifHost({ header, lines: events(bmc) });
      expect(result.first).toBeUndefined();
      expect(result.mismatches).toBe(0);
      expect(result.steps).toBe(events(bmc).length);
      expect(result.transactions.map(({ req }) => req)).toEqual(bmc.requests.map((request) => hex(request)));
    }));
  });
});
