import { ScheduleChooser } from '../../src/explore/index.ts';
import { SSIF_MSG_LEN } from '../../src/drivers/ssif-bmc/index.ts';
import { echoTag } from '../../src/ipmi/index.ts';
import { I2cSlaveEvent, type FileOperations, type I2cSlaveBackend, type UserBuffer } from '../../src/linux/index.ts';
import { BtSystem, RawSystem, RouterSystem, SsifSystem, type BuildOptions } from '../../src/scenarios/index.ts';
import { BLOCKED, type Decision, type Steps, type Violation } from '../../src/sim/index.ts';
import { systemWith, type AnySystem, type Drivers } from './drivers.ts';

/**
 * A moment of a story: the beginning of a line, or an expression that it matches. Several in a list come
 * directly after one another among the lines of their actor.
 */
export type Moment = string | RegExp | readonly (string | RegExp)[];

/** One run as lines of text, in the order in which things happened. */
export interface Told {
  /**
   * - `bmc:irq kcs_bmc_handle_data: IDR3 read = 61h`: a step, with what it returned unless that is 0
   * - `driver phase WRITE`: the driver's phase has changed
   * - `request 1 is complete: 8 bytes, tag 1`: the BMC has read its last byte from IDR, or seen the STOP behind it, or H2B_ATN
   * - `bus START`, `bus 10h W`, `bus > 02h`, `bus < 1Ch NAK`, `bus STOP`: what passes on the I2C bus, and in which direction
   * - `bmc:irq event WRITE_REQUESTED`: the I2C bus driver tells the SSIF driver
   * - `bmc:kcsd read() = 8, tag 1`: a file operation of the driver has returned
   * - `! wrong-response answers-another-request`: an oracle reports
   */
  readonly lines: readonly string[];
  readonly violations: readonly Violation[];
}

/** Replays a schedule on a system with these drivers, and writes down what happens. */
export function tell(drivers: Drivers, options: BuildOptions, decisions: readonly Decision[]): Told {
  const system = systemWith(drivers, options);
  const { sim } = system;
  const lines: string[] = [];
  let phase = '';
  let violations = 0;
  const notePhase = (): void => {
    if (system instanceof BtSystem || system instanceof RouterSystem) return; // its driver has no phases
    const now = system.driver.phaseName.replace(/^(KCS_PHASE|SSIF)_/, '');
    if (now !== phase) lines.push(`driver phase ${now}`);
    phase = now;
  };
  const noteViolations = (): void => {
    for (; violations < sim.violations.length; violations++) {
      const { oracle, rule } = sim.violations[violations];
      lines.push(`! ${oracle} ${rule}`);
    }
  };
  sim.observer = {
    step(ctx, op, value) {
      notePhase(); // as the process of the step before has left it
      lines.push(`${ctx.name} ${sim.ops.describe(op)}${resultOf(sim.ops.def(op).kind, value)}`);
      noteViolations();
    },
  };
  if (system instanceof SsifSystem) hearBus(system, lines);
  if (!(system instanceof RawSystem)) noteRequests(system, wholeAt(system), lines);
  if (system instanceof SsifSystem) overhear(system, system.driver.ssifBmc.miscdev.fops, plainTag(SSIF_MSG_LEN), lines, notePhase);
  else if (system instanceof RouterSystem) overhear(system, system.driver.devintf.miscdev.fops, btTag, lines, notePhase);
  else overhear(system, system.driver.miscdev.fops, system instanceof BtSystem ? btTag : plainTag(0), lines, notePhase);
  const outcome = system.execute(new ScheduleChooser(decisions));
  notePhase();
  noteViolations();
  return { lines, violations: outcome.violations.map((violation) => ({ ...violation })) };
}

function resultOf(kind: 'access' | 'compute' | 'block' | 'poll', value: number): string {
  if (value === BLOCKED) return ' sleeps';
  if (value === 0) return '';
  return kind === 'compute' || kind === 'block' ? ` = ${value}` : ` = ${hex(value)}`;
}

function hex(value: number): string {
  return `${value.toString(16).toUpperCase().padStart(2, '0')}h`;
}

/** Tells of each request when the wire has it whole, which `event` may show. */
function noteRequests({ sim, wire }: AnySystem, event: string, lines: string[]): void {
  let complete = 0;
  sim.trace.on(sim.trace.code(event), () => {
    const request = wire.current;
    if (request === null || !request.complete || wire.begun === complete) return;
    complete = wire.begun;
    lines.push(`request ${complete} is complete: ${request.length} bytes, tag ${echoTag(request.bytes, request.length)}`);
  });
}

/** Flags of `i2c.address` and `i2c.byte`. */
const ACKED = 1;
const TO_CONTROLLER = 2;
const EVENTS = Object.keys(I2cSlaveEvent);

/** Tells what passes on the bus, and which events the bus driver makes of it. */
function hearBus({ sim, driver }: SsifSystem, lines: string[]): void {
  const on = (name: string, text: (a: number, b: number) => string): void => {
    sim.trace.on(sim.trace.code(name), (_at, _actor, a, b) => lines.push(`bus ${text(a, b)}`));
  };
  const nak = (flags: number): string => ((flags & ACKED) === 0 ? ' NAK' : '');
  on('i2c.start', () => 'START');
  on('i2c.address', (byte, flags) => `${hex(byte >> 1)} ${(byte & 1) === 0 ? 'W' : 'R'}${nak(flags)}`);
  on('i2c.byte', (byte, flags) => `${(flags & TO_CONTROLLER) === 0 ? '>' : '<'} ${hex(byte)}${nak(flags)}`);
  on('i2c.stop', () => 'STOP');
  on('i2c.vanish', () => 'is let go');
  const backend = driver.ssifBmc as { -readonly [K in 'slaveEvent']: I2cSlaveBackend[K] };
  const { slaveEvent } = backend;
  backend.slaveEvent = (event, value) => {
    lines.push(`bmc:irq event ${EVENTS[event]}`);
    return slaveEvent.call(backend, event, value);
  };
}

/** The trace event after which the wire may have a request whole. */
function wholeAt(system: AnySystem): string {
  if (system instanceof SsifSystem) return 'i2c.stop';
  return system instanceof BtSystem || system instanceof RouterSystem ? 'host.bt.ctrl.write' : 'bmc.idr.read';
}

/** The tag of the echo in what a device carries. */
type Tag = (bytes: Uint8Array, length: number) => number;

/** Messages have `header` bytes before them. */
function plainTag(header: number): Tag {
  return (bytes, length) => echoTag(bytes.subarray(header), length - header);
}

/** Length, NetFn/LUN, sequence number, Cmd. */
function btTag(bytes: Uint8Array, length: number): number {
  const message = Uint8Array.from([bytes[1], ...bytes.subarray(3, length)]);
  return echoTag(message, message.length);
}

/** Lets the driver's file operations tell their results. */
function overhear({ sim }: AnySystem, operations: FileOperations, tagIn: Tag, lines: string[], before: () => void): void {
  const fops = operations as { -readonly [K in keyof FileOperations]: FileOperations[K] };
  const told = function* (name: string, call: Steps<number>, buf?: UserBuffer, length?: number): Steps<number> {
    const result = yield* call;
    before();
    const tag = buf === undefined || result <= 0 ? -1 : tagIn(buf.bytes, length ?? result);
    lines.push(`${sim.current?.name} ${name}() = ${result}${tag < 0 ? '' : `, tag ${tag}`}`);
    return result;
  };
  const { open, release, read, write, ioctl } = fops;
  fops.open = (file) => told('open', open.call(fops, file));
  fops.release = (file) => told('release', release.call(fops, file));
  fops.read = (file, buf, count, pos) => told('read', read.call(fops, file, buf, count, pos), buf);
  fops.write = (file, buf, count, pos) => told('write', write.call(fops, file, buf, count, pos), buf, count);
  fops.ioctl = (file, cmd) => told('ioctl', ioctl.call(fops, file, cmd));
}

function fits(line: string, moment: string | RegExp): boolean {
  return typeof moment === 'string' ? line.startsWith(moment) : moment.test(line);
}

/** The index of the line with which `moment` ends, looked for from line `from` on; -1: it does not come. */
function find(lines: readonly string[], moment: Moment, from: number): number {
  for (let at = from; at < lines.length; at++) {
    if (typeof moment === 'string' || moment instanceof RegExp) {
      if (fits(lines[at], moment)) return at;
      continue;
    }
    const end = row(lines, moment, at);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether the moments come one directly after the other from line `at` on, in the lines of its actor. */
function row(lines: readonly string[], moments: readonly (string | RegExp)[], at: number): number {
  const actor = `${lines[at].split(' ', 1)[0]} `;
  let next = 0;
  for (let i = at; i < lines.length; i++) {
    if (!lines[i].startsWith(actor)) continue;
    if (!fits(lines[i], moments[next])) return -1;
    if (++next === moments.length) return i;
  }
  return -1;
}

/** How far a run follows a story. */
export interface Followed {
  /** Moments that came, in their order. */
  readonly moments: number;
  /** For each of those, the line with which it ended. */
  readonly at: readonly number[];
}

export function follow({ lines }: Told, story: readonly Moment[]): Followed {
  const at: number[] = [];
  for (const moment of story) {
    const found = find(lines, moment, at.length === 0 ? 0 : at[at.length - 1] + 1);
    if (found < 0) break;
    at.push(found);
  }
  return { moments: at.length, at };
}

/** For people: which moment did not come, and what the run did after the one before. */
export function explainFollowed(told: Told, story: readonly Moment[]): string {
  const { moments, at } = follow(told, story);
  if (moments === story.length) return 'the run follows the story';
  const from = at.length === 0 ? 0 : at[at.length - 1] + 1;
  const done = at.map((line, i) => `  ${i + 1}. ${told.lines[line]}`);
  return [
    `moment ${moments + 1} of ${story.length} does not come: ${String(story[moments])}`, ...done,
    `after that the run goes on, for ${told.lines.length - from} lines:`, ...told.lines.slice(from, from + 60).map((line) => `    ${line}`),
  ].join('\n');
}
