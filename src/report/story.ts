import { decisionText, releaseText, type Describe } from './decisions.ts';
import { onceRound } from './loop.ts';
import { siteText, span } from './names.ts';
import { messageName, type Message } from './messages.ts';
import { sideOf, type Hold } from './recording.ts';
import { HOST, IRQ, TASK, across, cell, type Row } from './rows.ts';
import { isSetting, type Scene } from './scene.ts';
import { routerRows } from './router.ts';
import { stepRows } from './step-rows.ts';
import { taskRows } from './task-rows.ts';

/** Where a row goes among those of the same instant. */
const BEFORE = 0;
const THERE = 1;
const AFTER = 2;
const LAST = 3;

interface Placed {
  readonly rank: number;
  readonly row: Row;
}

/** Every row of a scene, in order of time, nothing folded yet. */
export function rowsOf(scene: Scene, describe?: Describe): Row[] {
  let placed: Placed[] = [];
  const passes = new Map<number, Row | null>();
  for (const run of scene.runs) {
    if (!run.whole || scene.all) continue;
    const last = run.accesses[run.accesses.length - 1] ?? run.acts[run.acts.length - 1];
    for (const index of run.acts) passes.set(index, index === last ? scene.medium.runRow(scene, run) : null);
  }
  for (const [index, act] of scene.recording.acts.entries()) {
    if (act.at > scene.to) break;
    if (act.at < scene.from) continue;
    for (const row of [...routerRows(scene, index), ...actRows(scene, index, passes)]) placed.push({ rank: THERE, row });
  }
  if (scene.all) placed.push(...remarks(scene));
  const told = explained(scene);
  placed = placed.filter(({ row }) => !(row.style === 'message' && row.at === row.place?.message.to && told.has(row.place.message)));
  placed.push(...marks(scene, describe));
  placed.sort((one, other) => one.row.at - other.row.at || one.rank - other.rank);
  const rows = placed.filter(({ row }) => row.at >= scene.from && row.at <= scene.to).map(({ row }) => row);
  return scene.loop === undefined || scene.all ? rows : onceRound(rows, scene.loop);
}

function actRows(scene: Scene, index: number, passes: ReadonlyMap<number, Row | null>): Row[] {
  const { recording, medium } = scene;
  const act = recording.acts[index];
  switch (sideOf(recording, act.actor)) {
    case 'host':
      return medium.hostRows(scene, index);
    case 'task':
      return taskRows(scene, index);
    case 'irq': {
      const pass = passes.get(index);
      if (pass !== undefined) return pass === null ? [] : [pass];
      return scene.handled.has(index) ? stepRows(scene, index, IRQ, true) : [];
    }
    case 'none':
      return medium.hardwareRows(scene, index);
  }
}

/** What is to be said of passes of the handler that no step of them says. */
function remarks({ recording, medium, runs }: Scene): Placed[] {
  return runs.flatMap((run) => {
    const text = medium.remarks(run).join(', ');
    return text === '' ? [] : [{ rank: AFTER, row: cell(recording.acts[run.acts[run.acts.length - 1]].at, IRQ, text, { style: 'message' }) }];
  });
}

/** Messages that a decision says the host gives up. */
function explained({ recording, medium }: Scene): ReadonlySet<Message> {
  const told = new Set<Message>();
  for (const { decision, at } of recording.decisions) {
    const found = medium.consequence(decision, at);
    if (found !== undefined) told.add(found.message);
  }
  return told;
}

/** Stalls where they bite, the other decisions, and the violation. */
function marks(scene: Scene, describe?: Describe): Placed[] {
  const { recording, medium, violation } = scene;
  const placed: Placed[] = [];
  for (const hold of recording.holds) placed.push(...holdRows(scene, hold));
  for (const [index, { decision, at }] of recording.decisions.entries()) {
    if (decision.kind === 'stall' || isSetting(decision)) continue;
    const seen = medium.consequence(decision, at);
    const text = seen?.text ?? decisionText(decision, at, recording, medium, undefined, describe);
    placed.push({ rank: seen === undefined ? AFTER : BEFORE, row: across(seen?.message.to ?? at, 'decision', `decision ${index + 1}: ${text}`) });
  }
  if (violation !== undefined) placed.push({ rank: LAST, row: across(violation.at, 'violation', `${violation.oracle}: ${violation.message}`) });
  return placed;
}

function holdRows(scene: Scene, hold: Hold): Placed[] {
  const { recording } = scene;
  const { decision } = recording.decisions[hold.decision];
  const name = recording.contexts[hold.actor];
  const until = releaseText(decision.value, recording).replace('is quiet', 'was quiet');
  const length = hold.to < 0 ? 'to the end' : `for ${span(hold.to - hold.from)}`;
  const how = until.startsWith('for ') ? length : `${length}, ${until}`;
  const placed: Placed[] = [{ rank: AFTER, row: across(hold.from, 'held', `${name} HELD before ${siteText(hold.label)} ${how}`) }];
  if (hold.to > hold.from) {
    placed.push({ rank: BEFORE, row: across(hold.to, 'held', `${name} GOES ON with ${siteText(hold.label)}${meanwhile(scene, hold)}`) });
  }
  return placed;
}

/** What the host has said while somebody was held. */
function meanwhile({ conversation }: Scene, hold: Hold): string {
  const within = (at: number) => at >= hold.from && at <= hold.to;
  const done = conversation.messages.findLast((message) => within(message.from) || within(message.sent) || within(message.to));
  if (done === undefined) return '';
  const name = done.kind === 'request' ? `request ${done.number}` : messageName(done);
  if (within(done.to) && done.ending === 'answered') return `; ${name} has been answered`;
  if (within(done.sent) && done.kind === 'request') return `; ${name} has been written`;
  return within(done.from) ? `; ${name} has begun` : '';
}

/** In which column a context stands. */
export function columnOf(scene: Scene, actor: number): number {
  switch (sideOf(scene.recording, actor)) {
    case 'host':
      return HOST;
    case 'irq':
      return IRQ;
    default:
      return TASK;
  }
}
