import { BMC_COMMANDS } from './bmc-commands.ts';
import type { BmcCommand } from './bmc-commands.ts';
import type { BmcState } from './bmc-state.ts';
import { CompletionCode } from './completion.ts';
import { REQUEST_HEADER, RESPONSE_HEADER, writeResponse } from './message.ts';
import { Lun, lunOf, netFnOf } from './netfn.ts';

const COMMANDS: ReadonlyMap<number, BmcCommand> = new Map(
  BMC_COMMANDS.map((command) => [(command.netFn << 8) | command.cmd, command]),
);

/**
 * Does what the request in `req[0..reqLen)` asks for, writes the response into `rsp` and returns its length,
 * always 3 or more. A response that does not fit into `rsp` becomes completion code CAh. Nothing behind the
 * returned length is written, and a completion code other than 00h means that the state has not changed.
 *
 * The checks in their order: a message without command, C7h; command not known, or sent with the NetFn of
 * a response, C1h; LUN not 0, C2h; data too short or too long, C7h.
 *
 * @param rsp another buffer than `req`, of 3 bytes or more
 */
export function answer(state: BmcState, req: Uint8Array, reqLen: number, rsp: Uint8Array): number {
  if (rsp.length < RESPONSE_HEADER) throw new RangeError(`response buffer of ${rsp.length} bytes`);
  if (reqLen < REQUEST_HEADER) return writeResponse(rsp, req, reqLen, CompletionCode.REQUEST_LENGTH_INVALID);
  const command = COMMANDS.get((netFnOf(req[0]) << 8) | req[1]);
  if (command === undefined) return writeResponse(rsp, req, reqLen, CompletionCode.INVALID_COMMAND);
  if (lunOf(req[0]) !== Lun.BMC) return writeResponse(rsp, req, reqLen, CompletionCode.INVALID_FOR_LUN);
  const count = reqLen - REQUEST_HEADER;
  if (count < command.min || count > command.max) {
    return writeResponse(rsp, req, reqLen, CompletionCode.REQUEST_LENGTH_INVALID);
  }
  writeResponse(rsp, req, reqLen, CompletionCode.SUCCESS);
  return command.run(state, req, reqLen, rsp);
}
