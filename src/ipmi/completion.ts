/** Generic completion codes, IPMI 2.0 §5.2 Table 5-2. */
export const CompletionCode = {
  SUCCESS: 0x00,
  NODE_BUSY: 0xc0,
  INVALID_COMMAND: 0xc1,
  INVALID_FOR_LUN: 0xc2,
  TIMEOUT: 0xc3,
  OUT_OF_SPACE: 0xc4,
  INVALID_RESERVATION: 0xc5,
  REQUEST_TRUNCATED: 0xc6,
  REQUEST_LENGTH_INVALID: 0xc7,
  REQUEST_LENGTH_EXCEEDED: 0xc8,
  PARAMETER_OUT_OF_RANGE: 0xc9,
  CANNOT_RETURN_DATA: 0xca,
  NOT_PRESENT: 0xcb,
  INVALID_DATA_FIELD: 0xcc,
  ILLEGAL_FOR_SENSOR: 0xcd,
  RESPONSE_NOT_PROVIDED: 0xce,
  DUPLICATED_REQUEST: 0xcf,
  SDR_IN_UPDATE_MODE: 0xd0,
  FIRMWARE_UPDATE_MODE: 0xd1,
  INITIALIZING: 0xd2,
  DESTINATION_UNAVAILABLE: 0xd3,
  INSUFFICIENT_PRIVILEGE: 0xd4,
  NOT_SUPPORTED_IN_STATE: 0xd5,
  SUBFUNCTION_DISABLED: 0xd6,
  UNSPECIFIED: 0xff,
} as const;

/** Command-specific code of Get Message (§22.6) and Read Event Message Buffer (§22.8): nothing there. */
export const CC_DATA_NOT_AVAILABLE = 0x80;

const TEXT: ReadonlyMap<number, string> = new Map<number, string>([
  [CompletionCode.SUCCESS, 'command completed normally'],
  [CompletionCode.NODE_BUSY, 'node busy'],
  [CompletionCode.INVALID_COMMAND, 'invalid command'],
  [CompletionCode.INVALID_FOR_LUN, 'command invalid for given LUN'],
  [CompletionCode.TIMEOUT, 'timeout while processing command'],
  [CompletionCode.OUT_OF_SPACE, 'out of space'],
  [CompletionCode.INVALID_RESERVATION, 'reservation canceled or invalid reservation ID'],
  [CompletionCode.REQUEST_TRUNCATED, 'request data truncated'],
  [CompletionCode.REQUEST_LENGTH_INVALID, 'request data length invalid'],
  [CompletionCode.REQUEST_LENGTH_EXCEEDED, 'request data field length limit exceeded'],
  [CompletionCode.PARAMETER_OUT_OF_RANGE, 'parameter out of range'],
  [CompletionCode.CANNOT_RETURN_DATA, 'cannot return number of requested data bytes'],
  [CompletionCode.NOT_PRESENT, 'requested sensor, data or record not present'],
  [CompletionCode.INVALID_DATA_FIELD, 'invalid data field in request'],
  [CompletionCode.ILLEGAL_FOR_SENSOR, 'command illegal for specified sensor or record type'],
  [CompletionCode.RESPONSE_NOT_PROVIDED, 'command response could not be provided'],
  [CompletionCode.DUPLICATED_REQUEST, 'cannot execute duplicated request'],
  [CompletionCode.SDR_IN_UPDATE_MODE, 'SDR repository in update mode'],
  [CompletionCode.FIRMWARE_UPDATE_MODE, 'device in firmware update mode'],
  [CompletionCode.INITIALIZING, 'BMC initialization in progress'],
  [CompletionCode.DESTINATION_UNAVAILABLE, 'destination unavailable'],
  [CompletionCode.INSUFFICIENT_PRIVILEGE, 'insufficient privilege level'],
  [CompletionCode.NOT_SUPPORTED_IN_STATE, 'not supported in present state'],
  [CompletionCode.SUBFUNCTION_DISABLED, 'command sub-function disabled or unavailable'],
  [CompletionCode.UNSPECIFIED, 'unspecified error'],
]);

/** What Table 5-2 says of a completion code, in lower case: `c1` is "invalid command". */
export function completionText(cc: number): string {
  const text = TEXT.get(cc);
  if (text !== undefined) return text;
  if (cc >= 0x01 && cc <= 0x7e) return 'device-specific (OEM) code';
  if (cc >= 0x80 && cc <= 0xbe) return 'command-specific code';
  return 'reserved code';
}
