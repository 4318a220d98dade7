import { exchanges } from './exchanges.ts';
import type { Medium } from './medium.ts';
import { messageName, type Message } from './messages.ts';
import { messageBytes, messageText, span } from './names.ts';
import { folded, type Row } from './rows.ts';
import type { Scene } from './scene.ts';
import { bursts, joined, loops, repeats } from './tidy.ts';

/** The rows that carry information: whole messages and exchanges of bytes that nobody disturbed are one row each. */
export function fold(scene: Scene, rows: readonly Row[]): Row[] {
  const { medium } = scene;
  if (scene.all) return bursts(rows);
  const folds = bursts(medium.minors(exchanges(scene, messages(scene, loops(rows)))));
  return repeats(joined(folds, (one, other) => medium.join?.(one, other)));
}

/** Messages that are not shown in detail become one row, with all that happened until the next. */
function messages(scene: Scene, rows: readonly Row[]): Row[] {
  const all = scene.conversation.messages;
  const out: Row[] = [];
  const before = all.filter((message) => message.from < scene.from);
  if (before.length > 0) out.push(folded(scene.from, `before: ${summary(scene.medium, before)}`));
  let i = 0;
  while (i < rows.length) {
    const group: Message[] = [];
    const first = rows[i];
    let end = i;
    const begins = all.findIndex((message) => message === first.place?.message && message.from >= scene.from);
    for (let n = begins; n >= 0 && n < all.length && !scene.detailed.has(all[n]); n++) {
      const until = all[n + 1]?.from ?? scene.to + 1;
      if (all[n].from > scene.to) break;
      let to = end;
      while (to < rows.length && rows[to].at < until) to++;
      if (rows.slice(end, to).some(({ style }) => style === 'held' || style === 'decision' || style === 'violation')) break;
      group.push(all[n]);
      end = to;
    }
    if (end === i) {
      out.push(first);
      i++;
    } else {
      out.push(folded(first.at, summary(scene.medium, group)));
      i = end;
    }
  }
  return out;
}

/** Most bytes out of place that are named one by one. */
const FEW = 16;

function summary(medium: Medium, group: readonly Message[]): string {
  if (group.length === 1) return summaryOf(medium, group[0]);
  const { stray, strays, endings } = medium.words;
  const of = (kind: Message['kind']): readonly Message[] => group.filter((message) => message.kind === kind);
  const bytes = of('stray').flatMap((message) => message.bytes);
  const kinds = [
    counted(of('request').length, 'request'), counted(of('abort').length, 'abort'),
    `${counted(of('stray').length, stray, strays)}${bytes.length === 0 || bytes.length > FEW ? '' : ` ${messageBytes(bytes)}`}`,
  ];
  const ends = (['answered', 'refused', 'restarted', 'aborted', 'open'] as const).map((ending) => {
    const n = group.filter((message) => message.ending === ending && message.kind !== 'stray').length;
    return n === 0 ? '' : `${n} ${endings[ending]}`;
  });
  return [kinds, ends].map((texts) => texts.filter((text) => text !== '').join(', ')).filter((text) => text !== '').join(': ');
}

/** One message in a line: what came of it, and how long that took; of bytes out of place which they are. */
function summaryOf(medium: Medium, message: Message): string {
  const { stray, strayWhere } = medium.words;
  const { kind, bytes } = message;
  const ended = medium.endingText(message);
  if (kind === 'stray' && ended === '') return bytes.length === 0 ? `1 ${stray}` : `${messageName(message)}: ${messageBytes(bytes)} ${strayWhere}`;
  if (ended === '') return `${messageName(message)} has no end`;
  const took = message.to < 0 ? '' : ` (${span(message.to - message.from)})`;
  return message.ending === 'answered' && kind === 'request' ? `${messageName(message)} is answered: ${messageText(message.response)}${took}` : `${ended}${took}`;
}

function counted(n: number, what: string, several = `${what}s`): string {
  return n === 0 ? '' : `${n} ${n === 1 ? what : several}`;
}
