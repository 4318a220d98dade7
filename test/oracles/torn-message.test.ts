import { describe, expect, it } from 'vitest';
import { KcsBmcFixed } from '../../src/drivers/kcs-bmc/fixed.ts';
import { KcsBmcV2Unlocked } from '../../src/drivers/kcs-bmc/v2-unlocked.ts';
import type { OpenFile, UserBuffer } from '../../src/linux/index.ts';
import { WireRequest } from '../../src/oracles/index.ts';
import { mixtureText, partText } from '../../src/oracles/torn.ts';
import type { Steps } from '../../src/sim/index.ts';
import { moveOf, type Script } from '../scenarios/script.ts';
import { expectFixedIsClean, expectTrip } from './trip.ts';

/** The host begins a second request while the first is being copied to the daemon. */
const RESTART_IN_MID_COPY: Script = {
  answers: { 'host move': [moveOf('restart while waiting for the response')] },
  stalls: [{ actor: 'bmc:kcsd', at: 'read: copy_to_user word', nth: 1 }],
};

class ForgetsTheLastByte extends KcsBmcFixed {
  override *read(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.read(file, buf, count);
    return ret > 0 ? ret - 1 : ret;
  }
}

class SpoilsResponses extends KcsBmcFixed {
  override *write(file: OpenFile, buf: UserBuffer, count: number): Steps<number> {
    const ret = yield* super.write(file, buf, count);
    this.dataOut.set(5, this.dataOut.get(5) ^ 0x01);
    return ret;
  }
}

/** A request of the wire. */
function request(text: string, state: Partial<Pick<WireRequest, 'complete' | 'abandoned' | 'delivered'>> = {}): WireRequest {
  const bytes = Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
  const wire = new WireRequest();
  wire.bytes.set(bytes);
  wire.length = bytes.length;
  return Object.assign(wire, { complete: true, ...state });
}

describe('torn-message', () => {
  it('reports a read() that hands out the beginning of a request', () => {
    expectTrip({ driver: ForgetsTheLastByte }, 'torn-message', 'truncated',
      'returned 7 bytes as a whole request; the host sent 8, of which 1 is cut off: ', '[c0 0e 01 07 31 68 0b b1] (tag 1)');
  });

  it('reports a request put together from two, and says from which', () => {
    expectTrip({ driver: KcsBmcV2Unlocked, ...RESTART_IN_MID_COPY }, 'torn-message', 'mixed',
      / as one request: it is bytes 1 to 4 of \[c0 0e 01 .*\] \(tag 1\), then bytes 5 to 8 of \[c0 0e 02 .*\] \(tag 2\)$/);
  });

  it('reports a response with a wrong byte, beside the request', () => {
    expectTrip({ driver: SpoilsResponses }, 'torn-message', 'response',
      /the host asked \[c0 0e 01 .*\] \(tag 1\) and got \[c4 0e 00 01/, /echo torn behind its header: .* of tag 1/);
  });

  it('says nothing of a driver that copies under no lock, but never from what the handler writes', () => {
    expectFixedIsClean(RESTART_IN_MID_COPY);
  });
});

describe('what is said of bytes that are no whole request', () => {
  const part = (text: string, ...requests: readonly WireRequest[]): string => partText(request(text).bytes, request(text).length, requests);
  const mixture = (text: string, ...requests: readonly WireRequest[]): string => mixtureText(request(text).bytes, request(text).length, requests);

  it('the beginning of one: which part, and what became of it', () => {
    expect(part('18 01 02', request('18 01 02 03 04', { complete: false })))
      .toBe(' as a whole request: it is bytes 1 to 3 of the 5 of [18 01 02 03 04], which the host has not written to its end');
    expect(part('18', request('18 01', { complete: false, abandoned: true })))
      .toBe(' as a whole request: it is byte 1 of the 2 of [18 01], which was given up before its end');
    expect(part('18 01', request('18 01 02', { delivered: 1 }))).toMatch(/bytes 1 to 2 of the 3 of .*, which was handed out before$/);
  });

  it('all that there is of one that has no end', () => {
    expect(part('18 01', request('18 01', { complete: false })))
      .toBe(' as a whole request: it is all that there is of one which the host has not written to its end');
  });

  it('a mixture: which bytes are of which request', () => {
    const [one, other] = [request('18 01 02 03'), request('19 11 13 14', { complete: false })];
    expect(mixture('18 01 13 14', one, other))
      .toBe(' as one request: it is bytes 1 to 2 of [18 01 02 03], then bytes 3 to 4 of [19 11 13 14], which the host has not written to its end');
    expect(mixture('18 01 ff fe', one)).toBe(' as one request: it is bytes 1 to 2 of [18 01 02 03], then bytes 3 to 4 of no request');
  });

  it('nothing that the host has sent', () => {
    expect([part('ff', request('18 01')), mixture('ff', request('18 01')), mixture('ff')]).toEqual(['', '', '']);
  });
});
