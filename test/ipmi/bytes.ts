import { writeEcho } from '../../src/ipmi/index.ts';

/** "1c 01 00" as bytes. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(' ').filter((word) => word !== ''), (word) => Number.parseInt(word, 16));
}

/** Bytes as "1c 01 00". */
export function hex(buf: Uint8Array): string {
  return Array.from(buf, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** A whole echo request of `length` bytes. */
export function echoRequest(tag: number, length: number): Uint8Array {
  const buf = new Uint8Array(length);
  writeEcho(buf, tag, length);
  return buf;
}

/** The successful response that carries the data of an echo request, however torn. */
export function echoResponse(req: Uint8Array): Uint8Array {
  return Uint8Array.of(0xc4, 0x0e, 0x00, ...req.subarray(2));
}
