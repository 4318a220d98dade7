import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  computeBtNominal, computeNominal, computeRawNominal, computeRouterI2cNominal, computeRouterNominal, computeSsifNominal, type NominalTable,
} from './nominal.ts';

/**
 * Findings replay only on the models with which they were made, and say which those are by the `model`
 * integers. This test notices when nominal timing or choice points have changed and no integer has.
 *
 * To record anew, once the right integer is raised:
 *
 *     INBAND_RECORD=1 npx vitest run test/scenarios/nominal-hashes.test.ts
 */
const FILE = join(import.meta.dirname, 'nominal-hashes.json');
const AGAIN = 'then record anew: INBAND_RECORD=1 npx vitest run test/scenarios/nominal-hashes.test.ts';

/** Which integer is to be raised, in one line; empty if none. */
export function verdict(recorded: NominalTable, now: NominalTable): string {
  const changedModels = Object.keys({ ...recorded.models, ...now.models }).filter((name) => recorded.models[name] !== now.models[name]);
  const drivers = Object.keys({ ...recorded.runs, ...now.runs });
  const differ = drivers.filter((driver) => JSON.stringify(recorded.runs[driver]) !== JSON.stringify(now.runs[driver]));
  const parts = Object.keys(now.parts).filter((part) => recorded.parts[part] !== now.parts[part]);
  if (changedModels.length > 0) return `the model of ${changedModels.join(', ')} has changed: ${AGAIN}`;
  if (differ.length === 0 && parts.length === 0) return '';
  if (parts.includes('hardware')) return `the hardware alone runs differently: raise parts.hardware in src/scenarios/kcs/kcs.ts, ${AGAIN}`;
  if (parts.includes('host')) return `ipmi_si alone runs differently: raise parts.host in src/scenarios/kcs/kcs.ts, ${AGAIN}`;
  const where = differ.map((driver) => `${driver} (${runsThatDiffer(recorded, now, driver)})`).join(', ');
  if (differ.length < drivers.length) return `nominal runs differ of ${where}: raise its model in src/drivers/kcs-bmc/index.ts, ${AGAIN}`;
  return 'nominal runs of every version differ, hardware and host alone do not: raise the model of what has changed, in '
    + `src/scenarios/kcs/kcs.ts parts.hardware (for src/linux as well), parts.daemon or the scenario's, or in `
    + `src/drivers/kcs-bmc/index.ts that of every version (for aspeed.ts), ${AGAIN}`;
}

function runsThatDiffer(recorded: NominalTable, now: NominalTable, driver: string): string {
  const [before, after] = [recorded.runs[driver] ?? {}, now.runs[driver] ?? {}];
  return Object.keys({ ...before, ...after }).filter((run) => before[run] !== after[run]).join(', ');
}

describe('nominal runs', () => {
  const now = computeNominal();
  if (process.env['INBAND_RECORD'] === '1') writeFileSync(FILE, `${JSON.stringify(now, null, 2)}\n`);
  const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as NominalTable;

  it('are the recorded ones, or a model integer was raised and they were recorded anew', () => {
    expect(verdict(recorded, now)).toBe('');
  });

  it('are the same when computed twice', () => {
    expect(computeNominal()).toEqual(now);
  });

  const with_ = (change: (table: { models: Record<string, number>; parts: Record<string, string>; runs: Record<string, Record<string, string>> }) => void) => {
    const table = structuredClone(now) as Parameters<typeof change>[0];
    change(table);
    return verdict(now, table);
  };

  it('tells which integer to raise', () => {
    const drivers = Object.keys(now.runs);
    expect(with_((t) => { t.runs['kcs-bmc@v2']!['irq'] = 'other'; }))
      .toMatch(/nominal runs differ of kcs-bmc@v2 \(irq\): raise its model in src\/drivers\/kcs-bmc\/index.ts/);
    expect(with_((t) => { t.parts['hardware'] = 'other'; })).toContain('raise parts.hardware');
    expect(with_((t) => { t.parts['host'] = 'other'; })).toContain('raise parts.host');
    expect(with_((t) => { for (const d of drivers) t.runs[d]!['poll'] = 'other'; })).toContain('parts.daemon');
    expect(with_((t) => { t.models['daemon'] = 99; })).toMatch(/the model of daemon has changed: then record anew/);
  });
});

describe.each([
  ['SSIF', 'nominal-hashes-ssif.json', computeSsifNominal, 'ssif/ssif.ts'],
  ['BT', 'nominal-hashes-bt.json', computeBtNominal, 'bt/bt.ts'],
  ['raw KCS', 'nominal-hashes-raw.json', computeRawNominal, 'raw/raw.ts'],
  ['the router', 'nominal-hashes-router.json', computeRouterNominal, 'router/router.ts'],
  ['the router on I2C', 'nominal-hashes-router-i2c.json', computeRouterI2cNominal, 'router/router-i2c.ts'],
] as const)('nominal runs of %s', (_name, table, compute, file) => {
  const now = compute();
  const path = join(import.meta.dirname, table);
  if (process.env['INBAND_RECORD'] === '1') writeFileSync(path, `${JSON.stringify(now, null, 2)}\n`);
  const recorded = JSON.parse(readFileSync(path, 'utf8')) as NominalTable;

  it('are the recorded ones, or a model integer was raised and they were recorded anew', () => {
    expect(recorded.models, `a model has changed: ${AGAIN}`).toEqual(now.models);
    for (const [driver, runs] of Object.entries(now.runs)) {
      expect(recorded.runs[driver], `${driver}: raise its model in src/drivers, or of all versions one in src/scenarios/${file}, ${AGAIN}`).toEqual(runs);
    }
  });
});
