import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareSsifHost, type MakeDriver } from '../../src/conform/ssif-host.ts';
import { isSsifHost } from '../../src/conform/ssif-record.ts';
import { RecordingError, hex, parseRecording, type Fields, type Recording } from '../../src/conform/recording.ts';
import { SsifCmd } from '../../src/ipmi/ssif.ts';
import type { SmbusAdapter } from '../../src/host/ssif/smbus.ts';
import { SsifInfo } from '../../src/host/ssif/ssif-info.ts';
import { Ssif } from '../../src/host/ssif/ssif.ts';
import { EIO } from '../../src/linux/errno.ts';

const FOLDER = new URL('../data/ssif/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));
const BOOT = 'ssif_i801_boot_probe.jsonl';

function load(name: string): Recording {
  return parseRecording(readFileSync(new URL(name, FOLDER), 'utf8'));
}

/** How many transactions a header promises. */
function promised({ header }: Recording): number {
  const list = header['transactions'];
  return Array.isArray(list) ? list.length : 1;
}

const ADDRESS = 16;

/** Lines of bus events, as the recordings have them: a write, a read and its answer, or the address alone. */
function bus(...transactions: readonly { readonly send?: readonly number[]; readonly recv?: readonly number[] }[]): Fields[] {
  const lines: Fields[] = [];
  const line = (ev: string, val?: number) => {
    lines.push({ i: lines.length, t_us: lines.length, ev, addr: ADDRESS, ...(val === undefined ? {} : { val }) });
  };
  for (const { send = [], recv } of transactions) {
    line('start_send');
    for (const byte of send) line('send', byte);
    if (recv !== undefined) {
      line('start_recv');
      line('recv', recv.length);
      for (const byte of recv) line('recv', byte);
      line('nack');
    }
    line('finish');
  }
  return lines;
}

/** A request in one part, and its response. */
function exchange(req: readonly number[], recv: readonly number[]) {
  return [{ send: [0x02, req.length, ...req] }, { send: [0x03], recv }];
}

const DEVICE_ID = [0x1c, 0x01, 0, 0x20, 0, 0, 0, 2, 7, 0, 0, 0, 0, 0];

describe('ipmi_ssif 6.1, as recorded', () => {
  it('has its ten files', () => {
    expect(FILES).toHaveLength(10);
  });

  it.each(FILES)('%s is what the host model does, event by event', (name) => {
    const recording = load(name);
    expect(isSsifHost(recording)).toBe(true);
    const result = compareSsifHost(recording);
    expect(result.first).toBeUndefined();
    expect(result.mismatches).toBe(0);
    expect(result.steps).toBe(recording.lines.length);
    expect(result.transactions).toHaveLength(promised(recording));
    for (const { ok } of result.transactions) expect(ok).toBe(true);
  });
});

describe('recordings of the same kind', () => {
  it('piix4: the start begins with the scan of the address, and may end after a request write', () => {
    const { header, lines } = load(BOOT);
    const scan = [{ send: [] }, ...exchange([0x18, 0x01], DEVICE_ID)];
    const list = header['transactions'] as Fields[];
    const last = lines.findLastIndex((line) => line['ev'] === 'start_send'); // its last read
    const recording = {
      header: {
        ...header,
        transactions: [
          { req: '18 01', resp: hex(DEVICE_ID), complete: true }, ...list.slice(0, -1), { req: '18 42 00', complete: false },
        ],
      },
      lines: [...bus(...scan), ...lines.slice(0, last)],
    };
    const result = compareSsifHost(recording);
    expect(result.first).toBeUndefined();
    expect(result.steps).toBe(recording.lines.length);
    expect(result.transactions.every(({ ok }) => ok)).toBe(true);
  });

  it('a session without transactions in its header, with accesses to ports between: requests are rebuilt', () => {
    const { header, lines } = load(BOOT);
    const more = ['canned_ssif_i801_req_len_63.jsonl', 'canned_ssif_i801_resp_len_128.jsonl', 'ssif_i801_fru_write_60.jsonl'].flatMap((name) => load(name).lines);
    const port: Fields = { op: 'r', addr: 0x700, val: 0x42, size: 1 };
    const session = [...lines, ...more].flatMap((line) => [port, line]);
    const result = compareSsifHost({ header: { client: 'ipmi_ssif', run: header['run'] }, lines: session });
    expect(result.first).toBeUndefined();
    expect(result.steps).toBe(session.length / 2);
    expect(result.transactions).toHaveLength(promised(load(BOOT)) + 3);
  });

  it('the driver is loaded again in a session', () => {
    const { lines } = load(BOOT);
    const result = compareSsifHost({ header: { client: 'ipmi_ssif' }, lines: [...lines, ...lines] });
    expect(result.first).toBeUndefined();
    expect(result.steps).toBe(2 * lines.length);
  });

  it('flags: what they ask for is the driver\'s own, until there is no more', () => {
    const lines = bus(
      ...exchange([0x18, 0x31], [0x1c, 0x31, 0, 0x0b]),
      ...exchange([0x18, 0x30, 0x08], [0x1c, 0x30, 0]),
      ...exchange([0x18, 0x31], [0x1c, 0x31, 0, 0x03]),
      ...exchange([0x18, 0x33], [0x1c, 0x33, 0, 0x40, 1, 2, 3]),
      ...exchange([0x18, 0x33], [0x1c, 0x33, 0x80]),
      ...exchange([0x18, 0x35], [0x1c, 0x35, 0, ...new Array<number>(16).fill(7)]),
      ...exchange([0x18, 0x35], [0x1c, 0x35, 0x80]),
      ...exchange([0x18, 0x01], DEVICE_ID),
    );
    const header = { client: 'ipmi_ssif', cmd: 'sel list' };
    const result = compareSsifHost({ header, lines });
    expect(result.first).toBeUndefined();
    expect(result.transactions.map(({ req }) => req)).toEqual([
      '18 31', '18 30 08', '18 31', '18 33', '18 33', '18 35', '18 35', '18 01',
    ]);
  });
});

/** A driver whose adapter is altered, or whose message handling is. */
function altered(change: { readonly smbus?: (smbus: SmbusAdapter) => Partial<SmbusAdapter>; readonly Info?: typeof SsifInfo }): MakeDriver {
  return (smbus, time, log) => {
    const adapter: SmbusAdapter = {
      pec: false,
      quickWrite: () => smbus.quickWrite(),
      blockWrite: (command, data, length) => smbus.blockWrite(command, data, length),
      blockRead: (command, data) => smbus.blockRead(command, data),
      ...change.smbus?.(smbus),
    };
    const { Info = SsifInfo } = change;
    class Altered extends Ssif {
      protected override makeInfo(): SsifInfo {
        return new Info(this.exchange, this.jiffies);
      }
    }
    return new Altered(adapter, time, log);
  };
}

/** The first middle part is block 1. */
class CountsBlocksFromOne extends SsifInfo {
  protected override nextPart(length: number): number {
    if (this.recv[0] !== 0xff) this.recv[0]--;
    return super.nextPart(length);
  }
}

/** Takes the first block for the whole response. */
class StopsAfterOneBlock extends SsifInfo {
  protected override nextPart(length: number): number {
    if (length > 0) this.recv[0] = 0xff;
    return super.nextPart(length);
  }
}

/** Begins a long message with 32 bytes and goes on with the length in place of a byte: what the buffer's trick avoids. */
class SkipsAByte extends SsifInfo {
  protected override writeNextPart(): void {
    if (this.multiPos === 32) this.multiPos++;
    super.writeNextPart();
  }
}

/** Ends a long message with 07h. */
class Ends07 extends SsifInfo {
  protected override writeNextPart(): void {
    this.cmd8Works = false;
    super.writeNextPart();
  }
}

/** Keeps the marker of several parts in the response. */
class KeepsMarker extends SsifInfo {
  override received(result: number, length: number): void {
    super.received(result, length);
    if (this.multiPos === 1) this.multiLen += 2;
  }
}

/** Reads the response from its start again instead of going on. */
class ReadsFirstPartAgain extends SsifInfo {
  protected override nextPart(length: number): number {
    const result = super.nextPart(length);
    if (this.command === SsifCmd.MULTI_PART_RESPONSE_MIDDLE) this.command = SsifCmd.RESPONSE;
    return result;
  }
}

describe('the comparison sees a host that', () => {
  const broken: readonly (readonly [string, string, MakeDriver])[] = [
    ['counts blocks from one', 'canned_ssif_i801_resp_len_128.jsonl', altered({ Info: CountsBlocksFromOne })],
    ['stops after one block', 'ssif_i801_fru_read_200.jsonl', altered({ Info: StopsAfterOneBlock })],
    ['reads the first part again', 'ssif_i801_fru_read_200.jsonl', altered({ Info: ReadsFirstPartAgain })],
    ['keeps the marker', 'canned_ssif_i801_resp_len_31.jsonl', altered({ Info: KeepsMarker })],
    ['skips a byte between parts', 'ssif_i801_fru_write_60.jsonl', altered({ Info: SkipsAByte })],
    ['ends with 07h', 'canned_ssif_i801_req_len_63.jsonl', altered({ Info: Ends07 })],
    ['does not test 08h', BOOT, altered({
      smbus: (smbus) => ({ *blockWrite(command, data, length) {
        return command === SsifCmd.MULTI_PART_REQUEST_END ? 0 : yield* smbus.blockWrite(command, data, length);
      } }),
    })],
    ['does not believe in parts', BOOT, altered({
      smbus: (smbus) => ({ *blockWrite(command, data, length) {
        return command === SsifCmd.MULTI_PART_REQUEST_START ? -EIO : yield* smbus.blockWrite(command, data, length);
      } }),
    })],
    ['sets both enables at once', BOOT, altered({
      smbus: (smbus) => ({ *blockWrite(command, data, length) {
        if (data[1] === 0x2e) data[2] |= 0x05;
        return yield* smbus.blockWrite(command, data, length);
      } }),
    })],
    ['reads twice', 'ssif_i801_get_device_id.jsonl', altered({
      smbus: (smbus) => ({ *blockRead(command, data) {
        yield* smbus.blockRead(command, data);
        return yield* smbus.blockRead(command, data);
      } }),
    })],
    ['scans the address of a BMC that it knows', BOOT, (smbus, time, log) => new Ssif({
      pec: false,
      quickWrite: () => smbus.quickWrite(),
      *blockWrite(command, data, length) {
        yield* smbus.quickWrite();
        return yield* smbus.blockWrite(command, data, length);
      },
      blockRead: (command, data) => smbus.blockRead(command, data),
    }, time, log)],
  ];

  it.each(broken)('%s', (_what, name, make) => {
    const recording = load(name);
    expect(compareSsifHost(recording).mismatches).toBe(0);
    const result = compareSsifHost(recording, make);
    expect(result.mismatches).toBeGreaterThan(0);
    expect(result.first).toBeDefined();
  });

  it('writes another byte than recorded, and says where', () => {
    const make = altered({
      smbus: (smbus) => ({ *blockWrite(command, data, length) {
        data[1] ^= 1;
        return yield* smbus.blockWrite(command, data, length);
      } }),
    });
    expect(compareSsifHost(load('ssif_i801_get_device_id.jsonl'), make).first).toEqual({ i: 4, expected: 'send 01h', got: 'send 00h' });
  });
});

describe('the comparison', () => {
  it('sees a response that is not the one of the header', () => {
    const { header, lines } = load('ssif_i801_invalid_cmd.jsonl');
    const result = compareSsifHost({ header: { ...header, resp: '1c ff c2' }, lines });
    expect(result.mismatches).toBe(1);
    expect(result.transactions[0]?.ok).toBe(false);
  });

  it('sees any byte, event or address changed, and any event lost, whatever the file', () => {
    const pick = fc.constantFrom(...FILES).chain((name) => {
      const recording = load(name);
      return fc.record({
        recording: fc.constant(recording),
        at: fc.nat({ max: recording.lines.length - 1 }),
        flip: fc.integer({ min: 1, max: 255 }),
      });
    });
    fc.assert(fc.property(pick, ({ recording: { header, lines }, at, flip }) => {
      const edit = (fields: Fields) => lines.map((line, n): Fields => (n === at ? { ...line, ...fields } : line));
      const differs = (changed: readonly Fields[]) => {
        expect(compareSsifHost({ header, lines: changed }).mismatches).toBeGreaterThan(0);
      };
      const line = lines[at];
      // A byte sent is compared by itself; one received shows in what follows, or in the response of the header.
      if (line['val'] !== undefined) differs(edit({ val: Number(line['val']) ^ flip }));
      if (at > 0) differs(edit({ addr: ADDRESS ^ flip }));
      differs(edit({ ev: line['ev'] === 'nack' ? 'finish' : 'nack' }));
      if (at < lines.length - 1) differs(lines.filter((_, n) => n !== at));
    }), { numRuns: 300 });
  });

  it('refuses what is no such recording, in one line', () => {
    const header = '{"client":"ipmi_ssif","req":"18 01","resp":"1c 01 00"}';
    const refused = (text: string) => {
      try {
        compareSsifHost(parseRecording(text));
      } catch (error) {
        expect(error).toBeInstanceOf(RecordingError);
        return (error as Error).message;
      }
      return 'nothing';
    };
    expect(refused('{"client":"ipmi_si"}')).toBe('header: client is not "ipmi_ssif"');
    expect(refused(header)).toBe('the recording has no bus event');
    expect(refused(`${header}\n{"i":0,"ev":"start","addr":16}`)).toBe('line 2: ev is "start"');
    expect(refused(`${header}\n{"i":0,"ev":7,"addr":16}`)).toBe('line 2: ev is not a string');
    expect(refused(`${header}\n{"i":0,"ev":"finish"}`)).toBe('line 2: addr is not an integer');
    expect(refused(`${header}\n{"op":"r"}\n{"i":0,"ev":"send","addr":16,"val":256}`)).toBe('line 3: val is not a byte');
    expect(refused('{"client":"ipmi_ssif","transactions":7}\n{"i":0,"ev":"finish","addr":16}')).toBe('header: transactions is not an array');
    expect(refused('{"client":"ipmi_ssif","req":"18 1","resp":""}\n{"i":0,"ev":"finish","addr":16}')).toContain('is not hexadecimal bytes');
  });
});
