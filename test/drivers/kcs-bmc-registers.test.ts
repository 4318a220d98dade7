import { describe, expect, it } from 'vitest';
import { KCS_BMC_VERSIONS } from '../../src/drivers/kcs-bmc/index.ts';
import { KcsSystem, type Settings } from '../../src/scenarios/index.ts';

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

/**
 * The register accesses of the last request of a nominal run: one line for each interrupt, and one for
 * each system call that makes any. `STR` is a read, `STR:=8A` a write.
 */
function accesses(version: string, settings: Settings): string[] {
  const { driver } = KCS_BMC_VERSIONS.find((v) => v.version === version)!;
  const system = new KcsSystem({ driverClass: driver, settings: { command: 'get-device-id', requests: 2, ...settings } });
  const { sim } = system;
  let lines: string[] = [];
  let line: string[] = [];
  const flush = (): void => {
    if (line.length > 0) lines.push(line.join(' '));
    line = [];
  };
  sim.trace.on(sim.trace.code('bmc.irq'), flush);
  sim.observer = {
    step(ctx, op, value) {
      const def = sim.ops.def(op);
      if (!ctx.name.startsWith('bmc:')) return;
      if (def.kind !== 'access') {
        if (def.label.startsWith('return from')) flush();
        return;
      }
      const operand = (op >> 8) & 0x7fff;
      const [register] = def.site(operand).split(' ');
      if (def.label === 'register read') line.push(register.startsWith('IDR') ? `${register}=${hex(value)}` : register);
      else line.push(register.startsWith('HICR') ? `${register}:=` : `${register}:=${hex(operand & 0xff)}`);
      if (line.at(-1) === `IDR3=61`) lines = []; // a request begins
    },
  };
  const outcome = system.execute();
  expect(outcome.reason).toBe('done');
  flush();
  return lines;
}

/** The response to Get Device ID: header, completion code, 11 bytes. */
const RESPONSE = ['1C', '01', '00', '20', '00', '00', '00', '02', '07', '00', '00', '00', '00', '00'];
/** Each READ but the last is answered by the next byte. */
const READS = RESPONSE.slice(1).map((byte) => `STR3 IDR3=68 ODR3:=${byte}`);

/** v2: set_state() writes STR whether it changes or not, and OBF is set before IDR is read. */
const V2 = [
  'STR3 STR3 STR3:=8A ODR3:=00 IDR3=61',
  'STR3 STR3 STR3:=82 ODR3:=00 IDR3=18',
  'STR3 STR3 STR3:=8A ODR3:=00 IDR3=62',
  'STR3 STR3 STR3:=42 IDR3=01', // the last byte: no dummy byte in ODR
  'ODR3:=1C', // write()
  ...READS,
  'STR3 STR3 STR3:=02 IDR3=68 ODR3:=00',
];
/** Mainline: regmap_update_bits() reads STR, and writes it only if the state changes. */
const MAINLINE = [
  'STR3 STR3 STR3:=8A ODR3:=00 IDR3=61',
  'STR3 STR3 ODR3:=00 IDR3=18',
  'STR3 STR3 ODR3:=00 IDR3=62',
  'STR3 STR3 STR3:=42 IDR3=01',
  'ODR3:=1C',
  ...READS,
  'STR3 STR3 STR3:=02 IDR3=68 ODR3:=00',
];

/** aspeed_kcs_outb(): behind each byte in ODR the enable of the SerIRQ, which the host's read has dropped. */
function withSerirq(lines: readonly string[], register: string): string[] {
  return lines.map((line) => line.replace(/ODR3:=../, `$& ${register} ${register}:=`));
}

describe('register accesses of one request of two bytes', () => {
  it.each([
    ['v2', V2], ['v2-unlocked', V2], ['review-mended', V2], ['mainline', MAINLINE], ['fixed', MAINLINE],
  ])('%s, polled', (version, expected) => {
    expect(accesses(version, { hostMode: 'kipmid' })).toEqual(expected);
  });

  it('review, which takes a good copy for a bad one and never gets as far as a response', () => {
    const lines = accesses('review', { hostMode: 'kipmid' });
    expect(lines.slice(0, 4)).toEqual(V2.slice(0, 4));
    expect(lines.slice(4).filter((line) => line.startsWith('ODR'))).toEqual([]);
  });

  it.each([['v2', V2], ['v2-unlocked', V2], ['review-mended', V2], ['mainline', MAINLINE], ['fixed', MAINLINE]])(
    '%s, driven by interrupt', (version, expected) => {
      expect(accesses(version, { hostMode: 'irq' })).toEqual(withSerirq(expected, 'HICR5'));
    });

  it('of channel 4 go to its own registers', () => {
    const lines = accesses('mainline', { hostMode: 'irq', channel: 4 }).map((line) => line.replaceAll('4', '3'));
    expect(lines.at(-1)).toBe('STR3 STR3 STR3:=02 IDR3=68 ODR3:=00 HICRC HICRC:=');
  });
});
