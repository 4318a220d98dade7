import { describe, expect, it } from 'vitest';
import { BtAspeedRfcV1 } from '../../src/drivers/ipmi-router/bt-aspeed.ts';
import type { BtMsg } from '../../src/drivers/ipmi-router/bt-msg.ts';
import type { IpmiBmcDevice } from '../../src/drivers/ipmi-router/index.ts';
import { IpmiBmcFixed } from '../../src/drivers/ipmi-router/fixed.ts';
import { CompletionCode } from '../../src/ipmi/index.ts';
import { NOMINAL, type Steps } from '../../src/sim/index.ts';
import { FIXED, btMoveOf, expectRouterFixedIsClean, expectRouterTrip, judgeRouter, routerSystem } from './trip-router.ts';

const OEM = { oemDevice: 'boot' } as const;

/** `fixed` with another core. */
function with_(core: typeof IpmiBmcFixed): typeof FIXED {
  return { ...FIXED, core };
}

/** Walks past every device that has asked. */
class IgnoresDevices extends IpmiBmcFixed {
  protected override *find(): Steps<IpmiBmcDevice | null> {
    return null;
  }
}

class AnswersTimeout extends IpmiBmcFixed {
  protected override errnoToCcode(): number {
    return CompletionCode.TIMEOUT;
  }
}

class ForgetsErrors extends IpmiBmcFixed {
  protected override *sendErrorResponse(request: BtMsg, ccode: number): Steps {
    this.tellError(request.seq, ccode);
    const error = this.stackMessage();
    error.respondTo(request, 1);
    error.setPayload(0, ccode);
    this.tellSent(error, -11);
  }
}

describe('wrong-handler', () => {
  it('reports two devices that want the same, and are not told', () => {
    const what = { settings: { ...OEM, secondOem: 1 } };
    expectRouterTrip(what, 'wrong-handler', 'silent-conflict',
      /NetFn\/LUN C0h cmd 0Eh, seq \d+ went to oem; oem2 is registered for it as well/);
    expectRouterFixedIsClean(what);
  });

  it('reports a request that does not go to the device that is registered for it', () => {
    expectRouterTrip({ router: with_(IgnoresDevices), settings: OEM }, 'wrong-handler', 'passed-over', 'went to devintf, but oem is registered for it');
    expectRouterFixedIsClean({ settings: OEM });
  });

  it('says nothing of a device that is registered while the request is under way', () => {
    expect(judgeRouter({
      settings: { oemDevice: 'late' }, oracles: ['wrong-handler'], stalls: [{ actor: 'bmc:irq', at: 'ipmi_bmc_handle_request: rcu_dereference(ctx->default_device)' }],
    })).toEqual([]);
  });
});

describe('completion-code', () => {
  it('reports C1h "invalid command" for data that the handler of the command refuses', () => {
    const what = { settings: { ...OEM, oemAnswer: 'invalid' } };
    expectRouterTrip(what, 'completion-code', 'einval', 'the host is told C1h "invalid command", where CCh "invalid data field in request" is due');
    expectRouterFixedIsClean(what);
  });

  it.each([['busy', 'ebusy', 'C0h'], ['no-memory', 'enomem', 'C4h']])('reports another code than is due where a handler is %s', (oemAnswer, rule, due) => {
    const what = { settings: { ...OEM, oemAnswer } };
    expectRouterTrip({ ...what, router: with_(AnswersTimeout) }, 'completion-code', rule, due);
    expectRouterFixedIsClean(what);
    expect(judgeRouter({ ...what, oracles: ['completion-code'] })).toEqual([]);
  });

  it('says nothing of C1h where no device wants the request', () => {
    expectRouterFixedIsClean({ settings: { defaultDevice: 'none' } });
    expect(judgeRouter({ settings: { defaultDevice: 'none' } })).toEqual([]);
  });
});

describe('duplicate-response', () => {
  it('reports the error response to a request that its handler has answered', () => {
    const what = { settings: { ...OEM, oemAnswer: 'answered-and-failed' } };
    expectRouterTrip(what, 'duplicate-response', 'error-after-response', 'seq 0 was answered by oem, which then returned an error');
    expectRouterFixedIsClean(what);
  });
});

describe('what the router is judged by', () => {
  it('forgets with the run what it was told, be it a response to a request that there never was', () => {
    const { sim } = routerSystem({});
    const tell = (name: string, ...fields: readonly [number, number, number]): void => sim.trace.emit(sim.trace.code(name), 0, ...fields);
    sim.reset(NOMINAL);
    tell('router.sent', 7, 0, 0);
    sim.reset(NOMINAL);
    tell('router.request', 7, 0xc0, 0x0e);
    tell('router.error', 7, 0xc1, 0);
    expect(sim.violations).toEqual([]);
  });
});

describe('lost-response', () => {
  it('reports an error response that the bus could not take, and that is not tried again', () => {
    expectRouterTrip({ router: with_(ForgetsErrors), settings: { defaultDevice: 'none' } }, 'lost-response', 'error-dropped',
      'the bus could not take the error response: it was not tried again');
  });

  it('reports it of rfc-v1 where the host is busy with the interface', () => {
    const what = { settings: { defaultDevice: 'late' }, answers: { 'host move': [btMoveOf('H_BUSY while waiting for the response')], impatience: [1] } };
    expectRouterTrip(what, 'lost-response', 'error-dropped');
    expectRouterFixedIsClean(what);
  });

  it('reports a request whose device has gone away with it', () => {
    const what = { settings: { oemDevice: 'boot-and-gone', oemAnswer: 'later' } };
    expectRouterTrip(what, 'lost-response', 'device-gone', 'was with oem when that was unregistered: nobody answers');
    expectRouterFixedIsClean(what);
  });
});

describe('what the kernel reports of the router', () => {
  it('crash: a callback that is NULL', () => {
    const what = { settings: { ...OEM, oemSignal: 0 } };
    expectRouterTrip(what, 'crash', 'null-callback', 'device->signal_response_open is called, which is NULL');
    expectRouterFixedIsClean(what);
  });

  it('sleep-in-atomic: a device that unregisters in its handler', () => {
    const what = { settings: { ...OEM, oemAnswer: 'once' } };
    expectRouterTrip(what, 'sleep-in-atomic', 'synchronize_rcu-in-rcu-reader');
    expectRouterTrip({ ...what, settings: { ...what.settings, preempt: 'full' } }, 'deadlock', 'grace-period-in-reader');
    expectRouterFixedIsClean(what);
    expectRouterFixedIsClean({ ...what, settings: { ...what.settings, preempt: 'full' } });
  });

  it('deadlock: the bus driver of the RFC takes its lock for each response twice', () => {
    expectRouterTrip({ router: FIXED, btAspeed: BtAspeedRfcV1 }, 'deadlock', 'recursive-lock', 'bt_bmc->lock');
  });

  it('data-race: a pointer published by a plain assignment, while messages run', () => {
    const what = { settings: { defaultDevice: 'late' } };
    expectRouterTrip(what, 'data-race', 'ipmi_bmc_ctx.default_device', /bmc:modprobe writes .*ctx->default_device =.*bmc:irq reads it/);
    expectRouterFixedIsClean(what);
  });

  it('data-race: none where the pointer is set before the interrupt is', () => {
    expect(judgeRouter({})).toEqual([]);
  });
});
