import { ENOMEM } from '../../linux/errno.ts';
import type { Steps } from '../../sim/process.ts';
import type { Ssif } from './ssif.ts';
import { ssifProbe } from './ssif-probe.ts';

/**
 * `ssif_probe()` from its first allocation to its last: two buffers, what the BMC says of itself, the thread, and the
 * registration with ipmi_msghandler, each of which fails when memory is short. 0 or -errno.
 *
 * The thread is no context of its own here (see {@link Ssif}); all that it does before there is a message is to wait.
 */
export function* ssifLoad(ssif: Ssif): Steps<number> {
  const { info } = ssif;
  ssif.reset();
  if (!info.hasMemory('kmalloc')) return -ENOMEM; // resp
  if (!info.hasMemory('kzalloc')) return -ENOMEM; // ssif_info
  const rv = yield* ssifProbe(ssif);
  if (rv < 0) return rv;
  info.thread = true; // kthread_run()
  yield* threadWaits(ssif);
  if (info.hasMemory('ipmi_register_smi')) return 0;
  info.stopThread();
  // kfree(ssif_info)
  if (info.thread) {
    yield* threadWaits(ssif);
    info.threadLeft();
  }
  return -ENOMEM;
}

/** `ipmi_ssif_thread()`: wait_for_completion_interruptible(&ssif_info->wake_thread), with nothing to do. */
function* threadWaits({ time }: Ssif): Steps {
  yield time.wait(time.now, true);
}
