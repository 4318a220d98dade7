import { describe, expect, test } from 'vitest';
import {
  KcsControl, KcsState, KcsStatus, STATE_MASK, Str, controlName, formatStr, stateName, stateOf, statusName, withState,
} from '../../src/ipmi/index.ts';

test('status register bits, Table 9-1', () => {
  expect(Str).toEqual({ S1: 0x80, S0: 0x40, OEM2: 0x20, OEM1: 0x10, C_D: 0x08, SMS_ATN: 0x04, IBF: 0x02, OBF: 0x01 });
  expect(STATE_MASK).toBe(Str.S1 | Str.S0);
});

describe('interface states, Table 9-2', () => {
  test.each([
    [0x00, KcsState.IDLE, 'IDLE'],
    [0x40, KcsState.READ, 'READ'],
    [0x80, KcsState.WRITE, 'WRITE'],
    [0xc0, KcsState.ERROR, 'ERROR'],
  ])('S1 S0 of %d', (bits, state, name) => {
    for (let rest = 0; rest < 0x40; rest++) {
      expect(stateOf(bits | rest)).toBe(state);
      for (const before of [0x00, 0x40, 0x80, 0xc0]) expect(withState(before | rest, state)).toBe(bits | rest);
    }
    expect(stateName(state)).toBe(name);
  });
});

test.each([
  [0x00, 'IDLE'],
  [0x81, 'WRITE OBF'],
  [0x8a, 'WRITE C/D IBF'],
  [0x45, 'READ SMS_ATN OBF'],
  [0xc0, 'ERROR'],
  [0xff, 'ERROR OEM2 OEM1 C/D SMS_ATN IBF OBF'],
])('STR %d is written %s', (str, text) => {
  expect(formatStr(str)).toBe(text);
});

test.each([
  [KcsControl.GET_STATUS_ABORT, 0x60, 'GET_STATUS/ABORT'],
  [KcsControl.WRITE_START, 0x61, 'WRITE_START'],
  [KcsControl.WRITE_END, 0x62, 'WRITE_END'],
  [KcsControl.READ, 0x68, 'READ'],
  [0x63, 0x63, '0x63'],
  [0x05, 0x05, '0x05'],
])('control code %d, Table 9-3', (code, value, name) => {
  expect(code).toBe(value);
  expect(controlName(code)).toBe(name);
});

test.each([
  [KcsStatus.NO_ERROR, 0x00, 'no error'],
  [KcsStatus.ABORTED_BY_COMMAND, 0x01, 'aborted by command'],
  [KcsStatus.ILLEGAL_CONTROL_CODE, 0x02, 'illegal control code'],
  [KcsStatus.LENGTH_ERROR, 0x06, 'length error'],
  [KcsStatus.UNSPECIFIED, 0xff, 'unspecified error'],
  [0xc0, 0xc0, 'OEM error'],
  [0xfe, 0xfe, 'OEM error'],
  [0x03, 0x03, 'reserved'],
])('status code %d, Table 9-4', (code, value, name) => {
  expect(code).toBe(value);
  expect(statusName(code)).toBe(name);
});
