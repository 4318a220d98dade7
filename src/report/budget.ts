import type { Ps } from '../sim/index.ts';
import type { Budget } from './medium.ts';
import { messageName } from './messages.ts';
import { span } from './names.ts';

/** The budgets as tables, one after the other. */
export function budgetLines(budgets: readonly Budget[]): string[] {
  return budgets.flatMap(({ message, total, shares }) => {
    const wide = Math.max(...shares.map(({ name }) => name.length));
    const line = (name: string, time: Ps): string => `  ${name.padEnd(wide)}  ${span(time).padStart(9)}  ${percent(time, total).padStart(7)}`;
    return [`budget of ${messageName(message)}`, ...shares.map(({ name, time }) => line(name, time)), line('in all', total), ''];
  });
}

function percent(part: Ps, whole: Ps): string {
  const tenths = whole === 0 ? 0 : Math.round((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}
