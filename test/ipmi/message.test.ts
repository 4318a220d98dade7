import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AppCmd, CompletionCode, NetFn, OemCmd, commandName, completionText, isResponse, isResponseTo, lunOf, netFnLun,
  netFnOf, writeRequest, writeResponse,
} from '../../src/ipmi/index.ts';
import { bytes, hex } from './bytes.ts';

const evenNetFn = fc.nat(31).map((n) => 2 * n);

test('first byte: NetFn above LUN', () => {
  const first = [netFnLun(NetFn.APP, 0), netFnLun(NetFn.APP + 1, 0), netFnLun(NetFn.OEM, 2)];
  expect(hex(Uint8Array.from(first))).toBe('18 1c c2');
  for (let byte = 0; byte < 256; byte++) expect(netFnLun(netFnOf(byte), lunOf(byte))).toBe(byte);
});

test('a response header answers its request', () => {
  fc.assert(fc.property(evenNetFn, fc.nat(3), fc.nat(255), fc.nat(255), fc.nat(8), (netFn, lun, cmd, cc, more) => {
    const req = new Uint8Array(10);
    const rsp = new Uint8Array(10);
    expect(writeRequest(req, netFn, lun, cmd)).toBe(2);
    expect(writeResponse(rsp, req, 2 + more, cc)).toBe(3);
    expect([...rsp.subarray(0, 4)]).toEqual([((netFn + 1) << 2) | lun, cmd, cc, 0]);
    expect(isResponse(req, 2)).toBe(false);
    expect(isResponse(rsp, 3)).toBe(true);
    expect(isResponseTo(req, 2 + more, rsp, 3 + more)).toBe(true);
    expect(isResponseTo(rsp, 3, req, 10)).toBe(false);
    expect(isResponseTo(rsp, 3, rsp, 3)).toBe(false);
  }));
});

test('one bit wrong in the first two bytes, and it is the response to something else', () => {
  const req = bytes('18 2f');
  for (let bit = 0; bit < 16; bit++) {
    const rsp = bytes('1c 2f 00 08');
    rsp[bit >> 3] ^= 1 << (bit & 7);
    expect(isResponseTo(req, 2, rsp, 4)).toBe(false);
  }
});

test.each([
  ['', '', false],
  ['18', '1c 00 c7', false],
  ['18 01', '1c 01', false],
  ['18 01', '1c 01 c1', true],
  ['18 01', '1c 01 00 20', true],
  ['19 01', '1c 01 00', false],
])('request %s, response %s', (req, rsp, expected) => {
  expect(isResponseTo(bytes(req), bytes(req).length, bytes(rsp), bytes(rsp).length)).toBe(expected);
});

test.each([
  ['', '04 00 c7'],
  ['18', '1c 00 c7'],
  ['18 01', '1c 01 c7'],
])('even "%s" has a response', (req, rsp) => {
  const buf = new Uint8Array(3);
  // What lies behind the request's end does not show.
  const longer = Uint8Array.of(...bytes(req), 0xee, 0xee);
  writeResponse(buf, longer, bytes(req).length, CompletionCode.REQUEST_LENGTH_INVALID);
  expect(hex(buf)).toBe(rsp);
});

test('a request can stand anywhere in a buffer', () => {
  const buf = new Uint8Array(4);
  expect(writeRequest(buf, NetFn.APP, 0, AppCmd.GET_DEVICE_ID, 1)).toBe(3);
  expect(hex(buf)).toBe('00 18 01 00');
});

test.each([
  [NetFn.APP, AppCmd.GET_DEVICE_ID, 'Get Device ID'],
  [NetFn.APP + 1, AppCmd.READ_EVENT_MESSAGE_BUFFER, 'Read Event Message Buffer'],
  [NetFn.OEM, OemCmd.ECHO, 'Echo'],
  [0x2c, 0x00, 'NetFn 0x2c Cmd 0x00'],
])('NetFn %d command %d is %s', (netFn, cmd, name) => {
  expect(commandName(netFn, cmd)).toBe(name);
});

test('every command has the name of the specification', () => {
  for (const cmd of Object.values(AppCmd)) expect(commandName(NetFn.APP, cmd)).not.toMatch(/^NetFn/);
});

test('every completion code has a text of its own, and every byte has one', () => {
  const codes = Object.values(CompletionCode);
  expect(new Set(codes.map(completionText)).size).toBe(codes.length);
  const generic = [0x01, 0x7e, 0x7f, 0x80, 0xbe, 0xbf, 0xd7, 0xfe].map(completionText);
  const [oem, command, reserved] = ['device-specific (OEM) code', 'command-specific code', 'reserved code'];
  expect(generic).toEqual([oem, oem, reserved, command, command, reserved, reserved, reserved]);
  expect(completionText(0xc1)).toBe('invalid command');
});
