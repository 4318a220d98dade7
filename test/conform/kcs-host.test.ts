import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKcsHost } from '../../src/conform/kcs-host.ts';
import { isKcsHost } from '../../src/conform/kcs-record.ts';
import { RecordingError, parseRecording, type Fields, type Recording } from '../../src/conform/recording.ts';
import { DATA, STATUS } from '../../src/host/kcs/kcs-ports.ts';
import { KcsSm } from '../../src/host/kcs/kcs-data.ts';
import { KcsStateMachine } from '../../src/host/kcs/kcs-sm.ts';
import { SiSmResult, type Us } from '../../src/host/si/si-sm.ts';
import { KcsState, Str, stateOf } from '../../src/ipmi/kcs.ts';
import type { Steps } from '../../src/sim/process.ts';

const FOLDER = new URL('../data/kcs/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));

function load(name: string): Recording {
  return parseRecording(readFileSync(new URL(name, FOLDER), 'utf8'));
}

/** How many transactions a header promises. */
function promised({ header }: Recording): number {
  const list = header['transactions'];
  return Array.isArray(list) ? list.length : 1;
}

describe('ipmi_si 6.1 on KCS, as recorded', () => {
  it('has its nineteen files', () => {
    expect(FILES).toHaveLength(19);
  });

  it.each(FILES)('%s is what the host model does, access by access', (name) => {
    const recording = load(name);
    expect(isKcsHost(recording)).toBe(true);
    const result = compareKcsHost(recording);
    expect(result.first).toBeUndefined();
    expect(result.mismatches).toBe(0);
    expect(result.steps).toBe(recording.lines.filter((line) => line['op'] !== 'irq').length);
    expect(result.transactions).toHaveLength(promised(recording));
    for (const { ok } of result.transactions) expect(ok).toBe(true);
  });
});

/** Does not read ODR in WAIT_WRITE_START. */
class NoReadAtStart extends KcsStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    if (this.state !== KcsSm.WAIT_WRITE_START || stateOf(status) !== KcsState.WRITE) return yield* super.event(status, time);
    yield this.io.outb(DATA, this.nextByte());
    this.state = KcsSm.WAIT_WRITE;
    return SiSmResult.CALL_WITHOUT_DELAY;
  }
}

/** Waits for OBF before it writes a byte, and at the end: as the figures of §9.15 have it, and Linux has not. */
class WaitsForObfAtTheEnd extends KcsStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    const waits = this.state === KcsSm.WAIT_READ && stateOf(status) === KcsState.IDLE && (status & Str.OBF) === 0;
    return waits ? SiSmResult.CALL_WITH_DELAY : yield* super.event(status, time);
  }
}

/** Reads STATUS twice in START_OP. */
class ReadsStatusTwice extends KcsStateMachine {
  override *event(status: number, time: Us): Steps<SiSmResult> {
    if (this.state === KcsSm.START_OP) yield this.io.inb(STATUS);
    return yield* super.event(status, time);
  }
}

describe('the comparison', () => {
  it('sees a host that skips the read in WAIT_WRITE_START', () => {
    const result = compareKcsHost(load('kcs_get_device_id.jsonl'), (io, log) => new NoReadAtStart(io, log));
    expect(result.mismatches).toBeGreaterThan(0);
    expect(result.first).toEqual({ i: 3, expected: 'DATA_OUT = c1h', got: 'DATA_IN := 18h' });
  });

  it('sees a host that reads STATUS once more than recorded', () => {
    const result = compareKcsHost(load('kcs_get_device_id.jsonl'), (io, log) => new ReadsStatusTwice(io, log));
    expect(result.first).toEqual({ i: 1, expected: 'CMD := 61h', got: 'read of STATUS' });
  });

  it('sees a host that waits for the last OBF, where the BMC is late with it', () => {
    // Made from a recording: the dummy byte comes only after the host has gone on.
    const recording = load('kcs_invalid_cmd.jsonl');
    const lines = recording.lines.slice(0, -1);
    lines[lines.length - 1] = { ...lines.at(-1), val: 0 };
    const late = { header: recording.header, lines };
    expect(compareKcsHost(late).mismatches).toBe(0);
    const result = compareKcsHost(late, (io, log) => new WaitsForObfAtTheEnd(io, log));
    expect(result.mismatches).toBe(1);
    expect(result.first?.got).toContain('none');
  });

  it('sees a response that is not the one of the header', () => {
    const { header, lines } = load('kcs_invalid_cmd.jsonl');
    const result = compareKcsHost({ header: { ...header, resp: '1c ff c2' }, lines });
    expect(result.mismatches).toBe(1);
    expect(result.transactions[0]?.ok).toBe(false);
  });

  it('sees any changed write, lost access or state', () => {
    const recording = load('kcs_mc_info.jsonl');
    const { header, lines } = recording;
    const writes = lines.flatMap((line, at) => (line['op'] === 'w' ? [at] : []));
    fc.assert(fc.property(fc.constantFrom(...writes), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = lines.map((line, n): Fields => (n === at ? { ...line, val: Number(line['val']) ^ flip } : line));
      expect(compareKcsHost({ header, lines: changed }).mismatches).toBeGreaterThan(0);
      expect(compareKcsHost({ header, lines: lines.filter((_, n) => n !== at) }).mismatches).toBeGreaterThan(0);
    }));
  });

  it('lets only attention make the driver ask for flags', () => {
    const { header, lines } = load('canned_kcs_atn_event.jsonl');
    // The read of STATUS in IDLE, ahead of the one in START_OP, that shows SMS_ATN after Get Device ID.
    const at = lines.findIndex((line, n) => line['val'] === 0x61 && lines[n - 2]?.['val'] === 0x04 && lines[n - 3]?.['op'] === 'r') - 2;
    expect(lines[at]).toMatchObject({ op: 'r', reg: 'STATUS', val: 0x04 });
    const calm = lines.map((line, n): Fields => (n === at ? { ...line, val: 0 } : line));
    // The request may then still be one of the upper layer, but nobody serves the flags in its response.
    const result = compareKcsHost({ header, lines: calm });
    expect(result.first).toMatchObject({ expected: 'CMD := 61h', got: 'read of STATUS' });
  });

  it('refuses what is no such recording', () => {
    expect(() => parseRecording('')).toThrow(RecordingError);
    expect(() => parseRecording('{}\nno')).toThrow('line 2 is not JSON');
    expect(() => parseRecording('[]')).toThrow('line 1 is not a JSON object');
    expect(() => compareKcsHost(parseRecording('{"req":"18 01","resp":"xx"}'))).toThrow(RecordingError);
    expect(() => compareKcsHost(parseRecording('{"req":"18 01","resp":"1c"}\n{"op":"r","reg":"CTRL","i":0,"val":0,"t_us":0}')))
      .toThrow('access 0: CTRL is no register of KCS');
    expect(isKcsHost(parseRecording('{"channels":[1]}'))).toBe(false);
  });
});
