import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { QEMU_IDENTITY } from '../src/ipmi/index.ts';
import { KCS } from '../src/scenarios/index.ts';
import { NOMINAL } from '../src/sim/index.ts';
import { KcsChecksum } from './kcs-checksum.ts';
import { measure } from './measure.ts';
import { deliver, row, times } from './result.ts';

/** Transactions of one call of the C program. */
const COUNT = 200_000;
/** Calls of it, before and after the model is measured. */
const CALLS = 3;

const source = join(dirname(fileURLToPath(import.meta.url)), '../../bench/native/kcs.c');
const device = [...QEMU_IDENTITY.deviceId].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What the C program says of one transaction. */
interface Native {
  readonly steps: number;
  readonly sum: number;
  /** Time of the last access, ps. */
  readonly last: number;
  /** CPU time, ns. */
  readonly cost: number;
}

/** Builds the C program with the machine's compiler; undefined: there is none. */
function compile(folder: string): string | undefined {
  const program = join(folder, 'kcs-native');
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-o', program, source], { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`cc: ${stderr}`);
  return program;
}

function run(program: string, count: number): Native {
  const { stdout, status } = spawnSync(program, [String(count), device], { encoding: 'utf8' });
  const [steps, sum, last, cost] = stdout.trim().split(' ').map(Number);
  if (status !== 0 || cost === undefined) throw new Error('the C program failed');
  return { steps, sum, last, cost };
}

const folder = mkdtempSync(join(tmpdir(), 'inband-native-'));
try {
  const program = compile(folder);
  if (program === undefined) {
    deliver({ bench: 'kcs-native', notes: ['skipped: there is no cc'], rows: [], ratios: {} });
  } else {
    const system = KCS.build({
      driver: 'kcs-bmc@mainline', settings: { hostMode: 'poll', command: 'get-device-id', requests: 1, threads: 1, preempt: 'none', cpus: 1 },
    });
    const checksum = new KcsChecksum(system.sim);
    const { steps } = system.execute(NOMINAL);
    const once = run(program, 1);
    if (once.steps !== steps || once.sum !== checksum.sum) {
      throw new Error(`the C program does something else: ${once.steps} steps and ${once.sum}, the model ${steps} and ${checksum.sum}`);
    }
    const model = KCS.build({
      driver: 'kcs-bmc@mainline', settings: { hostMode: 'poll', command: 'get-device-id', requests: 1, threads: 1, preempt: 'none', cpus: 1 },
    });
    const costs: number[] = [];
    const native = (): void => {
      for (let i = 0; i < CALLS; i++) costs.push(run(program, COUNT).cost);
    };
    native();
    const [measured] = measure([{ name: 'model, one an execution', unit: 'transactions', ops: 1, run: () => void model.execute(NOMINAL) }], 2);
    native();
    const rate = 1e9 / costs.sort((a, b) => a - b)[costs.length >> 1];
    const slower = rate / measured.rate;
    deliver({
      bench: 'kcs-native',
      notes: [
        `bench/native/kcs.c: the same transaction in the same simulated time, ${steps} steps, written in C for this one purpose (cc -O2);`
          + ' checksum over all accesses and number of steps are those of the model',
      ],
      rows: [
        { name: 'native C loop', value: rate, unit: 'transactions/s' },
        row(measured, `the C loop is ${times(slower)} as fast`),
        { name: '  steps of that', value: measured.rate * steps, unit: 'steps/s' },
      ],
      ratios: { 'native C over model, one an execution': slower },
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}
