import { Ast2500, HICR0, HICR4, HICR5, LPC, shiftOf } from '../../src/hw/index.ts';
import { KcsStateMachine, Si, SimIo, type SiMode } from '../../src/host/index.ts';
import { KcsControl, KcsState, Str, answer, createBmcState } from '../../src/ipmi/index.ts';
import { BT, KCS, RAW_KCS, ROUTER, ROUTER_I2C, SSIF, type Scenario, type Settings, type System } from '../../src/scenarios/index.ts';
import { GeneratorProcess, MS, Simulator, US, hashText, hex32, mix, type Steps } from '../../src/sim/index.ts';

/** What must not change unless a `model` integer does. */
export interface NominalTable {
  /** The integers under which the hashes were recorded. */
  readonly models: Readonly<Record<string, number>>;
  /** Parts alone, to tell where a change comes from. */
  readonly parts: Readonly<Record<string, string>>;
  /** Per driver version and run: steps, values and times; the sites; the questions to the seam. */
  readonly runs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const RUNS: Readonly<Record<string, { readonly hostMode: SiMode; readonly daemon?: string }>> = {
  kipmid: { hostMode: 'kipmid' },
  irq: { hostMode: 'irq' },
  poll: { hostMode: 'poll' },
  kcsbridged: { hostMode: 'kipmid', daemon: 'kcsbridged' },
};

/** Channel 3 requests IRQ 5, active high. */
const SERIRQ = HICR5.IRQXE3 | HICR5.SEL3IRQX | (5 << shiftOf(HICR5.ID3IRQX));

/** Computes the table anew. */
export function computeNominal(): NominalTable {
  const models: Record<string, number> = {};
  const runs: Record<string, Record<string, string>> = {};
  for (const driver of KCS.drivers) {
    Object.assign(models, KCS.models({ driver, settings: {} }));
    runs[driver] = Object.fromEntries(Object.entries(RUNS).map(([name, run]) => [name, nominalRun(driver, run)]));
  }
  return { models, parts: { hardware: hardwareAlone(), host: hostAlone() }, runs };
}

const SSIF_RUNS: Readonly<Record<string, { readonly settings: Settings; readonly daemon?: string }>> = {
  i801: { settings: { hostMode: 'i801' } },
  piix4: { settings: { hostMode: 'piix4' } },
  'i2c, PEC, several parts': { settings: { hostMode: 'i2c', pec: 1, length: 70 } },
  designware: { settings: { hostMode: 'designware' } },
  ssifbridged: { settings: {}, daemon: 'ssifbridged' },
};

const BT_RUNS: Readonly<Record<string, { readonly settings: Settings; readonly daemon?: string }>> = {
  timer: { settings: { hostMode: 'timer' } },
  kipmid: { settings: { hostMode: 'kipmid' } },
  irq: { settings: { hostMode: 'irq' } },
  'poll, no interrupt of the BMC': { settings: { hostMode: 'poll', bmcIrq: 0 } },
  btbridged: { settings: {}, daemon: 'btbridged' },
};

/** The same of SSIF, whose parts are not run alone. */
export function computeSsifNominal(): NominalTable {
  return computeWhole(SSIF, SSIF_RUNS);
}

/** The same of BT. */
export function computeBtNominal(): NominalTable {
  return computeWhole(BT, BT_RUNS);
}

const ROUTER_RUNS: typeof SSIF_RUNS = {
  daemon: { settings: {} },
  'irq, no interrupt on the BMC': { settings: { hostMode: 'irq', bmcIrq: 0 } },
  'a device in the kernel': { settings: { oemDevice: 'boot', hostMode: 'poll' } },
  'a device that answers later and is unloaded': { settings: { oemDevice: 'late-and-gone', oemAnswer: 'later' } },
  'no device': { settings: { defaultDevice: 'none' } },
};

/** And of the message router. */
export function computeRouterNominal(): NominalTable {
  return computeWhole(ROUTER, ROUTER_RUNS);
}

/** And of the router on I2C. */
export function computeRouterI2cNominal(): NominalTable {
  return computeWhole(ROUTER_I2C, {
    daemon: { settings: {} },
    'a device in the kernel, 400 kHz': { settings: { oemDevice: 'boot', smbusKhz: 400, length: 70 } },
    'no device': { settings: { defaultDevice: 'none' } },
  });
}

function computeWhole(scenario: Scenario, how: typeof SSIF_RUNS): NominalTable {
  const models: Record<string, number> = {};
  const runs: Record<string, Record<string, string>> = {};
  for (const driver of scenario.drivers) {
    Object.assign(models, scenario.models({ driver, settings: {} }));
    runs[driver] = Object.fromEntries(Object.entries(how).map(([name, { settings, daemon }]) => [
      name, hashesOf(scenario.build({ driver, settings, ...(daemon === undefined ? {} : { daemon }) })),
    ]));
  }
  return { models, parts: {}, runs };
}

const RAW_RUNS: Readonly<Record<string, Settings>> = {
  mctp: {}, 'mctp, irq': { hostMode: 'irq' }, 'mctp, version 2': { bmcVersion: 2 }, echo: { protocol: 'echo' }, 'echo, one thread': { protocol: 'echo', threads: 1 },
  trigger: { protocol: 'trigger' },
};

/** The same of raw KCS. */
export function computeRawNominal(): NominalTable {
  const models: Record<string, number> = {};
  const runs: Record<string, Record<string, string>> = {};
  for (const driver of RAW_KCS.drivers) {
    Object.assign(models, RAW_KCS.models({ driver, settings: {} }));
    runs[driver] = Object.fromEntries(Object.entries(RAW_RUNS).map(([name, settings]) => [name, hashesOf(RAW_KCS.build({ driver, settings }))]));
  }
  return { models, parts: {}, runs };
}

function nominalRun(driver: string, { hostMode, daemon }: (typeof RUNS)[string]): string {
  return hashesOf(KCS.build({ driver, settings: { hostMode }, ...(daemon === undefined ? {} : { daemon }) }));
}

/** Hashes of the nominal run: steps, values and times; the sites; the questions to the seam. */
function hashesOf(system: System): string {
  const { sim } = system;
  let sites = 0;
  let questions = 0;
  const { observer } = sim;
  sim.observer = {
    step(ctx, op, value) {
      observer?.step(ctx, op, value);
      sites = mix(sites, hashText(`${ctx.name} ${sim.ops.label(op)}`));
    },
  };
  const { hash } = system.execute({
    plan: [],
    draw(kind, actor, step, n, label) {
      questions = mix(questions, hashText(`${kind} ${actor}#${step} ${n} ${label}`));
      return 0;
    },
  });
  return [hash, sites, questions].map(hex32).join(' ');
}

/** The AST2500 with two bare processes: registers, LPC cycles, polls, SerIRQ. */
function hardwareAlone(): string {
  const { sim, soc } = hardware();
  const { registers: regs } = soc;
  const port = soc.port(0xca2, 1);
  context(sim, 'host', 0, function* () {
    for (let i = 0; i < 4; i++) {
      yield port.outb(i & 1, 0x10 + i);
      let status = yield port.inb(1);
      if ((status & Str.IBF) !== 0) status = yield port.poll(Str.IBF, status, 10 * US);
      if ((status & Str.OBF) !== 0) yield port.inb(0);
      yield port.inb(0);
    }
    yield soc.port(0xf00, 1).inb(0); // nobody answers
  });
  context(sim, 'bmc', 0, function* () {
    for (let i = 0; i < 4; i++) {
      const status = yield regs.poll(LPC.STR3, Str.IBF, 0, 2 * US, MS);
      yield regs.write(LPC.ODR3, i);
      yield regs.write32(LPC.HICR5, SERIRQ);
      yield regs.write(LPC.STR3, (status & Str.OBF) | 0x40);
      yield regs.read(LPC.IDR3);
    }
  });
  soc.serirq.onHost = (irq, level) => {
    sim.hash = mix(mix(sim.hash, irq * 2 + level), sim.now | 0);
  };
  return run(sim, soc);
}

/** ipmi_si in each of its modes, in front of a BMC that is all register accesses. */
function hostAlone(): string {
  return Object.values(RUNS).slice(0, 3).map(({ hostMode }) => {
    const { sim, soc } = hardware();
    const io = SimIo.create(sim, soc.port(0xca2, 1));
    soc.serirq.onHost = (_irq, level) => io.irqInput(level !== 0);
    const si = new Si(new KcsStateMachine(io), io, { mode: hostMode });
    let left = 2;
    context(sim, 'host', 5 * US, function* () {
      for (; left > 0; left--) {
        yield* si.idle(io.now + 20 * US);
        yield* si.transact(Uint8Array.of(0x18, 0x01), 2);
      }
    });
    context(sim, 'bmc', 0, () => bareBmc(soc));
    sim.finished = () => left === 0;
    return run(sim, soc);
  }).join(' ');
}

/** Serves KCS channel 3 by polling its status every 10 us, for ever. */
function* bareBmc(soc: Ast2500): Steps {
  const { registers: regs } = soc;
  const request = new Uint8Array(64);
  const response = new Uint8Array(64);
  const state = createBmcState();
  let length = 0;
  let left = 0;
  let at = 0;
  let ending = false;
  for (;;) {
    const status = yield regs.poll(LPC.STR3, Str.IBF, 0, 10 * US);
    const command = (status & Str.C_D) !== 0;
    const last = left > 0 && at === left;
    const reading = !command && (ending || left > 0);
    yield regs.write(LPC.STR3, (status & Str.OBF) | ((!reading ? KcsState.WRITE : last ? KcsState.IDLE : KcsState.READ) << 6));
    const byte = yield regs.read(LPC.IDR3);
    let out = 0;
    if (command) {
      ending = byte === KcsControl.WRITE_END;
      if (byte === KcsControl.WRITE_START) {
        length = 0;
        left = 0;
        at = 0;
      }
    } else if (left === 0) {
      request[length++] = byte;
      if (ending) {
        left = answer(state, request, length, response);
        ending = false;
        out = response[at++];
      }
    } else {
      out = last ? 0 : response[at++];
      if (last) left = 0;
    }
    yield regs.write(LPC.ODR3, out);
    yield regs.write32(LPC.HICR5, SERIRQ);
  }
}

function hardware(): { sim: Simulator; soc: Ast2500 } {
  const sim = new Simulator();
  return { sim, soc: new Ast2500(sim) };
}

/** A process that starts `delay` after power-on. */
function context(sim: Simulator, name: string, delay: number, body: () => Steps): void {
  const process = new GeneratorProcess(body);
  const ctx = sim.context(name, process);
  sim.onReset(() => {
    process.start();
    ctx.start(delay);
  });
}

function run(sim: Simulator, soc: Ast2500): string {
  sim.onReset(() => {
    soc.lpc.write(LPC.LADR3H, 0x0c);
    soc.lpc.write(LPC.LADR3L, 0xa2);
    soc.lpc.write(LPC.HICR0, HICR0.LPC3E);
    soc.lpc.write(LPC.HICR4, HICR4.KCSENBL);
  });
  sim.limit = 10_000;
  sim.reset();
  const reason = sim.run();
  return `${hex32(sim.hash)} ${sim.steps} ${reason}`;
}
