import { AppCmd, CompletionCode, Lun, NetFn, QEMU_IDENTITY, RESPONSE_BIT, netFnLun } from '../src/ipmi/index.ts';

/** What the daemon of a direct machine makes of a request of `length` bytes; the length of the response. */
export function answerDirectly(request: Uint8Array, length: number, response: Uint8Array): number {
  response[0] = request[0] | RESPONSE_BIT;
  response[1] = request[1];
  if (length < 2 || request[0] !== netFnLun(NetFn.APP, Lun.BMC)) {
    response[2] = CompletionCode.INVALID_COMMAND;
    return 3;
  }
  switch (request[1]) {
    case AppCmd.GET_DEVICE_ID: {
      const { deviceId } = QEMU_IDENTITY;
      response[2] = CompletionCode.SUCCESS;
      for (let i = 0; i < deviceId.length; i++) response[3 + i] = deviceId[i];
      return 3 + deviceId.length;
    }
    default:
      response[2] = CompletionCode.INVALID_COMMAND;
      return 3;
  }
}
