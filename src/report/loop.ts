import type { Loop } from '../explore/index.ts';
import { micros, siteOf, span } from './names.ts';
import type { Recording } from './recording.ts';
import { folded, type Row } from './rows.ts';

/** What is said of a run that ends with the same steps over and over. */
export function loopText({ from, steps, period, rounds, endless, until }: Loop): string {
  const round = `${steps} step${steps === 1 ? '' : 's'}, ${span(period)}`;
  if (!endless) {
    return `It was cut off while it went on: ${round} over and over, ${rounds} times from step ${from} on. That it never ends is not shown.`;
  }
  const unless = until === null ? '' : `, unless what ${until.who === '' ? 'a timer' : until.who} has due at ${micros(until.at)} us ends it`;
  return `It repeats for ever${unless}: ${round} a round, from step ${from} on, and each round leaves everything as it was.`;
}

/** Parts of a round that are told: of a long one the timeline shows the rest. */
const MOST_PARTS = 12;

/** The steps of one round, a part for each context and function: `bmc:irq kcs_bmc_handle_event: STR3 read, ...`; `all`, or the first of many. */
export function loopSteps({ acts, contexts, ops }: Pick<Recording, 'acts' | 'contexts' | 'ops'>, { from, steps }: Loop, all: boolean): string {
  const parts: { readonly head: string; readonly steps: string[] }[] = [];
  for (const { step } of acts.filter((act) => act.step !== null).slice(from, from + steps)) {
    if (step === null) continue;
    const { frame, step: what } = siteOf(ops.label(step.op));
    const head = `${contexts[step.actor]}${frame === '' ? '' : ` ${frame}`}`;
    const last = parts[parts.length - 1];
    if (last?.head === head) last.steps.push(what);
    else parts.push({ head, steps: [what] });
  }
  const told = all ? parts : parts.slice(0, MOST_PARTS);
  const more = parts.slice(told.length).reduce((sum, part) => sum + part.steps.length, 0);
  return `${told.map((part) => `${part.head}: ${part.steps.join(', ')}`).join('; ')}${more === 0 ? '' : `; ... ${more} steps more (show --all: each)`}`;
}

/** The rows up to the end of the loop's first round; then that it goes on so. What is no step of it stays: who is held, the breach. */
export function onceRound(rows: readonly Row[], loop: Loop): Row[] {
  const end = loop.at + loop.period;
  const after = rows.findIndex(({ at, style }) => at >= end && (style === 'event' || style === 'message'));
  if (after < 0) return [...rows];
  const text = loop.endless ? 'and so on, for ever' : `and so on, ${loop.rounds - 1} times more, until the run was cut off`;
  const rest = rows.slice(after).filter(({ style }) => style === 'held' || style === 'decision' || style === 'violation');
  return [...rows.slice(0, after), folded(rows[after].at, text), ...rest];
}
