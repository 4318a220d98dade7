import { describe, expect, it } from 'vitest';
import { HAS_CLANG, WITHOUT, driverText, file, huntIn, scenarioWithC } from './toolchain.ts';
import { ATTENTION_BY_REGMAP, BT_TWINS, I2C_TWINS, KCS_TWINS, RAW_TWINS, SSIF_TWINS, twinOf } from './twins.ts';

/** The most that a twin needs is 6,400. */
const BUDGET = 20_000;

describe.skipIf(!HAS_CLANG).each([
  ['kcs', KCS_TWINS], ['ssif', SSIF_TWINS], ['bt', BT_TWINS], ['raw-kcs', RAW_TWINS], ['i2c', I2C_TWINS],
] as const)(`broken %s drivers in C${WITHOUT}`, (as, twins) => {
  const original = driverText(`${as}.c`);

  it.each(twins)('$name: $why', (twin) => {
    const scenario = scenarioWithC(as, file(`${twin.name}.c`, twinOf(original, twin)), twin.fine === true);
    const { findings } = huntIn(scenario, BUDGET, twin.racing === true ? ['data-race'] : undefined);
    expect(findings).toHaveLength(1);
    expect(twin.oracles).toContain(findings[0].oracle);
  });

  it.each([false, true])('the correct one is blamed for nothing; memory accesses as steps: %s', (fine) => {
    const scenario = scenarioWithC(as, file(`${as}.c`, original), fine);
    expect(huntIn(scenario, 600).findings).toEqual([]);
  });
});

describe.skipIf(!HAS_CLANG)(`regmap_update_bits() in C${WITHOUT}`, () => {
  it('is indivisible for the BMC: to set SMS_ATN by it needs no lock of the driver', () => {
    const text = twinOf(driverText('kcs.c'), { name: 'attention', edits: ATTENTION_BY_REGMAP });
    expect(huntIn(scenarioWithC('kcs', file('attention.c', text)), 1_500).findings).toEqual([]);
  });
});
