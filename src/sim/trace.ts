import type { Ps } from './time.ts';

/** Receives one kind of event: when, whose (context id, or -1), and up to three integers. */
export type TraceListener = (at: Ps, actor: number, a: number, b: number, c: number) => void;

/** One kind of event: its schema, with what people need to read it. */
export interface TraceKind {
  /** Stable: `kcs.idr.write`. */
  readonly name: string;
  /** The lane in which a report draws it. */
  readonly lane: Lane;
  /** Names of the integers `a`, `b`, `c` that it carries. */
  readonly fields: readonly string[];
  /** Where the behaviour is specified. */
  readonly section?: string;
  /** One line for people; bits by name. */
  text(a: number, b: number, c: number): string;
}

export type Lane = 'host' | 'lpc' | 'serirq' | 'i2c' | 'irq' | 'task' | 'oracle';

/**
 * Carries what happens to whoever listens. With no listener an event costs one array read and one
 * comparison; it is made of integers, so that nothing is allocated for it.
 */
export class TraceBus {
  readonly kinds: TraceKind[] = [];
  private readonly listeners: TraceListener[][] = [];
  private readonly clock: { now: Ps };

  constructor(clock: { now: Ps }) {
    this.clock = clock;
  }

  /** Registers a kind of event; returns its code. */
  define(kind: TraceKind): number {
    this.kinds.push(kind);
    this.listeners.push([]);
    return this.kinds.length - 1;
  }

  /** The code of a kind by name; throws if no block of this system defines it. */
  code(name: string): number {
    const code = this.kinds.findIndex((kind) => kind.name === name);
    if (code < 0) throw new Error(`no trace event ${name} in this system`);
    return code;
  }

  on(code: number, listener: TraceListener): void {
    this.listeners[code]!.push(listener);
  }

  off(code: number, listener: TraceListener): void {
    const list = this.listeners[code]!;
    const at = list.indexOf(listener);
    if (at >= 0) list.splice(at, 1);
  }

  emit(code: number, actor: number, a = 0, b = 0, c = 0): void {
    const list = this.listeners[code]!;
    if (list.length === 0) return;
    const { now } = this.clock;
    for (let i = 0; i < list.length; i++) list[i]!(now, actor, a, b, c);
  }
}
