import type { Allocation } from '../../linux/index.ts';
import { NO_FOOTPRINT, STATE, withOperand, type Context, type Footprint, type Op, type OpDef, type Stateful } from '../../sim/index.ts';
import { DriverError } from '../error.ts';
import type { Host } from './host.ts';

/** Objects of one kind by the address of the driver's struct: made when the driver initialises them, or else at their first use. */
export class Objects<T> implements Stateful {
  private readonly known = new Map<number, number>();
  private readonly list: T[] = [];
  private readonly names: string[] = [];
  private readonly footprints: Footprint[] = [];
  private readonly host: Host;
  private readonly make: (address: number, name: string) => T;

  /** @param kind its name where the driver gives none */
  constructor(host: Host, kind: string, make: (memory: Allocation, name: string, address: number) => T) {
    this.host = host;
    host.state.push(this);
    this.make = (address, name) => {
      try {
        const memory = host.machine.memory.allocationAt(address);
        const shown = name || kind;
        const object = make(memory, shown, address);
        const id = [host.kernel.sim.ops.object(`${memory.name}.${shown}`)];
        this.names.push(shown);
        this.footprints.push({ reads: id, writes: id });
        return object;
      } catch (error) {
        if (error instanceof RangeError) throw new DriverError(`the driver has more locks, queues and timers than can be told apart: ${error.message}`);
        throw error;
      }
    };
  }

  at(address: number, name = ''): T {
    return this.list[this.index(address, name)];
  }

  [STATE](tell: (part: unknown) => void): void {
    for (const object of this.list) tell(object);
  }

  /** The object at `address`, if one was made there. */
  find(address: number): T | undefined {
    const index = this.known.get(address);
    return index === undefined ? undefined : this.list[index];
  }

  private index(address: number, name = ''): number {
    let index = this.known.get(address);
    if (index === undefined) {
      index = this.list.push(this.make(address, name)) - 1;
      this.known.set(address, index);
    }
    return index;
  }

  /** What a step of the object at `address` has handed on, the context that runs knows. */
  acquire(address: number): void {
    const { fields, sim } = this.host.kernel;
    for (const id of this.footprints[this.index(address)].reads) fields?.acquire(id, sim.current);
  }

  /**
   * A step of any of them, with the object in its operand; nothing is defined, and 0 given, if the driver never calls
   * any of the `calls`. The first gives its label.
   */
  step(calls: string | readonly string[], kind: OpDef['kind'], exec: (object: T, ctx: Context) => number): (address: number) => Op {
    const { list, names, footprints, host } = this;
    const called = typeof calls === 'string' ? [calls] : calls;
    if (!called.some((name) => host.imports.has(name))) return () => 0;
    const shown = called[0].replace(/^_*(?:inband_)?/, '');
    const { sim, config } = host.kernel;
    const op = sim.ops.define({
      label: shown, kind, lead: config.lock,
      exec: (operand, ctx) => exec(list[operand], ctx),
      site: (operand) => `${shown}(${names[operand]})`,
      footprint: (operand) => footprints[operand] ?? NO_FOOTPRINT,
    });
    return (address) => withOperand(op, this.index(address));
  }
}

/** `&priv->queue` -> `queue`. */
export function memberOf(expression: string): string {
  return /(\w+)\W*$/.exec(expression)?.[1] ?? '';
}
