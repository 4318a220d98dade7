import {
  I2C_RULES, RecordingError, compareBtHost, compareI2cRecording, compareKcsHost, compareLpcRecording, compareSsifHost,
  isBtHost, isI2cRegisters, isKcsHost, isLpcRegisters, isSsifHost, parseRecording, type Explained,
} from '../conform/index.ts';
import { UsageError } from '../scenarios/index.ts';
import { Exit } from './exit.ts';
import { readText } from './files.ts';
import { count, print, printJson } from './output.ts';

interface FileResult {
  readonly file: string;
  readonly steps: number;
  readonly mismatches: number;
  readonly first: string | null;
  readonly transactions?: number;
}

/** A rule that has explained differences, over all files. */
interface ExplainedRule {
  readonly rule: string;
  readonly count: number;
  readonly text: string;
  readonly reason: string;
  readonly source: string;
}

/** Longest recording. */
const MOST_MIB = 256;

/** `inband conform FILE...`: recorded reality against the models, access by access. */
export function conform(paths: readonly string[], json: boolean): number {
  const counts: Partial<Explained> = {};
  const files = paths.map((path) => compare(path, readText(path, MOST_MIB), counts));
  const explained = rules(counts);
  const mismatches = files.reduce((sum, file) => sum + file.mismatches, 0);
  if (json) {
    printJson({ format: 'inband-conform/1', files, mismatches, explained });
  } else {
    for (const { file, steps, mismatches: differ, first, transactions } of files) {
      const what = transactions === undefined ? '' : `, ${count(transactions, 'transaction')}`;
      print(`${differ === 0 ? 'ok      ' : 'DIFFERS '} ${file}: ${count(steps, 'access', 'es')}${what}, ${count(differ, 'mismatch', 'es')}${first === null ? '' : `\n         ${first}`}`);
    }
    for (const { rule, count: times, text } of explained) print(`explained ${rule}: ${times} times: ${text}`);
    print(`${count(files.length, 'file')}, ${count(mismatches, 'mismatch', 'es')}`);
  }
  return mismatches === 0 ? Exit.nothing : Exit.found;
}

/** The rules that were needed, with how often. */
function rules(counts: Partial<Explained>): ExplainedRule[] {
  return I2C_RULES.flatMap(({ rule, text, reason, source }) => {
    const times = counts[rule] ?? 0;
    return times === 0 ? [] : [{ rule, count: times, text, reason, source }];
  });
}

function compare(file: string, text: string, counts: Partial<Explained>): FileResult {
  try {
    const recording = parseRecording(text);
    const ports = isKcsHost(recording) ? compareKcsHost : isBtHost(recording) ? compareBtHost : null;
    if (ports !== null) {
      const { steps, mismatches, first, transactions } = ports(recording);
      return {
        file, steps, mismatches, transactions: transactions.length,
        first: first === undefined ? null : `access ${first.i}: recorded ${first.expected}, the model does ${first.got}`,
      };
    }
    if (isSsifHost(recording)) {
      const { steps, mismatches, first, transactions } = compareSsifHost(recording);
      return {
        file, steps, mismatches, transactions: transactions.length,
        first: first === undefined ? null : `event ${first.i}: recorded ${first.expected}, the model does ${first.got}`,
      };
    }
    if (isLpcRegisters(recording)) {
      const { steps, mismatches, first } = compareLpcRecording(recording);
      return {
        file, steps, mismatches,
        first: first === undefined ? null : `sequence ${first.seed}, access ${first.i}: recorded ${first.expected}, the model does ${first.got}`,
      };
    }
    if (isI2cRegisters(recording)) {
      const { steps, mismatches, first, explained } = compareI2cRecording(recording);
      for (const { rule } of I2C_RULES) counts[rule] = (counts[rule] ?? 0) + explained[rule];
      return {
        file, steps, mismatches,
        first: first === undefined ? null : `sequence ${first.seed}, access ${first.i}: recorded ${first.expected}, the model does ${first.got}`,
      };
    }
  } catch (error) {
    if (error instanceof RecordingError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
  throw new UsageError(`${file}: the header is of no kind that can be compared (KCS, BT and SSIF host recordings, LPC and I2C register sequences)`);
}
