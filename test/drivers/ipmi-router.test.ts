import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EAGAIN, EBUSY, EINVAL, EIO, ENODEV, ENOMEM, ENOTTY, ENXIO, ETIMEDOUT, OpenFile } from '../../src/linux/index.ts';
import { IPMI_ROUTER_VERSIONS } from '../../src/drivers/ipmi-router/index.ts';
import type { Planned } from '../../src/sim/index.ts';
import { ECHO, RouterBed, request } from './ipmi-router-rig.ts';

const VERSIONS = IPMI_ROUTER_VERSIONS.map(({ version }) => version);
const OTHER = 0x0f;

/** ipmi_bmc_fops of "[RFC v1 2/4] ipmi_bmc: device interface to IPMI BMC framework". */
describe.each(IPMI_ROUTER_VERSIONS)('the character device of ipmi-router@$version', ({ version, devintf }) => {
  it('has no ioctl(): vfs_ioctl() says so', () => {
    const bed = new RouterBed(version);
    const device = new devintf(bed.bmc);
    const got: number[] = [];
    bed.atBoot(() => device.init());
    bed.thread('T', function* () {
      const file = yield* bed.sys.open(device.miscdev, false);
      if (file instanceof OpenFile) got.push(yield* bed.sys.ioctl(file, 0));
    });
    bed.run();
    expect(got).toEqual([-ENOTTY]);
  });
});

/** include/linux/ipmi_bmc.h of "[RFC v1 1/4] ipmi_bmc: framework for BT IPMI on BMCs". */
describe.each(VERSIONS)('ipmi-router@%s', (version) => {
  it('hands a request to the device that matches, and what nobody wants to the default device', () => {
    const bed = new RouterBed(version).withBus();
    const log: string[] = [];
    const echo = bed.answering('echo', ECHO, log);
    const rest = bed.answering('default', 0, log);
    bed.atBoot(() => bed.bmc.registerDevice(echo));
    bed.atBoot(() => bed.bmc.registerDefaultDevice(rest));
    bed.requests(request(1, ECHO), request(2, OTHER), request(3, ECHO));
    bed.run();
    expect(log).toEqual(['echo 1', 'default 2', 'echo 3']);
    expect([bed.sent, bed.breaches]).toEqual([['1 0', '2 0', '3 0'], []]);
  });

  it('answers C1h itself where no device wants the request: same sequence number and command, NetFn + 1', () => {
    const bed = new RouterBed(version).withBus();
    const seen: number[][] = [];
    const { sendResponse } = bed.bus;
    bed.bus.sendResponse = (msg) => {
      seen.push(Array.from({ length: msg.total }, (_, i) => msg.buffer.get(i)));
      return sendResponse!(msg);
    };
    bed.requests(request(7, OTHER, [1, 2, 3]));
    bed.run();
    expect(seen).toEqual([[4, 0xc4, 7, OTHER, 0xc1]]);
  });

  it.each([[EBUSY, 'c0'], [ETIMEDOUT, 'c3'], [ENOMEM, 'c4'], [EIO, 'ff']])('makes completion code %2$s of errno %1$s', (errno, code) => {
    const bed = new RouterBed(version).withBus();
    const device = bed.device('echo', ECHO, function* () {
      return -errno;
    });
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.requests(request(1));
    bed.run();
    expect(bed.sent).toEqual([`1 ${code}`]);
  });

  it('does not ask another device when the one that matches fails', () => {
    const bed = new RouterBed(version).withBus();
    const log: string[] = [];
    const device = bed.device('echo', ECHO, function* () {
      return -EBUSY;
    });
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.atBoot(() => bed.bmc.registerDefaultDevice(bed.answering('default', 0, log)));
    bed.requests(request(1));
    bed.run();
    expect([log, bed.sent]).toEqual([[], ['1 c0']]);
  });

  it('refuses who is there already, and who was never there', () => {
    const bed = new RouterBed(version);
    const [one, two] = [bed.answering('one', ECHO), bed.answering('two', OTHER)];
    const other = bed.bmc.bus(bed.memory('other_bus'));
    const got: number[] = [];
    bed.kernelThread('T', function* () {
      const { bmc } = bed;
      got.push(yield* bmc.registerDevice(one), yield* bmc.registerDevice(one), yield* bmc.unregisterDevice(one), yield* bmc.unregisterDevice(one));
      got.push(yield* bmc.registerDefaultDevice(one), yield* bmc.registerDefaultDevice(two));
      got.push(yield* bmc.unregisterDefaultDevice(two), yield* bmc.unregisterDefaultDevice(one));
      got.push(yield* bmc.registerBus(bed.bus), yield* bmc.registerBus(other), yield* bmc.unregisterBus(other), yield* bmc.unregisterBus(bed.bus));
    });
    bed.run();
    expect(got).toEqual([0, -EINVAL, 0, -ENXIO, 0, -EBUSY, -ENXIO, 0, 0, -EBUSY, -ENXIO, 0]);
    expect(bed.breaches).toEqual([]);
  });

  it('tells every device, and then the default device, when a response can be sent', () => {
    const bed = new RouterBed(version).withBus();
    const told: string[] = [];
    const devices = [['a', ECHO], ['b', OTHER], ['default', 0]].map(([name, cmd]) => bed.answering(String(name), Number(cmd)));
    for (const device of devices) {
      device.signalResponseOpen = function* () {
        told.push(device.name);
      };
    }
    bed.atBoot(() => bed.bmc.registerDevice(devices[0]));
    bed.atBoot(() => bed.bmc.registerDevice(devices[1]));
    bed.atBoot(() => bed.bmc.registerDefaultDevice(devices[2]));
    bed.kernelThread('bus', () => bed.bmc.signalResponseOpen());
    bed.run();
    expect(told).toEqual(['b', 'a', 'default']);
  });

  it('has no bus, and says so', () => {
    const bed = new RouterBed(version);
    const got: number[] = [];
    const device = bed.device('echo', ECHO, function* (msg) {
      const response = bed.message();
      response.respondTo(msg, 1);
      got.push(yield* bed.bmc.sendResponse(response, device), yield* bed.bmc.isResponseOpen());
      return 0;
    });
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.requests(request(1));
    bed.run();
    expect(got).toEqual([-ENODEV, 0]);
  });

  it('never hands a request to a device that has unregistered and is freed, whatever the schedule', () => {
    const stall = fc.record({ actor: fc.constantFrom('bus', 'module'), step: fc.nat(24), ps: fc.nat(4000) });
    fc.assert(fc.property(fc.array(stall, { maxLength: 3 }), fc.constantFrom('none', 'full'), (plan, preempt) => {
      const bed = new RouterBed(version, { cpus: 2, preempt } as never).withBus();
      const memory = bed.memory('echo');
      const device = bed.bmc.device(memory, 'echo');
      const work = bed.op('handle', 300);
      device.requests = [0xc00e];
      device.matchRequest = (msg) => msg.cmd === ECHO;
      device.handleRequest = function* () {
        yield work;
        if (memory.freed) memory.useAfterFree('handler');
        return -EBUSY;
      };
      device.signalResponseOpen = function* () {};
      bed.atBoot(() => bed.bmc.registerDevice(device));
      bed.kernelThread('module', function* () {
        yield* bed.bmc.unregisterDevice(device);
        memory.kfree();
      });
      bed.requests(request(1), request(2), request(3));
      bed.run({ plan: plan.map(({ actor, step, ps }) => ({ actor, step, release: { kind: 'for', ps: ps + 1 } as const })), draw: () => 0 });
      expect([bed.breaches, bed.sent.length]).toEqual([[], 3]);
    }), { numRuns: 150 });
  });
});

describe('ipmi-router@rfc-v1', () => {
  it('lets the newest of two devices that match have it, and tells neither', () => {
    const bed = new RouterBed('rfc-v1').withBus();
    const log: string[] = [];
    const got: number[] = [];
    const devices = ['old', 'new'].map((name) => bed.answering(name, ECHO, log));
    for (const device of devices) {
      bed.atBoot(function* () {
        got.push(yield* bed.bmc.registerDevice(device));
      });
    }
    bed.requests(request(1));
    bed.run();
    expect([got, log]).toEqual([[0, 0], ['new 1']]);
  });

  it('drops an error response that the bus cannot take', () => {
    const bed = new RouterBed('rfc-v1').withBus();
    bed.requests(request(1));
    bed.at(0, () => {
      bed.room = false;
    });
    bed.kernelThread('later', function* () {
      yield bed.op('delay', 5000);
      bed.room = true;
      yield* bed.bmc.signalResponseOpen();
    });
    bed.run();
    expect(bed.sent).toEqual([]);
  });

  it('calls a signal_response_open() that is NULL', () => {
    const bed = new RouterBed('rfc-v1').withBus();
    const device = bed.answering('echo', ECHO);
    device.signalResponseOpen = null;
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.kernelThread('bus', () => bed.bmc.signalResponseOpen());
    expect(bed.run()).toBe('violation');
    expect(bed.breaches).toEqual(['crash null-callback bus : device->signal_response_open']);
  });

  it.each([['none', 'sleep-in-atomic mutex_lock-in-rcu-reader'], ['full', 'sleep-in-atomic mutex_lock-in-rcu-reader']] as const)(
    'sleeps, or waits for itself, where a handler unregisters its device (preempt=%s)', (preempt, first) => {
      const bed = new RouterBed('rfc-v1', { preempt }).withBus();
      const device = bed.device('echo', ECHO, function* () {
        return yield* bed.bmc.unregisterDevice(device);
      });
      bed.atBoot(() => bed.bmc.registerDevice(device));
      bed.requests(request(1));
      bed.run();
      expect(bed.breaches[0]).toContain(first);
      expect(bed.breaches.some((breach) => breach.startsWith('deadlock grace-period-in-reader'))).toBe(preempt === 'full');
    },
  );

  it('answers a second time for a handler that has answered and returns an error', () => {
    const bed = new RouterBed('rfc-v1').withBus();
    const device = bed.answering('echo', ECHO);
    const { handleRequest } = device;
    device.handleRequest = function* (msg) {
      yield* handleRequest!(msg);
      return -EIO;
    };
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.requests(request(1));
    bed.run();
    expect(bed.sent).toEqual(['1 0', '1 ff']);
  });

  it.each(['default_device', 'bus'] as const)('publishes ctx->%s by a plain assignment: a data race', (member) => {
    for (const version of VERSIONS) {
      const bed = new RouterBed(version, { cpus: 2 }, true);
      const late = bed.answering('default', 0);
      if (member === 'bus') bed.atBoot(() => bed.bmc.registerDefaultDevice(late));
      else bed.withBus();
      bed.requests(request(1), request(2), request(3));
      bed.kernelThread('module', function* () {
        yield bed.op('delay', 200);
        if (member === 'bus') yield* bed.bmc.registerBus(bed.bus);
        else yield* bed.bmc.registerDefaultDevice(late);
      });
      bed.run();
      const races = bed.breaches.filter((breach) => breach.startsWith(`data-race ipmi_bmc_ctx.${member}`));
      expect([version, races.length > 0]).toEqual([version, version === 'rfc-v1']);
    }
  });
});

describe('ipmi-router@fixed', () => {
  it('tells the second of two devices that want the same', () => {
    const bed = new RouterBed('fixed').withBus();
    const got: number[] = [];
    bed.kernelThread('T', function* () {
      got.push(yield* bed.bmc.registerDevice(bed.answering('one', ECHO)), yield* bed.bmc.registerDevice(bed.answering('two', ECHO)));
    });
    bed.run();
    expect(got).toEqual([0, -EBUSY]);
  });

  it('keeps an error response until the bus can take it', () => {
    const bed = new RouterBed('fixed').withBus();
    bed.requests(request(1), request(2));
    bed.at(0, () => {
      bed.room = false;
    });
    bed.kernelThread('later', function* () {
      yield bed.op('delay', 5000);
      bed.room = true;
      yield* bed.bmc.signalResponseOpen();
    });
    bed.run();
    expect(bed.sent).toEqual(['1 c1', '2 c1']);
  });

  it('sends one response to one request, whoever makes it', () => {
    const bed = new RouterBed('fixed').withBus();
    const answered = bed.answering('echo', ECHO);
    const { handleRequest } = answered;
    const got: number[] = [];
    answered.handleRequest = function* (msg) {
      got.push(yield* handleRequest!(msg), yield* handleRequest!(msg));
      return -EIO;
    };
    bed.atBoot(() => bed.bmc.registerDevice(answered));
    bed.requests(request(1));
    bed.run();
    expect([bed.sent, got]).toEqual([['1 0'], [0, -EINVAL]]);
  });

  it('tells the host CCh of data that a handler refuses, C0h of one that is busy with a response', () => {
    for (const [errno, code] of [[EINVAL, 'cc'], [EAGAIN, 'c0'], [ENODEV, 'd3']] as const) {
      const bed = new RouterBed('fixed').withBus();
      const device = bed.device('echo', ECHO, function* () {
        return -errno;
      });
      bed.atBoot(() => bed.bmc.registerDevice(device));
      bed.requests(request(1));
      bed.run();
      expect(bed.sent).toEqual([`1 ${code}`]);
    }
  });

  it('answers D3h for a device that goes away with a request', () => {
    const bed = new RouterBed('fixed').withBus();
    const device = bed.device('echo', ECHO, function* () {
      return 0; // the response is to come later
    });
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.requests(request(1), request(2));
    bed.kernelThread('module', function* () {
      yield bed.op('delay', 20_000);
      yield* bed.bmc.unregisterDevice(device);
    });
    bed.run();
    expect(bed.sent).toEqual(['1 d3', '2 d3']);
  });

  it('does not let a handler unregister its device: -EDEADLK, and nothing sleeps', () => {
    const bed = new RouterBed('fixed', { preempt: 'full' }).withBus();
    const got: number[] = [];
    const device = bed.device('echo', ECHO, function* () {
      got.push(yield* bed.bmc.unregisterDevice(device), yield* bed.bmc.unregisterDefaultDevice(device));
      return -EBUSY;
    });
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.requests(request(1));
    bed.run();
    expect([got, bed.breaches, bed.sent]).toEqual([[-35, -35], [], ['1 c0']]);
  });

  it('needs no signal_response_open()', () => {
    const bed = new RouterBed('fixed').withBus();
    const device = bed.answering('echo', ECHO);
    device.signalResponseOpen = null;
    bed.atBoot(() => bed.bmc.registerDevice(device));
    bed.kernelThread('bus', () => bed.bmc.signalResponseOpen());
    expect(bed.run()).toBe('done');
  });

  describe('gives each request one response', () => {
    const stalls = (...actors: string[]): fc.Arbitrary<Planned[]> => fc.array(
      fc.record({ actor: fc.constantFrom(...actors), step: fc.nat(40), release: fc.nat(20_000).map((ps) => ({ kind: 'for', ps: ps + 1 }) as const) }), { maxLength: 3 });

    it('that says why the device has refused it, even if that unregisters meanwhile', () => {
      fc.assert(fc.property(stalls('bus', 'module'), (plan) => {
        const bed = new RouterBed('fixed', { cpus: 2 }).withBus();
        const refused: number[] = [];
        const device = bed.device('echo', ECHO, function* (msg) {
          refused.push(msg.seq);
          return -EBUSY;
        });
        bed.atBoot(() => bed.bmc.registerDevice(device));
        bed.requests(request(1), request(2), request(3));
        bed.kernelThread('module', () => bed.bmc.unregisterDevice(device));
        bed.run({ plan, draw: () => 0 });
        expect(bed.sent).toEqual([1, 2, 3].map((seq) => `${seq} ${refused.includes(seq) ? 'c0' : 'c1'}`));
      }), { numRuns: 300, seed: 1 });
    });

    it('if its device unregisters while it answers, wherever, and the bus has no room for that', () => {
      for (let step = 0; step < 40; step++) {
        const bed = new RouterBed('fixed', { cpus: 2, preempt: 'full' }).withBus();
        const device = bed.device('echo', ECHO, function* () {
          return 0; // the response is to come later
        });
        const response = bed.message();
        const [requested, answered, opened] = [bed.op('requested', 20_000), bed.op('answered', 40_000), bed.op('opened', 80_000)];
        bed.atBoot(() => bed.bmc.registerDevice(device));
        bed.at(0, () => {
          bed.room = false;
        });
        bed.requests(request(1), request(2));
        bed.kernelThread('work', function* () {
          yield requested;
          for (const seq of [1, 2]) {
            response.respondTo(bed.message(request(seq)), 1);
            response.setPayload(0, 0);
            yield* bed.bmc.sendResponse(response, device);
          }
        });
        bed.kernelThread('module', function* () {
          yield answered;
          yield* bed.bmc.unregisterDevice(device);
        });
        bed.kernelThread('later', function* () {
          yield opened;
          bed.room = true;
          yield* bed.bmc.signalResponseOpen();
        });
        bed.run({ plan: [{ actor: 'work', step, release: { kind: 'quiet' } }], draw: () => 0 });
        expect(bed.sent.map((sent) => sent.split(' ')[0]).toSorted(), `held before step ${step}`).toEqual(['1', '2']);
      }
    });

    it('and none to one that the host has asked again, while the first was being answered', () => {
      const bed = new RouterBed('fixed', { cpus: 2 }).withBus();
      const device = bed.device('echo', ECHO, function* () {
        return 0;
      });
      bed.atBoot(() => bed.bmc.registerDevice(device));
      const { bus: { sendResponse } } = bed;
      let first = true;
      bed.bus.sendResponse = function* (response) {
        if (!first) return yield* sendResponse!(response);
        first = false;
        // The bus takes its time to find that there is no room; meanwhile the host gives up, and asks again.
        yield* bed.bmc.handleRequest(bed.message(request(1, ECHO + 1)));
        yield* bed.bmc.handleRequest(bed.message(request(1)));
        return -EAGAIN;
      };
      bed.kernelThread('work', function* () {
        yield* bed.bmc.handleRequest(bed.message(request(1)));
        const response = bed.message();
        response.respondTo(bed.message(request(1)), 1);
        response.setPayload(0, 0);
        yield* bed.bmc.sendResponse(response, device);
        yield* bed.bmc.unregisterDevice(device);
      });
      bed.run();
      expect(bed.sent).toEqual(['1 c1', '1 d3']);
    });

    it('and never that of a device that is gone, whose answer comes when the sequence number is that of another', () => {
      const bed = new RouterBed('fixed', { cpus: 2 }).withBus();
      const got: number[] = [];
      const [device, next] = ['late', 'next'].map((name) => bed.device(name, ECHO, function* () {
        return 0; // the response is to come later
      }));
      bed.kernelThread('T', function* () {
        yield* bed.bmc.registerDevice(device);
        yield* bed.bmc.handleRequest(bed.message(request(1)));
        yield* bed.bmc.unregisterDevice(device);
        yield* bed.bmc.registerDevice(next);
        yield* bed.bmc.handleRequest(bed.message(request(1)));
        const response = bed.message();
        response.respondTo(bed.message(request(1)), 1);
        response.setPayload(0, 0);
        for (const from of [device, next]) got.push(yield* bed.bmc.sendResponse(response, from));
      });
      bed.run();
      expect(got).toEqual([-EINVAL, 0]);
      expect(bed.sent).toEqual(['1 d3', '1 0']);
    });

    it('the latest, if the bus has no room for many', () => {
      const bed = new RouterBed('fixed').withBus();
      bed.at(0, () => {
        bed.room = false;
      });
      const device = bed.device('echo', ECHO + 1, function* () {
        return 0;
      });
      bed.atBoot(() => bed.bmc.registerDevice(device));
      bed.requests(...Array.from({ length: 20 }, (_, i) => request(i)), request(20, ECHO + 1));
      bed.kernelThread('module', function* () {
        yield bed.op('delay', 200_000);
        yield* bed.bmc.unregisterDevice(device);
        bed.room = true;
        yield* bed.bmc.signalResponseOpen();
      });
      expect(bed.run()).toBe('done');
      expect(bed.sent).toEqual([...Array.from({ length: 15 }, (_, i) => `${i + 5} c1`), '20 d3']);
    });
  });
});
