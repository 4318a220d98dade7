import { describe, expect, it } from 'vitest';
import { pecByte } from '../../src/smbus/index.ts';
import { BMC, BUS, Feed } from './ssif-feed.ts';

const A = [0x18, 0x01];
const B = [0x18, 0x02, 0xb1];
const part = (n: number, value = n): number[] => new Array<number>(n).fill(value);

function pecOf(...bytes: readonly number[]): number {
  return [BMC << 1, ...bytes].reduce(pecByte, 0);
}

describe('requests of one part', () => {
  it('are complete with STOP, and owed an answer', () => {
    const feed = new Feed();
    feed.start(BMC).send(0x02, A.length, ...A);
    expect(feed.requests).toEqual([]);
    feed.stop();
    expect(feed.requests).toEqual([A]);
    expect(feed.wire.current).toMatchObject({ complete: true, owed: true });
    expect(feed.wire.pec).toBe(false);
  });

  it('may have a PEC, if it is right', () => {
    expect(new Feed().block(0x02, A, pecOf(0x02, 2, ...A)).requests).toEqual([A]);
    expect(new Feed().block(0x02, A, pecOf(0x02, 2, ...A) ^ 1).requests).toEqual([]);
  });

  it.each<readonly [string, (feed: Feed) => Feed]>([
    ['too few bytes', (feed) => feed.start(BMC).send(0x02, 3, ...A).stop()],
    ['too many', (feed) => feed.block(0x02, A, 1, 2)],
    ['none', (feed) => feed.block(0x02, [])],
    ['one, which is no request', (feed) => feed.block(0x02, [0x18])],
    ['more than 32', (feed) => feed.block(0x02, part(33))],
    ['one that is NAKed', (feed) => feed.start(BMC).send(0x02, 2, 0x18).refused(0x01).stop()],
    ['no STOP: a repeated START', (feed) => feed.start(BMC).send(0x02, 2, ...A).start(BMC, true).receive(0).stop()],
    ['no STOP: the host is gone', (feed) => feed.start(BMC).send(0x02, 2, ...A).vanish()],
    ['no STOP: SCL was low for too long', (feed) => feed.start(BMC).send(0x02, 2, ...A).timeout()],
    ['another address', (feed) => feed.start(0x50).send(0x02, 2, ...A).stop()],
    ['an address that nobody ACKs', (feed) => feed.start(BMC, false, 0).send(0x02, 2, ...A).stop()],
    ['another command', (feed) => feed.block(0x05, A)],
  ])('are none with %s', (_what, play) => {
    expect(play(new Feed()).requests).toEqual([]);
  });

  it('of another bus are none of it', () => {
    expect(new Feed(BUS + 1).block(0x02, A).requests).toEqual([]);
  });
});

describe('requests of several parts', () => {
  it('are put together', () => {
    expect(new Feed().block(0x06, part(32, 1)).block(0x08, [2]).requests).toEqual([[...part(32, 1), 2]]);
    expect(new Feed().block(0x06, part(32, 1)).block(0x07, part(32, 2)).block(0x08, part(32, 3)).requests)
      .toEqual([[...part(32, 1), ...part(32, 2), ...part(32, 3)]]);
  });

  it('have a beginning', () => {
    expect(new Feed().block(0x08, A).requests).toEqual([]);
    expect(new Feed().block(0x07, part(32)).block(0x08, A).requests).toEqual([]);
    expect(new Feed().block(0x02, A).block(0x08, B).requests).toEqual([A]);
  });

  it('end with a bad part, but not with one that was refused', () => {
    expect(new Feed().block(0x06, part(32)).block(0x08, A, 1, 2, 3).block(0x08, A).requests).toEqual([]);
    expect(new Feed().block(0x06, part(32)).start(BMC).refused(0x08).stop().block(0x08, A).requests).toEqual([[...part(32), ...A]]);
  });

  it('have parts of 32 bytes but the last', () => {
    expect(new Feed().block(0x06, part(31)).block(0x08, A).requests).toEqual([]);
    expect(new Feed().block(0x06, part(32)).block(0x07, part(31)).block(0x08, A).requests).toEqual([]);
  });

  it('fit into the 254 bytes of a message', () => {
    const long = (last: number): number[][] => {
      const feed = new Feed().block(0x06, part(32));
      for (let i = 0; i < 6; i++) feed.block(0x07, part(32));
      return feed.block(0x08, part(last)).requests;
    };
    expect(long(30).map(({ length }) => length)).toEqual([254]);
    expect(long(31)).toEqual([]);
  });
});

describe('the request in hand', () => {
  it('is given up for the next', () => {
    const feed = new Feed().block(0x02, A).block(0x02, B);
    expect([...feed.wire.requests()].map(({ owed, abandoned }) => [owed, abandoned])).toEqual([[false, true], [true, false]]);
    expect(feed.wire.begun).toBe(2);
  });

  it('is done with when the host has its response', () => {
    const feed = new Feed().block(0x02, A);
    feed.wire.hostResponded();
    expect(feed.wire.current).toBeNull();
  });
});

describe('reads', () => {
  it('are told with their command and bytes', () => {
    const feed = new Feed().start(BMC).send(0x03).start(BMC, true).receive(3, 0x1c, 0x01, 0x00).stop();
    expect(feed.reads).toEqual([[0x03, 3, 0x1c, 0x01, 0x00]]);
    expect(feed.ends).toEqual([true]);
  });

  it('are none without a command that reads', () => {
    expect(new Feed().start(BMC, true).receive(1).stop().reads).toEqual([]);
    expect(new Feed().start(BMC).send(0x02).start(BMC, true).receive(1).stop().reads).toEqual([]);
  });

  it('end without STOP when the host is gone', () => {
    const feed = new Feed().start(BMC).send(0x09).start(BMC, true).receive(32, 0).vanish();
    expect(feed.reads).toEqual([[0x09, 32, 0]]);
    expect(feed.ends).toEqual([false]);
    expect(feed.wire.busy).toBe(false);
  });

  it('go on over a repeated START, whose address is still to come, unless that is another target', () => {
    const feed = new Feed().start(BMC).send(0x03).condition();
    expect(feed.wire.busy).toBe(true);
    expect(feed.address(BMC, true).wire.busy).toBe(true);
    expect(new Feed().start(BMC).send(0x03).start(0x50, true).wire.busy).toBe(false);
    expect(new Feed().condition().wire.busy).toBe(false);
    expect(new Feed().start(BMC).send(0x03).condition().vanish().wire.busy).toBe(false);
  });

  it('of other targets are nobody\'s business', () => {
    const feed = new Feed().start(0x50).send(0x03).start(0x50, true).receive(1).stop();
    expect([feed.reads, feed.ends]).toEqual([[], []]);
  });
});
