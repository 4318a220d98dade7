import type { CarelessSsifMove } from './careless-moves.ts';
import { ask, composeAny, illegalWrite, plain, readSome } from './careless-parts.ts';
import { Move } from '../careless.ts';
import { SsifCmd } from '../../ipmi/ssif.ts';
import { I2C_SMBUS_BLOCK_MAX } from './smbus.ts';

/** Counts that a block with more than 32 bytes of data may have. */
const COUNTS: readonly number[] = [33, 34, 35, 32, 64, 254];
/** SMBus commands that are none of SSIF's. */
const RESERVED: readonly number[] = [0x00, 0x01, 0x04, 0x05, 0x0b, 0x80, 0xff];
/** More than any BMC takes: 254, 255 and 272 are the limits of drivers. */
const OVERLONG: readonly number[] = [255, 256, 273, 300];

/** Moves that break the rules of SSIF (IPMI 2.0 §12) or of SMBus block transfers (SMBus 2.0 §5.5.7). */
export const BREAKING_MOVES: readonly CarelessSsifMove[] = [
  {
    name: 'wrong length',
    legal: false,
    *run(host) {
      host.compose();
      host.break('12', 'a count that is not the number of data bytes');
      host.begin();
      const count = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      const off = [1, -1, 2, 31 - count][host.draw(4, 'off by')];
      const script = host.script().send(SsifCmd.REQUEST).send(Math.max(0, count + (off === 0 ? 1 : off)));
      for (let i = 0; i < count; i++) script.send(host.request[i]);
      yield* illegalWrite(host, script);
    },
  },
  {
    name: 'length 0',
    legal: false,
    *run(host) {
      host.break('12', 'a block of no bytes');
      host.abandon('given up');
      yield* illegalWrite(host, host.script().send(SsifCmd.REQUEST).send(0));
    },
  },
  {
    name: 'one-byte message',
    legal: false,
    *run(host) {
      host.compose();
      host.length = 1;
      host.break('12', 'a request of one byte');
      yield* host.transact();
    },
  },
  {
    name: 'more data than a block holds',
    legal: false,
    // What stands at and behind the 33rd byte may overwrite what the BMC keeps behind its buffer.
    *run(host) {
      host.compose(I2C_SMBUS_BLOCK_MAX);
      host.break('12', 'a block of more than 32 bytes');
      host.begin();
      const count = COUNTS[host.draw(COUNTS.length, 'count')];
      const extra = 1 + host.draw(3, 'bytes too many');
      const value = [count, count - 1, 0, 0x55, 0xff][host.draw(5, 'their value')];
      const command = host.draw(2, 'first of several parts') === 0 ? SsifCmd.REQUEST : SsifCmd.MULTI_PART_REQUEST_START;
      const script = host.script().send(command).send(count);
      for (let i = 0; i < I2C_SMBUS_BLOCK_MAX; i++) script.send(host.request[i]);
      for (let i = 0; i < extra; i++) script.send(value);
      yield* illegalWrite(host, script);
    },
  },
  {
    name: 'overlong message',
    legal: false,
    *run(host) {
      host.compose(OVERLONG[host.draw(OVERLONG.length, 'length')]);
      host.break('22.9', 'a request longer than any input buffer');
      yield* host.write();
      host.abandon('too long to be taken');
    },
  },
  {
    name: 'missing STOP',
    legal: false,
    *run(host) {
      composeAny(host);
      host.length = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      host.break('12', 'a write that ends in a repeated START');
      host.begin();
      const script = host.block(SsifCmd.REQUEST, 0, host.length);
      if (host.pec) script.sendPec();
      if (host.draw(2, 'then') === 0) script.start(host.address, false).send(SsifCmd.RESPONSE).start(host.address, true);
      else script.start(host.address, true);
      script.receive(1 + host.draw(4, 'bytes read')).stop();
      yield* host.done();
      host.abandon('written against the rules');
    },
  },
  {
    name: 'END without START',
    legal: false,
    *run(host) {
      if (host.draw(2, 'behind a request') !== 0) yield* ask(host);
      host.compose();
      host.break('12', 'the end of a request that has no beginning');
      host.abandon('given up');
      const count = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      if (host.draw(2, 'with a middle part') !== 0) {
        host.endBlock(host.block(SsifCmd.MULTI_PART_REQUEST_MIDDLE, 0, I2C_SMBUS_BLOCK_MAX));
        yield* host.done();
      }
      yield* illegalWrite(host, host.block(SsifCmd.MULTI_PART_REQUEST_END, 0, count));
    },
  },
  {
    name: 'reserved command',
    legal: false,
    *run(host) {
      host.compose();
      host.break('12', 'an SMBus command that SSIF has not');
      host.abandon('given up');
      const command = RESERVED[host.draw(RESERVED.length, 'command')];
      if (host.draw(2, 'read') === 0) yield* illegalWrite(host, host.block(command, 0, Math.min(host.length, I2C_SMBUS_BLOCK_MAX)));
      else yield* readSome(host, command, 1 + host.draw(4, 'bytes read'));
    },
  },
  {
    name: 'read without a command',
    legal: false,
    // SMBus receive byte: the BMC is addressed for reading out of nowhere.
    *run(host) {
      if (host.draw(2, 'while the BMC works') !== 0) yield* ask(host);
      host.break('12', 'a read without a command');
      host.own.clear().start(host.address, true).receive(1 + host.draw(4, 'bytes read')).stop();
      yield* host.done();
      host.abandon('read against the rules');
    },
  },
  {
    name: 'reads more than there is',
    legal: false,
    *run(host) {
      if ((yield* ask(host)) !== Move.ok) return;
      host.break('12', 'a read of more than count, data and PEC');
      yield* readSome(host, SsifCmd.RESPONSE, I2C_SMBUS_BLOCK_MAX + 3 + host.draw(8, 'bytes too many'));
      host.abandon('read against the rules');
      yield* plain(host);
    },
  },
  {
    name: 'middle part of nothing',
    legal: false,
    *run(host) {
      host.break('12', 'a middle part is read before the first');
      host.abandon('given up');
      yield* readSome(host, SsifCmd.MULTI_PART_RESPONSE_MIDDLE, 1 + host.draw(33, 'bytes read'));
    },
  },
];
