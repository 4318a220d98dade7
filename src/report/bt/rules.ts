import type { Rules } from '../rules.ts';

const PROTOCOL = 'IPMI 2.0 section 11.7';
const FORMAT = 'IPMI 2.0 sections 11.1 and 11.2';
const SEQ = 'IPMI 2.0 section 11.3';
const DRIVER = 'drivers/char/ipmi/bt-bmc.c';

/**
 * What binds the BMC over BT. A rule of an oracle that is common to all interfaces is here where its text or its source
 * is another; an oracle that is named here without a rule takes precedence over the general rules of that oracle.
 */
export const BT_RULES: Rules = {
  'wrong-response': { text: 'the response that the host reads answers the request that it wrote last', source: `${PROTOCOL}; ${SEQ}` },
  'wrong-response/answers-another-request': {
    text: 'a request that was answered, if only by an error, is not answered again: its sequence number may be in use for another', source: SEQ,
  },
  'wrong-response/answers-nothing': { text: 'a response carries the NetFn, LUN, sequence number and command of its request', source: FORMAT },
  'torn-message': { text: 'a message is handed on byte for byte as it stands in the FIFO, as long as its length byte says', source: FORMAT },
  'torn-message/truncated': { text: 'read() hands out one whole request or fails', source: `${DRIVER}: one request a read()` },
  'torn-message/mixed': { text: 'a request is what stands in HOST2BMC when H2B_ATN is raised', source: PROTOCOL },
  'torn-message/response': { text: 'what the host gets is the whole echo that it asked for, byte for byte', source: FORMAT },
  'lost-request': { text: 'a request for which H2B_ATN was raised is handed to the daemon', source: PROTOCOL },
  'lost-response': { text: 'a response is delivered to the host that waits for it', source: PROTOCOL },
  'lost-response/accepted': { text: 'a response that write() has accepted reaches the host', source: PROTOCOL },
  'lost-response/refused': { text: 'the response to the request in hand is accepted by write()', source: `${PROTOCOL}, write(2)` },
  'phantom-request': { text: 'read() hands out only what the host has sent', source: PROTOCOL },
  'phantom-request/empty': { text: 'a request has at least NetFn/LUN, sequence number and command', source: FORMAT },
  'stuck-busy': { text: 'B_BUSY is clear when the BMC is ready for a request', source: 'IPMI 2.0 section 11.6.4' },
  'irq-storm': { text: 'a handler of a level interrupt removes its cause: it writes to iBTCR2 what it has read there', source: 'AST2500: iBTCR2 is write 1 to clear' },
  hang: { text: 'a host that follows the protocol gets a response in finite time', source: PROTOCOL },
  'hang/no-recovery': { text: 'after faults have ended, a host that follows the protocol is served again', source: PROTOCOL },
  'hang/endless': { text: 'the system comes to rest', source: 'limit of steps of one execution' },
  protocol: { text: 'host and BMC follow the BT protocol', source: 'IPMI 2.0 chapter 11' },
  'protocol/read-unprotected': { text: 'the BMC keeps H2B_ATN or B_BUSY set while it reads a request', source: PROTOCOL },
  'protocol/attention-without-response': { text: 'the BMC raises B2H_ATN when a response is in BMC2HOST', source: PROTOCOL },
  'protocol/overwrites-response': { text: 'the BMC writes a response when the host has taken the one before', source: PROTOCOL },
  'protocol/host-a-request-is-written-while-B_BUSY-is-set': { text: 'the host writes a request when B_BUSY and H2B_ATN are clear', source: PROTOCOL },
  'errno/eio-without-error': { text: '-EIO is for a device that does not work', source: 'read(2), write(2)' },
  'errno/nonblocking-sleeps': { text: 'a call with O_NONBLOCK returns -EAGAIN where it would have to wait', source: 'read(2), write(2)' },
};
