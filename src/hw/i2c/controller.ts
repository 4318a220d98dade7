/** One I2C engine of the AST2500, controller and target. (Interface first; the engine follows.) */
export class AspeedI2c {
  /** Called when the engine's interrupt rises (1) or falls (0). */
  onLine: (level: number) => void = () => {};
  /** The BMC reads the register at `offset`. */
  read(_offset: number): number { throw new Error('not yet'); }
  /** The BMC writes the register at `offset`. */
  write(_offset: number, _value: number): void { throw new Error('not yet'); }
  /** The BMC is reset: registers at their reset values, SCL and SDA let go. */
  bmcReset(): void { throw new Error('not yet'); }
}
