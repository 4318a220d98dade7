import type { Exchange } from '../medium.ts';
import type { Place } from '../messages.ts';
import type { Part, SsifConversation } from './conversation.ts';
import { purpose } from './text.ts';
import type { Item } from './transactions.ts';

/** The transaction in which an exchange lies, and its item. */
export function partAt({ parts }: SsifConversation, { message, exchange }: Place): { readonly part: Part; readonly item: Item | undefined } | undefined {
  const part = parts.findLast((p) => p.message === message && p.exchange <= exchange);
  return part === undefined ? undefined : { part, item: part.transaction.items[exchange - part.exchange] };
}

/** The STOP of a transaction. */
export function isStop(conversation: SsifConversation, place: Place): boolean {
  return partAt(conversation, place)?.item?.what === 'stop';
}

/** The STOP with which a request is complete: the driver has the whole, and wakes its reader. */
export function completes(conversation: SsifConversation, place: Place): boolean {
  const found = partAt(conversation, place);
  return found?.item?.what === 'stop' && found.item.at === place.message.sent;
}

const TAKEN = 'each taken by the handler';

/** A transaction that nobody disturbed, or what is left of it. */
export function ssifFoldText(conversation: SsifConversation, exchanges: readonly Exchange[]): string {
  const [first] = exchanges;
  const found = partAt(conversation, first);
  const items = exchanges.map((place) => partAt(conversation, place)?.item).filter((item) => item !== undefined);
  if (found === undefined) return `${exchanges.length} bytes, ${TAKEN}`;
  const whole = exchanges.length === found.part.transaction.items.length;
  if (whole) return `${purpose(found.part)}, STOP; ${TAKEN}`;
  const rest = [...bytesText(items), ...(items.at(-1)?.what === 'stop' ? ['STOP'] : [])].join(', ');
  if (items[0]?.what !== 'address') return `${rest}; ${TAKEN}`;
  return `${purpose(found.part)}; ${['START, address', ...(rest === '' ? [] : [rest])].join(', ')}; ${TAKEN}`;
}

function bytesText(items: readonly Item[]): string[] {
  const bytes = items.filter(({ what }) => what === 'byte').length;
  return bytes === 0 ? [] : [`${bytes} byte${bytes === 1 ? '' : 's'}`];
}
