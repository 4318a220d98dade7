import type { Ps } from '../../sim/index.ts';
import { decisionText, type Describe } from '../decisions.ts';
import { loopSteps, loopText } from '../loop.ts';
import { messageName } from '../messages.ts';
import { messageText, span } from '../names.ts';
import { ruleOf } from '../rules.ts';
import { sceneOf, isSetting, type Focus, type Scene } from '../scene.ts';
import type { Recording } from '../recording.ts';
import { placeOf, sourceLines } from '../sources.ts';
import { TimelineBuilder, type Handle } from './builder.ts';
import { addBus, addEvents } from './bus.ts';
import { causesOf, interrupts } from '../causes.ts';
import { wires } from '../signals/signals.ts';
import { addContexts, contextLane } from './contexts.ts';
import type { Mark, TimelineDocument } from './document.ts';
import { addLocks } from './locks.ts';
import { addLines, addRegisters, wireTracks } from './registers.ts';

export type * from './document.ts';
export { GROUPS, GROUP_HEADS, ITEM_KINDS } from './document.ts';

export interface TimelineOptions extends Focus {
  readonly title: string;
  /** The command that shows the same again. */
  readonly command?: string;
  readonly describe?: Describe;
}

/** Room that is left around what matters, as a share of it. */
const MARGIN = 0.05;

/** A recording as lanes and items, for the page that draws them. The same input gives the same document. */
export function timelineOf(recording: Recording, options: TimelineOptions): TimelineDocument {
  const scene = sceneOf(recording, options);
  const { medium, violation } = scene;
  const builder = new TimelineBuilder();
  const drawnWires = wires(recording);
  const steps = addContexts(builder, recording, scene.calls, scene.runs);
  const cycles = addBus(builder, recording, drawnWires);
  addRegisters(builder, recording);
  const lines = addLines(builder, recording);
  addEvents(builder, recording);
  addLocks(builder, recording);
  addMarks(builder, scene, options.describe);
  const risen = (act: number): Handle => (interrupts(recording, recording.acts[act]) ? lines.get(recording.acts[act].at) ?? -1 : -1);
  const main = (act: number): Handle => (steps[act] >= 0 ? steps[act] : cycles[act] >= 0 ? cycles[act] : risen(act));
  for (const [act, step] of steps.entries()) {
    if (step >= 0 && cycles[act] >= 0) builder.link(step, cycles[act], 'the bus');
    if (step >= 0 && risen(act) >= 0) builder.link(step, risen(act), 'the line');
  }
  for (const { cause, effect, through } of causesOf(recording)) {
    if (main(cause) >= 0 && main(effect) >= 0) builder.link(main(cause), main(effect), through);
  }
  const { kernel } = recording;
  const rule = violation === undefined ? undefined : ruleOf(violation, medium.rules);
  const drawn = builder.finish();
  const sources = sourceLines(recording.ops, drawn.strings).map((line) => [placeOf(line), line.text] as const);
  return {
    title: options.title,
    command: options.command ?? '',
    violation: violation === undefined || rule === undefined ? null : {
      oracle: violation.oracle, text: violation.message, rule: rule.text, source: rule.source, at: violation.at,
    },
    loop: scene.loop === undefined ? [] : [loopText(scene.loop), loopSteps(recording, scene.loop, scene.all)],
    decisions: decisionMarks(scene, options.describe),
    kernel: kernel === null ? '' : `preempt=${kernel.preempt}, ${kernel.cpus === 1 ? '1 CPU' : `${kernel.cpus} CPUs`}`,
    messages: messageMarks(scene),
    time: recording.time,
    focus: focusOf(scene),
    wires: wireTracks(recording, drawnWires, (text) => builder.intern(text)),
    ...drawn,
    ...(sources.length === 0 ? {} : { sources: Object.fromEntries(sources) }),
  };
}

/** What is worth seeing first, with some room around it. */
function focusOf({ from, to, recording }: Scene): readonly [Ps, Ps] {
  const margin = Math.ceil((to - from) * MARGIN);
  return [Math.max(0, from - margin), Math.min(Math.max(recording.time, to), to + margin)];
}

function decisionMarks({ recording, medium }: Scene, describe: Describe | undefined): readonly Mark[] {
  return recording.decisions.map(({ decision, at }, index) => {
    const hold = recording.holds.find((one) => one.decision === index);
    return { at, text: decisionText(decision, at, recording, medium, hold, describe) };
  });
}

function messageMarks({ conversation, medium }: Scene): readonly Mark[] {
  return conversation.messages.map((message) => {
    const ending = medium.endingText(message);
    const took = message.to < 0 ? '' : ` (${span(message.to - message.from)})`;
    return { at: message.from, text: `${messageName(message)}: ${messageText(message.bytes)}${ending === '' ? '' : `; ${ending}`}${took}` };
  });
}

/** Decisions that hold nobody stand in the lane of whoever is concerned; so does the breach. */
function addMarks(builder: TimelineBuilder, { recording, medium, violation, loop }: Scene, describe: Describe | undefined): void {
  const { contexts, decisions } = recording;
  const laneOf = (name: string): number => contextLane(builder, recording, contexts.indexOf(name)) ?? builder.lane('host', 'schedule');
  for (const { decision, at } of decisions) {
    if (decision.kind === 'stall' || isSetting(decision)) continue;
    builder.add(laneOf(decision.actor), 'decision', at, at, decisionText(decision, at, recording, medium, undefined, describe));
  }
  if (loop !== undefined) builder.add(builder.lane('host', 'loop'), 'call', loop.at, loop.at + loop.period, 'one round', { note: loopText(loop) });
  if (violation === undefined) return;
  const actor = contexts.find((name) => violation.site.startsWith(`${name} `)) ?? 'host';
  builder.add(laneOf(actor), 'violation', violation.at, violation.at, `${violation.oracle}: ${violation.message}`, { note: violation.site });
}
