import type { Steps } from '../../sim/process.ts';
import { constant } from '../../sim/state.ts';
import { MS, type Ps } from '../../sim/time.ts';
import { Move, carelessMove, type CarelessMove } from '../careless.ts';
import type { CarelessSmbus } from './careless.ts';
import { BREAKING_MOVES } from './careless-breaks.ts';
import { ask, composeAny, composeLong, plain, powerOff, readSome, someOfBlock } from './careless-parts.ts';
import { SsifCmd } from '../../ipmi/ssif.ts';
import { I2C_SMBUS_BLOCK_MAX } from './smbus.ts';

/** One thing that a careless controller may do; legal if SSIF (IPMI 2.0 §12) and SMBus allow it. */
export type CarelessSsifMove = CarelessMove<CarelessSmbus>;

/** Addresses of other targets: reserved for nobody here, the BMC's neighbours, one that differs in its first bit. */
const OTHER_ADDRESSES: readonly number[] = [0x50, 0x11, 0x08, 0x0c];

/** By how much a slow controller keeps SCL low: within tLOW:MEXT of 10 ms, SMBus 2.0 §3.1.1.3. */
const SLOW: readonly Ps[] = [MS, 9 * MS];

/** Moves that keep to the rules, the plain one first. After any of them but `stop` the host goes on as if nothing were. */
const LEGAL_MOVES: readonly CarelessSsifMove[] = [
  { name: 'plain', legal: true, run: plain },
  {
    name: 'back to back',
    legal: true,
    // With nothing but tBUF between: STOP and the next START are in one interrupt of the BMC.
    *run(host) {
      composeAny(host);
      if ((yield* host.insist()) !== Move.ok) {
        host.abandon('not taken');
        return;
      }
      for (let reads = 1 + host.draw(4, 'reads'); reads > 0; reads--) {
        if ((yield* host.readOnce()) === Move.ok) break;
      }
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon('out of patience');
      yield* plain(host);
    },
  },
  {
    name: 'another request while the BMC works on one',
    legal: true,
    *run(host) {
      yield* ask(host);
      yield* plain(host);
    },
  },
  {
    name: 'asks too early, then sends another request',
    legal: true,
    *run(host) {
      yield* ask(host);
      if ((yield* host.readOnce()) === Move.ok) return;
      if (host.draw(2, 'long') === 0) yield* plain(host);
      else {
        composeLong(host);
        yield* host.transact();
      }
    },
  },
  {
    name: 'reads though it has asked nothing',
    legal: true,
    *run(host) {
      host.abandon('left');
      yield* host.readOnce();
    },
  },
  {
    name: 'write broken off',
    legal: true,
    *run(host) {
      composeAny(host);
      host.begin();
      someOfBlock(host).stop();
      yield* host.done();
      host.abandon('broken off');
    },
  },
  {
    name: 'write broken off between parts',
    legal: true,
    *run(host) {
      composeLong(host);
      yield* host.write(1 + host.draw(host.parts - 1, 'parts'));
      host.abandon('broken off');
      yield* plain(host);
    },
  },
  {
    name: 'bare command',
    legal: true, // a write of which no more was left; and an SMBus send byte, which means nothing here
    *run(host) {
      yield* ask(host);
      host.script().send(host.draw(2, 'first of several parts') === 0 ? SsifCmd.REQUEST : SsifCmd.MULTI_PART_REQUEST_START).stop();
      yield* host.done();
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon('out of patience');
    },
  },
  {
    name: 'address alone',
    legal: true, // SMBus quick command, as scans of the bus do
    *run(host) {
      if (host.draw(2, 'while the BMC works') !== 0) yield* ask(host);
      host.script().stop();
      yield* host.done();
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon('out of patience');
    },
  },
  {
    name: 'read broken off',
    legal: true,
    *run(host) {
      if ((yield* ask(host)) !== Move.ok) return;
      yield* readSome(host, SsifCmd.RESPONSE, 1 + host.draw(4, 'bytes read'));
      if ((yield* host.read()) !== Move.ok) host.abandon('out of patience');
    },
  },
  {
    name: 'middle part read again',
    legal: true, // after a read that failed on the bus, as far as the host can tell
    *run(host) {
      composeLong(host);
      if ((yield* host.insist()) !== Move.ok) {
        host.abandon('not taken');
        return;
      }
      yield* host.sleep(host.pace);
      if ((yield* host.read(1)) === Move.ok && host.open) {
        yield* readSome(host, SsifCmd.MULTI_PART_RESPONSE_MIDDLE, 1 + host.draw(4, 'bytes read'));
        yield* host.readRest();
      }
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon('out of patience');
    },
  },
  {
    name: 'noise on a request with PEC',
    legal: true, // a bit flips on the wire: the BMC is to see that, and to take the next request
    *run(host) {
      host.compose();
      host.length = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      host.begin();
      const at = host.length - host.draw(host.length + 1, 'byte'); // the PEC itself first
      const flip = 1 << host.draw(8, 'bit');
      yield* host.noisyWrite(at, flip);
      host.abandon('its PEC is wrong');
      yield* plain(host);
    },
  },
  {
    name: 'slow controller',
    legal: true,
    *run(host) {
      composeAny(host);
      host.begin();
      const count = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
      const script = host.script().send(host.length > count ? SsifCmd.MULTI_PART_REQUEST_START : SsifCmd.REQUEST);
      script.hold(SLOW[host.draw(SLOW.length, 'how slow')]).send(count);
      for (let i = 0; i < count; i++) script.send(host.request[i]);
      host.endBlock(script);
      let move = yield* host.done();
      if (move === Move.ok && host.parts === 1) host.exchange.sent();
      for (let n = 1; n < host.parts && move === Move.ok; n++) move = yield* host.writePart(n);
      yield* host.sleep(host.pace);
      if (move === Move.ok) move = yield* host.read();
      if (move !== Move.ok) host.abandon('not taken, or not answered');
    },
  },
  {
    name: 'another address',
    legal: true,
    *run(host) {
      if (host.draw(2, 'while the BMC works') !== 0) yield* ask(host);
      yield* host.foreign(OTHER_ADDRESSES[host.draw(OTHER_ADDRESSES.length, 'address')]);
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon('out of patience');
    },
  },
  {
    name: 'power lost while writing',
    legal: true,
    *run(host) {
      composeAny(host);
      host.begin();
      yield* powerOff(host, someOfBlock(host), false);
    },
  },
  {
    name: 'power lost while reading',
    legal: true,
    *run(host) {
      if ((yield* ask(host)) !== Move.ok) return;
      const script = host.script().send(SsifCmd.RESPONSE).start(host.address, true);
      const bytes = host.draw(6, 'bytes read');
      if (bytes > 0) script.receive(bytes, true);
      yield* powerOff(host, script, true);
    },
  },
  {
    name: 'stop',
    legal: true,
    *run(host) {
      if (host.draw(2, 'while the BMC works') !== 0) yield* ask(host);
      host.abandon('stopped for good');
      host.stopped = true;
    },
  },
];

/** All moves by name: the legal ones, then those that break the rules. */
export const CARELESS_SSIF_MOVES: readonly CarelessSsifMove[] = constant([...LEGAL_MOVES, ...BREAKING_MOVES]);

/** Draws one of the moves and makes it; nothing once the host has stopped. */
export function carelessSsifMove(host: CarelessSmbus): Steps {
  return carelessMove(host, CARELESS_SSIF_MOVES);
}
