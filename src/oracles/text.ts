import { classifyEcho, echoTag, formatEchoVerdict } from '../ipmi/index.ts';

/** Bytes shown of a message. */
const SHOWN = 16;

/** `b0 0e 05 0b ...`. */
export function hexBytes(bytes: Uint8Array, length: number): string {
  const parts: string[] = [];
  for (let i = 0; i < length && i < SHOWN; i++) parts.push(bytes[i].toString(16).padStart(2, '0'));
  if (length > SHOWN) parts.push(`... (${length} bytes)`);
  return parts.join(' ');
}

/** The message with its tag, if it is an echo: `[c0 0e 01 07 62] (tag 1)`. */
export function describeMessage(bytes: Uint8Array, length: number): string {
  const tag = echoTag(bytes, length);
  return `[${hexBytes(bytes, length)}]${tag < 0 ? '' : ` (tag ${tag})`}`;
}

/** Shorter messages do not tell of which echo they are, bytes. */
const TELLING = 7;

/** Of which echoes a torn message was put together, if that can be told. */
export function tornFrom(bytes: Uint8Array, length: number): string {
  if (length < TELLING) return '';
  const verdict = classifyEcho(bytes, length);
  return verdict.kind === 'torn' ? `; ${formatEchoVerdict(verdict)}` : '';
}
