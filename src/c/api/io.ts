import { US, type Op, type Steps } from '../../sim/index.ts';
import type { Host, Offers } from './host.ts';

/** Where the registers of the chip begin: what ioremap() gives is the physical address. */
const REGISTERS = 0x1e00_0000;

/** Registers, regmap, the device tree, delays. */
export function io(host: Host): Offers {
  const { kernel } = host;
  const read = (address: number): Op => {
    if (address < REGISTERS) host.machine.trap(`a register access at ${(address >>> 0).toString(16)}h, where there is no register`);
    return host.bus.read(address);
  };
  const write = (address: number, value: number): Op => {
    if (address < REGISTERS) host.machine.trap(`a register access at ${(address >>> 0).toString(16)}h, where there is no register`);
    return host.bus.write(address, value >>> 0);
  };
  const poke = (address: number, value: number): void => {
    for (let i = 0; i < 4; i++) host.machine.access.set(address + i, (value >> (8 * i)) & 0xff);
  };
  const udelay = kernel.sim.ops.define({ label: 'udelay', exec: () => 0 });

  function* regmapRead(site: number, map: number, register: number, to: number): Steps<number> {
    poke(to, yield read(map + register) | host.machine.frames[site]);
    return 0;
  }
  function* regmapWrite(site: number, map: number, register: number, value: number): Steps<number> {
    yield write(map + register, value) | host.machine.frames[site];
    return 0;
  }
  /** Whether it was another value is told by `changed`. */
  function* updateBitsCheck(site: number, map: number, register: number, mask: number, value: number, changed: number): Steps<number> {
    const frame = host.machine.frames[site];
    const old = (yield read(map + register) | frame) >>> 0;
    const now = ((old & ~mask) | (value & mask)) >>> 0;
    if (now !== old) yield write(map + register, now) | frame;
    host.machine.access.set(changed, now === old ? 0 : 1);
    return 0;
  }
  /** A read, and a write only if the value changes; `always`: regmap_write_bits(). */
  function* updateBits(site: number, map: number, register: number, mask: number, value: number, always: boolean): Steps<number> {
    const frame = host.machine.frames[site];
    const old = (yield read(map + register) | frame) >>> 0;
    const now = ((old & ~mask) | (value & mask)) >>> 0;
    if (now !== old || always) yield write(map + register, now) | frame;
    return 0;
  }
  return {
    __inband_read: ['step', (_t, _site, address) => read(address)],
    __inband_write: ['step', (_t, _site, value, address) => write(address, value)],
    regmap_read: ['steps', (_t, site, map, register, to) => regmapRead(site, map, register, to)],
    regmap_write: ['steps', (_t, site, map, register, value) => regmapWrite(site, map, register, value)],
    regmap_update_bits: ['steps', (_t, site, map, register, mask, value) => updateBits(site, map, register, mask, value, false)],
    regmap_update_bits_check: ['steps', (_t, site, map, register, mask, value, changed) => updateBitsCheck(site, map, register, mask, value, changed)],
    regmap_write_bits: ['steps', (_t, site, map, register, mask, value) => updateBits(site, map, register, mask, value, true)],
    udelay: ['step', (_t, _site, us) => {
      const ctx = kernel.sim.current;
      if (ctx !== null) ctx.lateness += us * US;
      return udelay;
    }],
    __inband_msleep_us: ['step', (_t, _site, us) => kernel.sleep(us * US)],
    __inband_might_sleep: ['value', () => {
      const { current } = kernel.sim;
      if (current !== null) kernel.mightSleep(current, 'might_sleep');
      return 0;
    }],
    in_interrupt: ['value', () => (kernel.sim.current !== null && kernel.atomic(kernel.sim.current) ? 1 : 0)],
    __inband_jiffies: ['value', () => kernel.timers.jiffies],
    __inband_hz: ['value', () => kernel.config.hz],
    __inband_of_count: ['value', (_t, _site, name) => host.node.property(host.machine.memory.text(name))?.length ?? -1],
    __inband_of_cell: ['value', (_t, _site, name, i) => host.node.property(host.machine.memory.text(name))?.[i] ?? 0],
    __inband_of_compatible: ['value', (_t, _site, name) => (host.node.compatible.includes(host.machine.memory.text(name)) ? 1 : 0)],
    __inband_of_parent_compatible: ['value', (_t, _site, name) => (host.node.parent.includes(host.machine.memory.text(name)) ? 1 : 0)],
    __inband_irq: ['value', () => host.node.irq()],
    __inband_syscon: ['value', () => host.node.syscon],
    __inband_base: ['value', () => host.node.base],
    __inband_size: ['value', () => host.node.size],
  };
}
