import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ScheduleChooser, buildOptionsOf, parseFinding, violationOf } from '../../../src/explore/index.ts';
import { MOST_ROWS, formatMermaid, record, type Recording } from '../../../src/report/index.ts';
import { scenario } from '../../../src/scenarios/index.ts';
import type { Violation } from '../../../src/sim/index.ts';
import { readAba, run } from '../runs.ts';

/** A sequence diagram as the grammar of mermaid reads it. */
interface Diagram {
  readonly title: string;
  readonly participants: ReadonlyMap<string, string>;
  readonly rows: readonly { readonly kind: 'note' | 'arrow'; readonly actors: readonly string[]; readonly text: string }[];
}

/**
 * Reads the part of sequenceDiagram.jison that a diagram of ours may use. Statements end at a line's end or at `;`, a
 * text ends there as well, and `#` begins a comment unless it is an entity, `#59;`, which mermaid takes out beforehand.
 */
function readMermaid(text: string): Diagram {
  // Directives and comments are taken out before the grammar sees the text: there must be none.
  expect(text).not.toMatch(/%%|%\{/);
  const entities: string[] = [];
  const shielded = text.replaceAll(/#(\w+);/g, (_whole, name: string) => `\u2039${entities.push(String.fromCodePoint(Number(name))) - 1}\u203a`);
  const [head, ...statements] = shielded.split(/[\n;]/).map((line) => line.trim()).filter((line) => line !== '');
  expect(head).toBe('sequenceDiagram');
  const plain = (part: string): string => {
    expect(part).not.toContain('#');
    expect(part).not.toMatch(/[<>]|^(?:no)?wrap:/);
    return part.trim().replaceAll(/\u2039(\d+)\u203a/g, (_whole, index: string) => entities[Number(index)]);
  };
  let title = '';
  const participants = new Map<string, string>();
  const rows: Diagram['rows'][number][] = [];
  for (const statement of statements) {
    const named = /^participant ([A-Z]) as (.+)$/.exec(statement);
    const noted = /^Note over ([A-Z])(?:,([A-Z]))?: (.+)$/.exec(statement);
    const sent = /^([A-Z])->>([A-Z]): (.+)$/.exec(statement);
    const titled = /^title (.+)$/.exec(statement);
    if (titled !== null) title = plain(titled[1]);
    else if (named !== null) participants.set(named[1], plain(named[2]));
    else if (noted !== null) rows.push({ kind: 'note', actors: [noted[1], noted[2]].filter((id) => id !== undefined), text: plain(noted[3]) });
    else if (sent !== null) rows.push({ kind: 'arrow', actors: [sent[1], sent[2]], text: plain(sent[3]) });
    else throw new Error(`no statement of a sequence diagram: ${statement}`);
  }
  for (const { actors } of rows) for (const actor of actors) expect(participants.has(actor), actor).toBe(true);
  return { title, participants, rows };
}

const FOLDER = new URL('../../data/findings/', import.meta.url);

/** The diagram of a known finding, and its breach. */
function told(file: string): { readonly text: string; readonly violation: Violation; readonly recording: Recording } {
  const url = new URL(file, FOLDER);
  const finding = parseFinding(readFileSync(url, 'utf8'), fileURLToPath(url));
  const system = scenario(finding.scenario).build(buildOptionsOf(finding));
  const recording = record(system, new ScheduleChooser(finding.decisions));
  const violation = violationOf({ violations: recording.violations }, finding);
  if (violation === undefined) throw new Error(`${file} does not reproduce`);
  return { text: formatMermaid(recording, { violation, describe: (decision) => system.describe(decision) }), violation, recording };
}

describe('a diagram', () => {
  const recording = readAba();
  const diagram = readMermaid(formatMermaid(recording));

  it('has the columns of the timeline that are used as its participants', () => {
    expect([...diagram.participants.values()]).toEqual(['host CPU', 'LPC / KCS registers', 'BMC interrupt', 'BMC tasks']);
    const withIrq = readMermaid(formatMermaid(run({ settings: { hostMode: 'irq' }, oracles: [] }), { violation: null }));
    expect([...withIrq.participants.values()]).toContain('SerIRQ');
  });

  it('tells the rule, the stall, the decision, both sides and the breach, in order', () => {
    expect(diagram.title).toMatch(/^wrong-response: after a restart the response .* must not reach the host$/);
    const texts = diagram.rows.map(({ actors, text }) => `${actors.join(',')} ${text}`);
    const story = [
      /^H \d+\.\d{3} us: host: request 1 begins/, /^H,T .*HELD before copy_to_user/, /^H,T .*decision 1: the host does not wait/, /^H,W .*writes WRITE_START \| IDR3=61h/,
      /^I,W /, /^H,T .*GOES ON with copy_to_user in kcs_bmc_ipmi_read; request 2/, /^T .*read\(\) returns request 1/, /^T,W .*ODR3:=C4h/, /^H,T .*BROKEN: wrong-response/,
    ];
    let at = -1;
    for (const pattern of story) {
      const found = texts.findIndex((text, i) => i > at && pattern.test(text));
      expect(found, String(pattern)).toBeGreaterThan(at);
      at = found;
    }
    expect(at).toBe(texts.length - 1);
  });

  it('says what it leaves out', () => {
    // Up to the end of the run, with what comes after the breach.
    const { recording, violation } = told('bt-seq-reuse-after-timeout.json');
    const { rows } = readMermaid(formatMermaid(recording, { violation, to: recording.time }));
    expect(rows).toHaveLength(MOST_ROWS);
    expect(rows.filter(({ text }) => /\.\.\. \d+ rows? left out$/.test(text)).length).toBeGreaterThan(0);
    expect(rows.some(({ text }) => text.includes('BROKEN: '))).toBe(true);
  });

  it('writes what the grammar or HTML would take for its own as entities', () => {
    const message = 'a; b # c %% d %{ e <i>f</i> & "g" $$h$$ {i} \\ j\nk end';
    const [violation] = recording.violations;
    const nasty: Recording = { ...recording, violations: [{ ...violation, message }] };
    const { rows } = readMermaid(formatMermaid(nasty));
    expect(rows[rows.length - 1].text).toContain(message.replace('\n', ' '));
  });

  it('is the same for the same recording', () => {
    expect(formatMermaid(readAba())).toBe(formatMermaid(recording));
  });
});

describe('every known finding', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  it.each(files)('%s: fits, and ends with the breach', (file) => {
    const { text, violation } = told(file);
    const { rows } = readMermaid(text);
    expect(rows.length).toBeLessThanOrEqual(MOST_ROWS);
    expect(rows[rows.length - 1].text).toContain(`BROKEN: ${violation.oracle}: `);
  });
});
