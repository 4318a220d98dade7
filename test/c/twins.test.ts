import { describe, expect, it } from 'vitest';
import { HAS_CLANG, WITHOUT, driverText, file, huntIn, scenarioWithC } from './toolchain.ts';
import { BT_TWINS, I2C_TWINS, KCS_TWINS, RAW_TWINS, SSIF_TWINS, twinOf } from './twins.ts';

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
