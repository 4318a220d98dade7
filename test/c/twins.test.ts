import { describe, expect, it } from 'vitest';
import { HAS_CLANG, WITHOUT, driverText, file, huntIn, kcsWith } from './toolchain.ts';
import { TWINS, twinOf } from './twins.ts';

/** The most that a twin needs is 2,300. */
const BUDGET = 20_000;

describe.skipIf(!HAS_CLANG)(`broken KCS drivers in C${WITHOUT}`, () => {
  const original = HAS_CLANG ? driverText('kcs.c') : '';

  it.each(TWINS)('$name: $why', (twin) => {
    const scenario = kcsWith(file(`${twin.name}.c`, twinOf(original, twin)), twin.fine === true);
    const { findings } = huntIn(scenario, BUDGET);
    expect(findings).toHaveLength(1);
    expect(twin.oracles).toContain(findings[0].oracle);
  });

  it.each([false, true])('the correct one is blamed for nothing; memory accesses as steps: %s', (fine) => {
    const scenario = kcsWith(file('kcs.c', original), fine);
    expect(huntIn(scenario, 1500).findings).toEqual([]);
  });
});
