import type { Rules } from '../rules.ts';

// Which sections of chapter 12 say this no public source settles, but for the timing: the SSIF driver of Ampere's EDK II
// platforms (IpmiSsifDxe.h) has "12.17 SSIF Timing". The comment in Linux' ssif_bmc.c says 12.7.
const WRITES = 'IPMI 2.0 chapter 12: single-part and multi-part writes';
const READS = 'IPMI 2.0 chapter 12: single-part and multi-part reads';
const TIMING = 'IPMI 2.0 section 12.17';
const CONTRACT = 'Linux: Documentation/i2c/slave-interface.rst';

/**
 * What binds the BMC over SSIF. A rule of an oracle that is common to all interfaces is here where its text or its source
 * is another; an oracle that is named here without a rule takes precedence over the general rules of that oracle.
 */
export const SSIF_RULES: Rules = {
  'wrong-response': { text: 'the response that the host reads answers the request that it wrote last', source: READS },
  'wrong-response/answers-another-request': {
    text: 'a new request voids the response to the one before it, which must not reach the host any more', source: READS,
  },
  'wrong-response/answers-nothing': { text: 'a response carries the NetFn, LUN and command of its request', source: READS },
  'torn-message': { text: 'a message is handed on byte for byte as its SMBus blocks carried it', source: WRITES },
  'torn-message/truncated': { text: 'read() hands out one whole request or fails', source: 'drivers/char/ipmi/ssif_bmc.c: one request a read()' },
  'torn-message/mixed': { text: 'a request is the bytes of its own parts; 02h or 06h begins a new one and drops what was there', source: WRITES },
  'torn-message/unfinished': { text: 'read() hands out a request when its last part is there, not before', source: WRITES },
  'torn-message/other-framing': { text: 'driver and daemon agree on the length before each message', source: 'include/uapi/linux/ipmi_ssif_bmc.h' },
  'torn-message/response': { text: 'what the host gets is the whole echo that it asked for, byte for byte', source: READS },
  'lost-request': { text: 'a request whose every part was ACKed is handed to the daemon', source: WRITES },
  'lost-response': { text: 'a response is delivered to the host that goes on asking for it', source: `${READS}; ${TIMING}` },
  'lost-response/accepted': { text: 'a response that write() has accepted reaches the host that goes on asking for it', source: READS },
  'lost-response/withheld': { text: 'a response that the driver holds is what a host that asks for it gets', source: READS },
  'lost-response/refused': { text: 'the response to the request in hand is accepted by write()', source: `${READS}, write(2)` },
  'phantom-request': { text: 'read() hands out only what the host has sent', source: WRITES },
  'phantom-request/empty': { text: 'a request has at least NetFn/LUN and command', source: WRITES },
  'phantom-request/left-behind': { text: 'who opens the device is handed what the host sends from then on', source: 'open(2): one user at a time' },
  'errno/late-as-einval': { text: 'write() fails with -EINVAL only for what is wrong with its arguments', source: 'write(2)' },
  'irq-storm': { text: 'a handler of a level interrupt acknowledges its cause: what it does not want as well', source: 'AST2500: INTR_STS is write 1 to clear' },
  hang: { text: 'a host that follows the protocol gets its response in finite time', source: TIMING },
  'hang/scl-held': { text: 'a target keeps SCL low for no longer than 25 ms', source: 'SMBus 2.0 section 3.1.1.3: tLOW:SEXT and tTIMEOUT' },
  'hang/no-recovery': { text: 'after faults have ended, a host that follows the protocol is served again', source: TIMING },
  'hang/endless': { text: 'the system comes to rest', source: 'limit of steps of one execution' },
  'state-mismatch/busy-dropped': { text: 'the driver is busy from a complete request until its response is there or given up', source: 'drivers/char/ipmi/ssif_bmc.c: busy' },
  'state-mismatch': { text: 'when a transaction is over the driver waits for the next START', source: `${CONTRACT}: STOP; IPMI 2.0 chapter 12` },
};
