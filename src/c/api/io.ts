import { US, type Op } from '../../sim/index.ts';
import { two, type Host, type Offers } from './host.ts';

/** Where the registers of the chip begin: what ioremap() gives is the physical address. */
const REGISTERS = 0x1e00_0000;

/** Registers, regmap, the device tree, delays. */
export function io(host: Host): Offers {
  const { kernel } = host;
  const read = (address: number, site: number, bus = host.bus): Op => {
    if (address < REGISTERS) host.machine.trap(`a register access at ${(address >>> 0).toString(16)}h, where there is no register`, site);
    return bus.read(address);
  };
  const write = (address: number, value: number, site: number, bus = host.bus): Op => {
    if (address < REGISTERS) host.machine.trap(`a register access at ${(address >>> 0).toString(16)}h, where there is no register`, site);
    return bus.write(address, value >>> 0);
  };
  const poke = (address: number, value: number, site: number): Op => {
    host.machine.store32(address, value, site);
    return 0;
  };
  const udelay = kernel.sim.ops.define({ label: 'udelay', exec: () => 0 });

  const { single, first, last, unlock } = host.map ?? { single: host.bus, first: host.bus, last: host.bus, unlock: () => undefined };
  /** What regmap_update_bits() writes once it has read; 0: nothing, for the value stays as it is. */
  const update = (site: number, old: number, map: number, register: number, mask: number, value: number, always: boolean): Op => {
    const now = ((old & ~mask) | (value & mask)) >>> 0;
    if (now !== old >>> 0 || always) return write(map + register, now, site, last);
    unlock();
    return 0;
  };
  return {
    __inband_read: ['step', (_t, site, address) => read(address, site)],
    __inband_write: ['step', (_t, site, value, address) => write(address, value, site)],
    regmap_read: two((_t, site, map, register) => read(map + register, site, single), (_t, site, value, _map, _register, to) => poke(to, value, site)),
    regmap_write: two((_t, site, map, register, value) => write(map + register, value, site, single), () => 0),
    regmap_update_bits: two(
      (_t, site, map, register) => read(map + register, site, first),
      (_t, site, old, map, register, mask, value) => update(site, old, map, register, mask, value, false),
    ),
    regmap_update_bits_check: two(
      (_t, site, map, register) => read(map + register, site, first),
      (_t, site, old, map, register, mask, value, changed) => {
        const op = update(site, old, map, register, mask, value, false);
        host.machine.store8(changed, op === 0 ? 0 : 1, site);
        return op;
      },
    ),
    regmap_write_bits: two(
      (_t, site, map, register) => read(map + register, site, first),
      (_t, site, old, map, register, mask, value) => update(site, old, map, register, mask, value, true),
    ),
    udelay: ['step', (_t, _site, us) => {
      if (host.clock.passes(us * US)) return udelay;
      const ctx = kernel.sim.current;
      if (ctx !== null) ctx.lateness += us * US;
      return udelay;
    }],
    __inband_msleep_us: ['step', (_t, _site, us) => (host.clock.passes(us * US) ? udelay : kernel.sleep(us * US))],
    __inband_might_sleep: ['value', () => {
      const { current } = kernel.sim;
      if (current !== null) kernel.mightSleep(current, 'might_sleep');
      return 0;
    }],
    in_interrupt: ['value', () => (kernel.cpus.some(({ irq, softirq }) => irq === kernel.sim.current || softirq === kernel.sim.current) ? 1 : 0)],
    in_hardirq: ['value', () => (kernel.cpus.some(({ irq }) => irq === kernel.sim.current) ? 1 : 0)],
    in_atomic: ['value', () => (kernel.sim.current !== null && kernel.atomic(kernel.sim.current) ? 1 : 0)],
    __inband_jiffies: ['value', () => kernel.told(host.clock.jiffies)],
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
