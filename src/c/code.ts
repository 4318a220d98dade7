import { parseModule, type WasmModule } from './wasm/module.ts';
import { translate, type ImportKind, type Translation } from './wasm/translate.ts';

/** What was compiled; translated once, at the first use. */
export class DriverCode {
  private readonly bytes: Uint8Array;
  private readonly fine: boolean;
  private parsed: WasmModule | null = null;
  private readonly translations: (Translation | undefined)[] = [];

  /** @param fine each access of memory that contexts share is a step, and so a place to be interrupted or preempted */
  constructor(bytes: Uint8Array, fine: boolean) {
    this.bytes = bytes;
    this.fine = fine;
  }

  private get module(): WasmModule {
    return this.parsed ??= parseModule(this.bytes);
  }

  /** Names of the functions of the kernel that it calls. */
  get imports(): ReadonlySet<string> {
    return new Set(this.module.functions.filter((f) => f.imported).map((f) => f.name));
  }

  /**
   * @param kinds what the kernel offers: the same for every system
   * @param races accesses are told to the race detector
   */
  translated(kinds: ReadonlyMap<string, ImportKind>, races: boolean): Translation {
    return this.translations[races ? 1 : 0] ??= translate(this.module, kinds, { fine: this.fine, races });
  }
}
