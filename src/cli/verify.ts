import { basename } from 'node:path';
import { FindingStore, Folder, changeText, isCampaign, refind, verify as verifyFinding, type Refound, type Verified, type Witness } from '../campaign/index.ts';
import { serializeFinding, type Finding } from '../explore/index.ts';
import { breathe } from '../pool/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { writeText } from './files.ts';
import { prefixed } from './finding-file.ts';
import { loadFindings, scenarioAmong } from './finding-set.ts';
import { complain, count, note, print, printJson } from './output.ts';
import type { OwnFlags } from './own.ts';
import { Signals } from './signals.ts';
import { TIMELINES, drawTimelines } from './timelines.ts';

export interface VerifyFlags extends OwnFlags {
  readonly refind?: boolean;
  readonly json?: boolean;
}

/** What came of one finding. */
interface Result extends Witness, Verified {
  /** Undefined: nobody looked; null: it was not found again. */
  readonly refound?: (Refound & { readonly saved: string }) | null;
}

/** Where what a stale finding was is kept, beside the findings. */
const STALE = 'stale';

/** `inband verify FOLDER`: runs every finding again; with `--refind` looks for those that no longer show. */
export async function verify(path: string, flags: VerifyFlags): Promise<number> {
  const { found, refused } = loadFindings(path);
  const signals = new Signals();
  const results: Result[] = [];
  const wrong = [...refused];
  try {
    for (const witness of found) {
      if (signals.code !== null) break;
      try {
        const result = prefixed(witness.file, () => verifyFinding(witness.finding, scenarioAmong(witness.finding, flags)));
        const lost = result.verdict === 'stale' || result.verdict === 'gone';
        const refound = lost && flags.refind === true ? await lookFor(path, witness, flags, signals) : undefined;
        results.push({ ...witness, ...result, ...(refound === undefined ? {} : { refound }) });
        if (flags.json !== true) print(lineOf(results.at(-1)!));
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        wrong.push({ file: witness.file, reason: error.message });
      }
      await breathe();
    }
  } finally {
    signals.release();
  }
  const of = (verdict: Verified['verdict']): number => results.filter((result) => result.verdict === verdict).length;
  const refound = results.filter((result) => result.refound != null).length;
  const counts = { reproduce: of('reproduces') + of('differs'), differ: of('differs'), gone: of('gone'), stale: of('stale'), refound, refused: wrong.length };
  if (flags.json === true) printJson({ format: 'inband-verify/1', ...counts, findings: results.map(resultJson), refusals: wrong });
  else print(sum(found.length + refused.length, counts));
  for (const { reason } of wrong) complain(reason);
  if (signals.code !== null) note('interrupted');
  if (signals.code !== null) return signals.code;
  if (wrong.length > 0) return Exit.usage;
  return counts.gone + counts.stale > counts.refound ? Exit.found : Exit.nothing;
}

/** Looks for a finding in the models of today; what is found takes its place, and what it was is kept. */
async function lookFor(path: string, { finding, file }: Witness, flags: OwnFlags, signals: Signals): Promise<Result['refound']> {
  const scenario = prefixed(file, () => scenarioAmong(finding, flags));
  const search = refind(finding, scenario);
  for (let i = 0; ; i++) {
    const { done, value } = search.next();
    if (done === true) return value === null ? null : { ...value, saved: replace(path, { finding, file }, value.finding, flags) };
    if (i % 8 === 0) await breathe();
    if (signals.code !== null) return undefined;
  }
}

/** Saves a finding in the place of another; returns its file. */
function replace(path: string, { finding: was, file }: Witness, now: Finding, flags: OwnFlags): string {
  const folder = new Folder(path);
  folder.write(`${STALE}/${plainName(file)}-${was.id}.json`, serializeFinding(was));
  if (!isCampaign(path)) {
    // Whatever its name: people give findings names of their own.
    writeText(file, serializeFinding(now));
    return file;
  }
  const store = new FindingStore(folder, TIMELINES, (finding, at) => drawTimelines(scenarioAmong(finding, flags), finding, at));
  if (now.id === was.id) store.put(now);
  else {
    store.save(now);
    store.remove(was.id);
  }
  return store.fileOf(now.id);
}

/** What can be told of a file's name in one of ours. */
function plainName(file: string): string {
  return basename(file).replace(/\.json$/i, '').replaceAll(/[^A-Za-z0-9._@+-]+/g, '_').replace(/^(?=[^A-Za-z0-9])/, 'x').slice(0, 100);
}

function resultJson({ finding, file, verdict, message, changes, refound }: Result): unknown {
  return {
    id: finding.id, file, verdict, message, changes,
    refound: refound == null ? null : { id: refound.finding.id, file: refound.saved, by: refound.by, executions: refound.executions },
  };
}

function lineOf({ finding, file, verdict, changes, refound }: Result): string {
  const again = refound === undefined ? '' : refound === null
    ? '; not found again'
    : `; found again by its ${refound.by} in ${count(refound.executions, 'execution')}: ${refound.saved}`;
  switch (verdict) {
    case 'reproduces':
      return `reproduces: ${file}`;
    case 'differs':
      return `reproduces, but by another run than when it was found: ${file}`;
    case 'gone':
      return `does not reproduce: ${file}: ${finding.oracle}/${finding.rule}${again}`;
    case 'stale':
      return `stale: ${file}: ${changes.map(changeText).join('; ')}${again}`;
  }
}

function sum(all: number, { reproduce, gone, stale, refound, refused }: Readonly<Record<'reproduce' | 'gone' | 'stale' | 'refound' | 'refused', number>>): string {
  const parts = [
    `${reproduce} reproduce${reproduce === 1 ? 's' : ''}`, ...(gone > 0 ? [`${gone} ${gone === 1 ? 'does' : 'do'} not`] : []), ...(stale > 0 ? [`${stale} ${stale === 1 ? 'is' : 'are'} stale`] : []),
    ...(gone + stale > 0 && refound > 0 ? [`${refound} of them found again`] : []), ...(refused > 0 ? [`${refused} cannot be read`] : []),
  ];
  return `${count(all, 'finding')}: ${parts.join(', ')}`;
}
