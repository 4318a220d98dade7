/** Constants of the KCS protocol, IPMI 2.0 §9.5-9.11, Tables 9-1 to 9-4. */

/** Bits of the status register, Table 9-1. S1, S0, OEM and SMS_ATN are the BMC's, the rest hardware's. */
export const Str = {
  OBF: 0x01,
  IBF: 0x02,
  SMS_ATN: 0x04,
  /** 1: the host last wrote the command port, 0: the data port. */
  C_D: 0x08,
  OEM1: 0x10,
  OEM2: 0x20,
  S0: 0x40,
  S1: 0x80,
} as const;

/** S1 and S0 in the status register. */
export const STATE_MASK = 0xc0;

/** Interface states, Table 9-2: the value of S1 S0. */
export const KcsState = { IDLE: 0, READ: 1, WRITE: 2, ERROR: 3 } as const;
export type KcsState = (typeof KcsState)[keyof typeof KcsState];

/** Control codes, Table 9-3. All go to the command port, except READ, which goes to the data port. */
export const KcsControl = { GET_STATUS_ABORT: 0x60, WRITE_START: 0x61, WRITE_END: 0x62, READ: 0x68 } as const;

/** Status codes that the BMC returns to GET_STATUS/ABORT, Table 9-4. */
export const KcsStatus = {
  NO_ERROR: 0x00,
  ABORTED_BY_COMMAND: 0x01,
  ILLEGAL_CONTROL_CODE: 0x02,
  LENGTH_ERROR: 0x06,
  UNSPECIFIED: 0xff,
} as const;

const STATE_NAMES = ['IDLE', 'READ', 'WRITE', 'ERROR'] as const;

/** The interface state in a value of the status register. */
export function stateOf(str: number): KcsState {
  return ((str >> 6) & 3) as KcsState;
}

/** `str` with S1 S0 replaced. */
export function withState(str: number, state: KcsState): number {
  return (str & ~STATE_MASK) | (state << 6);
}

/** The name of a state, as in Table 9-2. */
export function stateName(state: KcsState): string {
  return STATE_NAMES[state];
}

/** A status register value for people: the state, then the bits that are set, high to low: `WRITE C/D IBF`. */
export function formatStr(str: number): string {
  let text: string = STATE_NAMES[stateOf(str)];
  if ((str & Str.OEM2) !== 0) text += ' OEM2';
  if ((str & Str.OEM1) !== 0) text += ' OEM1';
  if ((str & Str.C_D) !== 0) text += ' C/D';
  if ((str & Str.SMS_ATN) !== 0) text += ' SMS_ATN';
  if ((str & Str.IBF) !== 0) text += ' IBF';
  if ((str & Str.OBF) !== 0) text += ' OBF';
  return text;
}

/** The name of a control code; hex for a reserved one (63h-67h, 69h-6Fh) or any other byte. */
export function controlName(code: number): string {
  switch (code) {
    case KcsControl.GET_STATUS_ABORT: return 'GET_STATUS/ABORT';
    case KcsControl.WRITE_START: return 'WRITE_START';
    case KcsControl.WRITE_END: return 'WRITE_END';
    case KcsControl.READ: return 'READ';
    default: return `0x${code.toString(16).padStart(2, '0')}`;
  }
}

/** What Table 9-4 says of a status code. */
export function statusName(code: number): string {
  switch (code) {
    case KcsStatus.NO_ERROR: return 'no error';
    case KcsStatus.ABORTED_BY_COMMAND: return 'aborted by command';
    case KcsStatus.ILLEGAL_CONTROL_CODE: return 'illegal control code';
    case KcsStatus.LENGTH_ERROR: return 'length error';
    case KcsStatus.UNSPECIFIED: return 'unspecified error';
    default: return code >= 0xc0 && code <= 0xfe ? 'OEM error' : 'reserved';
  }
}
