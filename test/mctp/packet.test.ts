import { describe, expect, it } from 'vitest';
import {
  MctpControl, answerMctp, headerText, instanceOf, isRequest, isResponse, packetText, writeControlRequest, writeVendorMessage,
} from '../../src/mctp/index.ts';

const HOST = 9;
const BMC = 8;

function ask(command: number, data: readonly number[] = []): { readonly request: readonly number[]; readonly response: readonly number[]; readonly eid: number } {
  const request = new Uint8Array(64);
  const response = new Uint8Array(64);
  const endpoint = { eid: 0 };
  const length = writeControlRequest(request, BMC, HOST, 3, command, data);
  const answered = answerMctp(endpoint, request, length, response);
  return { request: [...request.subarray(0, length)], response: [...response.subarray(0, answered)], eid: endpoint.eid };
}

describe('MCTP control messages: DSP0236 section 12', () => {
  it('Set Endpoint ID gives the BMC its EID, and is answered from it', () => {
    const { request, response, eid } = ask(MctpControl.SET_ENDPOINT_ID, [0, BMC]);
    // Version 1, to 8, from 9, SOM EOM TO tag 3; type 0, Rq and instance 3, command 1.
    expect(request).toEqual([0x01, BMC, HOST, 0xcb, 0x00, 0x83, 0x01, 0x00, BMC]);
    expect(response).toEqual([0x01, HOST, BMC, 0xc3, 0x00, 0x03, 0x01, 0x00, 0x00, BMC, 0x00]);
    expect(eid).toBe(BMC);
  });

  it('Get MCTP Version Support says 1.3.1', () => {
    expect(ask(MctpControl.GET_VERSION_SUPPORT).response.slice(7)).toEqual([0x00, 0x01, 0xf1, 0xf3, 0xf1, 0x00]);
  });

  it('what is not supported gets completion code 05h', () => {
    expect(ask(0x33).response.slice(6)).toEqual([0x33, 0x05]);
  });

  it('tells requests, responses and datagrams apart', () => {
    const packet = new Uint8Array(32);
    const response = new Uint8Array(32);
    expect(writeVendorMessage(packet, BMC, HOST, 5, 16)).toBe(16);
    expect([isRequest(packet, 16), isResponse(packet, 16), instanceOf(packet, 16), packetText(packet, 16)]).toEqual([true, false, 5, 'vendor message, request 5']);
    expect(answerMctp({ eid: BMC }, packet, 16, response)).toBe(16);
    expect([isRequest(response, 16), isResponse(response, 16)]).toEqual([false, true]);
    expect(response.subarray(7, 16)).toEqual(packet.subarray(7, 16));
    writeVendorMessage(packet, BMC, HOST, 5, 16, true);
    expect(answerMctp({ eid: BMC }, packet, 16, response)).toBe(0);
    expect(packetText(packet, 16)).toBe('vendor message, datagram 5');
    expect(headerText(packet)).toBe('EID 9 -> 8, SOM EOM TO tag 5');
  });
});
