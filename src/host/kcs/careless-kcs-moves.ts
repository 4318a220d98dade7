import { KcsControl, KcsState, Str, stateOf } from '../../ipmi/kcs.ts';
import type { Steps } from '../../sim/process.ts';
import { constant } from '../../sim/state.ts';
import { Move, type CarelessMove } from '../careless.ts';
import type { PortReg } from '../io.ts';
import type { CarelessKcsHost } from './careless-kcs.ts';
import { DATA, STATUS } from './kcs-ports.ts';

/** Around what Linux hosts send (272) and what BMC drivers hold (512, 1000, 1024). */
const OVERLONG: readonly number[] = [273, 513, 999, 1000, 1001, 1002, 1025, 1500];

/** Control codes that are reserved or belong to the data port (Table 9-3). */
const ILLEGAL_CODES: readonly number[] = [0x63, 0x68, 0x00, 0xe1, 0x6f, 0xff];

/** How many bytes of the request in hand to write before something happens: 0 to all but the last. */
function some(host: CarelessKcsHost): number {
  return host.draw(host.length, 'bytes written');
}

/** Begins a request and leaves it before its end. */
function* partly(host: CarelessKcsHost): Steps<Move> {
  host.compose();
  return yield* host.write(some(host));
}

/** Sends a request and reads a part of the response, if that comes. */
function* readPartly(host: CarelessKcsHost): Steps<Move> {
  host.compose();
  const move = yield* host.write();
  return move === Move.ok ? yield* host.read(1 + host.draw(8, 'bytes read')) : move;
}

/**
 * Sends a request and looks for its response once, not for long: the host does something else meanwhile, so
 * this is no time-out on the BMC. True if the response is there.
 */
function* impatiently(host: CarelessKcsHost): Steps<boolean> {
  host.compose();
  if ((yield* host.write()) !== Move.ok) return false;
  yield* host.beImpatient();
  return stateOf(host.status) === KcsState.READ && (host.status & (Str.IBF | Str.OBF)) === Str.OBF;
}

function* plain(host: CarelessKcsHost): Steps<Move> {
  host.compose();
  return yield* host.transact();
}

/** A byte or a code that the BMC must answer with ERROR_STATE, and what became of it. */
function* stray(host: CarelessKcsHost, reg: PortReg, value: number): Steps {
  host.abandon('broken off');
  if ((yield* host.put(reg, value)) === Move.ok) yield* host.waitWhile(Str.IBF, Str.IBF);
}

/** Moves by name, the plain one first. After any of them but `stop` the host goes on to the next as if nothing were. */
export const CARELESS_KCS_MOVES: readonly CarelessMove<CarelessKcsHost>[] = constant([
  { name: 'plain', legal: true, run: plain },
  {
    name: 'restart while waiting for the response',
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
    name: 'restart while reading',
    legal: true,
    *run(host) {
      yield* readPartly(host);
      yield* plain(host);
    },
  },
  {
    name: 'abort while idle',
    legal: true,
    *run(host) {
      yield* host.abort();
    },
  },
  {
    name: 'abort while writing',
    legal: true,
    *run(host) {
      yield* partly(host);
      yield* host.abort();
    },
  },
  {
    name: 'abort while waiting for the response',
    legal: true,
    *run(host) {
      if (yield* impatiently(host)) yield* host.read();
      else yield* host.abort();
    },
  },
  {
    name: 'abort while reading',
    legal: true,
    *run(host) {
      yield* readPartly(host);
      yield* host.abort();
    },
  },
  {
    name: 'abort twice',
    legal: true,
    *run(host) {
      yield* partly(host);
      if ((yield* host.put(STATUS, KcsControl.GET_STATUS_ABORT)) === Move.ok) host.abandon('aborted');
      yield* host.abort();
    },
  },
  {
    name: 'stray byte',
    legal: false,
    *run(host) {
      host.break('9.15', 'a data byte outside of a transfer');
      yield* stray(host, DATA, host.draw(256, 'byte'));
    },
  },
  {
    name: 'stray WRITE_END and byte',
    legal: false,
    *run(host) {
      host.break('9.15', 'WRITE_END outside of a transfer');
      yield* stray(host, STATUS, KcsControl.WRITE_END);
      yield* stray(host, DATA, host.draw(256, 'byte'));
    },
  },
  {
    name: 'illegal control code',
    legal: false,
    *run(host) {
      if (host.draw(2, 'while writing') !== 0) yield* partly(host);
      const code = ILLEGAL_CODES[host.draw(ILLEGAL_CODES.length, 'code')];
      host.break('9.10', 'a control code that is reserved');
      yield* stray(host, STATUS, code);
    },
  },
  {
    name: 'wrong byte while reading',
    legal: false,
    *run(host) {
      const move = yield* readPartly(host);
      if (move !== Move.ok || !host.open) return;
      host.break('9.15', 'a byte that is not READ in READ_STATE');
      yield* stray(host, DATA, KcsControl.READ ^ (1 + host.draw(8, 'byte')));
    },
  },
  {
    name: 'one-byte message',
    legal: false,
    *run(host) {
      host.compose();
      host.length = 1;
      host.break('9.2', 'a request of one byte');
      yield* host.transact();
    },
  },
  {
    name: 'overlong message',
    legal: true, // the BMC may refuse it, by ERROR_STATE and status code 06h
    *run(host) {
      host.compose(OVERLONG[host.draw(OVERLONG.length, 'length')]);
      yield* host.transact();
    },
  },
  {
    name: 'write without waiting for IBF',
    legal: false,
    *run(host) {
      yield* partly(host);
      host.break('9.15', 'a write while IBF may be set');
      host.abandon('wrote without waiting');
      yield host.io.outb(DATA, 0x55);
      if (host.draw(2, 'second write') === 0) yield host.io.outb(DATA, 0xaa);
      else yield host.io.outb(STATUS, KcsControl.WRITE_START);
      yield* host.waitWhile(Str.IBF, Str.IBF);
    },
  },
  {
    name: 'host reset',
    legal: true,
    *run(host) {
      const where = host.draw(3, 'where');
      if (where === 0) yield* partly(host);
      else if (where === 1) yield* impatiently(host);
      else yield* readPartly(host);
      yield* host.restart();
      yield* plain(host); // firmware begins as if nothing had been
    },
  },
  {
    name: 'stop',
    legal: true,
    *run(host) {
      const where = host.draw(3, 'where');
      if (where === 0) yield* partly(host);
      else if (where === 1) yield* impatiently(host);
      else yield* readPartly(host);
      host.stop();
    },
  },
]);

/** Brings the interface back to IDLE_STATE by the error flow, at most `tries` times: true if it is there. */
export function* recover(host: CarelessKcsHost, tries = 3): Steps<boolean> {
  for (let i = 0; i < tries; i++) {
    if ((yield* host.waitWhile(Str.IBF, Str.IBF)) && stateOf(host.status) === KcsState.IDLE) return true;
    yield* host.abort();
  }
  return stateOf(host.status) === KcsState.IDLE;
}
