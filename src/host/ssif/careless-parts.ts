import { GLITCHES } from '../../hw/i2c/port.ts';
import type { Steps } from '../../sim/process.ts';
import { MS, type Ps } from '../../sim/time.ts';
import { Move } from '../careless.ts';
import type { CarelessSmbus } from './careless.ts';
import { SsifCmd } from '../../ipmi/ssif.ts';
import { I2C_SMBUS_BLOCK_MAX } from './smbus.ts';
import type { ScriptedSmbus } from './scripted-smbus.ts';

/** Lengths of a request in several parts: the shortest, a multiple of 32, one byte more, three parts. */
const LONG: readonly number[] = [33, 64, 65, 97];

/** How long the host gives the BMC before it does something else: none, the pace, T6, and longer than ssif_bmc's 500 ms. */
const WAITS: readonly Ps[] = [0, 5 * MS, 60 * MS, 600 * MS];

/** Takes a request of one part, or of several, in hand. */
export function composeAny(host: CarelessSmbus): void {
  if (host.draw(2, 'several parts') === 0) host.compose();
  else composeLong(host);
}

export function composeLong(host: CarelessSmbus): void {
  host.compose(LONG[host.draw(LONG.length, 'length')]);
}

/** A request and its response, plainly. */
export function* plain(host: CarelessSmbus): Steps<Move> {
  composeAny(host);
  return yield* host.transact();
}

/** Sends a request and leaves the BMC with it for a while. */
export function* ask(host: CarelessSmbus): Steps<Move> {
  composeAny(host);
  const move = yield* host.insist();
  if (move === Move.ok) yield* host.sleep(WAITS[host.draw(WAITS.length, 'wait')]);
  else host.abandon('not taken');
  return move;
}

/** Cuts a write to the BMC short: command, count and some data, and what then follows is up to the caller. */
export function someOfBlock(host: CarelessSmbus): ScriptedSmbus {
  const command = host.length > I2C_SMBUS_BLOCK_MAX ? SsifCmd.MULTI_PART_REQUEST_START : SsifCmd.REQUEST;
  const count = Math.min(host.length, I2C_SMBUS_BLOCK_MAX);
  const script = host.script().send(command);
  const bytes = host.draw(count + 1, 'bytes written'); // 0: not even the count
  if (bytes > 0) script.send(count);
  for (let i = 0; i < bytes - 1; i++) script.send(host.request[i]);
  return script;
}

/** Reads some bytes of the response, from the count on, and stops. */
export function* readSome(host: CarelessSmbus, command: number, bytes: number): Steps<Move> {
  host.script().send(command).start(host.address, true).receive(bytes).stop();
  return yield* host.done();
}

/**
 * The controller vanishes in the middle of the byte behind the script, and is back some time later. If then the BMC still
 * keeps SDA low, as it does in the middle of a byte of its own, firmware clocks the bus free: nobody could use it else.
 */
export function* powerOff(host: CarelessSmbus, script: ScriptedSmbus, reading: boolean): Steps {
  script.powerOff(host.draw(9, 'bits'), GLITCHES[host.draw(GLITCHES.length, 'glitch')]);
  if (reading) script.receive(1);
  else script.send(host.draw(256, 'byte'));
  yield* host.run();
  host.abandon('the host was reset');
  yield* host.sleep(host.resetTime);
  if (host.own.bus.sda === 1) return;
  host.own.clear().stop();
  yield* host.run();
}

/** A block write that breaks the rules: whatever request it was of is given up. */
export function* illegalWrite(host: CarelessSmbus, script: ScriptedSmbus): Steps {
  host.endBlock(script);
  yield* host.done();
  host.abandon('written against the rules');
}
