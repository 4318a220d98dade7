import { CC_INDEX, commandName, completionText, netFnOf } from '../ipmi/index.ts';
import type { Ps } from '../sim/index.ts';
import { converse, type Message } from './messages.ts';
import { messageText, micros, span } from './names.ts';
import { nameOf, type Recording } from './recording.ts';

/** A step of the way from one side to the other. */
interface Hop {
  readonly name: string;
  /** Latencies, one for each byte or request, in order; ps. */
  readonly all: readonly Ps[];
}

/** The transcript of a run: every request with its answer, and what each hop takes. */
export function formatTranscript(recording: Recording): string {
  const { messages } = converse(recording);
  const lines: string[] = [];
  for (const message of messages) {
    lines.push(`${micros(message.from).padStart(14)} us  host   ${message.kind} ${message.number}  ${messageText(message.bytes)}  ${nameOfCommand(message)}`);
    if (message.to >= 0 && message.ending === 'answered') {
      lines.push(`${micros(message.to).padStart(14)} us  BMC    ${message.ending}   ${messageText(message.response)}  ${completionOf(message)}, ${span(message.to - message.from)} in all`);
    } else if (message.to >= 0) {
      lines.push(`${micros(message.to).padStart(14)} us         ${message.ending}`);
    }
  }
  lines.push('', 'latency of each hop (minimum, median, maximum)');
  for (const { name, all } of hopsOf(recording, messages)) {
    if (all.length === 0) continue;
    const { min, median, max } = spread(all);
    lines.push(`  ${name.padEnd(52)} ${[min, median, max].map((ps) => span(ps).padStart(11)).join(' ')}   n=${all.length}`);
  }
  for (const violation of recording.violations) lines.push('', `!! ${violation.oracle}/${violation.rule}: ${violation.message}`);
  return `${lines.join('\n')}\n`;
}

/** The same as data; every latency in picoseconds. */
export function transcriptJson(recording: Recording): { readonly format: 'inband-run/1' } & Readonly<Record<string, unknown>> {
  const { messages } = converse(recording);
  return {
    format: 'inband-run/1',
    time: recording.time,
    steps: recording.steps,
    requests: messages.filter(({ kind }) => kind === 'request').map((message) => ({
      number: message.number,
      command: nameOfCommand(message),
      request: message.bytes,
      response: message.response,
      ending: message.ending,
      from: message.from,
      to: message.to,
      latency: message.to < 0 ? null : message.to - message.from,
    })),
    hops: hopsOf(recording, messages).map(({ name, all }) => ({ name, ...(all.length === 0 ? { min: null, median: null, max: null } : spread(all)), all })),
    violations: recording.violations,
  };
}

function nameOfCommand({ bytes }: Message): string {
  return bytes.length < 2 ? '' : commandName(netFnOf(bytes[0]), bytes[1]);
}

function completionOf({ response }: Message): string {
  return response.length <= CC_INDEX ? 'no completion code' : completionText(response[CC_INDEX]);
}

function spread(all: readonly Ps[]): { readonly min: Ps; readonly median: Ps; readonly max: Ps } {
  const sorted = [...all].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[sorted.length >> 1], max: sorted[sorted.length - 1] };
}

/** Walks the trace once and times what follows what. */
function hopsOf(recording: Recording, messages: readonly Message[]): readonly Hop[] {
  const toHandler: Ps[] = [];
  const toIdr: Ps[] = [];
  const toHost: Ps[] = [];
  const toSerirq: Ps[] = [];
  const toOdrRead: Ps[] = [];
  let written = -1;
  let read = -1;
  let odr = -1;
  let sampled = false;
  for (const { at, events } of recording.acts) {
    for (const event of events) {
      switch (nameOf(recording, event)) {
        case 'host.idr.write':
          written = at;
          sampled = false;
          break;
        case 'bmc.str.read':
          if (written >= 0 && !sampled) toHandler.push(at - written);
          sampled = true;
          break;
        case 'bmc.idr.read':
          if (written >= 0) toIdr.push(at - written);
          written = -1;
          read = at;
          break;
        case 'host.str.read':
          if (read >= 0 && (event.a & 2) === 0) {
            toHost.push(at - read);
            read = -1;
          }
          break;
        case 'bmc.odr.write':
          odr = at;
          break;
        case 'serirq.sample':
          if (odr >= 0 && event.b !== 0) toSerirq.push(at - odr);
          break;
        case 'host.odr.read':
          if (odr >= 0) toOdrRead.push(at - odr);
          odr = -1;
          break;
      }
    }
  }
  return [
    { name: 'IDR write -> handler reads STR', all: toHandler },
    { name: 'IDR write -> BMC reads IDR (IBF=0)', all: toIdr },
    { name: 'BMC reads IDR -> host sees IBF=0', all: toHost },
    { name: 'ODR write -> host samples SerIRQ', all: toSerirq },
    { name: 'ODR write -> host reads ODR', all: toOdrRead },
    { name: 'last byte -> first byte of the response', all: messages.filter((m) => m.kind === 'request' && m.sent >= 0 && m.readFrom >= 0).map((m) => m.readFrom - m.sent) },
    { name: 'whole transaction', all: messages.filter((m) => m.kind === 'request' && m.ending === 'answered').map((m) => m.to - m.from) },
  ];
}
