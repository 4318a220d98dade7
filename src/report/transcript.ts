import { CC_INDEX, commandName, completionText, netFnOf } from '../ipmi/index.ts';
import { budgetLines } from './budget.ts';
import { spreadOf } from './hops.ts';
import { mediumOf, type Medium } from './medium.ts';
import { messageName, type Message } from './messages.ts';
import { verdictLines } from './tale.ts';
import { hex, messageBytes, micros, span, tagOf } from './names.ts';
import type { Recording } from './recording.ts';
import { routeOf } from './router.ts';

/** Bytes of a message that the transcript shows. */
const SHOWN = 24;

/** One run as people read it: each request with its answer, then what each leg of the way takes. */
export function formatTranscript(recording: Recording): string {
  const medium = mediumOf(recording);
  const { messages } = medium.conversation;
  const lines: string[] = [];
  const log = medium.log?.();
  if (log === undefined) for (const message of messages) lines.push(...paragraph(recording, medium, message), '');
  else lines.push(...log, '');
  lines.push(...latencies(medium), '', ...budgetLines(medium.budgets()));
  for (const violation of recording.violations) lines.push(`!! ${violation.oracle}/${violation.rule}: ${violation.message}`);
  const broken = recording.violations.length;
  const verdict = broken === 0 ? undefined : medium.verdict();
  if (verdict !== undefined) lines.push(...verdictLines(verdict));
  lines.push(`${ENDS[recording.reason]} after ${span(recording.time)}, ${recording.steps} steps; ${broken === 0 ? 'no rule' : `${broken} rule${broken === 1 ? '' : 's'}`} broken`);
  return `${lines.join('\n')}\n`;
}

const ENDS: Readonly<Record<Recording['reason'], string>> = {
  done: 'done', stuck: 'stuck', limit: 'stopped at the limit of steps', horizon: 'stopped at the limit of time', violation: 'stopped by a broken rule',
};

function paragraph(recording: Recording, { words }: Medium, message: Message): string[] {
  const head = `${messageName(message)} at ${micros(message.from)} us`;
  if (message.kind === 'stray') return [`${head}: ${messageBytes(message.bytes)} ${words.strayWhere}`];
  if (message.kind === 'abort') return [`${head}: ${message.ending === 'answered' ? `status code ${hex(message.response[0])}` : message.ending}`];
  const lines = [`${head}: ${nameOfCommand(message)}`, `  -> ${messageBytes(message.bytes, SHOWN)}${message.sent < 0 ? ', broken off' : ''}`];
  for (const step of routeOf(recording, message)) lines.push(`     ${step}`);
  if (message.response.length > 0) lines.push(`  <- ${messageBytes(message.response, SHOWN)} ${completionOf(message)}`);
  const end = message.to < 0 ? 'never answered' : message.ending === 'answered' ? 'answered' : words.end[message.ending];
  lines.push(`  ${end}${message.to < 0 ? '' : ` after ${span(message.to - message.from)}`}`);
  return lines;
}

function latencies(medium: Medium): string[] {
  const hops = medium.hops(medium.conversation.messages).flatMap((hop) => {
    const spread = spreadOf(hop.all);
    return spread === null ? [] : [{ hop, spread }];
  });
  if (hops.length === 0) return ['no latencies: the host has written nothing'];
  const wide = Math.max(...hops.map(({ hop }) => hop.name.length));
  return [
    `${'latency'.padEnd(wide)}  ${['median', 'min', 'max'].map((word) => word.padStart(9)).join('  ')}      n`,
    ...hops.map(({ hop, spread: { median, min, max } }) => (
      `${hop.name.padEnd(wide)}  ${[median, min, max].map((ps) => span(ps).padStart(9)).join('  ')}  ${String(hop.all.length).padStart(5)}`
    )),
  ];
}

function nameOfCommand({ bytes }: Message): string {
  return bytes.length < 2 ? 'no whole message' : commandName(netFnOf(bytes[0]), bytes[1]);
}

function completionOf({ response }: Message): string {
  if (response.length <= CC_INDEX) return 'no completion code';
  return `completion code ${hex(response[CC_INDEX])}: ${completionText(response[CC_INDEX])}`;
}

/** The same as data; every time and latency in picoseconds. */
export function transcriptJson(recording: Recording): { readonly format: 'inband-run/1' } & Readonly<Record<string, unknown>> {
  const medium = mediumOf(recording);
  const { messages } = medium.conversation;
  const verdict = medium.verdict();
  const budgets = medium.budgets();
  return {
    format: 'inband-run/1',
    reason: recording.reason,
    time: recording.time,
    steps: recording.steps,
    kernel: recording.kernel,
    requests: messages.filter(({ kind }) => kind === 'request').map((message) => requestJson(message, medium)),
    hops: medium.hops(messages).map(({ name, per, all }) => ({ name, per, ...(spreadOf(all) ?? { min: null, median: null, max: null }), all })),
    violations: recording.violations,
    ...(budgets.length === 0 ? {} : { budgets: budgets.map(({ message, total, shares }) => ({ request: message.number, total, shares })) }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

function requestJson(message: Message, medium: Medium): object {
  const tag = tagOf(message.bytes);
  const code = medium.commandOf === undefined ? message.response[CC_INDEX] : undefined;
  return {
    number: message.number,
    command: medium.commandOf?.(message) ?? nameOfCommand(message),
    tag: tag < 0 ? null : tag,
    request: message.bytes,
    response: message.response,
    completionCode: code ?? null,
    completion: code === undefined ? null : completionText(code),
    ending: message.ending,
    from: message.from,
    sent: message.sent < 0 ? null : message.sent,
    to: message.to < 0 ? null : message.to,
    latency: message.to < 0 ? null : message.to - message.from,
  };
}
