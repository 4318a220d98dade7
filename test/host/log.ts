import type { HostLog } from '../../src/host/log.ts';

/** Writes down what a host tells. */
export function recordingLog(): HostLog & { readonly lines: string[] } {
  const lines: string[] = [];
  const hex = (data: Uint8Array, length: number): string => Array.from(data.subarray(0, length), (b) => b.toString(16).padStart(2, '0')).join(' ');
  return {
    lines,
    began: (request, length) => lines.push(`began ${hex(request, length)}`),
    sent: () => lines.push('sent'),
    abandoned: (why) => lines.push(`abandoned: ${why}`),
    responded: (response, length) => lines.push(`responded ${hex(response, length)}`),
    broke: (section, what) => lines.push(`broke §${section}: ${what}`),
    gaveUp: (what) => lines.push(`gave up ${what}`),
  };
}
