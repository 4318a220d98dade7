import { AstlpcCommand, AstlpcStatus, Lpcmap, MCTP_HEADER, be16, be32, commandText, crc32, headerText, packetText, statusText } from '../../mctp/index.ts';
import { hex, messageBytes, micros } from '../names.ts';
import { versionsOf, type Said } from './conversation.ts';

/** Bytes of a packet that are shown. */
const SHOWN = 24;

/** `STR3=C1h BMC active, channel active, OBF`; without MCTP only the flags of the hardware mean something. */
export function rawStrText(channel: number, str: number, mctp: boolean): string {
  const flags = [...((str & AstlpcStatus.IBF) === 0 ? [] : ['IBF']), ...((str & AstlpcStatus.OBF) === 0 ? [] : ['OBF'])];
  return [`STR${channel}=${hex(str)}`, [...(mctp ? [statusText(str)] : []), ...flags].join(', ')].filter((text) => text !== '').join(' ');
}

/** `Tx Begin`, or `05h`. */
export function byteText(byte: number, mctp: boolean): string {
  return mctp ? commandText(byte) : hex(byte);
}

/** A line of the transcript, and what belongs to it. */
export function saidLines({ at, from, what, value, packet, header }: Said, mctp: boolean): string[] {
  const head = `${micros(at).padStart(11)}  ${from === 'host' ? 'host -> BMC ' : 'BMC  -> host'}`;
  const inner = ' '.repeat(27);
  if (what === 'status') {
    const areas = header === undefined || (value & AstlpcStatus.CHANNEL_ACTIVE) !== 0 ? [] : [`${inner}${areasText(header)}; BMC speaks versions ${versionsOf(header, Lpcmap.BMC_VER_MIN, Lpcmap.BMC_VER_CUR)}`];
    const active = header !== undefined && (value & AstlpcStatus.CHANNEL_ACTIVE) !== 0
      ? [`${inner}negotiated version ${be16(header, Lpcmap.NEGOTIATED_VER)}, ${areasText(header)}`] : [];
    return [`${head}  STR := ${hex(value)}${mctp ? ` ${statusText(value)}` : ''}`, ...areas, ...active];
  }
  const lines = [`${head}  ${hex(value)}${mctp ? ` ${commandText(value)}` : ''}`];
  if (header !== undefined && from === 'host' && value === AstlpcCommand.INITIALISE) {
    lines.push(`${inner}host speaks versions ${versionsOf(header, Lpcmap.HOST_VER_MIN, Lpcmap.HOST_VER_CUR)}, wants ${be32(header, Lpcmap.RX_SIZE)} bytes to receive`);
  }
  if (packet !== undefined) {
    const code = crc32(Uint8Array.from(packet)).toString(16).padStart(8, '0');
    lines.push(`${inner}${packetText(packet)}: ${headerText(packet)}`, `${inner}${packet.length} bytes, CRC-32 ${code}: ${messageBytes(packet.slice(0, MCTP_HEADER))} ${messageBytes(packet.slice(MCTP_HEADER), SHOWN)}`);
  }
  return lines;
}

function areasText(header: Uint8Array): string {
  const area = (name: string, offset: number, size: number): string => `${name} ${be32(header, size)} bytes at ${hex(be32(header, offset), 3)}`;
  return `host's ${area('rx', Lpcmap.RX_OFFSET, Lpcmap.RX_SIZE)}, ${area('tx', Lpcmap.TX_OFFSET, Lpcmap.TX_SIZE)}`;
}
