import { drawn, type Bug } from './bug.ts';
import { routerWith } from './drivers.ts';
import * as router from './mends-router.ts';

const VERSION = 'ipmi-router@rfc-v1';

/** Every entry on the message router, but for what a build would show (rtr-ctx-not-exported). */
export const ROUTER_BUGS: readonly Bug[] = [
  {
    slug: 'rtr-publish-without-assign', version: VERSION, oracle: 'data-race', rule: 'ipmi_bmc_ctx.default_device',
    decisions: [drawn('defaultDevice')],
    story: [
      // The callbacks are set, and the pointer is: nothing keeps a reader from seeing the pointer first.
      'bmc:modprobe ipmi_bmc_register_default_device: mutex_lock(drivers_mutex)',
      'bmc:modprobe ipmi_bmc_register_default_device: ctx->default_device =',
      '! data-race ipmi_bmc_ctx.default_device',
    ],
    mended: routerWith(router.PublishesWithABarrier),
  },
  {
    slug: 'rtr-unregister-from-callback', version: VERSION, oracle: 'sleep-in-atomic', rule: 'synchronize_rcu-in-rcu-reader',
    decisions: [drawn('oemAnswer')],
    story: [
      'bmc:irq ipmi_bmc_handle_request: rcu_read_lock',
      'bmc:irq oem_handle_request: spin_lock_irqsave(oem->lock)',
      'bmc:irq ipmi_bmc_unregister_device: mutex_unlock(drivers_mutex)',
      'bmc:irq ipmi_bmc_unregister_device: synchronize_rcu',
      '! sleep-in-atomic synchronize_rcu-in-rcu-reader',
    ],
    mended: routerWith(router.RefusesInCallbacks),
  },
  {
    slug: 'rtr-error-response-dropped', version: VERSION, oracle: 'lost-response', rule: 'error-dropped',
    decisions: [],
    story: [
      // In the interrupt, or in the timer that polls where there is none.
      /^bmc:(irq|softirq) ipmi_bmc_handle_request: rcu_read_unlock/,
      // The host has not taken the response before, or reads it: H_BUSY or B2H_ATN.
      /^bmc:(irq|softirq) bt_bmc_send_response: iBTCR4 read = [0-9A-F]+h$/,
      /^bmc:(irq|softirq) ipmi_bmc_send_response: rcu_read_unlock/,
      '! lost-response error-dropped',
    ],
    mended: routerWith(router.KeepsErrorResponses),
  },
  {
    slug: 'rtr-match-conflict', version: VERSION, oracle: 'wrong-handler', rule: 'silent-conflict',
    decisions: [drawn('secondOem')],
    story: [
      'bmc:irq ipmi_bmc_handle_request: rcu_dereference(ctx->devices.next)',
      /^bmc:irq oem2?_handle_request: /,
      '! wrong-handler silent-conflict',
    ],
    mended: routerWith(router.RegistersByCommand),
  },
  {
    slug: 'rtr-double-response', version: VERSION, oracle: 'duplicate-response', rule: 'error-after-response',
    decisions: [drawn('oemAnswer')],
    story: [
      /^bmc:irq bt_bmc_send_response: iBTCR4 := 08h/,
      'bmc:irq oem_send: spin_unlock_irqrestore(oem->lock)',
      'bmc:irq ipmi_bmc_handle_request: rcu_read_unlock',
      '! duplicate-response error-after-response',
    ],
    mended: routerWith(router.AnswersOnce),
  },
  {
    slug: 'rtr-null-callback', version: VERSION, oracle: 'crash', rule: 'null-callback',
    decisions: [drawn('oemSignal')],
    story: [
      'bmc:irq ipmi_bmc_signal_response_open: rcu_read_lock',
      'bmc:irq ipmi_bmc_signal_response_open: rcu_dereference(ctx->devices.next)',
      '! crash null-callback',
    ],
    mended: routerWith(router.TestsTheCallback),
  },
  {
    slug: 'rtr-einval-means-invalid-command', version: VERSION, oracle: 'completion-code', rule: 'einval',
    decisions: [drawn('oemAnswer')],
    story: [
      'bmc:irq ipmi_bmc_handle_request: rcu_read_lock',
      'bmc:irq ipmi_bmc_handle_request: rcu_read_unlock',
      '! completion-code einval',
      // C1h into the FIFO.
      /^bmc:irq bt_bmc_send_response: iBTCR5 := C1h/,
    ],
    mended: routerWith(router.FinerCodes),
  },
];
