import { AspeedI2c, CMD, FUN_CTRL, I2C, I2cState, hex } from '../hw/index.ts';
import { I2cRig, type MakeEngine } from './i2c-rig.ts';
import { LatchedLine, forgotten, noneExplained, predictRead, type Explained, type ReadState } from './i2c-rules.ts';
import { i2cSequence, type I2cOp, type I2cSequence } from './i2c-sequence.ts';
import type { Recording } from './recording.ts';
import type { Mismatch } from './transactions.ts';

/** Where the model differs: access `i` of the sequence `seed`. */
export interface I2cMismatch extends Mismatch {
  readonly seed: number;
}

export interface I2cRegistersResult {
  /** Accesses compared. */
  readonly steps: number;
  readonly mismatches: number;
  readonly first?: I2cMismatch;
  /** How often each rule of {@link I2C_RULES} has explained a difference. */
  readonly explained: Explained;
}

/**
 * Replays each sequence on a fresh I2C engine, all of whose registers are 0, and compares the value of
 * every read, the edges of the interrupt and the bus events of every access. What the recorded emulator is
 * known to do differently is predicted from the model's state by {@link I2C_RULES}; the prediction is then
 * compared exactly. After a difference the sequence goes on.
 */
export function compareI2cRegisters(
  sequences: readonly I2cSequence[], make: MakeEngine = (...args) => new AspeedI2c(...args),
): I2cRegistersResult {
  const explained = noneExplained();
  let steps = 0;
  let mismatches = 0;
  let first: I2cMismatch | undefined;
  for (const { seed, bus, ops, others } of sequences) {
    const replay = new Replay(bus, explained, make);
    for (const [i, op] of ops.entries()) {
      steps++;
      const recorded = outcome(op.value, op.irq, op.wire);
      const got = replay.access(op, others.find(({ after }) => after === i));
      if (got === recorded) continue;
      mismatches++;
      first ??= { seed, i, expected: `${op.write ? 'write' : 'read'} of ${op.reg}: ${recorded}`, got };
    }
  }
  return first === undefined ? { steps, mismatches, explained } : { steps, mismatches, first, explained };
}

/** Compares a whole recording. Throws `RecordingError` if it is not one of I2C registers. */
export function compareI2cRecording({ header, lines }: Recording): I2cRegistersResult {
  return compareI2cRegisters([header, ...lines].map(i2cSequence));
}

/** One sequence: the engine, and what the emulator would show of it. */
class Replay {
  private readonly rig: I2cRig;
  private readonly engine: AspeedI2c;
  private readonly bus: number;
  private readonly explained: Explained;
  private readonly latch = new LatchedLine();
  private naked: ReadState['naked'] = null;

  constructor(bus: number, explained: Explained, make: MakeEngine) {
    this.bus = bus;
    this.explained = explained;
    this.rig = new I2cRig(bus, explained, make);
    this.engine = this.rig.engine;
  }

  /** Makes the access; returns what the emulator is predicted to have recorded of it. */
  access(op: I2cOp, other: Parameters<I2cRig['prepare']>[1]): string {
    const { rig, latch } = this;
    rig.prepare(op, other);
    const level = latch.level;
    const edges: number[] = [];
    let value = op.value;
    if (op.write) {
      this.write(op);
      if (latch.level !== level) edges.push(latch.level);
    } else if (op.reg !== 'GLOBAL_INTR') {
      value = predictRead(op.reg, this.engine.read(I2C[op.reg]), { naked: this.naked, addressed: rig.anyAddressed }, this.explained);
    }
    const between = latch.level;
    this.events(op.write && op.reg === 'CMD' && this.enabled);
    if (latch.level !== between) edges.push(latch.level);
    const model = this.line(edges);
    if (op.reg === 'GLOBAL_INTR') value = (latch.level << this.bus) >>> 0;
    return outcome(value, edges, rig.wire) + model;
  }

  private get enabled(): boolean {
    return (this.engine.funCtrl & FUN_CTRL.MASTER_EN) !== 0;
  }

  private write({ reg, value }: I2cOp): void {
    const { engine, rig } = this;
    if (reg === 'GLOBAL_INTR') return;
    const active = (engine.initiator.state & I2cState.MACTIVE) !== 0;
    rig.releasing(() => engine.write(I2C[reg], value));
    if (reg === 'INTR_STS') this.latch.acknowledged(engine.read(I2C.INTR_STS));
    if (reg !== 'CMD' || !this.enabled) return;
    this.naked = null;
    rig.settle();
    if (rig.naked) {
      const bits = value & (CMD.M_RX | CMD.M_S_RX_CMD_LAST | CMD.M_STOP);
      this.naked = { bits, state: active ? I2cState.MSTARTR : I2cState.MSTART };
    }
  }

  /** Runs the bus; after a command and after each event the emulator looks at its interrupt. */
  private events(command: boolean): void {
    const { engine, rig } = this;
    let looks = command;
    for (;;) {
      const before = engine.read(I2C.INTR_STS);
      rig.settle();
      const status = engine.read(I2C.INTR_STS);
      if ((status & ~before) !== 0) looks = true;
      if (!looks) return;
      looks = false;
      const lost = forgotten(status, engine.read(I2C.INTR_CTRL));
      if (lost !== 0) {
        this.explained['status-masked']++;
        rig.releasing(() => engine.write(I2C.INTR_STS, lost));
      }
      this.latch.event(engine.read(I2C.INTR_STS));
      if (lost === 0) return;
    }
  }

  /** The model's own line is a level; where it moves otherwise than the emulator's, that is a rule. */
  private line(edges: readonly number[]): string {
    const { engine, rig } = this;
    const level = (engine.read(I2C.INTR_STS) & engine.read(I2C.INTR_CTRL)) === 0 ? 0 : 1;
    if (engine.line !== level) return ` (the model's line is ${engine.line}, not the level of its status)`;
    if (level !== this.latch.level || rig.line.join() !== edges.join()) this.explained['line-latched']++;
    return '';
  }
}

/** `94h i2c=1 [stop 42h, start 5Ah w other_master]`: a value, the edges, and the wire. */
function outcome(value: number, irq: readonly number[], wire: readonly string[]): string {
  const words = [hex(value), ...irq.map((level) => `i2c=${level}`)];
  if (wire.length > 0) words.push(`[${wire.join(', ')}]`);
  return words.join(' ');
}
