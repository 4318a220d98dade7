import type { TapeAct, Waveform, Wire, WireLevel } from '../../sim/index.ts';
import { hex } from '../lpc/registers.ts';
import type { I2cTiming } from './timing.ts';
import { ACKED, I2C_EVENTS, TO_CONTROLLER, type I2cEvent, type I2cTraceCodes } from './trace.ts';
import { expandI2c } from './waveform.ts';

/** What the waveform has to know of one bus. */
export interface I2cWires {
  readonly number: number;
  readonly codes: I2cTraceCodes;
  /** At which speed a context drives it. */
  timingOf(actor: number): I2cTiming;
}

/** SCL and SDA of one bus, edge by edge, with what goes over them in words. */
export class I2cWaveform implements Waveform {
  readonly wires: readonly Wire[];
  private readonly bus: I2cWires;
  private readonly names: ReadonlyMap<number, I2cEvent>;
  private readonly scl: string;
  private readonly sda: string;
  private readonly text: string;

  constructor(bus: I2cWires) {
    this.bus = bus;
    const scope = `i2c${bus.number}`;
    this.scl = `${scope}.SCL`;
    this.sda = `${scope}.SDA`;
    this.text = `${scope}.transfer`;
    this.wires = [{ name: this.scl, width: 1, idle: 1 }, { name: this.sda, width: 1, idle: 1 }, { name: this.text, width: 0, idle: '' }];
    this.names = new Map(Object.entries(bus.codes).map(([name, code]) => [code, name as I2cEvent]));
  }

  levels(tape: readonly TapeAct[]): readonly WireLevel[] {
    const levels: WireLevel[] = [];
    for (const { events } of tape) {
      for (const { code, actor, at, a, b, c } of events) {
        const name = this.names.get(code);
        if (name === undefined || c !== this.bus.number) continue;
        const edges = expandI2c(I2C_EVENTS[name], at, a, b, this.bus.timingOf(actor));
        for (const edge of edges) levels.push({ at: edge.at, wire: edge.line === 'scl' ? this.scl : this.sda, value: edge.level });
        const text = textOf(name, a, b);
        if (text === '') continue;
        // From its first edge to its last: a condition ends where SCL falls.
        const times = edges.map((edge) => edge.at);
        levels.push({ at: Math.min(...times), wire: this.text, value: text }, { at: Math.max(...times), wire: this.text, value: '' });
      }
    }
    return levels;
  }
}

/** `10h write ACK`, `C4h from target NAK`, `START`. */
function textOf(name: I2cEvent, a: number, b: number): string {
  const ack = (b & ACKED) !== 0 ? 'ACK' : 'NAK';
  switch (name) {
    case 'start':
      return a === 0 ? 'START' : 'repeated START';
    case 'address':
      return `${hex(a >> 1)} ${(a & 1) === 0 ? 'write' : 'read'} ${ack}`;
    case 'byte':
      return `${hex(a)}${(b & TO_CONTROLLER) === 0 ? '' : ' from target'} ${ack}`;
    case 'stop':
      return 'STOP';
    default:
      return '';
  }
}
