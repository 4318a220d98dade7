import type { Exchange, Medium } from './medium.ts';
import type { Message } from './messages.ts';
import { IRQ, folded, type Row } from './rows.ts';
import type { Scene } from './scene.ts';

/** A maximal run of rows of one exchange, with the rows of nobody between them. */
interface Group extends Exchange {
  readonly rows: Row[];
  /** The same exchange is elsewhere too: something came in between. */
  torn: boolean;
}

/** Exchanges of single bytes that nobody disturbed become one row. */
export function exchanges(scene: Scene, rows: readonly Row[]): Row[] {
  const { medium } = scene;
  const parts: (Row | Group)[] = [];
  for (const row of rows) {
    const last = parts[parts.length - 1];
    if (row.place === undefined) parts.push(row);
    else if (last !== undefined && 'rows' in last && last.message === row.place.message && last.exchange === row.place.exchange) last.rows.push(row);
    else parts.push({ ...row.place, rows: [row], torn: false });
  }
  tear(parts);
  const out: Row[] = [];
  let run: Group[] = [];
  const close = () => {
    if (run.length > 0) out.push(...foldRun(scene, run));
    run = [];
  };
  for (const part of parts) {
    if (!('rows' in part)) {
      close();
      out.push(part);
      continue;
    }
    if (!plain(medium, part)) {
      close();
      out.push(...part.rows);
      continue;
    }
    if (part.message.kind !== 'request' && part.message === scene.last) {
      close();
      out.push(...part.rows.filter((row) => essential(medium, row) || medium.keeps(row)));
      continue;
    }
    if (run.length > 0 && run[0].message !== part.message) close();
    run.push(part);
    if (medium.isLast(part)) close();
  }
  close();
  return out;
}

/** Exchanges that occur in several places are disturbed. */
function tear(parts: readonly (Row | Group)[]): void {
  const seen = new Map<Message, Map<number, Group>>();
  for (const part of parts) {
    if (!('rows' in part)) continue;
    const known = seen.get(part.message) ?? new Map<number, Group>();
    seen.set(part.message, known);
    const other = known.get(part.exchange);
    if (other === undefined) known.set(part.exchange, part);
    else if (!quiet(part) && !quiet(other)) other.torn = part.torn = true;
  }
}

/** Nothing in it but what follows an exchange: reads of STATUS, the last empty byte. */
function quiet(group: Group): boolean {
  return group.rows.every((row) => row.minor === true || row.style === 'message');
}

/** One move of the host, one pass of the handler, and nothing out of the ordinary. */
function plain(medium: Medium, group: Group): boolean {
  if (group.torn) return false;
  if (quiet(group)) return true;
  if (group.message.kind === 'stray') return false;
  let moves = 0;
  let passes = 0;
  for (const row of group.rows) {
    if (row.odd === true || row.burst !== undefined) return false;
    if (medium.isMove(row)) moves++;
    if (row.cells[IRQ] !== '') passes++;
  }
  return moves === 1 && passes === 1;
}

/** What is left of an exchange that is kept: the host's move, the pass of the handler, what is said. */
function essential(medium: Medium, row: Row): boolean {
  return medium.isMove(row) || row.cells[IRQ] !== '' || row.style === 'message';
}

/**
 * Folds undisturbed exchanges of one message. What is said about it is kept, the pass that takes the last
 * byte of a request, and its beginning if it begins while somebody is held.
 */
function foldRun(scene: Scene, run: readonly Group[]): Row[] {
  const { medium } = scene;
  const out: Row[] = [];
  let rest = run;
  if (run[0].exchange === 0 && heldAt(scene, run[0].rows[0].at)) {
    out.push(...run[0].rows.filter((row) => essential(medium, row)));
    rest = run.slice(1);
  }
  const inner = rest.filter((group) => !quiet(group));
  const said = rest.flatMap((group) => group.rows.filter((row) => row.style === 'message'));
  out.push(...said.filter((row) => row.at <= (inner[0]?.rows[0].at ?? row.at)));
  if (inner.length > 0) out.push(folded(inner[0].rows[0].at, medium.foldText(inner, handlerOf(inner))));
  const last = inner[inner.length - 1];
  if (last !== undefined && medium.isLast(last)) out.push(...last.rows.filter((row) => medium.keepsOfLast(last, row)));
  out.push(...said.filter((row) => !out.includes(row)));
  return out.sort((one, other) => one.at - other.at);
}

function heldAt({ recording }: Scene, at: number): boolean {
  return recording.holds.some((hold) => hold.from <= at && (hold.to < 0 || at < hold.to));
}

function handlerOf(groups: readonly Group[]): string {
  const names = new Set(groups.flatMap((group) => group.rows.map((row) => row.cells[IRQ].replace(/,.*/, ''))).filter((text) => text !== ''));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : 'the handler';
}
