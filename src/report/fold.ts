import { exchanges } from './exchanges.ts';
import type { Medium } from './medium.ts';
import { messageName, type Message } from './messages.ts';
import { messageText, span } from './names.ts';
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

function summary(medium: Medium, group: readonly Message[]): string {
  if (group.length === 1) {
    const [message] = group;
    const asked = message.kind === 'request' ? `${messageName(message)} ` : '';
    const took = message.to < 0 ? '' : ` (${span(message.to - message.from)})`;
    return message.ending === 'answered' && message.kind === 'request' ? `${asked}is answered: ${messageText(message.response)}${took}`
      : `${medium.endingText(message) === '' ? `${messageName(message)} has no end` : medium.endingText(message)}${took}`;
  }
  const { stray, endings } = medium.words;
  const names = { request: 'request', abort: 'abort', stray } as const;
  const kinds = (['request', 'abort', 'stray'] as const).map((kind) => counted(group.filter((message) => message.kind === kind).length, names[kind]));
  const ends = (['answered', 'refused', 'restarted', 'aborted', 'open'] as const).map((ending) => {
    const n = group.filter((message) => message.ending === ending && message.kind !== 'stray').length;
    return n === 0 ? '' : `${n} ${endings[ending]}`;
  });
  return `${kinds.filter((text) => text !== '').join(', ')}: ${ends.filter((text) => text !== '').join(', ')}`;
}

function counted(n: number, what: string): string {
  return n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`;
}
