import { BtCtrl, BtIntMask } from '../../ipmi/bt.ts';
import type { Steps } from '../../sim/process.ts';
import { constant } from '../../sim/state.ts';
import { Move, type CarelessMove } from '../careless.ts';
import { BT_BUFFER, BT_CTRL, BT_INTMASK } from './bt-ports.ts';
import type { CarelessBtHost } from './careless-bt.ts';

/** Lengths of a request whose buffer would have to hold 65, 66, 100 and 255 bytes: it has 64 on the AST2500. */
const OVERLONG: readonly number[] = [63, 64, 98, 253];

/** Begins a request and leaves it before its last byte. */
function* partly(host: CarelessBtHost): Steps<Move> {
  host.compose();
  return yield* host.write(host.draw(host.frameLength, 'bytes written'));
}

/**
 * Sends a request and looks for its response once, not for long: the host does something else meanwhile. True if the
 * response is there.
 */
function* impatiently(host: CarelessBtHost): Steps<boolean> {
  host.compose();
  if ((yield* host.write()) !== Move.ok) return false;
  yield* host.beImpatient();
  return (host.status & BtCtrl.B2H_ATN) !== 0;
}

/** Sends a request, waits for its response and reads a part of that: H_BUSY is left on. */
function* readPartly(host: CarelessBtHost): Steps<Move> {
  host.compose();
  const move = yield* host.write();
  if (move !== Move.ok) return move;
  if (!(yield* host.waitUntil(BtCtrl.B2H_ATN, BtCtrl.B2H_ATN))) return host.giveUp('B2H_ATN=1');
  yield* host.acknowledge();
  yield* host.bytes(host.draw(8, 'bytes read'));
  return Move.ok;
}

function* plain(host: CarelessBtHost): Steps<Move> {
  host.compose();
  return yield* host.transact();
}

/** Whatever comes of something illegal: a response that is there soon is read, and that is all. */
function* aftermath(host: CarelessBtHost): Steps {
  yield* host.beImpatient();
  if ((host.status & BtCtrl.B2H_ATN) !== 0) yield* host.read();
  host.abandon('broken off');
}

/** Gets into the middle of a request, of a wait for a response or of a response, as drawn. */
function* somewhere(host: CarelessBtHost): Steps {
  const where = host.draw(3, 'where');
  if (where === 0) yield* partly(host);
  else if (where === 1) yield* impatiently(host);
  else yield* readPartly(host);
}

/** Length bytes that are not the right one: none, below the least, one off, as many as can be. */
function wrongLengths(right: number): readonly number[] {
  return [0, 1, 2, right - 1, right + 1, 255];
}

/** Moves that IPMI 2.0 §11 allows, the plain one first. */
const LEGAL_MOVES: readonly CarelessMove<CarelessBtHost>[] = [
  { name: 'plain', legal: true, run: plain },
  {
    name: 'the same request again while waiting for the response',
    legal: true,
    *run(host) {
      if (!(yield* impatiently(host))) {
        host.abandon('sent again');
        yield* host.transact();
      } else yield* host.read();
    },
  },
  {
    name: 'another request while waiting for the response',
    legal: true,
    *run(host) {
      if (yield* impatiently(host)) yield* host.read();
      else yield* plain(host);
    },
  },
  {
    name: 'restart while writing',
    legal: true,
    *run(host) {
      yield* partly(host);
      yield* plain(host);
    },
  },
  {
    name: 'read again from the start',
    legal: true,
    *run(host) {
      if ((yield* readPartly(host)) !== Move.ok) return;
      yield host.io.outb(BT_CTRL, BtCtrl.CLR_RD_PTR);
      yield* host.bytes();
      yield* host.setHBusy(false);
      host.abandon('read twice');
    },
  },
  {
    name: 'acknowledge without reading',
    legal: true,
    *run(host) {
      host.compose();
      if ((yield* host.write()) === Move.ok && (yield* host.waitUntil(BtCtrl.B2H_ATN, BtCtrl.B2H_ATN))) {
        yield host.io.outb(BT_CTRL, BtCtrl.B2H_ATN);
      }
      host.abandon('not read');
    },
  },
  {
    name: 'H_BUSY while waiting for the response',
    legal: true,
    *run(host) {
      if (!(yield* impatiently(host))) {
        yield* host.setHBusy(true);
        yield* host.beImpatient();
        yield* host.setHBusy(false);
      }
      if (host.open && (yield* host.read()) !== Move.ok) host.abandon('out of patience');
    },
  },
  {
    name: 'flags reset',
    legal: true, // as Linux does it
    *run(host) {
      yield* somewhere(host);
      host.abandon('flags reset');
      yield* host.setHBusy(false);
      yield host.io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
      yield host.io.outb(BT_CTRL, BtCtrl.SMS_ATN);
      yield host.io.outb(BT_INTMASK, BtIntMask.BMC_HWRST);
    },
  },
  {
    name: 'host reset',
    legal: true,
    *run(host) {
      yield* somewhere(host);
      yield* host.restart();
      yield* plain(host); // firmware puts right what it finds
    },
  },
];

/** Moves that it does not allow. */
const BREAKING_MOVES: readonly CarelessMove<CarelessBtHost>[] = [
  {
    name: 'wrong length byte',
    legal: false,
    *run(host) {
      host.compose();
      const lengths = wrongLengths(host.lengthByte);
      host.break('11.1', 'a length byte that is not the length');
      if ((yield* host.ready()) !== Move.ok) return;
      yield* host.force(lengths[host.draw(lengths.length, 'length byte')]);
      yield* aftermath(host);
    },
  },
  {
    name: 'overlong message',
    legal: false,
    *run(host) {
      host.compose(OVERLONG[host.draw(OVERLONG.length, 'length')]);
      host.break('11.1', 'a request that does not fit the buffer');
      if ((yield* host.write()) === Move.ok) yield* aftermath(host);
    },
  },
  {
    name: 'H2B_ATN without a message',
    legal: false,
    *run(host) {
      host.break('11.7', 'H2B_ATN without a request');
      if ((yield* host.ready()) !== Move.ok) return;
      if (host.draw(2, 'pointer') !== 0) yield host.io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
      yield* host.attention();
      yield* aftermath(host);
    },
  },
  {
    name: 'H2B_ATN in the middle of a message',
    legal: false,
    *run(host) {
      host.break('11.7', 'H2B_ATN before the end of a request');
      if ((yield* partly(host)) !== Move.ok) return;
      yield* host.attention();
      yield* aftermath(host);
    },
  },
  {
    name: 'write without waiting for B_BUSY and H2B_ATN',
    legal: false,
    *run(host) {
      host.compose();
      host.break('11.7', 'a write while B_BUSY or H2B_ATN may be set');
      if ((yield* host.write()) !== Move.ok) return;
      host.compose();
      if (host.draw(2, 'as a whole') === 0) yield* host.force();
      else {
        yield* host.start();
        yield* host.put(0, host.draw(host.frameLength, 'bytes written'));
      }
      yield* aftermath(host);
    },
  },
  {
    name: 'CLR_WR_PTR in the middle of a message',
    legal: false,
    *run(host) {
      host.compose();
      host.break('11.7', 'the write pointer is cleared in the middle of a request');
      if ((yield* host.ready()) !== Move.ok) return;
      yield* host.start();
      const middle = 1 + host.draw(host.frameLength - 1, 'bytes written');
      yield* host.put(0, middle);
      yield host.io.outb(BT_CTRL, BtCtrl.CLR_WR_PTR);
      yield* host.put(middle, host.frameLength);
      yield* host.attention();
      yield* aftermath(host);
    },
  },
  {
    name: 'same sequence number for another request',
    legal: false,
    *run(host) {
      host.break('11.3', 'a sequence number that is still in use');
      if (yield* impatiently(host)) yield* host.read();
      const { seq } = host;
      host.compose();
      host.seq = seq;
      yield* host.transact();
    },
  },
  {
    name: 'toggle H_BUSY',
    legal: false,
    *run(host) {
      host.break('11.7', 'H_BUSY is toggled unasked');
      yield* somewhere(host);
      host.abandon('broken off');
      yield host.io.outb(BT_CTRL, BtCtrl.H_BUSY);
      yield* host.beImpatient();
      if (host.draw(2, 'and back') === 0) yield host.io.outb(BT_CTRL, BtCtrl.H_BUSY);
    },
  },
  {
    name: 'read without H_BUSY',
    legal: false,
    *run(host) {
      host.break('11.7', 'a response is read without H_BUSY');
      if (!(yield* impatiently(host))) yield* host.waitUntil(BtCtrl.B2H_ATN, BtCtrl.B2H_ATN);
      yield* host.acknowledge(false);
      yield* host.bytes(64);
      host.abandon('broken off');
    },
  },
  {
    name: 'read beyond the end',
    legal: false,
    *run(host) {
      host.break('11.7', 'more is read than the length says');
      if ((yield* readPartly(host)) === Move.ok) {
        for (let i = 1 + host.draw(80, 'bytes read'); i > 0; i--) yield host.io.inb(BT_BUFFER);
        yield* host.setHBusy(false);
      }
      host.abandon('broken off');
    },
  },
  {
    name: 'read though there is no response',
    legal: false,
    *run(host) {
      host.break('11.7', 'a read without B2H_ATN');
      yield host.io.outb(BT_CTRL, BtCtrl.CLR_RD_PTR);
      for (let i = 1 + host.draw(8, 'bytes read'); i > 0; i--) yield host.io.inb(BT_BUFFER);
    },
  },
];

/**
 * Moves by name, the plain one first and `stop` last. After any of them but `stop` the host goes on to the next as if
 * nothing were.
 */
export const CARELESS_BT_MOVES: readonly CarelessMove<CarelessBtHost>[] = constant([
  ...LEGAL_MOVES,
  ...BREAKING_MOVES,
  {
    name: 'stop',
    legal: true,
    *run(host) {
      yield* somewhere(host);
      host.stop();
    },
  },
]);
